"""A level is lowered by two people: one proposes it, another agrees, and a day or an event lets it happen.

Raising a level takes one person and works at once; lowering it lets more people in and cannot be taken back from
those who have read (INV-18).
"""

from dataclasses import dataclass
from datetime import date, datetime

from access.actors import Actor
from access.loans import Refusal


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record is to become less secret: on a day, or after an event that somebody has to have seen."""

    id: str
    record_id: str
    level_from: int
    level_to: int
    pii_from: int
    pii_to: int
    reason: str
    due_on: date | None
    """None when it is an event that is waited for."""
    event: str
    proposed_by: str
    proposed_at: datetime
    decision: str = ""
    """agreed or refused; empty while open."""
    decided_by: str = ""
    decided_at: datetime | None = None
    remark: str = ""
    happened_by: str = ""
    """Who says that the event has happened."""
    done_at: datetime | None = None
    void: bool = False
    """The record changed meanwhile: what was agreed is not what is there."""

    @property
    def open(self) -> bool:
        return not self.decision and not self.void

    @property
    def waits(self) -> bool:
        """Agreed, and waiting for its day or event."""
        return self.decision == "agreed" and self.done_at is None and not self.void

    def ripe(self, today: date) -> bool:
        return self.waits and (self.due_on <= today if self.due_on else bool(self.happened_by))


def why_not_propose(proposal: Proposal) -> Refusal | None:
    """Does it make sense? None if so."""
    if proposal.level_to > proposal.level_from or proposal.pii_to > proposal.pii_from:
        return Refusal("not-lower", "This does not lower anything: correct the description instead.")
    if (proposal.level_to, proposal.pii_to) == (proposal.level_from, proposal.pii_from):
        return Refusal("not-lower", "This does not lower anything: correct the description instead.")
    if not proposal.reason:
        return Refusal("no-declassification-reason", "Say why it need not be secret any more.")
    if (proposal.due_on is None) == (not proposal.event):
        return Refusal("day-or-event", "Name a day or an event, one of them.")
    return None


def why_not_decide(second: Actor, proposal: Proposal) -> Refusal | None:
    """May this person be the second? Not whoever proposed it."""
    if second.id == proposal.proposed_by:
        return Refusal("second-person", "It takes somebody else than whoever proposed it.")
    if not proposal.open:
        return Refusal("no-such-step", "This waits for nobody.")
    return None
