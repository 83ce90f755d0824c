"""The repair machine: from what is wrong with a paper until it lies on its shelf again, one table of steps.

A paper that is lost on the way is missing until it is found, or given up by somebody who never had it in their hands.

That treatment is overdue is never a state: it follows from the day on which the paper is due back and the present one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    OPEN = "open"
    IN_TREATMENT = "in_treatment"
    MENDED = "mended"
    BEYOND_REPAIR = "beyond_repair"
    LOST = "lost"
    """It did not come back: missing, as what a stocktake does not find."""
    BACK = "back"
    DROPPED = "dropped"
    WRITTEN_OFF = "written_off"
    """Given up as lost: there is no such paper any more."""


class Event(StrEnum):
    TREAT = "treat"
    """Somebody begins, goes on or takes over; with a day on which the paper is due back."""
    MEND = "mend"
    GIVE_UP = "give-up"
    PUT_BACK = "put-back"
    LOSE = "lose"
    FIND = "find"
    """It is there again, with whoever treats it: what comes next is what was going on."""
    WRITE_OFF = "write-off"
    DROP = "drop"


STEPS: dict[tuple[State, Event], State] = {
    (State.OPEN, Event.TREAT): State.IN_TREATMENT,
    (State.OPEN, Event.DROP): State.DROPPED,
    (State.IN_TREATMENT, Event.TREAT): State.IN_TREATMENT,
    (State.IN_TREATMENT, Event.MEND): State.MENDED,
    (State.IN_TREATMENT, Event.GIVE_UP): State.BEYOND_REPAIR,
    (State.MENDED, Event.PUT_BACK): State.BACK,
    (State.BEYOND_REPAIR, Event.PUT_BACK): State.BACK,
    (State.IN_TREATMENT, Event.LOSE): State.LOST,
    (State.MENDED, Event.LOSE): State.LOST,
    (State.BEYOND_REPAIR, Event.LOSE): State.LOST,
    (State.LOST, Event.FIND): State.IN_TREATMENT,
    (State.LOST, Event.WRITE_OFF): State.WRITTEN_OFF,
}

OUT = frozenset({State.IN_TREATMENT, State.MENDED, State.BEYOND_REPAIR})
"""The paper is with whoever treats it, or on its way to its shelf."""

AWAY = OUT | {State.LOST}
"""The paper is not on its shelf: it cannot be lent."""

RUNNING = AWAY | {State.OPEN}
"""A paper has at most one such case."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step cannot be taken: a stable code and a sentence."""

    code: str
    sentence: str


def after(state: State, event: Event) -> State | None:
    return STEPS.get((state, event))


def why_not_put_back(actor: str, treated: Collection[str]) -> Refusal | None:
    """`treated`: everybody who ever treated the paper in this case, or wrote down what was done to it."""
    if actor in treated:
        return Refusal("own-repair", "Somebody else than who treated it says that it lies on its shelf again.")
    return None


def why_not_write_off(actor: str, treated: Collection[str], lost_by: str) -> Refusal | None:
    """`lost_by`: who said that it is lost."""
    if actor in treated or actor == lost_by:
        return Refusal("own-loss", "Somebody else than who had the paper, or says that it is lost, gives it up.")
    return None
