"""Drafts of contracts (2.14): to be reviewed by somebody who wrote nothing in them, and, where that one sent them back,
to be corrected by those who did. What the machine drafted for nobody waits for nobody."""

from collections.abc import Iterable

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import contract_desk, contracts
from archive.app import Archive
from archive.dues import Due, Say, Span

TITLE = {"zh": "合同评审", "en": "Contracts under review"}
DUTY = Action.SEE_CONTRACTS


def due(archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]:  # noqa: ARG001 — a draft waits from when it was written
    for row in contract_desk.register(archive, actor):
        one, link = row.contract, f"/contracts/{row.contract.id}"
        if one.state != "draft" or contracts.nobodys(one) or one.waits_since is None:
            continue
        day, wrote = one.waits_since.astimezone().date(), contracts.writers(one)
        if row.standing == "sent-back":
            why = one.sent_back_why
            said = say(f"《{one.title}》评审退回，请修改：{why}", f"{one.title} was sent back, correct it: {why}")
            # Each of them sees it as their own; to all others it is the task of who wrote it down first.
            yield Due(one.id, said, day, link, actor.id if actor.id in wrote else wrote[0])
        elif actor.id not in wrote or not rules.may(actor, Action.CONFIRM_CONTRACTS):
            said = say(f"《{one.title}》待评审确认", f"{one.title} waits for its review")
            yield Due(one.id, said, day, link, duty=Action.CONFIRM_CONTRACTS)
