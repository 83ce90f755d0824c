"""The loan machine: from request to close, one table of steps, on paper and on screen.

A loan asks for one or more items; each item is one record in one form and stands in one state. While the
request is decided its items move together; from then on each goes its own way. Overdue is never a state: it
follows from the due instant and the present one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Form(StrEnum):
    PAPER = "paper"
    DIGITAL = "digital"
    """View only: page images, closed at the instant it is due."""
    COPY = "copy"
    """A certified copy, given away with a code by which anybody can verify it."""


class State(StrEnum):
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"
    ON_LOAN = "on_loan"
    ACTIVE = "active"
    RECALLED = "recalled"
    COPIED = "copied"
    """The certified copy is made; it does not come back."""
    RETURNED = "returned"
    RETURNED_DAMAGED = "returned_damaged"
    LOST = "lost"
    REPLACED = "replaced"
    WRITTEN_OFF = "written_off"
    EXPIRED = "expired"
    REVOKED = "revoked"
    CLOSED = "closed"


class Event(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    LAPSE = "lapse"
    ISSUE = "issue"
    OPEN = "open"
    CERTIFY = "certify"
    RENEW = "renew"
    RECALL = "recall"
    REVOKE = "revoke"
    RETURN = "return"
    RETURN_DAMAGED = "return_damaged"
    SETTLE = "settle"
    LOSE = "lose"
    REPLACE = "replace"
    WRITE_OFF = "write_off"
    EXPIRE = "expire"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """One arrow of the machine. `form` is None where it holds for both; `who` and `guard` are for printing."""

    before: State
    event: Event
    after: State
    form: Form | None
    who: str
    guard: str


S, E = State, Event  # the table below is read across
_PAPER, _DIGITAL = Form.PAPER, Form.DIGITAL

STEPS: tuple[Step, ...] = (
    Step(S.SUBMITTED, E.APPROVE, S.APPROVED, None, "last approver", "every approval given, none by the borrower"),
    Step(S.SUBMITTED, E.REJECT, S.REJECTED, None, "approver", "a reason"),
    Step(S.SUBMITTED, E.CANCEL, S.CANCELLED, None, "borrower", "a reason"),
    Step(S.APPROVED, E.CANCEL, S.CANCELLED, None, "borrower", "a reason"),
    Step(S.APPROVED, E.LAPSE, S.LAPSED, _PAPER, "time", "not collected in five working days"),
    Step(S.APPROVED, E.ISSUE, S.ON_LOAN, _PAPER, "controller", "not the borrower; pages and condition noted"),
    Step(S.APPROVED, E.OPEN, S.ACTIVE, _DIGITAL, "last approver", "due = now + term"),
    Step(S.APPROVED, E.CERTIFY, S.COPIED, Form.COPY, "controller", "not the borrower; stamp and code on every page"),
    Step(S.ON_LOAN, E.RENEW, S.ON_LOAN, _PAPER, "borrower", "before due, renewals left, nobody waiting"),
    Step(S.ACTIVE, E.RENEW, S.ACTIVE, _DIGITAL, "borrower", "before due, renewals left"),
    Step(S.ON_LOAN, E.RECALL, S.RECALLED, _PAPER, "controller, approver, rules", "a reason"),
    Step(S.ACTIVE, E.REVOKE, S.REVOKED, _DIGITAL, "controller, approver, rules", "a reason"),
    Step(S.ACTIVE, E.EXPIRE, S.EXPIRED, _DIGITAL, "time", "due has passed"),
    Step(S.ON_LOAN, E.RETURN, S.RETURNED, _PAPER, "controller", "not the borrower; all pages, no worse"),
    Step(S.RECALLED, E.RETURN, S.RETURNED, _PAPER, "controller", "not the borrower; all pages, no worse"),
    Step(S.ON_LOAN, E.RETURN_DAMAGED, S.RETURNED_DAMAGED, _PAPER, "controller", "a page missing or damage noted"),
    Step(S.RECALLED, E.RETURN_DAMAGED, S.RETURNED_DAMAGED, _PAPER, "controller", "a page missing or damage noted"),
    Step(S.RETURNED_DAMAGED, E.SETTLE, S.RETURNED, _PAPER, "final approver", "not the borrower; what was done"),
    Step(S.ON_LOAN, E.LOSE, S.LOST, _PAPER, "controller", "what happened"),
    Step(S.RECALLED, E.LOSE, S.LOST, _PAPER, "controller", "what happened"),
    Step(S.LOST, E.RETURN, S.RETURNED, _PAPER, "controller", "found again, whole"),
    Step(S.LOST, E.RETURN_DAMAGED, S.RETURNED_DAMAGED, _PAPER, "controller", "found again, not whole"),
    Step(S.LOST, E.REPLACE, S.REPLACED, _PAPER, "final approver", "not the borrower; what was done"),
    Step(S.LOST, E.WRITE_OFF, S.WRITTEN_OFF, _PAPER, "final approver", "not the borrower; what was done"),
    Step(S.RETURNED, E.CLOSE, S.CLOSED, _PAPER, "borrower, controller", "use noted, if anything was"),
    Step(S.REPLACED, E.CLOSE, S.CLOSED, _PAPER, "borrower, controller", "use noted, if anything was"),
    Step(S.WRITTEN_OFF, E.CLOSE, S.CLOSED, _PAPER, "borrower, controller", "use noted, if anything was"),
    Step(S.EXPIRED, E.CLOSE, S.CLOSED, _DIGITAL, "borrower, controller", "use noted, if anything was"),
    Step(S.COPIED, E.CLOSE, S.CLOSED, Form.COPY, "borrower, controller", "use noted, if anything was"),
    Step(S.REVOKED, E.CLOSE, S.CLOSED, _DIGITAL, "borrower, controller", "use noted, if anything was"),
)
"""Every step there is. What is not in the table does not happen."""

_AFTER = {
    (step.before, step.event, form): step.after for step in STEPS for form in ([step.form] if step.form else Form)
}

ENDED = frozenset({S.REJECTED, S.CANCELLED, S.LAPSED, S.CLOSED})
"""Nothing follows."""

HOLDING = frozenset({S.SUBMITTED, S.APPROVED, S.ON_LOAN, S.RECALLED, S.RETURNED_DAMAGED, S.LOST})
"""States in which a paper item is spoken for, away or not fit to go out: at most one item per record (INV-07)."""

OUT = frozenset({S.ON_LOAN, S.RECALLED})
"""The paper is with the borrower, who can be overdue."""

CONDITIONS = ("good", "worn", "damaged")
"""State of a paper, best first: 完好, 旧损, 破损."""

COLLECT_WITHIN_WORKING_DAYS = 5
LOST_AFTER_DAYS = 30
BLOCKED_AFTER_DAYS = 7


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not taken. `code` is stable; the sentence says what to do."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Item:
    """One record in one form, and what became of it."""

    id: str
    record_id: str
    form: Form
    state: State
    started_at: datetime | None = None
    due_at: datetime | None = None
    ended_at: datetime | None = None
    pages_out: int = 0
    condition_out: str = ""
    issued_by: str = ""
    pages_in: int = 0
    condition_in: str = ""
    received_by: str = ""
    note: str = ""
    """What the controller wrote when it came back, was lost, or was settled."""
    collect_from: datetime | None = None
    """When a granted paper came back from repair: the days to collect it begin then. None: when it was granted."""

    @property
    def harmed(self) -> bool:
        """A paper that came back with a page missing or in a worse state."""
        if self.form is not Form.PAPER or not self.condition_in or not self.condition_out:
            return False
        return came_back(self, pages=self.pages_in, condition=self.condition_in) is Event.RETURN_DAMAGED


@dataclass(frozen=True, slots=True)
class External:
    """Somebody from outside the company: an auditor, a court, an owner. `letter` is the number of their letter."""

    name: str
    organisation: str
    letter: str


@dataclass(frozen=True, slots=True)
class Loan:
    """Who asked for what, why, for how long. `level` and `pii` are the highest of its items when it was asked for.

    What the matrix allowed then (`days_max`, `renewals_max`) stays with the loan, whatever the matrix says later.
    """

    id: str
    number: str
    requested_by: str
    borrower_id: str
    """Empty when the borrower is somebody from outside."""
    external: External | None
    purpose: str
    level: int
    pii: int
    term_days: int
    days_max: int
    renewals_max: int
    requested_at: datetime
    items: tuple[Item, ...]
    approved_at: datetime | None = None
    renewals: int = 0
    renewing: bool = False
    """A renewal has been asked for and waits to be approved."""
    effect: str = ""
    """利用效果: what came of it."""
    matrix: int = 0
    """The version of the matrix under which it was asked for; 0 is the one that is shipped."""

    @property
    def open(self) -> bool:
        return any(item.state not in ENDED for item in self.items)


def after(item: Item, event: Event) -> State | None:
    """Where this step leads; None if the machine has no such step."""
    return _AFTER.get((item.state, event, item.form))


def taken(item: Item, event: Event, at: datetime) -> Item | Refusal:
    """The item after this step, or why it is not taken. Guards about people are asked before (`access.approvals`)."""
    state = after(item, event)
    if state is None:
        return Refusal("no-such-step", f"An item that is {item.state} cannot be taken through {event!r}.")
    done = state in ENDED or (item.state in OUT | {S.ACTIVE} and state not in OUT | {S.ACTIVE})
    return replace(item, state=state, ended_at=at if done and item.ended_at is None else item.ended_at)


def started(item: Item, at: datetime, days: int) -> Item:
    """The term begins. Due is derived from its beginning, never entered."""
    return replace(item, started_at=at, due_at=at + timedelta(days=days))


def renewed(item: Item, days: int) -> Item:
    assert item.due_at is not None
    return replace(item, due_at=item.due_at + timedelta(days=days))


def is_readable(item: Item, at: datetime) -> bool:
    """A digital item opens its record from the instant it starts, until the one it is due (INV-08)."""
    return (
        item.form is Form.DIGITAL
        and item.state is S.ACTIVE
        and item.started_at is not None
        and item.due_at is not None
        and item.started_at <= at < item.due_at
    )


def is_overdue(item: Item, at: datetime) -> bool:
    return item.state in OUT and item.due_at is not None and at > item.due_at


def days_overdue(item: Item, at: datetime) -> int:
    """Whole days past due; 0 when it is not overdue."""
    return (at - item.due_at).days if is_overdue(item, at) and item.due_at is not None else 0


def why_not_renew(loan: Loan, at: datetime, *, somebody_waits: bool) -> Refusal | None:
    """The guard of renewing (INV-09)."""
    running = [item for item in loan.items if item.state in (S.ON_LOAN, S.ACTIVE)]
    if any(item.state is S.RECALLED for item in loan.items):
        return Refusal("recalled", "It was called back: return it instead.")
    if not running:
        return Refusal("nothing-to-renew", "There is nothing to renew: nothing of this loan is running.")
    if any(item.due_at is not None and at >= item.due_at for item in running):
        return Refusal("renewed-too-late", "A loan is renewed before it is due. Return it, or apply again.")
    if loan.renewals >= loan.renewals_max:
        return Refusal("no-renewals-left", "It cannot be renewed any more. Return it, or apply again.")
    if loan.renewing:
        return Refusal("renewal-pending", "A renewal has been asked for already and waits for approval.")
    if somebody_waits:
        return Refusal("somebody-waits", "Somebody else is waiting for it: return it on the day it is due.")
    return None


def came_back(item: Item, *, pages: int, condition: str) -> Event:
    """Whole, or not: a return with a page missing or in a worse state is not an ordinary one (T9)."""
    whole = pages == item.pages_out and CONDITIONS.index(condition) <= CONDITIONS.index(item.condition_out)
    return E.RETURN if whole else E.RETURN_DAMAGED


def collect_until(approved_at: datetime) -> datetime:
    """The end of the fifth working day, Saturdays and Sundays apart."""
    until, days = approved_at, 0
    while days < COLLECT_WITHIN_WORKING_DAYS:
        until += timedelta(days=1)
        days += until.weekday() < 5
    return until


def was_not_collected(loan: Loan, item: Item, at: datetime) -> bool:
    """Was this paper granted, and not collected in time? The days begin anew when it is back from repair."""
    since = item.collect_from or loan.approved_at
    granted = item.form is Form.PAPER and item.state is State.APPROVED
    return granted and since is not None and at > collect_until(since)


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder: so many days after due, to whom besides the borrower."""

    days: int
    also: tuple[str, ...] = ()
    digital: bool = False
    """A digital item closes by itself: it is announced and not chased."""


LADDER: tuple[Rung, ...] = (
    Rung(-1, digital=True),
    Rung(0),
    Rung(1),
    Rung(3, ("department-head",)),
    Rung(7, ("class-owner",)),
    Rung(30, ("class-owner", "controller")),
)
"""At +7 the borrower is blocked from new loans, at +30 the loss procedure begins."""


def rungs_reached(item: Item, at: datetime) -> Sequence[Rung]:
    """The rungs of the ladder this item has reached, lowest first; none once it is back."""
    running = item.state in OUT or item.state is S.ACTIVE
    if not running or item.due_at is None:
        return ()
    return [
        rung
        for rung in LADDER
        if (rung.digital or item.form is Form.PAPER) and at >= item.due_at + timedelta(days=rung.days)
    ]
