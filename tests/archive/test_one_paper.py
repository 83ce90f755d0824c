"""Two hundred ask for one paper at once, from threads and from processes: one gets it (INV-07)."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from access.loans import Form
from archive import lending, people
from archive.app import Archive, open_archive
from archive.errors import Conflict
from archive.lending import Wish
from archive.model import new_id
from tests.archive.test_lending import a_secret
from tests.builders import a_person, an_office
from tests.conftest import Clock

AT_ONCE = 100
"""In each of two processes."""

ASKING = """
import sys
from pathlib import Path
from tests.archive.test_one_paper import ask_at_once
print(*ask_at_once(Path(sys.argv[1]), sys.argv[2], sys.argv[3]), sep="\\n")
"""


def ask_at_once(home: Path, record_id: str, login: str, times: int = AT_ONCE, threads: int = 20) -> list[str]:
    """What each of so many simultaneous requests of one person gets: a loan number, or the code of the refusal."""
    archive = open_archive(home, now=Clock())
    actor, barrier = people.named(archive, login), threading.Barrier(threads)

    def ask(n: int) -> str:
        if n < threads:
            barrier.wait()
        try:
            return lending.request(archive, actor, Wish(((record_id, Form.PAPER),), "查证", 3)).number
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(ask, range(times)))
    archive.close()
    return answers


def test_two_hundred_who_ask_at_once_for_one_paper_make_one_loan(archive: Archive, home: Path) -> None:
    an_office(archive)
    a_person(archive, "another", clearance=2)
    record_id = a_secret(archive)

    other = subprocess.Popen(
        [sys.executable, "-c", ASKING, str(home), record_id, "another"], stdout=subprocess.PIPE, text=True
    )
    answers = ask_at_once(home, record_id, "borrower")
    told, _ = other.communicate(timeout=120)
    answers += told.split()

    given = [answer for answer in answers if answer.startswith("JY-")]
    assert len(answers) == 2 * AT_ONCE
    assert len(given) == 1
    assert set(answers) - set(given) == {"already-lent"}
    with archive.read() as tx:
        assert len(tx.loans.of_record(record_id)) == 1
        assert list(tx.ledger.faults()) == []


def test_the_database_refuses_a_second_open_loan_of_a_paper_whoever_writes_it(archive: Archive) -> None:
    """The last guard, below every use case."""
    office, record_id = an_office(archive), a_secret(archive)
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.PAPER),), "查证", 3))
    second = replace(
        loan, id=new_id(), number="JY-2026-999999", items=tuple(replace(item, id=new_id()) for item in loan.items)
    )

    with pytest.raises(Conflict, match="spoken for"), archive.write() as tx:
        tx.loans.add(second)
