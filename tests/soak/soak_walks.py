"""Random walks over the machines of loans and handovers, others every time, until the time is over:
`python -m tests.soak.soak_walks --minutes 5`. What breaks is printed as the shortest walk that breaks it."""

import argparse
import tempfile
import time
from collections.abc import Callable, Set
from pathlib import Path

from hypothesis import HealthCheck, settings

from tests import homes
from tests.conftest import SITES, Clock
from tests.journeys import test_handover_machine as handovers
from tests.journeys import test_loan_machine as loans

AT_ONCE, STEPS = 10, 80

Walk = Callable[[settings], tuple[Set[str], int]]
"""Walks with these settings; the states that were reached, and the number of steps."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--minutes", type=float, default=20.0, help="for both together")
    minutes = options.parse_args().minutes
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        founded = homes.found(folder / "founded", company="试用物业", sites=SITES, now=Clock())
        office = loans.staff(homes.copy(founded, folder / "loans"))
        staffed = handovers.staff(homes.copy(founded, folder / "handovers"))
        repeat("loans", lambda chosen: loans.walk(office, folder / "of-loans", chosen), minutes / 2)
        repeat("handovers", lambda chosen: handovers.walk(staffed, folder / "of-handovers", chosen), minutes / 2)


def repeat(what: str, walk: Walk, minutes: float) -> None:
    """Walk again and again until the time is over, and say how far it went."""
    chosen = settings(
        max_examples=AT_ONCE,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        print_blob=True,
    )
    reached, walks, steps, until = set[str](), 0, 0, time.monotonic() + 60 * minutes
    while time.monotonic() < until:
        some, more = walk(chosen)
        reached, walks, steps = reached | some, walks + AT_ONCE, steps + more
    print(f"{what}: {walks} walks, {steps} steps: nothing broke; reached: {', '.join(sorted(reached))}", flush=True)


if __name__ == "__main__":
    main()
