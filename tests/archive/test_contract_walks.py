"""Whatever is confirmed, ended and gone on with: on no day do two exclusive contracts of a project hold (INV-15)."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from access.actors import Actor
from archive import contract_desk, contracts
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.model.contracts import Contract
from tests.archive.test_contracts import confirmed, keeper, owner

__all__ = ["keeper", "owner"]

FIRST = date(2024, 1, 1)
HORIZON = 120
"""Days from the first: what holds behind them held on the last of them too, or came behind them all."""

DAY = st.integers(0, 80)
CONFIRM = st.tuples(st.just("confirm"), st.sampled_from(("HT01", "HT02", "HT03")), DAY, st.integers(0, 40))
GO_ON = st.tuples(st.just("go on"), st.integers(0, 5))
END = st.tuples(st.just("end"), st.integers(0, 5), DAY)


def held_on(one: Contract) -> set[int]:
    """The days it holds, counted one by one from what is written down, and not by the rule that is tried here."""
    assert one.begins_on is not None
    last = one.ended_on or (None if one.indefinite else one.ends_on)
    return {
        day
        for day in range(HORIZON)
        if one.begins_on <= FIRST + timedelta(days=day) and (last is None or FIRST + timedelta(days=day) <= last)
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(CONFIRM, CONFIRM, GO_ON, END), max_size=8))
@example(steps=[("confirm", "HT02", 0, 10), ("confirm", "HT02", 10, 10)])
@example(steps=[("confirm", "HT02", 0, 10), ("confirm", "HT02", 11, 10)])
@example(steps=[("confirm", "HT01", 0, 40), ("confirm", "HT02", 20, 10)])
@example(steps=[("confirm", "HT02", 0, 10), ("confirm", "HT02", 30, 10), ("go on", 0)])
@example(steps=[("confirm", "HT02", 0, 30), ("end", 0, 10), ("confirm", "HT02", 11, 10), ("end", 0, 20)])
def test_no_day_has_two_exclusive_contracts_whatever_is_done(
    archive: Archive, keeper: Actor, owner: Actor, steps: list[tuple[str | int, ...]]
) -> None:
    with archive.write() as tx:
        tx.connection.exec_driver_sql("DELETE FROM contracts")
    for number, step in enumerate(steps):
        before = every(archive, keeper)
        taken = {day for one in before if one.exclusive for day in held_on(one)}
        try:
            match step:
                case ("confirm", str(class_code), int(begins), int(days)):
                    first, last = FIRST + timedelta(days=begins), FIRST + timedelta(days=begins + days)
                    name = f"{number}-{begins}-{days}-{class_code}"
                    confirmed(
                        archive, keeper, owner, first.isoformat(), last.isoformat(), name=name, class_code=class_code
                    )
                case ("go on", int(at)) if before:
                    one = before[at % len(before)]
                    contracts.go_on(archive, owner, one.id, revision=one.revision)
                case ("end", int(at), int(day)) if before:
                    one, last = before[at % len(before)], FIRST + timedelta(days=day)
                    contracts.end(archive, owner, one.id, last.isoformat(), revision=one.revision, why="agreed")
                case _:
                    pass
        except (Conflict, Invalid) as refused:
            if refused.code == "overlap" and step[0] == "confirm":
                assert taken & set(range(int(step[2]), int(step[2]) + int(step[3]) + 1)), "refused for no reason"
        days = Counter(day for one in every(archive, keeper) if one.exclusive for day in held_on(one))
        assert [day for day, held in days.items() if held > 1] == []


def every(archive: Archive, keeper: Actor) -> list[Contract]:
    """What is confirmed, in the order in which it begins."""
    rows = [row.contract for row in contract_desk.register(archive, keeper) if row.contract.state == "confirmed"]
    return sorted(rows, key=lambda one: (one.begins_on or FIRST, one.id))
