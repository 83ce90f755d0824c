"""What is out on loan and has to come back: one's own, and at the counter everybody's."""

from collections.abc import Iterable

from access import rules
from access.actors import Actor
from access.loans import OUT
from access.rules import Action
from archive import loan_desk
from archive.app import Archive
from archive.dues import Due, Say, Span
from archive.loan_desk import Slip

TITLE = {"zh": "借阅归还", "en": "Loans to give back"}
DUTY = Action.DECIDE_LOANS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:  # noqa: ARG001 — what is out is due whenever
    slips = {slip.loan.id: slip for slip in loan_desk.mine(archive, actor)}
    if rules.may(actor, Action.SEE_LOANS):
        slips |= {slip.loan.id: slip for slip in loan_desk.awaited(archive, actor)}
    for slip in slips.values():
        out = [item.due_at for item in slip.loan.items if item.state in OUT and item.due_at is not None]
        if out:
            yield Due(
                slip.loan.id, _sentence(slip, say), min(out).astimezone().date(), f"/loans/{slip.loan.id}",
                slip.loan.borrower_id or slip.loan.requested_by, line="own",
            )  # fmt: skip


def _sentence(slip: Slip, say: Say) -> str:
    titles = say("、", ", ").join(f"《{record.title}》" for record in slip.records.values())
    said = say(
        f"借阅单 {slip.loan.number}（{slip.borrower}）应归还",
        f"Loan {slip.loan.number} ({slip.borrower}) has to be given back",
    )
    return f"{said}{say('：', ': ')}{titles}" if titles else said
