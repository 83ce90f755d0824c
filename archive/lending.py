"""A record is borrowed: asked for, approved by those who must, renewed, called back, and closed.

What a wish would take is `loan_terms`, whose answer it waits for `loan_chain`; waiting for a paper is
`reservations`, deciding for somebody else `deputies`. Handing out and taking back papers is `counter`, reading
on screen `reading_room`, what time brings about `chasing`, and what people look at `loan_desk`.
"""

from collections.abc import Sequence
from dataclasses import replace

from access import approvals, loans, rules
from access.actors import Actor
from access.loans import HOLDING, Event, Form, Item, Loan, State
from access.rules import Action, Denied
from archive import loan_chain
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.loan_steps import addressee, end, refuse, step, why_away
from archive.loan_terms import Wish, prospect, refuse_wish
from archive.model import new_id
from archive.tables import Transaction
from archive.tables.loans import NO_SUCH_LOAN, Approval

__all__ = ["Wish"]

REASON_MAX = 2000


def request(archive: Archive, actor: Actor, wish: Wish) -> Loan:
    """Ask to borrow. Whoever is asked first is told; where nobody needs to be asked, it is approved at once.

    Raises NotFound for a record that may not be found, Conflict when a paper is spoken for or a guard says no.
    """
    with archive.write() as tx:
        expected, borrower, records = prospect(archive, tx, actor, wish)
        if len(records) > 1 and expected.unfit:
            record_id, refusal = next(iter(expected.unfit.items()))
            raise Conflict(f"{records[record_id].title}: {refusal.sentence}", refusal.code)
        refuse_wish(expected)
        at = archive.now()
        year = at.astimezone().year
        loan = Loan(
            id=new_id(),
            number=f"JY-{year}-{tx.counters.next(f'loan-{year}'):06}",
            requested_by=actor.id,
            borrower_id=borrower.id if borrower else "",
            external=wish.external,
            purpose=wish.purpose.strip()[:REASON_MAX],
            level=expected.level,
            pii=expected.pii,
            term_days=wish.days,
            days_max=expected.terms.days_max,
            renewals_max=expected.terms.renewals_max,
            requested_at=at,
            matrix=expected.matrix,
            items=tuple(Item(new_id(), record_id, form, State.SUBMITTED) for record_id, form in wish.items),
        )
        tx.loans.add(loan)
        tx.ledger.add(
            at,
            actor.id,
            "loan.requested",
            "loan",
            loan.id,
            site=records[wish.items[0][0]].site,
            borrower=addressee(loan),
            external=wish.external is not None,
            items=[[item.id, item.record_id, item.form] for item in loan.items],
            level=loan.level,
            pii=loan.pii,
            days=loan.term_days,
            matrix=loan.matrix,
        )
        for waiting in tx.loans.reserved_by(addressee(loan)):
            if (waiting.record_id, Form.PAPER) in wish.items:
                tx.loans.leave_queue(waiting.id, served=True)
        loan_chain.ask(archive, tx, loan, [ask for ask, _ in expected.asks], 0)
        return tx.loans.get(loan.id)


def decide(archive: Archive, actor: Actor, loan_id: str, *, yes: bool, reason: str = "") -> Loan:
    """Answer the question that is asked now, in person or for whom one is a deputy. A no needs a reason.

    Raises Denied when this person is not asked or may not answer, NotFound when the loan is none of theirs.
    """
    rules.require(actor, Action.DECIDE_LOANS)
    if not yes and not reason.strip():
        raise Invalid("Say why it is refused: the borrower reads it.", "no-reason")
    with archive.write() as tx:
        loan = tx.loans.get(loan_id)
        chain = tx.loans.approvals_of([loan_id])[loan_id]
        asked = loan_chain.open_ask(chain)
        if asked is None:
            if loan_chain.is_concerned(loan, chain, actor):
                raise Conflict("Nothing is asked about this loan at present.", "nothing-asked")
            raise NotFound(NO_SUCH_LOAN)
        principal = _deciding_for(archive, tx, actor, loan, chain, asked)
        at = archive.now()
        answer = replace(
            asked,
            decision="approved" if yes else "rejected",
            decided_by=actor.id,
            decided_for=principal,
            decided_at=at,
            reason=reason.strip()[:REASON_MAX],
        )
        if asked.round and any(i.due_at is not None and at >= i.due_at for i in loan_chain.running(loan)):
            raise Conflict("It is past due: a renewal cannot be approved any more.", "renewed-too-late")
        if yes and not asked.round:
            _refuse_at_repair(tx, loan)
        tx.loans.answer(answer)
        tx.ledger.add(
            at,
            actor.id,
            "loan.consented" if yes else "loan.refused",
            "loan",
            loan_id,
            post=asked.ask.post,
            position=asked.position,
            round=asked.round,
            on_behalf=principal,
        )
        if not yes:
            loan_chain.refused(archive, tx, actor.id, loan, asked.round)
        else:
            loan_chain.go_on(archive, tx, actor.id, loan, asked.round)
        return tx.loans.get(loan_id)


def _refuse_at_repair(tx: Transaction, loan: Loan) -> None:
    """Nobody is told to fetch a paper that is not on its shelf."""
    papers = [item.record_id for item in loan.items if item.form is Form.PAPER and item.state in HOLDING]
    for away in tx.repairs.away(papers).values():
        refuse(why_away(away))


def cancel(archive: Archive, actor: Actor, loan_id: str, reason: str) -> Loan:
    """Take a request back before anything was handed out or opened: by whoever asked, or was to get it."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.write() as tx:
        loan = _own(tx, actor, loan_id)
        if not end(archive, tx, actor.id, loan, reason=reason.strip()[:REASON_MAX], only=(Event.CANCEL,)):
            raise Conflict("There is nothing to cancel: return it instead.", "no-such-step")
        return tx.loans.get(loan_id)


def renew(archive: Archive, actor: Actor, loan_id: str) -> Loan:
    """Ask for another term before this one ends; from level 2 on, everybody who approved is asked again."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.write() as tx:
        loan = _own(tx, actor, loan_id)
        at = archive.now()
        papers = {item.record_id for item in loan.items if item.state is State.ON_LOAN}
        waits = any(w.person_id != addressee(loan) for record_id in papers for w in tx.loans.waiting_for(record_id))
        refuse(loans.why_not_renew(loan, at, somebody_waits=waits))
        tx.ledger.add(at, actor.id, "loan.renewal-requested", "loan", loan_id, renewal=loan.renewals + 1)
        chain = tx.loans.approvals_of([loan_id])[loan_id]
        again = [one.ask for one in chain if one.round == 0 and loan.level >= approvals.DISTINCT_FROM_LEVEL]
        loan_chain.ask(
            archive, tx, replace(loan, renewing=True), again, max((one.round for one in chain), default=0) + 1
        )
        return tx.loans.get(loan_id)


def call_back(archive: Archive, actor: Actor, loan_id: str, reason: str) -> Loan:
    """End reading on screen at once, and call papers back: for a hold, an audit, a handover, a suspicion."""
    rules.require(actor, Action.CALL_BACK)
    if not reason.strip():
        raise Invalid("Say why it is called back: the borrower reads it.", "no-reason")
    with archive.write() as tx:
        loan = tx.loans.get(loan_id)
        known = tx.records.admitted([item.record_id for item in loan.items], rules.scope(actor, Action.FIND))
        if not known:
            raise NotFound(NO_SUCH_LOAN)
        if not end(
            archive,
            tx,
            actor.id,
            loan,
            reason=reason.strip()[:REASON_MAX],
            only=(Event.REVOKE, Event.RECALL),
            records=frozenset(known),
        ):
            raise Conflict("Nothing of this loan is out.", "no-such-step")
        return tx.loans.get(loan_id)


def close(archive: Archive, actor: Actor, loan_id: str, effect: str = "") -> Loan:
    """Close what has come back or ended, with what came of it 利用效果.

    What came back damaged or was lost stays open until that is settled.
    """
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.write() as tx:
        loan = tx.loans.get(loan_id)
        if actor.id not in (loan.borrower_id, loan.requested_by):
            _keeper(tx, actor, loan)
        closing = [item for item in loan.items if loans.after(item, Event.CLOSE) is State.CLOSED]
        if not closing:
            raise Conflict("It cannot be closed yet: something is out, or not settled.", "not-settled")
        for item in closing:
            step(archive, tx, actor.id, loan, item, Event.CLOSE)
        fresh = tx.loans.get(loan_id)
        tx.loans.save_loan(replace(fresh, effect=effect.strip()[:REASON_MAX] or fresh.effect))
        return tx.loans.get(loan_id)


def _deciding_for(
    archive: Archive, tx: Transaction, actor: Actor, loan: Loan, chain: Sequence[Approval], asked: Approval
) -> str:
    refusal, principal = loan_chain.why_not_answer(archive, tx, actor, loan, chain, asked)
    if refusal is None:
        return principal
    if refusal.code == "not-asked" and not loan_chain.is_concerned(loan, chain, actor):
        raise NotFound(NO_SUCH_LOAN)
    raise Denied(Action.DECIDE_LOANS, refusal.code, refusal.sentence)


def _own(tx: Transaction, actor: Actor, loan_id: str) -> Loan:
    loan = tx.loans.get(loan_id)
    if actor.id not in (loan.borrower_id, loan.requested_by):
        raise NotFound(NO_SUCH_LOAN)
    return loan


def _keeper(tx: Transaction, actor: Actor, loan: Loan) -> None:
    """A document controller of the records of this loan, or nobody who knows of it."""
    ids = [item.record_id for item in loan.items]
    if not tx.records.admitted(ids, rules.scope(actor, Action.HAND_OUT)):
        raise NotFound(NO_SUCH_LOAN)
