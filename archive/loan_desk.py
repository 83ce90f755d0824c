"""What people look at: their loans, what they are asked, the counter, the overdue, the register.

A record is named only to those who may FIND it; a loan of which somebody may find nothing and to which they are
no party does not exist for them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from access import approvals, loans, rules
from access.actors import Actor
from access.approvals import Ask, Concerned, Post
from access.loans import HOLDING, OUT, Event, Form, Item, Loan, State
from access.repairs import AWAY
from access.rules import Action
from archive import fileplan, loan_chain, numbering, organisation, page_counts
from archive.app import Archive
from archive.errors import Invalid, NotFound
from archive.loan_steps import addressee
from archive.model import KEPT, Person, Record
from archive.model.repairs import Repair
from archive.page_counts import Known
from archive.tables import Transaction
from archive.tables.loans import NO_SUCH_LOAN, Approval


@dataclass(frozen=True, slots=True)
class Slip:
    """A loan as one person sees it."""

    loan: Loan
    records: Mapping[str, Record]
    """Those of its records that this person may find."""
    chain: Sequence[Approval]
    people: Mapping[str, Person]
    """Everybody who has to do with it, by id."""
    asked: Approval | None
    """The question that is asked now."""
    may: frozenset[str] = field(default_factory=frozenset[str])
    """What this person may do with it: decide, cancel, renew, call-back, close, issue, certify, settle."""
    reminded: int = 0
    """How often its borrower was reminded."""
    copies: Mapping[str, str] = field(default_factory=dict[str, str])
    """Item → code of the certified copy that was made of it, for whom it was made and for who keeps the record."""
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Code of a department → what it is called in Chinese and in English."""
    obsolete: frozenset[str] = frozenset()
    """Those of its records that are obsolete editions (INV-14)."""

    @property
    def borrower(self) -> str:
        """Who has it, by name."""
        if self.loan.external is not None:
            return f"{self.loan.external.name}({self.loan.external.organisation})"
        return self.people[self.loan.borrower_id].name

    @property
    def due_at(self) -> datetime | None:
        """The nearest due of what is out."""
        due = [i.due_at for i in self.loan.items if i.due_at and i.state in (*OUT, State.ACTIVE)]
        return min(due) if due else None


def mine(archive: Archive, actor: Actor) -> Sequence[Slip]:
    """What this person borrowed, or asked for on behalf of somebody from outside; newest first."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.read() as tx:
        return _slips(archive, tx, actor, tx.loans.of_borrower(actor.id))


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a queue."""

    record: Record
    place: int
    free: bool
    """It is this person's turn."""


def queues(archive: Archive, actor: Actor) -> Sequence[Place]:
    """What this person waits for."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.read() as tx:
        waiting = tx.loans.reserved_by(actor.id)
        known = tx.records.admitted([one.record_id for one in waiting], rules.scope(actor, Action.FIND))
        return [
            Place(
                known[one.record_id],
                [other.id for other in tx.loans.waiting_for(one.record_id)].index(one.id) + 1,
                one.told_at is not None,
            )
            for one in waiting
            if one.record_id in known
        ]


def to_decide(archive: Archive, actor: Actor) -> Sequence[Slip]:
    """What this person is asked now, oldest question first."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.read() as tx:
        asks = tx.loans.open_asks()
        found = _slips(archive, tx, actor, [tx.loans.get(ask.loan_id) for ask in asks])
        return [slip for slip in found if "decide" in slip.may]


def to_settle(archive: Archive, actor: Actor) -> Sequence[Slip]:
    """What came back damaged, or does not come back, and this person decides about; what waits longest first."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.read() as tx:
        found = _slips(archive, tx, actor, tx.loans.with_items_in(UNSETTLED))
    return sorted((slip for slip in found if "settle" in slip.may), key=unsettled_since)


def unsettled_since(slip: Slip) -> datetime:
    """When the first of its papers that may be found came back damaged, or was declared lost."""
    unsettled = [item for item in slip.loan.items if item.state in UNSETTLED and item.record_id in slip.records]
    return min((item.ended_at for item in unsettled if item.ended_at is not None), default=slip.loan.requested_at)


def show(archive: Archive, actor: Actor, loan_id: str) -> Slip:
    """One loan. NotFound for whoever is no party to it and has no duty that shows it."""
    with archive.read() as tx:
        [slip] = _slips(archive, tx, actor, [tx.loans.get(loan_id)])
    party = actor.id in (slip.loan.borrower_id, slip.loan.requested_by) or slip.may
    answered = actor.id in {one.decided_by for one in slip.chain} | {one.decided_for for one in slip.chain}
    if not party and not answered and not (slip.records and _oversees(actor)) and not _answers_for(actor, slip):
        raise NotFound(NO_SUCH_LOAN)
    return slip


def numbered(archive: Archive, actor: Actor, number: str) -> Slip:
    """The same by its number, as it stands on paper; by its id, as it stands in an address."""
    with archive.read() as tx:
        loan = tx.loans.numbered(number.strip().upper())
    return show(archive, actor, loan.id if loan else number.strip())


@dataclass(frozen=True, slots=True)
class AtHand:
    """What the counter knows of one paper."""

    record: Record
    slip: Slip | None
    """The loan that speaks for it."""
    item: Item | None
    waiting: int
    next: str
    """What comes next: issue, take-back, settle, wait (for approval), away (at repair) or nothing."""
    case: Repair | None
    """Its repair case that is not closed."""
    known: Known | None
    """How many pages it should have."""


def at_hand(archive: Archive, actor: Actor, said: str) -> AtHand:
    """Begin at the counter with a record: by its label, its reference code, or a document number it alone bears."""
    with archive.read() as tx:
        record = tx.records.found(numbering.meant(tx, actor, said), rules.scope(actor, Action.FIND))
        rules.require(actor, Action.HAND_OUT, record)
        loan = tx.loans.holding(record.id)
        waiting = len(tx.loans.waiting_for(record.id))
        case = tx.repairs.running_among([record.id]).get(record.id)
        away = case is not None and case.state in AWAY
        if loan is None:
            return AtHand(record, None, None, waiting, "away" if away else "nothing", case, None)
        [slip] = _slips(archive, tx, actor, [loan])
        item = next(i for i in loan.items if i.record_id == record.id and i.form is Form.PAPER and i.state in HOLDING)
        waits = away and item.state is State.APPROVED
        known = page_counts.known(tx, record.id)
        return AtHand(record, slip, item, waiting, "away" if waits else NEXT[item.state], case, known)


UNSETTLED = frozenset({State.RETURNED_DAMAGED, State.LOST})
"""A paper about which the final approver has to decide."""

NEXT: Mapping[State, str] = {
    State.SUBMITTED: "wait",
    State.APPROVED: "issue",
    State.ON_LOAN: "take-back",
    State.RECALLED: "take-back",
    State.RETURNED_DAMAGED: "settle",
    State.LOST: "settle",
}


def awaited(archive: Archive, actor: Actor) -> Sequence[Slip]:
    """What is approved and waits at the counter to be collected, what is out, and what is to be settled."""
    rules.require(actor, Action.SEE_LOANS)
    with archive.read() as tx:
        states = (State.APPROVED, *OUT, *UNSETTLED)
        return _within(_slips(archive, tx, actor, tx.loans.with_items_in(states)))


def to_hand_out(archive: Archive, actor: Actor) -> Sequence[Slip]:
    """Of those what this person hands out, or makes a certified copy of."""
    return [slip for slip in awaited(archive, actor) if slip.may & HANDING_OUT]


def overdue(archive: Archive, actor: Actor) -> Sequence[Slip]:
    """逾期清单: what is out past its due, the longest first."""
    rules.require(actor, Action.SEE_LOANS)
    at = archive.now()
    with archive.read() as tx:
        found = _within(_slips(archive, tx, actor, tx.loans.with_items_in(OUT, due_before=at)))
    late = [
        slip for slip in found if any(loans.is_overdue(i, at) and i.record_id in slip.records for i in slip.loan.items)
    ]
    return sorted(late, key=lambda slip: (slip.due_at or at, slip.loan.number))


def register(archive: Archive, actor: Actor, first: datetime, last: datetime) -> Sequence[Slip]:
    """借阅登记簿: what was asked for from `first` until before `last`, oldest first."""
    rules.require(actor, Action.SEE_LOANS)
    if last <= first:
        raise Invalid("The period ends before it begins.", "not-a-period")
    with archive.read() as tx:
        return list(reversed(_within(_slips(archive, tx, actor, tx.loans.between(first, last)))))


def history_of(archive: Archive, actor: Actor, login: str) -> tuple[Person, Sequence[Slip]]:
    """What somebody borrowed, as far as its records may be found by whoever asks."""
    rules.require(actor, Action.SEE_LOANS)
    with archive.read() as tx:
        account = tx.people.called(login)
        if account is None:
            raise NotFound("There is nobody of that name.")
        return account.person, _within(_slips(archive, tx, actor, tx.loans.of_borrower(account.person.id)))


@dataclass(frozen=True, slots=True)
class Offer:
    """What a record's page can offer to somebody about borrowing it."""

    may_apply: bool
    paper: bool
    """There is a paper to lend."""
    lent: bool
    """It is spoken for at present."""
    state: str
    """How the item stands that speaks for it; empty where none does."""
    repair: Repair | None
    """The case because of which the paper is not on its shelf."""
    waiting: int
    place: int
    """Of this person in the queue, 0 if they are not in it."""
    loan: Slip | None
    """A loan of this person that covers the record and has not ended."""


def offer(archive: Archive, actor: Actor, record_id: str) -> Offer:
    """Decided from the live tables, never from the index."""
    with archive.read() as tx:
        record = tx.records.found(record_id, rules.scope(actor, Action.FIND))
        queue = tx.loans.waiting_for(record_id)
        own = [
            loan
            for loan in tx.loans.of_record(record_id)
            if actor.id in (loan.borrower_id, loan.requested_by)
            and any(i.record_id == record_id and i.state not in _OVER for i in loan.items)
        ]
        place = next((n for n, one in enumerate(queue, 1) if one.person_id == actor.id), 0)
        holding = tx.loans.holding(record_id)
        held = [one for one in holding.items if one.form is Form.PAPER] if holding is not None else []
        return Offer(
            may_apply=record.lifecycle in KEPT and rules.scope(actor, Action.BORROW).admits(record),
            paper=bool(record.shelf_location),
            lent=holding is not None,
            state=next((one.state.value for one in held if one.record_id == record_id and one.state in HOLDING), ""),
            repair=tx.repairs.away([record_id]).get(record_id),
            waiting=len(queue),
            place=place,
            loan=_slips(archive, tx, actor, own[:1])[0] if own else None,
        )


_OVER = loans.ENDED | {State.RETURNED, State.EXPIRED, State.REVOKED, State.REPLACED, State.WRITTEN_OFF}


def deputies(archive: Archive, actor: Actor) -> tuple[Sequence[approvals.Delegation], Mapping[str, Person]]:
    """Whom this person lets decide for them, newest first."""
    rules.require(actor, Action.DECIDE_LOANS)
    with archive.read() as tx:
        given = tx.loans.delegations_of(actor.id)
        return given, _people(tx, (one.delegate_id for one in given))


def _slips(archive: Archive, tx: Transaction, actor: Actor, found: Sequence[Loan]) -> list[Slip]:
    chains = tx.loans.approvals_of([loan.id for loan in found])
    ids = [item.record_id for loan in found for item in loan.items]
    known = tx.records.admitted(ids, rules.scope(actor, Action.FIND))
    at_counter = rules.scope(actor, Action.HAND_OUT)
    reminders = tx.reminders.counts([item.id for loan in found for item in loan.items])
    places = organisation.places(tx)
    ended = frozenset(tx.documents.obsolete(list(known), fileplan.today(archive)))
    slips: list[Slip] = []
    for loan in found:
        chain = chains[loan.id]
        asked = loan_chain.open_ask(chain)
        records = {item.record_id: known[item.record_id] for item in loan.items if item.record_id in known}
        may: set[str] = set()
        if asked is not None and loan_chain.why_not_answer(archive, tx, actor, loan, chain, asked)[0] is None:
            may.add("decide")
        kept = {record_id for record_id, record in records.items() if at_counter.admits(record)}
        keeper = bool(kept)
        own = actor.id in (loan.borrower_id, loan.requested_by)
        made = tx.certified_copies.of_loan(loan.id) if keeper or own else ()
        copies = {one.item_id: one.code for one in made if one.digest is not None}
        if actor.id != addressee(loan):
            granted = (i for i in loan.items if i.state is State.APPROVED and i.record_id in kept)
            may |= {_HANDED[i.form] for i in granted if i.form in _HANDED}
        if any(i.state in UNSETTLED and i.record_id in records for i in loan.items) and may_settle(actor, loan):
            may.add("settle")
        may |= _possible(loan, archive.now(), own=own, keeper=keeper)
        if records and actor.roles & rules.DUTIES[Action.CALL_BACK] and _out(loan):
            may.add("call-back")
        involved = {loan.borrower_id, loan.requested_by, *(one.decided_by for one in chain)}
        involved |= {one.decided_for for one in chain} | {i.issued_by for i in loan.items}
        involved |= {i.received_by for i in loan.items}
        reminded = sum(reminders.get(item.id, 0) for item in loan.items)
        people = _people(tx, involved)
        slips.append(Slip(loan, records, chain, people, asked, frozenset(may), reminded, copies, places, ended))
    return slips


_HANDED: Mapping[Form, str] = {Form.PAPER: "issue", Form.COPY: "certify"}
"""What is done to give away what is approved; what is digital opens by itself."""


HANDING_OUT = frozenset(_HANDED.values())
"""What of a slip's `may` is done at the counter with what was approved."""


def _possible(loan: Loan, at: datetime, *, own: bool, keeper: bool) -> set[str]:
    may: set[str] = set()
    if own and any(loans.after(item, Event.CANCEL) for item in loan.items):
        may.add("cancel")
    if own and loans.why_not_renew(loan, at, somebody_waits=False) is None:
        may.add("renew")
    if (own or keeper) and any(loans.after(item, Event.CLOSE) for item in loan.items):
        may.add("close")
    return may


def _out(loan: Loan) -> bool:
    return any(item.state in (State.ON_LOAN, State.ACTIVE) for item in loan.items)


def _within(slips: Iterable[Slip]) -> list[Slip]:
    """Those of which something may be found."""
    return [slip for slip in slips if slip.records]


def _people(tx: Transaction, ids: Iterable[str]) -> dict[str, Person]:
    found = {person_id: tx.people.get(person_id) for person_id in sorted(set(ids) - {""})}
    return {person_id: person for person_id, person in found.items() if person is not None}


def _answers_for(actor: Actor, slip: Slip) -> bool:
    """Whoever answers for the class of a paper may see who has it: they are told when it is damaged or lost."""
    loan = slip.loan
    concerned = Concerned(loan.level, loan.borrower_id, loan.requested_by, frozenset())
    papers = [item.record_id for item in loan.items if item.form is Form.PAPER]
    return any(
        approvals.why_not_decide(Ask(Post.CLASS_OWNER, department=record.department), actor, concerned) is None
        for record_id, record in slip.records.items()
        if record_id in papers
    )


def _oversees(actor: Actor) -> bool:
    return bool(actor.roles & rules.DUTIES[Action.SEE_LOANS])


def may_settle(somebody: Actor, loan: Loan) -> bool:
    """Is it this person who decides about a damaged or lost paper?"""
    concerned = Concerned(loan.level, loan.borrower_id, loan.requested_by, frozenset())
    return approvals.why_not_decide(Ask(Post.FINAL_APPROVER), somebody, concerned) is None
