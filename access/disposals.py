"""The disposal machine: from a list of what is due to a certificate, one table of steps.

Nothing here is moved by the passing of time alone (INV-05): every step is somebody's, and the people differ.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    APPRAISING = "appraising"
    PROPOSED = "proposed"
    COOLING_OFF = "cooling_off"
    EXECUTED = "executed"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


class Event(StrEnum):
    PROPOSE = "propose"
    SEND_BACK = "send-back"
    APPROVE = "approve"
    EXECUTE = "execute"
    CONFIRM = "confirm"
    """Nothing that was destroyed can be had from any backup any more."""
    CANCEL = "cancel"


STEPS: dict[tuple[State, Event], State] = {
    (State.APPRAISING, Event.PROPOSE): State.PROPOSED,
    (State.APPRAISING, Event.CANCEL): State.CANCELLED,
    (State.PROPOSED, Event.SEND_BACK): State.APPRAISING,
    (State.PROPOSED, Event.APPROVE): State.COOLING_OFF,
    (State.PROPOSED, Event.CANCEL): State.CANCELLED,
    (State.COOLING_OFF, Event.CANCEL): State.CANCELLED,
    (State.COOLING_OFF, Event.EXECUTE): State.EXECUTED,
    (State.EXECUTED, Event.CONFIRM): State.COMPLETE,
}

OPEN = frozenset({State.APPRAISING, State.PROPOSED, State.COOLING_OFF})
"""A record is in one such list at most."""

GROUP_MIN = 3
WITNESSES = 2
DECISIONS = ("extend", "permanent", "destroy")
"""What a group may decide about a record whose term has ended."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step cannot be taken: a stable code and a sentence."""

    code: str
    sentence: str


def after(state: State, event: Event) -> State | None:
    return STEPS.get((state, event))


def why_not_approve(approver: str, group: Collection[str], opened_by: str) -> Refusal | None:
    """Nobody approves what they have proposed (INV-06)."""
    if approver in group or approver == opened_by:
        return Refusal("own-proposal", "Nobody approves what they have proposed.")
    return None


def why_not_witness(witness: str, group: Collection[str], approver: str) -> Refusal | None:
    """Who watches is neither who proposed nor who approved."""
    if witness in group or witness == approver:
        return Refusal("own-disposal", "A witness has neither proposed nor approved what is destroyed.")
    return None


def why_not_execute(
    executor: str, approver: str, witnesses: Collection[str], cooling_until: datetime | None, at: datetime
) -> Refusal | None:
    if cooling_until is None or at < cooling_until:
        return Refusal("cooling-off", "It may not be carried out before the cooling-off ends.")
    if len(set(witnesses)) < WITNESSES:
        return Refusal("no-witnesses", "Two witnesses check the list and sign it first.")
    if executor == approver or executor in witnesses:
        return Refusal("own-disposal-execution", "Who carries it out has neither approved nor witnessed it.")
    return None
