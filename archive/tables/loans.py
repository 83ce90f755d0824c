"""Loans, their items, who was asked about them; delegations, and who waits for what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from access.approvals import Ask, Delegation, Post
from access.loans import HOLDING, OUT, External, Form, Item, Loan, State
from access.repairs import AWAY
from access.repairs import State as CaseState
from archive.errors import Conflict, NotFound
from archive.tables.freezing import refuse_frozen
from archive.tables.parts import parts
from archive.tables.schema.loans import delegations, loan_approvals, loan_items, loans, reservations
from archive.tables.schema.repairs import repairs

NO_SUCH_LOAN = "There is no such loan."

RUNNING = (State.ON_LOAN, State.RECALLED, State.ACTIVE)


@dataclass(frozen=True, slots=True)
class Approval:
    """A question of the chain, and its answer if it was given. Round 0 is the request, round n its nth renewal."""

    loan_id: str
    round: int
    position: int
    ask: Ask
    asked_at: datetime | None
    decision: str = ""
    """approved, rejected, void (never answered: the request ended first); empty while open."""
    decided_by: str = ""
    decided_for: str = ""
    decided_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody waits for a paper."""

    id: str
    record_id: str
    person_id: str
    asked_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands in lending, for one person: what everybody may know of its paper, and what is theirs."""

    lent: bool = False
    """Its paper is out, or spoken for."""
    back_at: datetime | None = None
    """When the paper that is out should be back."""
    at_repair: bool = False
    """Its paper is away because it is mended, or was and is not on its shelf yet."""
    missing: bool = False
    """Its paper was lost: by whoever borrowed it, or while it was away to be mended."""
    damaged: bool = False
    """Its paper came back damaged, and it is not settled yet."""
    repaired_by: date | None = None
    """The day by which the paper at repair is due back."""
    own_loan: str = ""
    """A loan of this person that covers the record and has not ended."""
    own_state: str = ""
    own_due_at: datetime | None = None


NOT_LENT = Standing()


class Loans:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Loans and items

    def counted_pages(self, record_id: str = "") -> Sequence[tuple[str, int, int, datetime, str]]:
        """Record, pages that went out, pages that came back, when, and the number of the loan; the latest last."""
        rows = self._connection.execute(
            sa.select(
                loan_items.c.record_id,
                loan_items.c.pages_out,
                loan_items.c.pages_in,
                loan_items.c.ended_at,
                loans.c.number,
            )
            .join(loans, loans.c.id == loan_items.c.loan_id)
            .where(
                loan_items.c.form == "paper",
                loan_items.c.received_by != "",
                loan_items.c.ended_at.is_not(None),
                loan_items.c.record_id == record_id if record_id else sa.true(),
            )
            .order_by(loan_items.c.ended_at)
        )
        return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]

    def add(self, loan: Loan) -> None:
        """Raises Conflict when one of its papers is spoken for already: the database decides (INV-07)."""
        refuse_frozen(self._connection, [item.record_id for item in loan.items if item.form is Form.PAPER])
        external = loan.external or External("", "", "")
        self._connection.execute(
            loans.insert().values(
                id=loan.id,
                number=loan.number,
                requested_by=loan.requested_by,
                borrower_id=loan.borrower_id or None,
                external_name=external.name,
                external_organisation=external.organisation,
                external_letter=external.letter,
                purpose=loan.purpose,
                level=loan.level,
                pii=loan.pii,
                term_days=loan.term_days,
                days_max=loan.days_max,
                renewals_max=loan.renewals_max,
                renewals=loan.renewals,
                renewing=loan.renewing,
                requested_at=loan.requested_at,
                approved_at=loan.approved_at,
                effect=loan.effect,
                matrix=loan.matrix,
                seat="",
            )
        )
        for item in loan.items:
            try:
                self._connection.execute(loan_items.insert().values(loan_id=loan.id, **_item_values(item)))
            except exc.IntegrityError:
                raise Conflict(
                    "This paper is spoken for: somebody has asked for it or has it. Reserve it instead.",
                    "already-lent",
                ) from None

    def get(self, loan_id: str) -> Loan:
        found = self._loans(loans.c.id == loan_id)
        if not found:
            raise NotFound(NO_SUCH_LOAN)
        return found[0]

    def save_item(self, item: Item, before: State) -> None:
        """Save an item that was in the state `before`. Raises Conflict if it is not any more, or if a paper
        that is handed out or kept longer is being handed over (INV-13)."""
        if item.state is State.ON_LOAN:
            refuse_frozen(self._connection, [item.record_id])
        changed = self._connection.execute(
            loan_items.update()
            .where(loan_items.c.id == item.id, loan_items.c.state == before)
            .values(_item_values(item))
        ).rowcount
        if changed != 1:
            raise Conflict("Somebody else was first; reload the page.", "changed")

    def save_loan(self, loan: Loan) -> None:
        """Save what changes of a loan in its life; who, what for and for how long never do."""
        self._connection.execute(
            loans.update()
            .where(loans.c.id == loan.id)
            .values(approved_at=loan.approved_at, renewals=loan.renewals, renewing=loan.renewing, effect=loan.effect)
        )

    def numbered(self, number: str) -> Loan | None:
        return next(iter(self._loans(loans.c.number == number)), None)

    def papers_out(self, person_id: str) -> int:
        """How many papers somebody has borrowed and not returned."""
        return self._connection.execute(
            sa.select(sa.func.count())
            .select_from(loan_items.join(loans, loans.c.id == loan_items.c.loan_id))
            .where(loans.c.borrower_id == person_id, loan_items.c.state.in_(list(OUT)))
        ).scalar_one()

    def of_borrower(self, person_id: str, *, limit: int = 200) -> Sequence[Loan]:
        """What somebody borrowed, or asked for on behalf of somebody from outside; newest first."""
        return self._loans(
            (loans.c.borrower_id == person_id) | ((loans.c.requested_by == person_id) & loans.c.borrower_id.is_(None)),
            limit=limit,
        )

    def of_record(self, record_id: str, *, limit: int = 200) -> Sequence[Loan]:
        mine = sa.select(loan_items.c.loan_id).where(loan_items.c.record_id == record_id)
        return self._loans(loans.c.id.in_(mine), limit=limit)

    def between(self, first: datetime, last: datetime, *, limit: int = 5000) -> Sequence[Loan]:
        """The register: what was asked for from `first` until before `last`."""
        return self._loans((loans.c.requested_at >= first) & (loans.c.requested_at < last), limit=limit)

    def with_items_in(self, states: Iterable[State], *, due_before: datetime | None = None) -> Sequence[Loan]:
        """Loans with an item in one of these states, due before an instant if it is given."""
        condition = loan_items.c.state.in_(list(states))
        if due_before is not None:
            condition &= loan_items.c.due_at <= due_before
        return self._loans(loans.c.id.in_(sa.select(loan_items.c.loan_id).where(condition)), limit=None)

    def numbers(self, ids: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in parts(ids):
            asked = sa.select(loans.c.id, loans.c.number).where(loans.c.id.in_(some))
            found.update((row.id, row.number) for row in self._connection.execute(asked))
        return found

    def holding(self, record_id: str) -> Loan | None:
        """The one loan that speaks for the paper of this record."""
        found = self._loans(
            loans.c.id.in_(
                sa.select(loan_items.c.loan_id).where(
                    loan_items.c.record_id == record_id,
                    loan_items.c.form == Form.PAPER,
                    loan_items.c.state.in_(list(HOLDING)),
                )
            )
        )
        return found[0] if found else None

    def held_among(self, record_ids: Collection[str]) -> frozenset[str]:
        """Those of these records whose paper a loan speaks for."""
        found: set[str] = set()
        for some in parts(record_ids):
            asked = sa.select(loan_items.c.record_id).where(
                loan_items.c.record_id.in_(some),
                loan_items.c.form == Form.PAPER,
                loan_items.c.state.in_(list(HOLDING)),
            )
            found.update(self._connection.execute(asked).scalars())
        return frozenset(found)

    def standings(self, record_ids: Sequence[str], person_id: str, at: datetime) -> Mapping[str, Standing]:
        """Where these records stand in lending. Two statements, whether any of them is lent or none."""
        rows = self._connection.execute(_STANDINGS, {"ids": record_ids, "person": person_id})
        found: dict[str, Standing] = {}
        for row in rows.mappings():
            standing = found.get(row["record_id"], NOT_LENT)
            if row["held"]:
                standing = replace(
                    standing,
                    lent=True,
                    back_at=row["due_at"] if row["state"] in OUT else None,
                    missing=row["state"] == State.LOST,
                    damaged=row["state"] == State.RETURNED_DAMAGED,
                )
            past = row["state"] == State.ACTIVE and row["due_at"] is not None and row["due_at"] <= at
            if row["own"] and not past:
                standing = replace(standing, own_loan=row["loan_id"], own_state=row["state"], own_due_at=row["due_at"])
            found[row["record_id"]] = standing
        for row in self._connection.execute(_AT_REPAIR, {"ids": record_ids}):
            standing = found.get(row.record_id, NOT_LENT)
            lost = row.state == CaseState.LOST
            found[row.record_id] = replace(standing, at_repair=not lost, missing=lost, repaired_by=row.due_on)
        return found

    def open_for(self, person_id: str, at: datetime) -> frozenset[str]:
        """The records that digital loans of this person open at this instant (INV-08)."""
        return frozenset(self._connection.execute(_OPEN, {"person": person_id, "at": at}).scalars())

    def read_at(self, person_id: str, at: datetime) -> frozenset[str]:
        """The records that digital loans of this person opened at an instant that may have passed."""
        rows = self._connection.execute(
            sa.select(loan_items.c.record_id)
            .join(loans, loans.c.id == loan_items.c.loan_id)
            .where(loans.c.borrower_id == person_id, *_was_readable(at))
        )
        return frozenset(rows.scalars())

    def opening(self, person_id: str, record_id: str, at: datetime) -> tuple[Loan, Item] | None:
        """The loan that opens this record to this person now, the one that lasts longest."""
        row = self._connection.execute(
            sa.select(loan_items.c.loan_id, loan_items.c.id)
            .join(loans, loans.c.id == loan_items.c.loan_id)
            .where(loans.c.borrower_id == person_id, loan_items.c.record_id == record_id, *_readable(at))
            .order_by(loan_items.c.due_at.desc())
            .limit(1)
        ).one_or_none()
        if row is None:
            return None
        loan = self.get(row.loan_id)
        return loan, next(item for item in loan.items if item.id == row.id)

    def overdue_since(self, person_id: str, at: datetime) -> datetime | None:
        """When the longest overdue paper of this person was due; None when nothing is overdue."""
        return self._connection.execute(
            sa.select(sa.func.min(loan_items.c.due_at))
            .join(loans, loans.c.id == loan_items.c.loan_id)
            .where(loans.c.borrower_id == person_id, loan_items.c.state.in_(list(OUT)), loan_items.c.due_at < at)
        ).scalar()

    def seat(self, loan_id: str) -> tuple[str, datetime | None]:
        """Which session reads this loan, and when it last did."""
        row = self._connection.execute(sa.select(loans.c.seat, loans.c.seat_at).where(loans.c.id == loan_id)).one()
        return row.seat, row.seat_at

    def take_seat(self, loan_id: str, session: str, at: datetime) -> None:
        self._connection.execute(loans.update().where(loans.c.id == loan_id).values(seat=session, seat_at=at))

    # Approvals

    def ask(self, approvals: Iterable[Approval]) -> None:
        for one in approvals:
            self._connection.execute(
                loan_approvals.insert().values(
                    loan_id=one.loan_id,
                    round=one.round,
                    position=one.position,
                    post=one.ask.post,
                    department=one.ask.department,
                    site=one.ask.site,
                    asked_at=one.asked_at,
                    decision=one.decision,
                    decided_by=one.decided_by,
                    decided_for=one.decided_for,
                    decided_at=one.decided_at,
                    reason=one.reason,
                )
            )

    def approvals_of(self, loan_ids: Sequence[str]) -> Mapping[str, tuple[Approval, ...]]:
        """The whole chain of each loan, in its order."""
        result: dict[str, tuple[Approval, ...]] = dict.fromkeys(loan_ids, ())
        for some in parts(loan_ids):
            rows = self._connection.execute(
                sa.select(loan_approvals)
                .where(loan_approvals.c.loan_id.in_(some))
                .order_by(loan_approvals.c.loan_id, loan_approvals.c.round, loan_approvals.c.position)
            )
            for row in rows.mappings():
                result[row["loan_id"]] += (_approval(row),)
        return result

    def open_asks(self) -> Sequence[Approval]:
        """Every question that is asked and not answered, the oldest first."""
        rows = self._connection.execute(
            sa.select(loan_approvals)
            .where(loan_approvals.c.decision == "", loan_approvals.c.asked_at.is_not(None))
            .order_by(loan_approvals.c.asked_at)
        )
        return [_approval(row) for row in rows.mappings()]

    def answer(self, approval: Approval) -> None:
        """Write an answer. A question is answered once: Conflict if somebody was first."""
        changed = self._connection.execute(
            loan_approvals.update()
            .where(*_is(approval), loan_approvals.c.decision == "")
            .values(
                decision=approval.decision,
                decided_by=approval.decided_by,
                decided_for=approval.decided_for,
                decided_at=approval.decided_at,
                reason=approval.reason,
            )
        ).rowcount
        if changed != 1:
            raise Conflict("Somebody else has answered this already; reload the page.", "changed")

    def ask_now(self, approval: Approval, at: datetime) -> None:
        self._connection.execute(loan_approvals.update().where(*_is(approval)).values(asked_at=at))

    def void_open(self, loan_id: str, at: datetime) -> None:
        """What was not answered need not be answered any more."""
        self._connection.execute(
            loan_approvals.update()
            .where(loan_approvals.c.loan_id == loan_id, loan_approvals.c.decision == "")
            .values(decision="void", decided_at=at)
        )

    # Delegations

    def add_delegation(self, delegation: Delegation) -> None:
        self._connection.execute(
            delegations.insert().values({field.name: getattr(delegation, field.name) for field in fields(Delegation)})
        )

    def delegation(self, delegation_id: str) -> Delegation | None:
        return next(iter(self._delegations(delegations.c.id == delegation_id)), None)

    def end_delegation(self, delegation_id: str, at: datetime) -> None:
        self._connection.execute(
            delegations.update()
            .where(delegations.c.id == delegation_id, delegations.c.revoked_at.is_(None))
            .values(revoked_at=at)
        )

    def delegations_of(self, person_id: str) -> Sequence[Delegation]:
        """Given by this person, newest first."""
        return self._delegations(delegations.c.principal_id == person_id)

    def delegations_to(self, person_id: str, at: datetime) -> Sequence[Delegation]:
        """In force for this person at this instant."""
        return [one for one in self._delegations(delegations.c.delegate_id == person_id) if one.in_force(at)]

    def delegations_in_force(self, at: datetime) -> Sequence[Delegation]:
        return self._delegations((delegations.c.starts_at <= at) & (delegations.c.ends_at > at), at=at)

    # Who waits for what

    def reserve(self, waiting: Waiting) -> None:
        """Raises Conflict when this person waits for it already."""
        try:
            self._connection.execute(
                reservations.insert().values(
                    id=waiting.id,
                    record_id=waiting.record_id,
                    person_id=waiting.person_id,
                    asked_at=waiting.asked_at,
                    state="waiting",
                )
            )
        except exc.IntegrityError:
            raise Conflict("You are waiting for it already.", "already-waiting") from None

    def waiting_for(self, record_id: str) -> Sequence[Waiting]:
        """The queue, first come first."""
        return self._waiting(reservations.c.record_id == record_id)

    def reserved_by(self, person_id: str) -> Sequence[Waiting]:
        return self._waiting(reservations.c.person_id == person_id)

    def told(self, waiting_id: str, at: datetime) -> None:
        self._connection.execute(reservations.update().where(reservations.c.id == waiting_id).values(told_at=at))

    def leave_queue(self, waiting_id: str, *, served: bool) -> None:
        self._connection.execute(
            reservations.update().where(reservations.c.id == waiting_id).values(state="served" if served else "gone")
        )

    def told_before(self, at: datetime) -> Sequence[Waiting]:
        """Those who were told before this instant that it is their turn, and have not come."""
        return self._waiting(reservations.c.told_at <= at)

    def _loans(self, condition: sa.ColumnElement[bool], *, limit: int | None = 200) -> Sequence[Loan]:
        rows = (
            self._connection.execute(
                sa.select(loans).where(condition).order_by(loans.c.requested_at.desc(), loans.c.id).limit(limit)
            )
            .mappings()
            .all()
        )
        items: dict[str, tuple[Item, ...]] = {row["id"]: () for row in rows}
        for some in parts(items):
            found = self._connection.execute(
                sa.select(loan_items)
                .where(loan_items.c.loan_id.in_(some))
                .order_by(loan_items.c.loan_id, loan_items.c.id)
            )
            for row in found.mappings():
                items[row["loan_id"]] += (_item(row),)
        return [_loan(row, items[row["id"]]) for row in rows]

    def _delegations(self, condition: sa.ColumnElement[bool], *, at: datetime | None = None) -> Sequence[Delegation]:
        rows = self._connection.execute(
            sa.select(delegations).where(condition).order_by(delegations.c.starts_at.desc(), delegations.c.id)
        )
        found = [Delegation(**row) for row in rows.mappings()]
        return found if at is None else [one for one in found if one.in_force(at)]

    def _waiting(self, condition: sa.ColumnElement[bool]) -> Sequence[Waiting]:
        rows = self._connection.execute(
            sa.select(reservations)
            .where(reservations.c.state == "waiting", condition)
            .order_by(reservations.c.asked_at, reservations.c.id)
        )
        return [Waiting(row.id, row.record_id, row.person_id, row.asked_at, row.told_at) for row in rows]


def _was_readable(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """What could be read at an instant that has passed, whatever has become of the item since."""
    return (
        loan_items.c.form == Form.DIGITAL,
        loan_items.c.started_at <= at,
        loan_items.c.due_at > at,
        sa.or_(loan_items.c.ended_at.is_(None), loan_items.c.ended_at > at),
    )


def _readable(at: "datetime | sa.BindParameter[datetime]") -> tuple[sa.ColumnElement[bool], ...]:
    """The SQL of `access.loans.is_readable`."""
    return (
        loan_items.c.form == Form.DIGITAL,
        loan_items.c.state == State.ACTIVE,
        loan_items.c.started_at <= at,
        loan_items.c.due_at > at,
    )


def _is(approval: Approval) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        loan_approvals.c.loan_id == approval.loan_id,
        loan_approvals.c.round == approval.round,
        loan_approvals.c.position == approval.position,
    )


def _item_values(item: Item) -> dict[str, object]:
    return {field.name: getattr(item, field.name) for field in fields(Item)}


def _item(row: sa.RowMapping) -> Item:
    values: dict[str, Any] = {field.name: row[field.name] for field in fields(Item)}
    values |= {"form": Form(row["form"]), "state": State(row["state"])}
    return Item(**values)


def _loan(row: sa.RowMapping, items: tuple[Item, ...]) -> Loan:
    external = None
    if row["external_name"]:
        external = External(row["external_name"], row["external_organisation"], row["external_letter"])
    return Loan(
        id=row["id"],
        number=row["number"],
        requested_by=row["requested_by"],
        borrower_id=row["borrower_id"] or "",
        external=external,
        purpose=row["purpose"],
        level=row["level"],
        pii=row["pii"],
        term_days=row["term_days"],
        days_max=row["days_max"],
        renewals_max=row["renewals_max"],
        requested_at=row["requested_at"],
        items=items,
        approved_at=row["approved_at"],
        renewals=row["renewals"],
        renewing=row["renewing"],
        effect=row["effect"],
        matrix=row["matrix"],
    )


def _approval(row: sa.RowMapping) -> Approval:
    return Approval(
        loan_id=row["loan_id"],
        round=row["round"],
        position=row["position"],
        ask=Ask(Post(row["post"]), row["department"], row["site"]),
        asked_at=row["asked_at"],
        decision=row["decision"],
        decided_by=row["decided_by"],
        decided_for=row["decided_for"],
        decided_at=row["decided_at"],
        reason=row["reason"],
    )


_PERSON: "sa.BindParameter[str]" = sa.bindparam("person")


def _standings() -> "sa.Select[Any]":
    held = sa.and_(loan_items.c.form == Form.PAPER, loan_items.c.state.in_(list(HOLDING)))
    running = loan_items.c.state.in_([State.SUBMITTED, State.APPROVED, *RUNNING])
    own = sa.and_(sa.or_(loans.c.borrower_id == _PERSON, loans.c.requested_by == _PERSON), running)
    return (
        sa.select(loan_items, held.label("held"), own.label("own"))
        .join(loans, loans.c.id == loan_items.c.loan_id)
        .where(loan_items.c.record_id.in_(sa.bindparam("ids", expanding=True)), sa.or_(held, own))
        .order_by(loan_items.c.record_id, loan_items.c.id)
    )


# Made once: two are asked for every page of results, the other for every request.
_STANDINGS = _standings()
_AT_REPAIR = sa.select(repairs.c.record_id, repairs.c.due_on, repairs.c.state).where(
    repairs.c.record_id.in_(sa.bindparam("ids", expanding=True)), repairs.c.state.in_(list(AWAY))
)
_OPEN = (
    sa.select(loan_items.c.record_id)
    .join(loans, loans.c.id == loan_items.c.loan_id)
    .where(loans.c.borrower_id == _PERSON, *_readable(sa.bindparam("at")))
)
