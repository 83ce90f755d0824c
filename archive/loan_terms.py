"""What a wish to borrow would take: its terms, who would be asked, and why it would be refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from access import approvals, loans, rules
from access.actors import Actor, Role
from access.approvals import Ask, Case, Concerned, Terms
from access.loans import External, Form, Refusal
from access.rules import Action, Denied
from archive import approval_matrix
from archive.acting import as_actor, without_loans
from archive.app import Archive
from archive.errors import Invalid
from archive.loan_steps import people_to_ask, why_away
from archive.model import Person, Record
from archive.tables import Transaction

ITEMS_MAX = 50


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
    matrix: int
    """The version of the matrix that says so."""
    unfit: Mapping[str, Refusal] = field(default_factory=dict[str, Refusal])
    """By record why this one cannot be borrowed so; without them the others may go their way."""


def preview(archive: Archive, actor: Actor, wish: Wish) -> Prospect:
    """What would happen to this request. Raises NotFound for a record that may not be found."""
    rules.scope(actor, Action.BORROW)
    with archive.read() as tx:
        return prospect(archive, tx, actor, wish)[0]


def prospect(
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
    version, matrix = approval_matrix.in_force(tx)
    every = [approvals.terms(matrix, case) for case in cases]
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
    asked = _foreseen(archive, tx, asks, concerned)
    needs_purpose = approvals.purpose_needed(level, pii)
    treated = tx.repairs.away([record_id for record_id, form in wish.items if form is Form.PAPER])
    unfit = {
        record_id: refusal
        for (record_id, _), case, terms_of in zip(wish.items, cases, every, strict=True)
        if (
            refusal := _open_already(case, terms_of)
            or why_away(treated.get(record_id))
            or _no_paper(tx, case, borrower, records[record_id])
        )
    }
    refusal = (
        next(iter(unfit.values()), None)
        or _not_allowed(archive, tx, wish, borrower, level, terms)
        or _nobody_to_ask(archive, tx, asked, concerned)
        # last, because it is mended by whoever reads it: nobody writes a purpose first to learn of the rest then
        or (Refusal("no-purpose", "Say what it is needed for.") if needs_purpose and not wish.purpose.strip() else None)
    )
    return Prospect(terms, level, pii, needs_purpose, asked, refusal, version, unfit), borrower, records


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


def _open_already(case: Case, terms: Terms | None) -> Refusal | None:
    if terms is None or (case.form is Form.DIGITAL and case.within_reach):
        return Refusal("open-already", "What is open to the borrower anyway does not have to be borrowed on screen.")
    return None


def _no_paper(tx: Transaction, case: Case, borrower: Person | None, record: Record) -> Refusal | None:
    if case.form is not Form.PAPER:
        return None
    if not record.shelf_location:
        return Refusal("no-paper", "No shelf address is known: there is no paper to lend.")
    if tx.loans.holding(record.id) is not None:
        return Refusal(
            "already-lent", "This paper is spoken for: somebody has asked for it or has it. Reserve it instead."
        )
    first = next(iter(tx.loans.waiting_for(record.id)), None)
    if first is not None and (borrower is None or first.person_id != borrower.id):
        return Refusal("reserved", "Somebody else is first in the queue for this paper. Reserve it too.")
    return None


def _not_allowed(
    archive: Archive, tx: Transaction, wish: Wish, borrower: Person | None, level: int, terms: Terms
) -> Refusal | None:
    at = archive.now()
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
    return None


def _foreseen(
    archive: Archive, tx: Transaction, asks: Sequence[Ask], concerned: Concerned
) -> Sequence[tuple[Ask, Sequence[Person]]]:
    """Whom each question would go to. Who alone can answer one has answered when the next is asked: where both posts
    are one person's, the final approver stands in for the second."""
    found: list[tuple[Ask, Sequence[Person]]] = []
    for ask in asks:
        people = people_to_ask(archive, tx, ask, concerned)
        found.append((ask, people))
        if len(people) == 1:
            concerned = replace(concerned, earlier=concerned.earlier | {people[0].id})
    return found


def _nobody_to_ask(
    archive: Archive, tx: Transaction, asked: Sequence[tuple[Ask, Sequence[Person]]], concerned: Concerned
) -> Refusal | None:
    level = concerned.level
    for ask, people in asked:
        if not people and not people_to_ask(archive, tx, ask, concerned):
            return Refusal(
                "nobody-to-ask", f"Nobody else holds the post {ask.post}; ask the security officer to fill it."
            )
    if level >= approvals.DISTINCT_FROM_LEVEL and not _enough(archive, tx, [ask for ask, _ in asked], concerned):
        return Refusal(
            "not-enough-people",
            "Each approval must be another person's, and too few people hold these posts: one of them may appoint a "
            "deputy, or the security officer gives somebody the post.",
        )
    return None


def _enough(archive: Archive, tx: Transaction, asks: Sequence[Ask], concerned: Concerned) -> bool:
    """Can every question be answered by somebody else, asked as they will be: each after the answers before it?"""
    if not asks:
        return True
    return any(
        _enough(archive, tx, asks[1:], replace(concerned, earlier=concerned.earlier | {one.id}))
        for one in people_to_ask(archive, tx, asks[0], concerned)
    )
