"""Forty long random walks through handovers and loans: `python -m tests.soak handovers`."""

import tempfile
from pathlib import Path

from access.handovers import State
from archive import custody, founding, people
from archive.app import open_archive
from tests.builders import a_person, a_record, an_office
from tests.conftest import SITES, Clock
from tests.journeys.test_handover_machine import walked

WALKS, STEPS = 40, 400


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary) / "home"
        founding.found(home, company="试用物业", sites=SITES, now=Clock())
        archive = open_archive(home, now=Clock())
        office = an_office(archive)
        boss = a_person(archive, "boss", "dept_approver", clearance=3, department="DAS")
        papers = [
            a_record(archive, f"正文{n}", title=f"合同{n}", level=1, name=f"{n}.txt", shelf_location=f"A-{n}")
            for n in range(3)
        ]
        custody.take_charge(archive, people.named(archive, "keeper"), "JF01")
        archive.close()
        reached: set[State] = set()
        for chance in range(1000, 1000 + WALKS):
            reached |= walked(Path(temporary) / str(chance), (home, office, boss, papers), chance, STEPS)
        print(
            f"{WALKS} walks of {STEPS} steps: nothing broke; states reached: {len(reached)} of {len(State)}", flush=True
        )
        assert reached == set(State)


if __name__ == "__main__":
    main()
