"""What a wish to borrow would take: its terms, who would be asked, and why it would be refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from access import approvals, loans, rules
from access.actors import Actor, Role
from access.approvals import Ask, Case, Concerned, Terms
from access.loans import External, Form, Refusal
from access.rules import Action, Denied
from archive import approval_matrix
from archive.acting import as_actor, without_loans
from archive.app import Archive
from archive.errors import Checking, Conflict, Invalid
from archive.loan_steps import people_to_ask, why_away
from archive.model import Person, Record
from archive.tables import Transaction

ITEMS_MAX = 50
NO_PURPOSE = "Say what it is needed for."


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
    refusals: Sequence[Refusal]
    """Why it would be refused as it stands, all of it; none if it would go its way."""
    matrix: int
    """The version of the matrix that says so."""
    unfit: Mapping[str, Refusal] = field(default_factory=dict[str, Refusal])
    """By record why this one cannot be borrowed so; without them the others may go their way."""

    @property
    def refusal(self) -> Refusal | None:
        return next(iter(self.refusals), None)


FIELDS: Mapping[str, str] = {
    "no-purpose": "purpose",
    "term-too-long": "days",
    "digital-outside": "form",
    "open-already": "form",
    "no-paper": "form",
    "clearance-too-low": "borrower",
    "runs-the-archive": "borrower",
    "blocked": "borrower",
}
"""Why a wish is refused → what would have to be entered otherwise."""


def refuse_wish(prospect: Prospect) -> None:
    """Raises Conflict, with all that is in the way."""
    check = Checking()
    for one in prospect.refusals:
        check.wrong(Conflict(one.sentence, one.code, field=FIELDS.get(one.code, "")))
    check.end()


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
    level, pii = max(one.level for one in records.values()), max(one.pii for one in records.values())
    purpose_missing = approvals.purpose_needed(level, pii) and not wish.purpose.strip()
    check = Checking()
    borrower = check.read("borrower", _borrower, tx, actor, wish, list(records.values()))
    check.end(also=[Invalid(NO_PURPOSE, "no-purpose", field="purpose")] if purpose_missing else ())
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
    asks = approvals.asks(
        terms.posts,
        borrower_department=borrower.department if borrower else actor.department,
        record_departments=[record.department for record in records.values()],
        record_sites=[record.site for record in records.values()],
    )
    concerned = Concerned(level, borrower.id if borrower else "", actor.id, frozenset())
    asked = _foreseen(archive, tx, asks, concerned)
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
    in_the_way = [
        next(iter(unfit.values()), None),
        *_not_allowed(archive, tx, wish, borrower, level, terms),
        _nobody_to_ask(archive, tx, asked, concerned),
        # last, because it is mended by whoever reads it: nobody writes a purpose first to learn of the rest then
        Refusal("no-purpose", NO_PURPOSE) if purpose_missing else None,
    ]
    refusals = [one for one in in_the_way if one is not None]
    needs_purpose = approvals.purpose_needed(level, pii)
    return Prospect(terms, level, pii, needs_purpose, asked, refusals, version, unfit), borrower, records


def _borrower(tx: Transaction, actor: Actor, wish: Wish, records: Sequence[Record]) -> Person | None:
    if wish.external is None and not wish.borrower:
        person = tx.people.get(actor.id)
        if person is None:
            raise Denied(Action.BORROW, "not-a-person", "Only people borrow: sign in, or act as somebody (--as).")
        return person
    for record in records:
        rules.require(actor, Action.HAND_OUT, record)
    if wish.external is not None:
        for name in ("name", "organisation", "letter"):
            if not getattr(wish.external, name).strip():
                why = "Somebody from outside has a name, an organisation and a letter with a number."
                raise Invalid(why, "no-letter", field=name)
        return None
    account = tx.people.called(wish.borrower.strip())
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
) -> Iterator[Refusal]:
    """What is in the way of these days, this form and this borrower."""
    at = archive.now()
    # With no days at all the way itself is closed, and that has been said.
    if terms.days_max and not 1 <= wish.days <= terms.days_max:
        yield Refusal("term-too-long", f"This may be borrowed for at most {terms.days_max} days.")
    if borrower is None:
        if any(form is Form.DIGITAL for _, form in wish.items):
            yield Refusal("digital-outside", "Somebody from outside reads paper under supervision, or gets a copy.")
        return
    if borrower.clearance < level:
        yield Refusal("clearance-too-low", "The borrower's clearance does not reach these records.")
    if Role.SYSADMIN in borrower.roles:
        yield Refusal("runs-the-archive", "Who runs the archive borrows nothing from it.")
    since = tx.loans.overdue_since(borrower.id, at)
    if since is not None and (at - since).days >= loans.BLOCKED_AFTER_DAYS:
        yield Refusal("blocked", "Something is more than a week overdue: return it first.")


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
