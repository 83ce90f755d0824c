"""A step of a loan is taken: item, ledger line and notices, inside somebody's transaction.

The use cases around it (`lending`, `counter`, `chasing`, and those that end loans because a person leaves or
a record is reclassified) ask the rules; here the machine moves.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from access import approvals, loans
from access.approvals import ROLE_OF, STAND_IN, Ask, Concerned, Post
from access.loans import HOLDING, OUT, Event, Form, Item, Loan, Refusal, State
from access.repairs import State as CaseState
from archive import handover_steps
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict
from archive.model import Person, Record
from archive.model.repairs import Repair
from archive.tables import Transaction
from archive.telling import day, tell

DONE = {
    Event.APPROVE: "loan.approved",
    Event.REJECT: "loan.rejected",
    Event.CANCEL: "loan.cancelled",
    Event.LAPSE: "loan.lapsed",
    Event.ISSUE: "loan.issued",
    Event.OPEN: "loan.opened",
    Event.CERTIFY: "loan.copied",
    Event.RENEW: "loan.renewed",
    Event.RECALL: "loan.recalled",
    Event.REVOKE: "loan.revoked",
    Event.RETURN: "loan.returned",
    Event.RETURN_DAMAGED: "loan.returned-damaged",
    Event.SETTLE: "loan.settled",
    Event.LOSE: "loan.lost",
    Event.REPLACE: "loan.replaced",
    Event.WRITE_OFF: "loan.written-off",
    Event.EXPIRE: "loan.expired",
    Event.CLOSE: "loan.closed",
}
"""What the ledger calls each step."""


REASONS = ("left", "rights-changed", "reclassified", "paper-missing")
"""Why an item was ended by something else than a loan: a line of its note."""


def refuse(refusal: Refusal | None) -> None:
    """Raise what the machine or a guard said no with."""
    if refusal is not None:
        raise Conflict(refusal.sentence, refusal.code)


def step(archive: Archive, tx: Transaction, by: str, loan: Loan, item: Item, event: Event, /, **changes: Any) -> Item:
    """Take one item through one step, with what else changes of it. Raises Conflict if the machine has no such step."""
    at = archive.now()
    taken = loans.taken(item, event, at)
    if isinstance(taken, Refusal):
        raise Conflict(taken.sentence, taken.code)
    fresh = replace(taken, **changes)
    tx.loans.save_item(fresh, item.state)
    said: dict[str, object] = {"item": item.id, "record": item.record_id, "form": item.form}
    said |= {"due": day(fresh.due_at)} if fresh.due_at and event in (Event.ISSUE, Event.OPEN, Event.RENEW) else {}
    said |= {"pages": fresh.pages_out} if event in (Event.ISSUE, Event.CERTIFY) else {}
    returning = event in (Event.RETURN, Event.RETURN_DAMAGED)
    said |= {"pages": fresh.pages_in, "of": fresh.pages_out, "condition": fresh.condition_in} if returning else {}
    tx.ledger.add(at, by, DONE[event], "loan", loan.id, site=tx.records.get(item.record_id).site, **said)
    if item.form is Form.PAPER and item.state in OUT and fresh.state not in OUT:
        handover_steps.paper_moved(archive, tx, by, item.record_id)
    if item.form is Form.PAPER and item.state in HOLDING and fresh.state not in HOLDING:
        next_in_line(archive, tx, item.record_id)
    return fresh


def why_away(case: Repair | None) -> Refusal | None:
    """Why a paper is not on its shelf, where a repair case is the reason; None without one."""
    if case is None:
        return None
    if case.state is CaseState.LOST:
        return Refusal("paper-missing", "This paper was lost when it was to be mended: it is lent when it is found.")
    sentence = f"This paper is at repair, due back on {case.due_on}: it is lent when it lies on its shelf again."
    return Refusal("at-repair", sentence)


def no_paper_any_more(archive: Archive, tx: Transaction, by: str, record: Record) -> None:
    """A paper is given up: it has no shelf address, and cannot be lent."""
    tx.records.change(replace(record, shelf_location=""))
    tx.index_queue.add(record.id, archive.now())
    tx.ledger.add(
        archive.now(),
        by,
        "record.described",
        "record",
        record.id,
        site=record.site,
        fields=["shelf_location"],
        level=record.level,
        record_class=record.class_code,
    )


def next_in_line(archive: Archive, tx: Transaction, record_id: str) -> None:
    """Whoever waits longest for this paper, and has not been told, is told that it is free."""
    if tx.repairs.away([record_id]):
        return  # told when it lies on its shelf again
    waiting = next(iter(tx.loans.waiting_for(record_id)), None)
    if waiting is not None and waiting.told_at is None:
        tx.loans.told(waiting.id, archive.now())
        tell(archive, tx, [waiting.person_id], "reservation.turn", ("record", record_id))


def addressee(loan: Loan) -> str:
    """Who is told about a loan: the borrower, or whoever vouches for one from outside."""
    return loan.borrower_id or loan.requested_by


def people_to_ask(archive: Archive, tx: Transaction, ask: Ask, concerned: Concerned) -> Sequence[Person]:
    """Those who may answer this question now, with the deputies of those who hold the post.

    The final approver stands in only where nobody holds the post.
    """
    posts = (ask.post, Post.FINAL_APPROVER) if ask.post in STAND_IN else (ask.post,)
    known = {person.id: person for person in tx.people.holding(ROLE_OF[post].value for post in posts)}
    holders = [p for p in known.values() if approvals.holds(ask, as_actor(p))]
    own = [p for p in holders if ROLE_OF[ask.post].value in p.roles and _in_post(ask, p)]
    able = [p for p in (own or holders) if approvals.why_not_decide(ask, as_actor(p), concerned) is None]
    if not able:
        able = [p for p in holders if approvals.why_not_decide(ask, as_actor(p), concerned) is None]
    found = {person.id: person for person in able}
    for delegation in tx.loans.delegations_in_force(archive.now()):
        principal, deputy = known.get(delegation.principal_id), tx.people.get(delegation.delegate_id)
        if principal is None or deputy is None or not deputy.active or principal not in (own or holders):
            continue
        if approvals.why_not_decide(ask, as_actor(deputy), concerned, principal=as_actor(principal)) is None:
            found[deputy.id] = deputy
    return list(found.values())


def _in_post(ask: Ask, person: Person) -> bool:
    """Does this person hold the post itself, rather than stand in for it?"""
    actor = as_actor(person)
    return approvals.holds(ask, replace(actor, roles=actor.roles & {ROLE_OF[ask.post]}))


def end_all_of(archive: Archive, tx: Transaction, by: str, person_id: str, *, reason: str) -> None:
    """Somebody leaves, is moved or loses clearance: what they read is closed now, what they hold is called back,
    what they asked for is cancelled, what they waited for goes on to the next (INV-10)."""
    for loan in tx.loans.of_borrower(person_id, limit=10_000):
        end(archive, tx, by, loan, reason=reason)
    for waiting in tx.loans.reserved_by(person_id):
        tx.loans.leave_queue(waiting.id, served=False)
        next_in_line(archive, tx, waiting.record_id)


ENDING = {
    State.SUBMITTED: Event.CANCEL,
    State.APPROVED: Event.CANCEL,
    State.ACTIVE: Event.REVOKE,
    State.ON_LOAN: Event.RECALL,
}
TOLD = {Event.CANCEL: "loan.cancelled", Event.REVOKE: "loan.revoked", Event.RECALL: "loan.recalled"}


def end(
    archive: Archive,
    tx: Transaction,
    by: str,
    loan: Loan,
    *,
    reason: str,
    only: Collection[Event] = (Event.CANCEL, Event.REVOKE, Event.RECALL),
    records: frozenset[str] | None = None,
    forms: Collection[Form] = tuple(Form),
) -> Sequence[Event]:
    """Cancel, revoke or recall every item of a loan that can be, or only those of some records or in some forms; what
    was done."""
    done: list[Event] = []
    for item in loan.items:
        event = ENDING.get(item.state) if item.form in forms else None
        if event is not None and event in only and (records is None or item.record_id in records):
            step(archive, tx, by, loan, item, event, note="\n".join(filter(None, (item.note, reason))))
            done.append(event)
    if done:
        rest = tx.loans.get(loan.id)
        if not any(item.state in (State.SUBMITTED, State.ON_LOAN, State.ACTIVE) for item in rest.items):
            tx.loans.void_open(loan.id, archive.now())
            tx.loans.save_loan(replace(rest, renewing=False))
    for event in dict.fromkeys(done):
        tell(archive, tx, [addressee(loan)], TOLD[event], ("loan", loan.id), number=loan.number)
    return done


def reclassified(archive: Archive, tx: Transaction, by: str, before: Record, now: Record) -> None:
    """A record became stricter than its loans were approved for: they end at once."""
    if now.level <= before.level and now.pii <= before.pii:
        return
    for loan in tx.loans.of_record(now.id, limit=1000):
        if now.level > loan.level or now.pii > loan.pii:
            end(archive, tx, by, loan, reason="reclassified", records=frozenset({now.id}))
