"""The reading room: each page that is shown under a loan is decided anew, counted, logged and marked.

One person reads a loan in one session at a time, no faster than anybody reads, and until the instant the loan
is due. A camera is not stopped by any of this; whose eyes it was behind is on every page.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from access import rules
from access.actors import Actor, Role
from access.rules import Action, Denied
from archive.acting import without_loans
from archive.app import Archive
from archive.errors import Conflict
from archive.model import Component, Record
from archive.tables import Transaction
from archive.telling import tell

SEAT_KEPT = timedelta(minutes=2)
"""Another session may go on reading when nothing was read for so long in the one before."""

PAGE_READ = "record.page-read"


class TooFast(Conflict):
    """Pages are asked for faster than anybody reads."""

    code = "too-many-pages"


@dataclass(frozen=True, slots=True)
class Sitting:
    """One page is being read under a loan: what its watermark says."""

    loan_id: str
    number: str
    name: str
    employee_no: str
    at: datetime
    due_at: datetime

    @property
    def mark(self) -> str:
        """姓名·工号·借阅单号·时间."""
        parts = (self.name, self.employee_no, self.number, self.at.astimezone().strftime("%Y-%m-%d %H:%M"))
        return " · ".join(filter(None, parts))


def by_standing(actor: Actor, record: Record) -> bool:
    """May this actor read the record without any loan?"""
    actor = without_loans(actor)
    return rules.scope(actor, Action.READ).admits(record)


def sit_down(archive: Archive, actor: Actor, record: Record, component: Component, page: int) -> Sitting:
    """Let one page be read under the loan that opens it now, and write down that it was.

    Raises Denied when no loan opens it at this instant or it is read elsewhere, TooFast when somebody harvests.
    """
    at, pages = archive.now(), archive.settings.pages_per_minute
    rules.require(actor, Action.READ, record)
    with archive.write() as tx:
        opening = tx.loans.opening(actor.id, record.id, at)
        if opening is None:
            raise Denied(Action.READ, "loan-ended", "The loan has ended. Apply again if it is still needed.")
        loan, item = opening
        assert item.due_at is not None
        if not actor.session:
            raise Denied(Action.READ, "no-session", "What is borrowed is read on screen by a person who has signed in.")
        seat, seat_at = tx.loans.seat(loan.id)
        if seat not in ("", actor.session) and seat_at is not None and at - seat_at < SEAT_KEPT:
            raise Denied(
                Action.READ,
                "read-elsewhere",
                "This loan is being read in another session; close it there, or wait two minutes.",
            )
        recent = tx.ledger.recent(actor.id, at - timedelta(minutes=1), limit=pages + 1)
        too_fast = sum(event.action == PAGE_READ for event in recent) >= pages
        if too_fast:
            _slow_down(archive, tx, actor, loan.id, loan.number, at)
        else:
            tx.loans.take_seat(loan.id, actor.session, at)
            tx.ledger.add(
                at,
                actor.id,
                PAGE_READ,
                "record",
                record.id,
                site=record.site,
                component=component.id,
                page=page,
                loan=loan.id,
                right="borrowed",
            )
        person = tx.people.get(actor.id)
    if too_fast:
        raise TooFast("Pages are being turned faster than anybody reads: wait a minute.")
    assert person is not None
    return Sitting(loan.id, loan.number, person.name, person.employee_no, at, item.due_at)


def _slow_down(archive: Archive, tx: Transaction, actor: Actor, loan_id: str, number: str, at: datetime) -> None:
    """Tell the security officers, once an hour and loan (T8)."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    if tx.reminders.claim(f"fast/{loan_id}", hour, 0, at):
        tx.ledger.add(at, actor.id, "loan.slowed-down", "loan", loan_id)
        officers = [person.id for person in tx.people.holding([Role.SECURITY_OFFICER.value])]
        tell(archive, tx, officers, "reading.throttled", ("loan", loan_id), number=number)
