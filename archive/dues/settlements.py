"""Papers that came back damaged or are lost, until the final approver has decided about them."""

from collections.abc import Iterable

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import loan_desk
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "损坏、遗失待处理", "en": "Damaged and lost papers"}
DUTY = Action.SEE_LOANS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:  # noqa: ARG001 — due since it came back
    for slip in loan_desk.to_settle(archive, actor) if rules.may(actor, Action.DECIDE_LOANS) else ():
        number, who = slip.loan.number, slip.borrower
        yield Due(
            f"{slip.loan.id}-settle",
            say(
                f"借阅单 {number}（{who}）的原件损坏或遗失，待处理",
                f"Decide about a damaged or lost paper of loan {number} ({who})",
            ),
            loan_desk.unsettled_since(slip).astimezone().date(),
            f"/loans/{slip.loan.id}",
            actor.id,
            line="settle",
        )
