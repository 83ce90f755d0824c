"""The machine of controlled documents: from a draft to what is kept of an obsolete edition, one table of steps.

Who wrote an edition neither reviews nor approves it (INV-06), and whoever reviewed it does not approve it as well. That
an edition takes effect, or ceases to, is a day that was written down before: nothing here waits for a clock (INV-14).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class State(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "review"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    ISSUED = "issued"
    """Takes effect on its day and stays so until somebody says otherwise."""
    SUPERSEDED = "superseded"
    """Ends, or ended, on the day on which the next edition takes effect."""
    WITHDRAWN = "withdrawn"
    """Ends, or ended, without a successor."""
    RETAINED = "retained"
    """作废留存: obsolete, and kept for reference because somebody said so."""
    RELEASED = "released"
    """Obsolete; from here on the retention schedule of its class says how long it is kept."""
    DROPPED = "dropped"


class Event(StrEnum):
    SUBMIT = "submit"
    REVIEW = "review"
    APPROVE = "approve"
    SEND_BACK = "send-back"
    TAKE_BACK = "take-back"
    """By who wrote it, before it is approved."""
    ISSUE = "issue"
    SUPERSEDE = "supersede"
    """Done by issuing the next edition, in the same transaction; never by itself."""
    WITHDRAW = "withdraw"
    RETAIN = "retain"
    RELEASE = "release"
    DROP = "drop"


STEPS: dict[tuple[State, Event], State] = {
    (State.DRAFT, Event.SUBMIT): State.IN_REVIEW,
    (State.DRAFT, Event.DROP): State.DROPPED,
    (State.IN_REVIEW, Event.REVIEW): State.REVIEWED,
    (State.IN_REVIEW, Event.SEND_BACK): State.DRAFT,
    (State.IN_REVIEW, Event.TAKE_BACK): State.DRAFT,
    (State.REVIEWED, Event.APPROVE): State.APPROVED,
    (State.REVIEWED, Event.SEND_BACK): State.DRAFT,
    (State.REVIEWED, Event.TAKE_BACK): State.DRAFT,
    (State.APPROVED, Event.ISSUE): State.ISSUED,
    (State.APPROVED, Event.SEND_BACK): State.DRAFT,
    (State.ISSUED, Event.SUPERSEDE): State.SUPERSEDED,
    (State.ISSUED, Event.WITHDRAW): State.WITHDRAWN,
    (State.SUPERSEDED, Event.RETAIN): State.RETAINED,
    (State.SUPERSEDED, Event.RELEASE): State.RELEASED,
    (State.WITHDRAWN, Event.RETAIN): State.RETAINED,
    (State.WITHDRAWN, Event.RELEASE): State.RELEASED,
    (State.RETAINED, Event.RELEASE): State.RELEASED,
}

IN_THE_MAKING = frozenset({State.DRAFT, State.IN_REVIEW, State.REVIEWED, State.APPROVED})
"""Of these a document has one at most: two who change it at once would each undo the other's change."""
ENDED = frozenset({State.SUPERSEDED, State.WITHDRAWN, State.RETAINED, State.RELEASED})
"""The day on which it ceases to hold is written down; it may still lie ahead."""
IN_FORCE_ONCE = ENDED | {State.ISSUED}
FILES_STAND = IN_FORCE_ONCE | {State.IN_REVIEW, State.REVIEWED, State.APPROVED}
"""What is reviewed is what is issued: from here on its record gets no other file."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step cannot be taken: a stable code and a sentence."""

    code: str
    sentence: str


def after(state: State, event: Event) -> State | None:
    return STEPS.get((state, event))


def why_not(event: Event, who: str, author: str, reviewer: str) -> Refusal | None:
    """Three people stand behind an edition: who wrote it, who reviewed it, who approved it (编、审、批)."""
    if event in (Event.REVIEW, Event.APPROVE) and who == author:
        return Refusal("own-document", "Who wrote a document neither reviews nor approves it.")
    if event is Event.APPROVE and who == reviewer:
        return Refusal("own-document-review", "Who reviewed a document does not approve it as well.")
    if event is Event.TAKE_BACK and who != author:
        return Refusal("not-own-document", "Only who wrote an edition takes it back; others send it back.")
    return None


def why_not_from(
    day: date, today: date, first: bool, last_from: date | None, last_until: date | None
) -> Refusal | None:
    """May the next edition take effect on this day? `last_…` are the days of the edition issued before it.

    What was in force on a day that has passed does not change any more; only a document that is new here may have been
    in force before.
    """
    if not first and day < today:
        return Refusal("effective-in-the-past", "What was in force in the past does not change: choose today or later.")
    if (last_until is not None and day < last_until) or (
        last_until is None and last_from is not None and day <= last_from
    ):
        return Refusal("effective-too-early", "The edition before is still in force on that day: choose a later one.")
    return None
