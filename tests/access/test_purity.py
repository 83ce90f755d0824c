"""Decisions are handed the time; they never look at a clock."""

from tests.house.sources import calls, dotted, files, parsed

CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter"}


def test_no_decision_looks_at_a_clock() -> None:
    looking = {
        f"{path.name}:{call.lineno}"
        for path in files("access")
        for call in calls(parsed(path))
        if dotted(call.func).rpartition(".")[2] in CLOCKS
    }

    assert looking == set()
