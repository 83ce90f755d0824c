"""Something that was lent should have come back, and has not (2.5)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import loan_desk
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "借阅逾期未还", "en": "Loan overdue"}
SEVERITY = "middle"
DUTY = Action.SEE_LOANS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for slip in loan_desk.overdue(archive, actor):
        due = slip.due_at.astimezone().date() if slip.due_at is not None else on
        said = say(
            f"借阅单 {slip.loan.number}（{slip.borrower}）应于 {due} 归还，未还",
            f"Loan {slip.loan.number} ({slip.borrower}) should have come back on {due}",
        )
        yield Fault(slip.loan.id, said, f"/loans/{slip.loan.id}")
