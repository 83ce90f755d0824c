"""The questions of a loan go round: who is asked now, who may answer, and what the last answer brings."""

from collections.abc import Sequence
from dataclasses import replace

from access import approvals, loans
from access.actors import Actor
from access.approvals import Ask, Concerned
from access.loans import Event, Form, Item, Loan, Refusal, State
from archive.acting import as_actor
from archive.app import Archive
from archive.loan_steps import addressee, people_to_ask, step
from archive.tables import Transaction
from archive.tables.loans import Approval
from archive.telling import day, tell


def open_ask(chain: Sequence[Approval]) -> Approval | None:
    """The question that is asked now."""
    return next((one for one in chain if one.decision == "" and one.asked_at is not None), None)


def concerned_by(loan: Loan, chain: Sequence[Approval], round: int) -> Concerned:
    answered = [one for one in chain if one.round == round and one.decision == "approved"]
    earlier = {one.decided_by for one in answered} | {one.decided_for for one in answered if one.decided_for}
    return Concerned(loan.level, loan.borrower_id, loan.requested_by, frozenset(earlier))


def is_concerned(loan: Loan, chain: Sequence[Approval], somebody: Actor) -> bool:
    """Is this person a party to the loan: who asked, who gets it, who answered, whose post is in the chain?"""
    parties = {loan.borrower_id, loan.requested_by} | {one.decided_by for one in chain}
    return somebody.id in parties or any(approvals.holds(one.ask, somebody) for one in chain)


def why_not_answer(
    archive: Archive, tx: Transaction, somebody: Actor, loan: Loan, chain: Sequence[Approval], asked: Approval
) -> tuple[Refusal | None, str]:
    """May somebody answer, and for whom (empty: for themselves)? The reason of the nearest try if not."""
    concerned = concerned_by(loan, chain, asked.round)
    refusal = approvals.why_not_decide(asked.ask, somebody, concerned)
    if refusal is None:
        return None, ""
    for delegation in tx.loans.delegations_to(somebody.id, archive.now()):
        principal = tx.people.get(delegation.principal_id)
        if principal is None or not principal.active:
            continue
        other = approvals.why_not_decide(asked.ask, somebody, concerned, principal=as_actor(principal))
        if other is None:
            return None, principal.id
        if refusal.code == "not-asked":
            refusal = other
    return refusal, ""


def ask(archive: Archive, tx: Transaction, loan: Loan, asks: Sequence[Ask], round: int) -> None:
    tx.loans.ask(Approval(loan.id, round, position, ask, None) for position, ask in enumerate(asks))
    tx.loans.save_loan(loan)
    go_on(archive, tx, loan.requested_by, loan, round)


def go_on(archive: Archive, tx: Transaction, by: str, loan: Loan, round: int) -> None:
    """Ask the next question; when there is none left, the request is approved."""
    chain = tx.loans.approvals_of([loan.id])[loan.id]
    following = next((one for one in chain if one.round == round and one.decision == ""), None)
    if following is not None:
        tx.loans.ask_now(following, archive.now())
        people = people_to_ask(archive, tx, following.ask, concerned_by(loan, chain, round))
        tell(archive, tx, (p.id for p in people), "loan.asked", ("loan", loan.id), number=loan.number)
    elif round:
        _renewed(archive, tx, by, loan)
    else:
        _approved(archive, tx, by, loan)


def _approved(archive: Archive, tx: Transaction, by: str, loan: Loan) -> None:
    at = archive.now()
    tx.loans.save_loan(replace(loan, approved_at=at))
    told: dict[str, str] = {}
    for item in loan.items:
        approved = step(archive, tx, by, loan, item, Event.APPROVE)
        if item.form is Form.DIGITAL:
            begun = loans.started(approved, at, loan.term_days)
            opened = step(archive, tx, by, loan, approved, Event.OPEN, started_at=begun.started_at, due_at=begun.due_at)
            assert opened.due_at is not None
            told["loan.opened"] = day(opened.due_at)
        else:
            told["loan.ready" if item.form is Form.PAPER else "loan.copy-ready"] = ""
    for kind, due in told.items():
        tell(archive, tx, [addressee(loan)], kind, ("loan", loan.id), number=loan.number, due=due)


def _renewed(archive: Archive, tx: Transaction, by: str, loan: Loan) -> None:
    due = ""
    for item in running(loan):
        fresh = loans.renewed(item, loan.term_days)
        assert fresh.due_at is not None
        step(archive, tx, by, loan, item, Event.RENEW, due_at=fresh.due_at)
        due = day(fresh.due_at)
    tx.loans.save_loan(replace(loan, renewals=loan.renewals + 1, renewing=False))
    tell(archive, tx, [addressee(loan)], "loan.renewed", ("loan", loan.id), number=loan.number, due=due)


def refused(archive: Archive, tx: Transaction, by: str, loan: Loan, round: int) -> None:
    tx.loans.void_open(loan.id, archive.now())
    if round:
        tx.loans.save_loan(replace(loan, renewing=False))
        tell(archive, tx, [addressee(loan)], "loan.renewal-refused", ("loan", loan.id), number=loan.number)
        return
    for item in loan.items:
        if item.state is State.SUBMITTED:
            step(archive, tx, by, loan, item, Event.REJECT)
    tell(archive, tx, [addressee(loan)], "loan.rejected", ("loan", loan.id), number=loan.number)


def running(loan: Loan) -> list[Item]:
    return [item for item in loan.items if item.state in (State.ON_LOAN, State.ACTIVE)]
