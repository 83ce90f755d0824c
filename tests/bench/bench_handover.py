"""What fifty thousand lines of a handover cost, and how long anybody else who writes has to wait meanwhile.

    python -m tests.bench handover
    python -m tests.bench.bench_handover --lines 10000

Prints a table. Nothing here is asserted.
"""

import argparse
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from access.actors import Actor
from access.handovers import Carrier, Kind, Part
from archive import custody, founding, handover, handover_counting, handover_desk, handover_signing, people
from archive.app import Archive, open_archive
from archive.handover import Plan
from archive.handover_steps import changed
from archive.tables.schema.handovers import handover_lines
from tests.builders import PASSWORD, a_person, a_record, an_office, copies_of
from tests.conftest import SITES


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=50_000)
    options.add_argument("--files", type=int, default=5000, help="so many of the lines are files, the others papers")
    chosen = options.parse_args()
    lines, files = chosen.lines, chosen.files
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        founding.found(home, company="试用物业", sites=SITES)
        archive = open_archive(home)
        an_office(archive)
        boss = a_person(archive, "boss", "dept_approver", clearance=3, department="DAS")
        first = a_record(archive, "正文", title="合同", shelf_location="A-1")
        copies_of(archive, first, [f"合同 {n}" for n in range(lines - files - 1)], files=files - 1)
        keeper, second = people.named(archive, "keeper"), people.named(archive, "second")
        print(f"{lines:,} lines{'':20}  seconds   longest wait of another writer", flush=True)
        measured(archive, "taken charge of", lambda: custody.take_charge(archive, keeper, "JF01"))
        wanted = Plan(Kind.CUSTODIAN, giver="keeper", receiver="second", supervisor="boss", rights_end=False)
        going = handover.plan(archive, keeper, wanted)
        measured(archive, "frozen", lambda: handover.freeze(archive, keeper, going.id))
        measured(archive, "files read and tested", lambda: handover_counting.check_files(archive, going.id))
        count_the_papers(archive, going.id)
        measured(archive, "a page of it", lambda: handover_desk.show(archive, keeper, going.id))
        for actor, part in ((keeper, Part.GIVER), (second, Part.RECEIVER), (boss, Part.SUPERVISOR)):
            seen = handover_desk.show(archive, actor, going.id).digest

            def sign(actor: Actor = actor, part: Part = part, seen: str = seen) -> object:
                return handover_signing.sign(archive, actor, going.id, part, PASSWORD, seen=seen)

            measured(archive, f"signed by the {part}", sign)
        measured(archive, "completed", lambda: handover_signing.complete(archive, boss, going.id))
        archive.close()


def count_the_papers(archive: Archive, handover_id: str) -> None:
    """As two people with scanners would, in one statement."""
    with archive.write() as tx:
        tx.connection.execute(
            handover_lines.update()
            .where(handover_lines.c.carrier == Carrier.PAPER)
            .values(found="present", found_pieces=handover_lines.c.pieces, counted_by="x", counted_at=archive.now())
        )
        changed(archive, tx, "service", tx.handovers.get(handover_id))


def measured(archive: Archive, what: str, act: Callable[[], object]) -> None:
    waits: list[float] = [0.0]
    over = threading.Event()

    def somebody_else() -> None:
        while not over.wait(0.02):
            began = time.perf_counter()
            with archive.write() as tx:
                tx.meta.put("bench", "x")
            waits.append(time.perf_counter() - began)

    other = threading.Thread(target=somebody_else)
    other.start()
    began = time.perf_counter()
    act()
    taken = time.perf_counter() - began
    over.set()
    other.join()
    print(f"{what:32} {taken:8.2f}   {max(waits):8.2f} s", flush=True)


if __name__ == "__main__":
    main()
