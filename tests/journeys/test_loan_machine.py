"""Random walks over the loan machine against the real tables, by everybody, at any time, in any order.

Whatever people try, and whatever is refused: a paper is in one place, nobody says yes to themselves, a screen
is open exactly while a loan is, and the ledger explains every state.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from access import rules
from access.actors import OPERATOR, Actor
from access.approvals import DISTINCT_FROM_LEVEL
from access.loans import ENDED, HOLDING, Event, Form, Item, Loan, State, after
from access.rules import Action, Denied
from archive import chasing, counter, deputies, lending, loan_steps, people, reading_room, records, reservations
from archive.app import Archive, open_archive
from archive.errors import Conflict, Invalid, NotFound
from archive.lending import Wish
from archive.model import Component
from archive.reading_room import TooFast
from tests import homes
from tests.builders import Office, a_record, an_office, now
from tests.conftest import Clock

REFUSED = (Conflict, Denied, Invalid, NotFound)
EVENT_OF = {action: event for event, action in loan_steps.DONE.items()}
LEVELS = (0, 1, 2, 2, 3)


@dataclass(frozen=True)
class Staffed:
    """A home with everybody in office and some papers on the shelf. Copy it."""

    home: Path
    office: Office
    papers: tuple[str, ...]


def staff(home: Path) -> Staffed:
    archive = open_archive(home, now=Clock())
    office = an_office(archive)
    papers = tuple(
        a_record(archive, f"第{n}份", level=level, title=f"第{n}份", shelf_location="A-01")
        for n, level in enumerate(LEVELS)
    )
    archive.close()
    return Staffed(home, office, papers)


class Walk(RuleBasedStateMachine):
    """Everybody tries everything. What is refused changes nothing; what happens keeps the invariants."""

    staffed: Staffed
    folder: Iterator[Path]
    seen: set[State]
    steps: int

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.here = next(self.folder)
        self.archive: Archive = open_archive(homes.copy(self.staffed.home, self.here), now=self.clock)
        self.office, self.papers = self.staffed.office, self.staffed.papers
        self.everybody: list[Actor] = [getattr(self.office, field.name) for field in fields(Office)]
        self.known: list[str] = []

    def teardown(self) -> None:
        with self.archive.read() as tx:
            assert list(tx.ledger.faults()) == []
        self.archive.close()
        shutil.rmtree(self.here)

    # What people do

    @rule(
        who=st.integers(0, 7),
        paper=st.integers(0, len(LEVELS) - 1),
        forms=st.sampled_from([(Form.PAPER,), (Form.DIGITAL,), (Form.DIGITAL, Form.PAPER)]),
        days=st.integers(1, 8),
    )
    def request(self, who: int, paper: int, forms: tuple[Form, ...], days: int) -> None:
        wish = Wish(tuple((self.papers[paper], form) for form in forms), "查证", days)
        with suppress(*REFUSED):
            self.known.append(lending.request(self.archive, self.everybody[who], wish).id)

    @rule(who=st.integers(0, 7), paper=st.integers(0, len(LEVELS) - 1), form=st.sampled_from(Form))
    def request_for_somebody(self, who: int, paper: int, form: Form) -> None:
        wish = Wish(((self.papers[paper], form),), "查证", 2, borrower=self.everybody[who].name)
        with suppress(*REFUSED):
            self.known.append(lending.request(self.archive, self.office.keeper, wish).id)

    @precondition(lambda self: self.known)
    @rule(data=st.data(), who=st.integers(0, 7), yes=st.sampled_from([True, True, True, False]))
    def anybody_answers(self, data: st.DataObject, who: int, yes: bool) -> None:
        self.attempt(data, who, lambda actor, loan: lending.decide(self.archive, actor, loan, yes=yes, reason="理由"))

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def everybody_who_is_asked_says_yes(self, data: st.DataObject) -> None:
        loan = data.draw(st.sampled_from(self.known))
        for actor in (*self.everybody, *self.everybody):
            with suppress(*REFUSED):
                lending.decide(self.archive, actor, loan, yes=True)

    @rule(
        paper=st.integers(0, len(LEVELS) - 1),
        form=st.sampled_from(Form),
        days=st.integers(1, 3),
        then=st.sampled_from(["out", "back", "damaged", "lost", "overdue", "recalled"]),
    )
    def it_goes_its_way(self, paper: int, form: Form, days: int, then: str) -> None:
        """What usually happens, so that walks get far: asked, approved, handed out, and one thing more."""
        wish = Wish(((self.papers[paper], form),), "查证", days, borrower=self.office.borrower.name)
        with suppress(*REFUSED):
            loan = lending.request(self.archive, self.office.second_keeper, wish)
            self.known.append(loan.id)
            for actor in (
                self.office.keeper,
                self.office.head,
                self.office.owner,
                self.office.final,
                self.office.officer,
            ):
                with suppress(*REFUSED):
                    lending.decide(self.archive, actor, loan.id, yes=True)
            record, keeper = self.papers[paper], self.office.keeper
            if form is Form.PAPER:
                counter.issue(self.archive, keeper, record, pages=3, condition="good")
            if then == "overdue":
                self.clock.advance(days=days, hours=1)
                chasing.sweep(self.archive)
            elif then == "recalled":
                lending.call_back(self.archive, keeper, loan.id, "盘点")
            elif then in ("back", "damaged"):
                pages = 3 if then == "back" else 2
                counter.take_back(self.archive, keeper, record, pages=pages, condition="good", note="情况")
            elif then == "lost":
                counter.lose(self.archive, keeper, record, "情况")

    @rule(who=st.integers(0, 7), deputy=st.integers(0, 7), days=st.integers(-1, 9))
    def delegate(self, who: int, deputy: int, days: int) -> None:
        at = self.clock.at
        with suppress(*REFUSED):
            name = self.everybody[deputy].name
            deputies.delegate(self.archive, self.everybody[who], name, at, at + timedelta(days=days))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), who=st.integers(0, 7), what=st.sampled_from(["cancel", "renew", "call_back", "close"]))
    def anybody_ends_or_renews(self, data: st.DataObject, who: int, what: str) -> None:
        deeds: dict[str, Callable[[Actor, str], object]] = {
            "cancel": lambda actor, loan: lending.cancel(self.archive, actor, loan, "理由"),
            "renew": lambda actor, loan: lending.renew(self.archive, actor, loan),
            "call_back": lambda actor, loan: lending.call_back(self.archive, actor, loan, "理由"),
            "close": lambda actor, loan: lending.close(self.archive, actor, loan, "效果"),
        }
        self.attempt(data, who, deeds[what])

    @rule(paper=st.integers(0, len(LEVELS) - 1), who=st.integers(0, 7), pages=st.integers(0, 3))
    def issue(self, paper: int, who: int, pages: int) -> None:
        with suppress(*REFUSED):
            counter.issue(self.archive, self.everybody[who], self.papers[paper], pages=pages, condition="good")

    @rule(
        paper=st.integers(0, len(LEVELS) - 1),
        who=st.integers(0, 7),
        pages=st.integers(0, 3),
        condition=st.sampled_from(["good", "worn"]),
    )
    def take_back(self, paper: int, who: int, pages: int, condition: str) -> None:
        with suppress(*REFUSED):
            actor, record = self.everybody[who], self.papers[paper]
            counter.take_back(self.archive, actor, record, pages=pages, condition=condition, note="情况")

    @rule(paper=st.integers(0, len(LEVELS) - 1), event=st.sampled_from([Event.LOSE, *counter.SETTLEMENTS]))
    def lose_or_settle(self, paper: int, event: Event) -> None:
        with suppress(*REFUSED):
            if event is Event.LOSE:
                counter.lose(self.archive, self.office.keeper, self.papers[paper], "情况")
            else:
                counter.settle(self.archive, self.office.final, self.papers[paper], event, "处理")

    @rule(paper=st.integers(0, len(LEVELS) - 1), who=st.integers(0, 7))
    def reserve(self, paper: int, who: int) -> None:
        with suppress(*REFUSED):
            reservations.reserve(self.archive, self.everybody[who], self.papers[paper])

    @rule(paper=st.integers(0, len(LEVELS) - 1), who=st.integers(0, 7), session=st.sampled_from(["a", "b", ""]))
    def read(self, paper: int, who: int, session: str) -> None:
        """INV-08: a page is shown under a loan only while one is open, here and now."""
        actor = now(self.archive, self.everybody[who], session=session)
        with self.archive.read() as tx:
            record = tx.records.get(self.papers[paper])
        component = Component("c", record.id, "x", "text/plain", 1, "", image_pages=9)
        open_now = record.id in self.open_by_the_book(actor.id)
        try:
            sitting = reading_room.sit_down(self.archive, actor, record, component, 1)
        except (Denied, TooFast):
            return
        assert open_now
        assert session
        assert sitting.due_at > self.clock.at

    @rule(hours=st.sampled_from([1, 12, 24, 24, 72, 24 * 9, 24 * 40]))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(hours=hours)

    @rule()
    def sweep(self) -> None:
        chasing.sweep(self.archive)
        assert chasing.sweep(self.archive) == 0

    @precondition(lambda self: len(self.known) > 5)
    @rule(paper=st.integers(0, len(LEVELS) - 1))
    def the_record_becomes_stricter(self, paper: int) -> None:
        record = records.view(self.archive, self.office.keeper, self.papers[paper]).record
        said = records.Description(
            record.title,
            record.class_code,
            min(record.level + 1, 3),
            record.site,
            record.department,
            shelf_location=record.shelf_location,
        )
        records.describe(self.archive, self.office.keeper, record.id, said, revision=record.revision, filing=False)

    @precondition(lambda self: len(self.known) > 8)
    @rule(who=st.sampled_from(["borrower", "colleague", "head"]))
    def somebody_leaves(self, who: str) -> None:
        """INV-10: in the transaction that closes the account nothing stays open to them."""
        leaver: Actor = getattr(self.office, who)
        people.deactivate(self.archive, OPERATOR, who)
        assert self.open_by_the_book(leaver.id) == set()
        states = {item.state for loan in self.loans() if loan.borrower_id == leaver.id for item in loan.items}
        assert not states & {State.SUBMITTED, State.APPROVED, State.ACTIVE, State.ON_LOAN}

    def attempt(self, data: st.DataObject, who: int, deed: Callable[[Actor, str], object]) -> None:
        loan = data.draw(st.sampled_from(self.known))
        with suppress(*REFUSED):
            deed(self.everybody[who], loan)

    # What holds after every step

    @invariant()
    def one_paper_is_spoken_for_once(self) -> None:
        """INV-07."""
        type(self).steps += 1
        held = [
            item.record_id
            for loan in self.loans()
            for item in loan.items
            if item.form is Form.PAPER and item.state in HOLDING
        ]
        assert len(held) == len(set(held))

    @invariant()
    def nobody_says_yes_to_themselves_nor_twice(self) -> None:
        """INV-06."""
        loans = self.loans()
        with self.archive.read() as tx:
            chains = tx.loans.approvals_of([loan.id for loan in loans])
        for loan in loans:
            parties = {loan.borrower_id, loan.requested_by}
            for turn in {one.round for one in chains[loan.id]}:
                given = [one for one in chains[loan.id] if one.round == turn and one.decision == "approved"]
                said = [{one.decided_by, one.decided_for} - {""} for one in given]
                assert not any(people & parties for people in said)
                if loan.level >= DISTINCT_FROM_LEVEL:
                    assert sum(map(len, said)) == len(set[str]().union(*said))
            for item in loan.items:
                assert loan.borrower_id not in (item.issued_by, item.received_by)
                if item.started_at is not None:
                    first = [one for one in chains[loan.id] if one.round == 0]
                    assert all(one.decided_at and one.decided_at <= item.started_at for one in first)

    @invariant()
    def terms_and_renewals_stay_within_what_was_allowed(self) -> None:
        """INV-09."""
        for loan in self.loans():
            assert 1 <= loan.term_days <= loan.days_max
            assert loan.renewals <= loan.renewals_max
            for item in loan.items:
                if item.started_at is not None and item.due_at is not None:
                    assert item.due_at - item.started_at == timedelta(days=loan.term_days * (1 + loan.renewals))

    @invariant()
    def a_screen_is_open_exactly_while_a_loan_is(self) -> None:
        """INV-08: the tables, the rule and the book say the same."""
        for person in self.everybody:
            actor = now(self.archive, person)
            open_now = self.open_by_the_book(person.id)
            assert actor.on_loan == open_now
            with self.archive.read() as tx:
                for record_id in self.papers:
                    record = tx.records.get(record_id)
                    standing = reading_room.by_standing(actor, record)
                    borrowed = record_id in open_now and record.level <= actor.clearance
                    assert rules.scope(actor, Action.READ).admits(record) == (standing or borrowed)

    @invariant()
    def purpose_is_stated(self) -> None:
        """INV-29."""
        assert all(loan.purpose for loan in self.loans() if loan.level >= 2 or loan.pii)

    @invariant()
    def every_state_is_explained_by_the_ledger(self) -> None:
        """INV-16: state = fold(events), and every event was a step of the machine."""
        with self.archive.read() as tx:
            lines = reversed(tx.ledger.lines(limit=100_000))
        told: dict[str, Item] = {}
        for line in lines:
            if line.action == "loan.requested":
                for item_id, record_id, form in cast("list[tuple[str, str, str]]", line.payload["items"]):
                    told[item_id] = Item(item_id, record_id, Form(form), State.SUBMITTED)
            elif line.action in EVENT_OF:
                item = told[str(line.payload["item"])]
                state = after(item, EVENT_OF[line.action])
                assert state is not None, f"{item.state} was taken through {line.action}"
                told[item.id] = Item(item.id, item.record_id, item.form, state)
        states = {item.id: item.state for loan in self.loans() for item in loan.items}
        assert {item.id: item.state for item in told.values()} == states
        type(self).seen |= set(states.values())

    @invariant()
    def nobody_is_reminded_twice_or_of_what_is_back(self) -> None:
        with self.archive.read() as tx:
            chased = [
                (notice.person_id, notice.details["item"], notice.details["due"], notice.kind, notice.details["days"])
                for person in self.everybody
                for notice in tx.notices.of(person.id, limit=10_000)
                if notice.kind in ("loan.due-soon", "loan.due", "loan.overdue")
            ]
        assert len(chased) == len(set(chased))

    @invariant()
    def what_has_ended_asks_nobody(self) -> None:
        over = {loan.id for loan in self.loans() if all(item.state in ENDED for item in loan.items)}
        with self.archive.read() as tx:
            assert not over & {ask.loan_id for ask in tx.loans.open_asks()}

    def loans(self) -> list[Loan]:
        with self.archive.read() as tx:
            ids = tx.connection.execute(sa.text("SELECT id FROM loans")).scalars().all()
            return [tx.loans.get(loan_id) for loan_id in ids]

    def open_by_the_book(self, person_id: str) -> set[str]:
        """Worked out by hand from every row: the records open to this person on screen now."""
        at = self.clock.at
        return {
            item.record_id
            for loan in self.loans()
            if loan.borrower_id == person_id
            for item in loan.items
            if item.form is Form.DIGITAL and item.state is State.ACTIVE and item.started_at and item.due_at
            if item.started_at <= at < item.due_at
        }


def walk(staffed: Staffed, folder: Path, chosen: settings) -> tuple[set[State], int]:
    """Walk with these settings; the states that were reached, and the number of steps."""
    Walk.staffed, Walk.seen, Walk.steps = staffed, set(), 0
    Walk.folder = (folder / str(n) for n in range(10**9))
    run_state_machine_as_test(Walk, settings=chosen)
    return Walk.seen, Walk.steps


@pytest.fixture(scope="module")
def staffed(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Staffed:
    return staff(homes.copy(founded, tmp_path_factory.mktemp("staffed") / "home"))


def test_no_walk_through_the_machine_breaks_what_must_hold(staffed: Staffed, tmp_path: Path) -> None:
    seen, _ = walk(
        staffed,
        tmp_path,
        settings(
            max_examples=20,
            stateful_step_count=40,
            deadline=None,
            # The same walks every time: whether they reach every state must not be a matter of luck. `make soak`
            # walks others.
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )

    # A walk that gets nowhere proves nothing.
    assert {State.SUBMITTED, State.ACTIVE, State.ON_LOAN, State.RETURNED} <= seen
