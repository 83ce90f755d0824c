"""What lending costs: decisions, a page in the reading room, and a thousand who ask for one paper at once.

    python -m tests.bench lending

Prints a table. Nothing here is asserted, except that of the thousand one gets the paper.
"""

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from access import rules
from access.loans import Form
from access.rules import Action
from archive import founding, lending, people, renditions, worker
from archive.app import Archive, open_archive
from archive.errors import Conflict
from archive.lending import Wish
from tests.builders import a_record, an_office, now
from tests.conftest import SITES

AT_ONCE, THREADS = 1000, 50
PAGES = 60


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        founding.found(home, company="试用物业", sites=SITES)
        archive = open_archive(home)
        archive.settings = replace(archive.settings, pages_per_minute=10_000)
        office = an_office(archive)
        record_id = a_record(archive, "第一条 本条正文\n" * 4000, level=2, shelf_location="A-01")
        paper = a_record(archive, "图纸", level=2, shelf_location="A-02")
        worker.until_idle(archive)
        loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "查证", 3))
        for approver in (office.head, office.owner):
            lending.decide(archive, approver, loan.id, yes=True)

        borrower = now(archive, office.borrower)
        with archive.read() as tx:
            record = tx.records.get(record_id)
        measure("decision in memory (READ)", 20_000, lambda _: rules.scope(borrower, Action.READ).admits(record))
        measure("somebody at the door, loans loaded", 500, lambda _: now(archive, office.borrower))
        renditions.page_image(archive, borrower, record_id, 1, width_px=960)
        pages = min(PAGES, 50)
        for page in range(1, pages + 1):
            renditions.page_image(archive, office.owner, record_id, page, width_px=960)
        measure(
            "reading-room page, drawn before, marked now",
            pages,
            lambda n: renditions.page_image(archive, now(archive, office.borrower), record_id, n + 1, width_px=960),
        )
        at_once(archive, paper)
        archive.close()


def measure(what: str, times: int, act: Callable[[int], object]) -> None:
    taken: list[float] = []
    for n in range(times):
        began = time.perf_counter()
        act(n)
        taken.append(time.perf_counter() - began)
    taken.sort()
    p50, p95 = taken[len(taken) // 2] * 1000, taken[int(len(taken) * 0.95)] * 1000
    print(f"{what:<46} p50 {p50:8.3f} ms   p95 {p95:8.3f} ms   {times / sum(taken):10.0f}/s", flush=True)


def at_once(archive: Archive, record_id: str) -> None:
    borrower, barrier = people.named(archive, "borrower"), threading.Barrier(THREADS)

    def ask(n: int) -> str:
        if n < THREADS:
            barrier.wait()
        try:
            lending.request(archive, borrower, Wish(((record_id, Form.PAPER),), "查证", 3))
        except Conflict as refusal:
            return refusal.code
        return "granted"

    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        answers = Counter(pool.map(ask, range(AT_ONCE)))
    seconds = time.perf_counter() - began
    print(f"{AT_ONCE} ask for one paper at once: {dict(answers)} in {seconds:.1f} s", flush=True)
    assert answers["granted"] == 1


if __name__ == "__main__":
    main()
