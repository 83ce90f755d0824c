"""The counter: papers are handed out and taken back, with pages counted and condition noted.

Everything begins with the id of a record, which is what the QR label on it says: a scanner types it.
"""

from dataclasses import replace

from access import approvals, loans, rules
from access.actors import Actor
from access.approvals import Ask, Concerned, Post
from access.loans import CONDITIONS, Event, Form, Item, Loan, State
from access.rules import Action, Denied
from archive import page_counts
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.lending import REASON_MAX
from archive.loan_steps import REASONS, addressee, no_paper_any_more, people_to_ask, refuse, step, why_away
from archive.model import Record
from archive.tables import Transaction
from archive.telling import tell

PAGES_MAX = 100_000


def issue(archive: Archive, actor: Actor, record_id: str, *, pages: int, condition: str, note: str = "") -> Loan:
    """Hand out the paper of an approved loan. The term begins now (INV-06: not to oneself).

    Raises Conflict when nobody has been granted it, or it was not collected in time; Invalid (`pages-differ`) when
    other than the known pages were counted and nobody says why.
    """
    _checked(pages, condition)
    with archive.write() as tx:
        record = _at_hand(tx, actor, record_id)
        loan, item = _held(tx, record_id)
        _not_oneself(actor, loan)
        at = archive.now()
        if item.state is not State.APPROVED:
            raise Conflict(f"This paper cannot be handed out: it is {item.state}.", "no-such-step")
        refuse(why_away(tx.repairs.away([record_id]).get(record_id)))
        if loans.was_not_collected(loan, item, at):
            raise Conflict("It was not collected in five working days: apply again.", "lapsed")
        if record.level > loan.level or record.pii > loan.pii:
            raise Conflict("The record became stricter since it was approved: apply again.", "reclassified")
        borrower = tx.people.get(loan.borrower_id) if loan.borrower_id else None
        if borrower is not None and (not borrower.active or borrower.clearance < loan.level):
            raise Conflict("The borrower may not have it any more.", "clearance-too-low")
        known = page_counts.known(tx, record_id)
        if known is not None and pages != known.pages and not note.strip():
            raise Invalid(
                f"{known.pages} pages are known of it and {pages} were counted: count again, or say why they differ.",
                "pages-differ",
                field="note",
            )
        begun = loans.started(item, at, loan.term_days)
        step(
            archive,
            tx,
            actor.id,
            loan,
            item,
            Event.ISSUE,
            started_at=begun.started_at,
            due_at=begun.due_at,
            pages_out=pages,
            condition_out=condition,
            issued_by=actor.id,
            note=_with(item, note),
        )
        return tx.loans.get(loan.id)


def take_back(archive: Archive, actor: Actor, record_id: str, *, pages: int, condition: str, note: str = "") -> Loan:
    """Take a paper back after counting its pages; not from oneself.

    With other pages than went out, or in a worse condition, it is a damaged return, which stays open until it is
    settled (T9); Invalid (`no-note`) when nobody says what happened.
    """
    _checked(pages, condition, least=0)
    with archive.write() as tx:
        record = _at_hand(tx, actor, record_id)
        loan, item = _held(tx, record_id)
        _not_oneself(actor, loan)
        event = loans.came_back(item, pages=pages, condition=condition) if item.condition_out else Event.RETURN
        if event is Event.RETURN_DAMAGED and not note.strip():
            if pages != item.pages_out:
                said = f"{item.pages_out} pages went out and {pages} came back: count again, or say what happened."
                raise Invalid(said, "no-note", field="note")
            raise Invalid("It came back in a worse condition: say what happened.", "no-note", field="note")
        step(
            archive,
            tx,
            actor.id,
            loan,
            item,
            event,
            pages_in=pages,
            condition_in=condition,
            received_by=actor.id,
            note=_with(item, note),
        )
        tx.loans.save_loan(replace(loan, renewing=False))
        tx.loans.void_open(loan.id, archive.now())
        if event is Event.RETURN_DAMAGED:
            _tell_of_incident(archive, tx, loan, record, "loan.damaged")
        return tx.loans.get(loan.id)


def lose(archive: Archive, actor: Actor, record_id: str, note: str) -> Loan:
    """Declare a paper lost that is out. The final approver decides what is done about it."""
    if not note.strip():
        raise Invalid("Say what happened.", "no-note")
    with archive.write() as tx:
        record = _at_hand(tx, actor, record_id)
        loan, item = _held(tx, record_id)
        _not_oneself(actor, loan)
        step(archive, tx, actor.id, loan, item, Event.LOSE, note=_with(item, note))
        _tell_of_incident(archive, tx, loan, record, "loan.lost")
        return tx.loans.get(loan.id)


SETTLEMENTS = (Event.SETTLE, Event.REPLACE, Event.WRITE_OFF)


def settle(archive: Archive, actor: Actor, record_id: str, event: Event, note: str) -> Loan:
    """What is done about a damaged or lost paper, decided by the final approver and never by the borrower.

    A paper that is written off has no shelf any more: it cannot be lent again.
    """
    rules.require(actor, Action.DECIDE_LOANS)
    if event not in SETTLEMENTS:
        raise Invalid("It is settled, replaced or written off.", "no-such-step")
    if not note.strip():
        raise Invalid("Say what was done.", "no-note")
    with archive.write() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        loan, item = _held(tx, record_id)
        concerned = Concerned(loan.level, loan.borrower_id, loan.requested_by, frozenset())
        refusal = approvals.why_not_decide(Ask(Post.FINAL_APPROVER), actor, concerned)
        if refusal is not None:
            raise Denied(Action.DECIDE_LOANS, refusal.code, refusal.sentence)
        step(archive, tx, actor.id, loan, item, event, note=_with(item, note))
        if event is Event.WRITE_OFF:
            no_paper_any_more(archive, tx, actor.id, record)
        return tx.loans.get(loan.id)


def _with(item: Item, said: str) -> str:
    """What was said of an item at the counter before, and now; why it was called back is over when it is here.

    A line that somebody typed and that reads like one of those reasons is indented: it is none.
    """
    before = [line for line in item.note.splitlines() if line not in REASONS]
    typed = [f" {line}" if line in REASONS else line for line in said.strip()[:REASON_MAX].splitlines()]
    return "\n".join(filter(None, (*before, *typed)))


def _at_hand(tx: Transaction, actor: Actor, record_id: str) -> Record:
    record = tx.records.found(record_id.strip(), rules.scope(actor, Action.FIND))
    rules.require(actor, Action.HAND_OUT, record)
    return record


def _held(tx: Transaction, record_id: str) -> tuple[Loan, Item]:
    """The one loan that speaks for this paper, and its item."""
    loan = tx.loans.holding(record_id)
    if loan is None:
        raise NotFound("Nobody has borrowed this paper, or asked for it.")
    item = next(
        one
        for one in loan.items
        if one.record_id == record_id and one.form is Form.PAPER and one.state in loans.HOLDING
    )
    return loan, item


def _not_oneself(actor: Actor, loan: Loan) -> None:
    if actor.id == addressee(loan):
        raise Denied(Action.HAND_OUT, "own-loan", "Nobody hands out to themselves, nor takes back from themselves.")


def _checked(pages: int, condition: str, *, least: int = 1) -> None:
    if not least <= pages <= PAGES_MAX:
        raise Invalid("Count the pages.", "no-pages")
    if condition not in CONDITIONS:
        raise Invalid(f"The condition is one of: {', '.join(CONDITIONS)}.", "no-condition")


def _tell_of_incident(archive: Archive, tx: Transaction, loan: Loan, record: Record, kind: str) -> None:
    """The class owner and the final approver learn of it, and the borrower does."""
    concerned = Concerned(loan.level, loan.borrower_id, loan.requested_by, frozenset())
    asked = (Ask(Post.CLASS_OWNER, department=record.department), Ask(Post.FINAL_APPROVER))
    people = [person.id for ask in asked for person in people_to_ask(archive, tx, ask, concerned)]
    tell(archive, tx, [*people, addressee(loan)], kind, ("loan", loan.id), number=loan.number)
