"""Printouts about loans say what the tables say, and name only what may be known."""

import io

import openpyxl
import pytest

from access.actors import Actor
from access.loans import Form
from archive import counter, reports
from archive.app import Archive
from archive.errors import Conflict, NotFound
from tests.archive.test_lending import a_secret, granted
from tests.builders import a_person, an_office
from tests.conftest import Clock


def cells(archive: Archive, actor: Actor, name: str, **asked: str) -> str:
    printed = reports.print_out(archive, actor, name, asked, form="xlsx", language="zh")
    book = openpyxl.load_workbook(io.BytesIO(printed.content))
    return " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


def test_register_overdue_slip_letter_and_loss_follow_a_paper_to_its_end(archive: Archive, clock: Clock) -> None:
    office = an_office(archive)
    record_id = a_secret(archive, title="竣工图册")
    loan = granted(archive, office, record_id, Form.PAPER)
    counter.issue(archive, office.keeper, record_id, pages=12, condition="good")
    with pytest.raises(Conflict, match="overdue"):
        cells(archive, office.keeper, "loan_reminder", loan=loan.number)
    with pytest.raises(Conflict, match="lost"):
        cells(archive, office.keeper, "loan_loss", loan=loan.number)
    clock.advance(days=30)

    register = cells(archive, office.keeper, "loan_register")
    assert all(word in register for word in (loan.number, "竣工图册", "普通商密", "原件", "12 完好", "逾期"))
    assert "借出" not in register
    assert "竣工图册" in cells(archive, office.keeper, "loans_overdue")
    slip = cells(archive, office.keeper, "loan_slip", loan=loan.id)
    assert all(word in slip for word in ("部门负责人", "同意"))
    assert "逾期" in cells(archive, office.keeper, "loan_reminder", loan=loan.number)
    counter.lose(archive, office.keeper, record_id, "搬家时遗失")
    assert "搬家时遗失" in cells(archive, office.keeper, "loan_loss", loan=loan.number)


def test_a_loan_of_others_is_not_printed_for_who_may_not_see_it(archive: Archive) -> None:
    office = an_office(archive)
    loan = granted(archive, office, a_secret(archive, title="竣工图册"), Form.PAPER)
    auditor = a_person(archive, "auditor", "auditor", clearance=1)

    with pytest.raises(NotFound):
        cells(archive, office.colleague, "loan_slip", loan=loan.number)
    assert "竣工图册" not in cells(archive, auditor, "loan_register")


def test_labels_carry_the_id_that_the_counter_reads(archive: Archive) -> None:
    office = an_office(archive)
    a_secret(archive, title="竣工图册")

    printed = reports.print_out(archive, office.keeper, "labels", {}, form="pdf", language="zh")

    assert printed.content.startswith(b"%PDF")
