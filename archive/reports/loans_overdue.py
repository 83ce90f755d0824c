"""逾期清单: what is out past its due, the longest first, and how often its borrower was reminded."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import loan_desk, loan_sheets
from archive.app import Archive
from archive.printing import Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "逾期清单", "en": "Overdue loans"}
GROUP = "use"
DUTY = Action.SEE_LOANS
ASKED: tuple[Asked, ...] = ()


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:  # noqa: ARG001 — nothing can be asked
    at = archive.now()
    rows = tuple(
        (
            slip.borrower,
            loan_sheets.department(slip, say),
            loan_sheets.number(slip, item),
            loan_sheets.title(slip, item, say),
            slip.loan.number,
            loan_sheets.day(item.due_at),
            loan_sheets.days_late(item, at),
            slip.reminded,
        )
        for slip in loan_desk.overdue(archive, actor)
        for item in slip.loan.items
        if item.due_at is not None and item.due_at < at and item.state in ("on_loan", "recalled")
    )
    columns = (
        Column(say("借阅人", "Borrower"), 1),
        Column(say("部门", "Department"), 0.7),
        Column(say("档号/文号", "Number"), 1.2),
        Column(say("题名", "Title"), 2.6),
        Column(say("借阅单号", "Loan"), 1.3),
        Column(say("应还", "Due"), 0.9),
        Column(say("逾期天数", "Days"), 0.6, number=True),
        Column(say("已催次数", "Reminded"), 0.6, number=True),
    )
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows),), landscape=True)
