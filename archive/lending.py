"""A record is borrowed: asked for, approved by those who must, read or handed out, and closed.

Handing out and taking back papers is `counter`, reading on screen `reading_room`, what time brings about
`chasing`, and what people look at `loan_desk`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from access import approvals, loans, rules
from access.actors import Actor, Role
from access.approvals import Ask, Case, Concerned, Delegation, Terms
from access.loans import CONDITIONS, Event, External, Form, Item, Loan, Refusal, State
from access.rules import Action, Denied
from archive.acting import as_actor, without_loans
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.loan_steps import addressee, end, next_in_line, people_to_ask, refuse, step
from archive.model import Person, Record, new_id
from archive.tables import Transaction
from archive.tables.loans import NO_SUCH_LOAN, Approval, Waiting
from archive.telling import day, tell

__all__ = ["CONDITIONS", "Wish"]

ITEMS_MAX = 50
REASON_MAX = 2000


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for: records, each in one form, why, and for how many days.

    `borrower` is the login name of somebody else of us; `external` somebody from outside. Both are asked for
    by a document controller only.
    """

    items: tuple[tuple[str, Form], ...]
    purpose: str = ""
    days: int = 1
    borrower: str = ""
    external: External | None = None


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a wish would take: its terms, and who would be asked, in order."""

    terms: Terms
    level: int
    pii: int
    purpose_needed: bool
    asks: Sequence[tuple[Ask, Sequence[Person]]]
    refusal: Refusal | None
    """Why it would be refused as it stands; None if it would go its way."""


def preview(archive: Archive, actor: Actor, wish: Wish) -> Prospect:
    """What would happen to this request. Raises NotFound for a record that may not be found."""
    rules.scope(actor, Action.BORROW)
    with archive.read() as tx:
        return _prospect(archive, tx, actor, wish)[0]


def request(archive: Archive, actor: Actor, wish: Wish) -> Loan:
    """Ask to borrow. Whoever is asked first is told; where nobody needs to be asked, it is approved at once.

    Raises NotFound for a record that may not be found, Conflict when a paper is spoken for or a guard says no.
    """
    with archive.write() as tx:
        prospect, borrower, records = _prospect(archive, tx, actor, wish)
        refuse(prospect.refusal)
        at = archive.now()
        year = at.astimezone().year
        loan = Loan(
            id=new_id(),
            number=f"JY-{year}-{tx.counters.next(f'loan-{year}'):06}",
            requested_by=actor.id,
            borrower_id=borrower.id if borrower else "",
            external=wish.external,
            purpose=wish.purpose.strip()[:REASON_MAX],
            level=prospect.level,
            pii=prospect.pii,
            term_days=wish.days,
            days_max=prospect.terms.days_max,
            renewals_max=prospect.terms.renewals_max,
            requested_at=at,
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
        )
        for waiting in tx.loans.reserved_by(addressee(loan)):
            if (waiting.record_id, Form.PAPER) in wish.items:
                tx.loans.leave_queue(waiting.id, served=True)
        _ask(archive, tx, loan, [ask for ask, _ in prospect.asks], 0)
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
        asked = open_ask(chain)
        if asked is None:
            if is_concerned(loan, chain, actor):
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
        if asked.round and any(i.due_at is not None and at >= i.due_at for i in _running(loan)):
            raise Conflict("It is past due: a renewal cannot be approved any more.", "renewed-too-late")
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
            _refused(archive, tx, actor.id, loan, asked.round)
        else:
            _go_on(archive, tx, actor.id, loan, asked.round)
        return tx.loans.get(loan_id)


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
        _ask(archive, tx, replace(loan, renewing=True), again, max((one.round for one in chain), default=0) + 1)
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


# ---- Waiting for a paper ----


def reserve(archive: Archive, actor: Actor, record_id: str) -> int:
    """Wait for a paper that somebody else has; the place in the queue, from 1."""
    with archive.write() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.BORROW))
        holding = tx.loans.holding(record_id)
        if holding is None:
            raise Conflict("It is free: apply for it.", "is-free")
        if actor.id == addressee(holding):
            raise Conflict("It is you who has it, or has asked for it.", "own-loan")
        waiting = Waiting(new_id(), record_id, actor.id, archive.now(), None)
        tx.loans.reserve(waiting)
        tx.ledger.add(archive.now(), actor.id, "reservation.made", "record", record_id, reservation=waiting.id)
        return len(tx.loans.waiting_for(record_id))


def give_up(archive: Archive, actor: Actor, record_id: str) -> None:
    """Wait no longer."""
    rules.scope(actor, Action.BORROW)
    with archive.write() as tx:
        for waiting in tx.loans.waiting_for(record_id):
            if waiting.person_id == actor.id:
                tx.loans.leave_queue(waiting.id, served=False)
                tx.ledger.add(archive.now(), actor.id, "reservation.given-up", "record", record_id)
                if tx.loans.holding(record_id) is None:
                    next_in_line(archive, tx, record_id)


# ---- Deputies ----


def delegate(archive: Archive, actor: Actor, login: str, starts_at: datetime, ends_at: datetime) -> Delegation:
    """Let somebody else decide in one's place, from a day to a day (T7)."""
    rules.require(actor, Action.DECIDE_LOANS)
    if not actor.roles & frozenset(approvals.ROLE_OF.values()):
        raise Denied(Action.DECIDE_LOANS, "no-post", "Only somebody who approves has something to delegate.")
    refuse(approvals.why_not_delegate(starts_at, ends_at, archive.now()))
    with archive.write() as tx:
        account = tx.people.by_login(login.strip())
        if account is None or not account.person.active or Role.SYSADMIN in account.person.roles:
            raise Invalid("There is nobody of that name who could decide for you.", "no-such-person")
        if account.person.id == actor.id:
            raise Invalid("A deputy is somebody else.", "own-deputy")
        delegation = Delegation(new_id(), actor.id, account.person.id, starts_at, ends_at)
        tx.loans.add_delegation(delegation)
        tx.ledger.add(
            archive.now(),
            actor.id,
            "delegation.given",
            "person",
            account.person.id,
            delegation=delegation.id,
            first=day(starts_at),
            last=day(ends_at),
        )
        dates = {"first": day(starts_at), "last": day(ends_at)}
        tell(archive, tx, [account.person.id], "delegation.given", ("delegation", delegation.id), **dates)
    return delegation


def end_delegation(archive: Archive, actor: Actor, delegation_id: str) -> None:
    """Decide oneself again. What the deputy decided stays decided."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.write() as tx:
        delegation = tx.loans.delegation(delegation_id)
        if delegation is None or delegation.principal_id != actor.id:
            raise NotFound("There is no such delegation.")
        tx.loans.end_delegation(delegation_id, archive.now())
        tx.ledger.add(
            archive.now(), actor.id, "delegation.ended", "person", delegation.delegate_id, delegation=delegation_id
        )


# ---- Who is asked, and who may answer ----


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


def _deciding_for(
    archive: Archive, tx: Transaction, actor: Actor, loan: Loan, chain: Sequence[Approval], asked: Approval
) -> str:
    refusal, principal = why_not_answer(archive, tx, actor, loan, chain, asked)
    if refusal is None:
        return principal
    if refusal.code == "not-asked" and not is_concerned(loan, chain, actor):
        raise NotFound(NO_SUCH_LOAN)
    raise Denied(Action.DECIDE_LOANS, refusal.code, refusal.sentence)


def _prospect(
    archive: Archive, tx: Transaction, actor: Actor, wish: Wish
) -> tuple[Prospect, Person | None, dict[str, Record]]:
    """The terms of a wish, its borrower (None for one from outside) and its records."""
    if not wish.items or len(wish.items) > ITEMS_MAX or len(set(wish.items)) != len(wish.items):
        raise Invalid(f"A request names 1 to {ITEMS_MAX} items, each once.", "no-items")
    scope = rules.scope(actor, Action.BORROW)
    records = {record_id: tx.records.found(record_id, scope) for record_id, _ in wish.items}
    borrower = _borrower(tx, actor, wish, list(records.values()))
    standing = None if borrower is None else rules.scope(without_loans(as_actor(borrower)), Action.READ)
    cases = [
        Case(
            level=records[record_id].level,
            pii=records[record_id].pii,
            within_reach=standing is not None and standing.admits(records[record_id]),
            form=form,
            external=borrower is None,
        )
        for record_id, form in wish.items
    ]
    every = [approvals.terms(case) for case in cases]
    known = [terms for terms in every if terms is not None]
    terms = approvals.strictest(*known) if known else Terms((), 0, 0)
    level, pii = max(case.level for case in cases), max(case.pii for case in cases)
    asks = approvals.asks(
        terms.posts,
        borrower_department=borrower.department if borrower else actor.department,
        record_departments=[record.department for record in records.values()],
        record_sites=[record.site for record in records.values()],
    )
    concerned = Concerned(level, borrower.id if borrower else "", actor.id, frozenset())
    asked = [(ask, people_to_ask(archive, tx, ask, concerned)) for ask in asks]
    refusal = (
        _open_already(cases, every)
        or _not_allowed(archive, tx, wish, borrower, records, level, pii, terms)
        or _nobody_to_ask(asked, level)
    )
    needs_purpose = approvals.purpose_needed(level, pii)
    return Prospect(terms, level, pii, needs_purpose, asked, refusal), borrower, records


def _borrower(tx: Transaction, actor: Actor, wish: Wish, records: Sequence[Record]) -> Person | None:
    if wish.external is None and not wish.borrower:
        person = tx.people.get(actor.id)
        if person is None:
            raise Denied(Action.BORROW, "not-a-person", "Only people borrow: sign in, or act as somebody (--as).")
        return person
    for record in records:
        rules.require(actor, Action.HAND_OUT, record)
    if wish.external is not None:
        if not all(part.strip() for part in (wish.external.name, wish.external.organisation, wish.external.letter)):
            raise Invalid("Somebody from outside has a name, an organisation and a letter with a number.", "no-letter")
        return None
    account = tx.people.by_login(wish.borrower.strip())
    if account is None or not account.person.active:
        raise Invalid("There is nobody of that name who could borrow.", "no-such-person")
    return account.person


def _open_already(cases: Sequence[Case], every: Sequence[Terms | None]) -> Refusal | None:
    digital = any(case.form is Form.DIGITAL and case.within_reach for case in cases)
    if digital or None in every:
        return Refusal("open-already", "What is open to the borrower anyway does not have to be borrowed on screen.")
    return None


def _not_allowed(
    archive: Archive,
    tx: Transaction,
    wish: Wish,
    borrower: Person | None,
    records: dict[str, Record],
    level: int,
    pii: int,
    terms: Terms,
) -> Refusal | None:
    at = archive.now()
    if approvals.purpose_needed(level, pii) and not wish.purpose.strip():
        return Refusal("no-purpose", "Say what it is needed for.")
    if not 1 <= wish.days <= terms.days_max:
        return Refusal("term-too-long", f"This may be borrowed for at most {terms.days_max} days.")
    if borrower is None and any(form is Form.DIGITAL for _, form in wish.items):
        return Refusal("digital-outside", "Somebody from outside reads paper under supervision, or gets a copy.")
    if borrower is not None and borrower.clearance < level:
        return Refusal("clearance-too-low", "The borrower's clearance does not reach these records.")
    if borrower is not None and Role.SYSADMIN in borrower.roles:
        return Refusal("runs-the-archive", "Who runs the archive borrows nothing from it.")
    since = tx.loans.overdue_since(borrower.id, at) if borrower else None
    if since is not None and (at - since).days >= loans.BLOCKED_AFTER_DAYS:
        return Refusal("blocked", "Something is more than a week overdue: return it first.")
    for record_id, form in wish.items:
        if form is not Form.PAPER:
            continue
        if not records[record_id].shelf_location:
            return Refusal("no-paper", "No shelf address is known: there is no paper to lend.")
        if tx.loans.holding(record_id) is not None:
            return Refusal(
                "already-lent", "This paper is spoken for: somebody has asked for it or has it. Reserve it instead."
            )
        first = next(iter(tx.loans.waiting_for(record_id)), None)
        if first is not None and (borrower is None or first.person_id != borrower.id):
            return Refusal("reserved", "Somebody else is first in the queue for this paper. Reserve it too.")
    return None


def _nobody_to_ask(asked: Sequence[tuple[Ask, Sequence[Person]]], level: int) -> Refusal | None:
    for ask, people in asked:
        if not people:
            return Refusal(
                "nobody-to-ask", f"Nobody else holds the post {ask.post}; ask the security officer to fill it."
            )
    if level >= approvals.DISTINCT_FROM_LEVEL and not _enough([{p.id for p in people} for _, people in asked]):
        return Refusal("not-enough-people", "Every approval is another person's, and there are not enough people.")
    return None


def _enough(choices: Sequence[set[str]], taken: frozenset[str] = frozenset()) -> bool:
    """Can every question be answered by somebody else?"""
    if not choices:
        return True
    return any(_enough(choices[1:], taken | {one}) for one in choices[0] - taken)


# ---- The chain moves on ----


def _ask(archive: Archive, tx: Transaction, loan: Loan, asks: Sequence[Ask], round: int) -> None:
    tx.loans.ask(Approval(loan.id, round, position, ask, None) for position, ask in enumerate(asks))
    tx.loans.save_loan(loan)
    _go_on(archive, tx, loan.requested_by, loan, round)


def _go_on(archive: Archive, tx: Transaction, by: str, loan: Loan, round: int) -> None:
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
            told["loan.ready"] = ""
    for kind, due in told.items():
        tell(archive, tx, [addressee(loan)], kind, ("loan", loan.id), number=loan.number, due=due)


def _renewed(archive: Archive, tx: Transaction, by: str, loan: Loan) -> None:
    due = ""
    for item in _running(loan):
        fresh = loans.renewed(item, loan.term_days)
        assert fresh.due_at is not None
        step(archive, tx, by, loan, item, Event.RENEW, due_at=fresh.due_at)
        due = day(fresh.due_at)
    tx.loans.save_loan(replace(loan, renewals=loan.renewals + 1, renewing=False))
    tell(archive, tx, [addressee(loan)], "loan.renewed", ("loan", loan.id), number=loan.number, due=due)


def _refused(archive: Archive, tx: Transaction, by: str, loan: Loan, round: int) -> None:
    tx.loans.void_open(loan.id, archive.now())
    if round:
        tx.loans.save_loan(replace(loan, renewing=False))
        tell(archive, tx, [addressee(loan)], "loan.renewal-refused", ("loan", loan.id), number=loan.number)
        return
    for item in loan.items:
        if item.state is State.SUBMITTED:
            step(archive, tx, by, loan, item, Event.REJECT)
    tell(archive, tx, [addressee(loan)], "loan.rejected", ("loan", loan.id), number=loan.number)


def _running(loan: Loan) -> list[Item]:
    return [item for item in loan.items if item.state in (State.ON_LOAN, State.ACTIVE)]


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
