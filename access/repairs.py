"""The repair machine: from what is wrong with a paper until it lies on its shelf again, one table of steps.

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
    BACK = "back"
    DROPPED = "dropped"


class Event(StrEnum):
    TREAT = "treat"
    """Somebody begins, goes on or takes over; with a day on which the paper is due back."""
    MEND = "mend"
    GIVE_UP = "give-up"
    PUT_BACK = "put-back"
    DROP = "drop"


STEPS: dict[tuple[State, Event], State] = {
    (State.OPEN, Event.TREAT): State.IN_TREATMENT,
    (State.OPEN, Event.DROP): State.DROPPED,
    (State.IN_TREATMENT, Event.TREAT): State.IN_TREATMENT,
    (State.IN_TREATMENT, Event.MEND): State.MENDED,
    (State.IN_TREATMENT, Event.GIVE_UP): State.BEYOND_REPAIR,
    (State.MENDED, Event.PUT_BACK): State.BACK,
    (State.BEYOND_REPAIR, Event.PUT_BACK): State.BACK,
}

AWAY = frozenset({State.IN_TREATMENT, State.MENDED, State.BEYOND_REPAIR})
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
    """`treated`: who treated the paper, and who wrote down what was done to it."""
    if actor in treated:
        return Refusal("own-repair", "Somebody else than who treated it says that it lies on its shelf again.")
    return None
