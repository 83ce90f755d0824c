"""Requests to borrow that wait for somebody's answer: due on the day they were asked."""

from collections.abc import Iterable

from access.actors import Actor
from access.rules import Action
from archive import loan_desk
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "待审批", "en": "Waiting for an answer"}
DUTY = Action.DECIDE_LOANS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:  # noqa: ARG001 — a question is due when it is asked
    for slip in loan_desk.to_decide(archive, actor):
        if slip.asked is not None and slip.asked.asked_at is not None:
            number, who = slip.loan.number, slip.borrower
            yield Due(
                slip.loan.id,
                say(f"借阅单 {number}（{who}）待审批", f"Loan {number} ({who}) waits for an answer"),
                slip.asked.asked_at.astimezone().date(),
                f"/loans/{slip.loan.id}",
                actor.id,
                line="decide",
            )
