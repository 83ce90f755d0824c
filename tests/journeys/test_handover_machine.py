"""Random walks through handovers and loans against the real tables: whatever people try, in whatever order, what must
hold holds after every step."""

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from access import handovers
from access.actors import Actor
from access.handovers import FREEZING, Carrier, Found, Kind, Part, State
from access.loans import Form
from access.rules import Denied
from archive import counter, custody, handover, handover_counting, handover_signing, lending, people, records
from archive.app import Archive, open_archive
from archive.errors import Conflict, Invalid, NotFound
from archive.handover import Plan
from archive.lending import Wish
from tests.builders import PASSWORD, Office, a_person, a_record, an_office
from tests.conftest import Clock

REFUSED = (Conflict, Invalid, NotFound, Denied)
STEPS = 130
WALKS = 3


class Walk:
    """One archive, eight people and what they try."""

    def __init__(self, archive: Archive, clock: Clock, office: Office, boss: Actor, papers: list[str], chance: int):
        self.archive, self.clock, self.office, self.boss, self.papers = archive, clock, office, boss, papers
        self.chance = random.Random(chance)
        self.known: list[str] = []
        self.loans: list[str] = []
        self.reached: set[State] = set()
        self.said: dict[tuple[str, int], str] = {}
        self.people = [office.keeper, office.second_keeper, boss, office.borrower, office.final]

    def step(self) -> None:
        with suppress(*REFUSED):
            self.chance.choice(self.deeds)()
        self.check()

    @property
    def deeds(self) -> list[Callable[[], object]]:
        always: list[Callable[[], object]] = [self.plan, self.lend, self.edit, self.time_passes]
        if self.known:
            always += [
                self.freeze,
                self.count,
                self.count_all,
                self.count_all,
                self.explain,
                self.explain,
                self.confirm,
            ]
            always += [
                self.sign,
                self.sign_all,
                self.sign_all,
                self.complete,
                self.complete,
                self.cancel,
                self.come_back,
            ]
        return always

    def one(self) -> str:
        """One of those under way, the last one if none is."""
        with self.archive.read() as tx:
            going = [one for one in self.known if tx.handovers.get(one).state not in handovers.ENDED]
        return self.chance.choice(going or self.known[-1:])

    def somebody(self) -> Actor:
        return self.chance.choice(self.people)

    def plan(self) -> None:
        with self.archive.read() as tx:
            if len(tx.handovers.under_way()) > 1:
                return
        giver, receiver = self.chance.sample(["keeper", "second"], 2)
        by = self.somebody()
        wanted = Plan(Kind.CUSTODIAN, giver=giver, receiver=receiver, supervisor="boss", rights_end=False)
        self.known.append(handover.plan(self.archive, by, wanted).id)

    def lend(self) -> None:
        paper = self.chance.choice(self.papers)
        loan = lending.request(self.archive, self.office.borrower, Wish(((paper, Form.PAPER),), "查证", 3))
        self.loans.append(loan.id)
        for actor in (self.office.keeper, self.office.second_keeper):
            with suppress(*REFUSED):
                lending.decide(self.archive, actor, loan.id, yes=True)
        counter.issue(self.archive, self.office.keeper, paper, pages=3, condition="good")

    def come_back(self) -> None:
        counter.take_back(
            self.archive, self.office.second_keeper, self.chance.choice(self.papers), pages=3, condition="good"
        )

    def edit(self) -> None:
        record = records.view(self.archive, self.office.keeper, self.chance.choice(self.papers)).record
        with self.archive.read() as tx:
            frozen = tx.handovers.frozen_by(record.id)
        said = records.Description(
            f"改{self.chance.random()}", record.class_code, record.level, record.site, record.department,
            shelf_location=record.shelf_location,
        )  # fmt: skip
        records.describe(self.archive, self.office.keeper, record.id, said, revision=record.revision, filing=False)
        assert frozen is None, "INV-13: what is frozen was edited"

    def freeze(self) -> None:
        handover.freeze(self.archive, self.somebody(), self.one())

    def count(self) -> None:
        found = self.chance.choice(list(Found))
        pieces = 0 if found in (Found.MISSING, Found.ON_LOAN) else self.chance.randint(0, 3)
        at = self.chance.randint(1, 2 * len(self.papers))
        handover_counting.count(
            self.archive, self.chance.choice(self.people[:2]), self.one(), at, found, pieces=pieces, note="情况"
        )

    def count_all(self) -> None:
        identity = self.one()
        handover_counting.check_files(self.archive, identity)
        for paper in self.papers:
            with suppress(*REFUSED):
                handover_counting.scan(self.archive, self.office.second_keeper, identity, paper)

    def explain(self) -> None:
        identity, day = self.one(), (self.clock.at + timedelta(days=30)).date()
        for position in range(1, 2 * len(self.papers) + 1):
            with suppress(*REFUSED):
                handover_counting.explain(self.archive, self.office.keeper, identity, position, "已查", "second", day)

    def confirm(self) -> None:
        identity = self.one()
        for position in range(1, 2 * len(self.papers) + 1):
            with suppress(*REFUSED):
                handover_counting.confirm(self.archive, self.office.borrower, identity, position)

    def sign(self) -> None:
        self.sign_as(self.somebody(), self.chance.choice(list(Part)), self.one())

    def sign_all(self) -> None:
        identity = self.one()
        with self.archive.read() as tx:
            going = tx.handovers.get(identity)
        for party in going.signers:
            actor = next(one for one in self.people if one.id == party.person_id)
            with suppress(*REFUSED):
                self.sign_as(actor, party.part, identity)

    def sign_as(self, actor: Actor, part: Part, identity: str) -> None:
        with self.archive.read() as tx:
            seen = handovers.digest(tx.handovers.get(identity), tx.handovers.lines(identity))
            if tx.handovers.get(identity).state is not State.RECONCILED:
                return  # a password is not hashed for nothing
        handover_signing.sign(self.archive, actor, identity, part, PASSWORD, seen=seen)

    def complete(self) -> None:
        handover_signing.complete(self.archive, self.chance.choice(self.people[:3]), self.one())

    def cancel(self) -> None:
        if self.chance.random() < 0.1:
            handover.cancel(self.archive, self.somebody(), self.one(), "改期")

    def time_passes(self) -> None:
        self.clock.advance(hours=self.chance.choice([1, 24, 72]))

    def check(self) -> None:
        with self.archive.read() as tx:
            going = [tx.handovers.get(identity) for identity in self.known]
            self.reached |= {one.state for one in going}
            # INV-12: turns without gap and without overlap, the last one open.
            for paper in self.papers:
                turns = tx.custody.of(paper)
                assert [one.turn for one in turns] == list(range(1, len(turns) + 1))
                assert all(a.until == b.since for a, b in pairwise(turns))
                assert turns[-1].until is None
            for one in going:
                lines = tx.handovers.lines(one.id)
                signatures = [s for s in tx.handovers.signatures(one.id) if s.voided_at is None]
                now = handovers.digest(one, lines)
                # The same revision is the same list: a digest worked out before a transaction holds in it.
                assert self.said.setdefault((one.id, tx.handovers.revision(one.id)), now) == now
                # Whatever is signed and not void is signed over the list as it stands.
                assert all(s.digest == now for s in signatures)
                assert len({s.person_id for s in signatures}) == len(signatures)
                open_, unexplained = (
                    sum(line.found is None for line in lines),
                    sum(handovers.needs_explanation(line, one.kind) for line in lines),
                )
                counts = tx.handovers.counts(one.id)
                assert (counts["open"], counts["unexplained"]) == (open_, unexplained)
                if one.state in (State.SIGNED, State.COMPLETED):
                    # INV-11.
                    assert {s.part for s in signatures} == {Part.GIVER, Part.RECEIVER, Part.SUPERVISOR}
                    assert (open_, unexplained) == (0, 0)
                frozen = {line.record_id for line in lines if line.record_id and line.found is not Found.SURPLUS}
                for record_id in frozen if one.state in FREEZING else ():
                    by = tx.handovers.frozen_by(record_id)
                    assert by is not None
                    assert by.id == one.id
                # A paper that is out under a loan was lent before it was frozen, and the list says so.
                for line in lines:
                    if one.state in FREEZING and line.carrier is Carrier.PAPER and line.found is not Found.SURPLUS:
                        holding = tx.loans.holding(line.record_id)
                        out = holding is not None and any(
                            item.state in ("on_loan", "recalled") for item in holding.items
                        )
                        assert out == bool(line.loan)
            assert list(tx.ledger.faults()) == []


@pytest.fixture(scope="module")
def staffed(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office, Actor, list[str]]:
    home = shutil.copytree(founded, tmp_path_factory.mktemp("walk") / "home")
    archive = open_archive(home, now=Clock())
    office = an_office(archive)
    boss = a_person(archive, "boss", "dept_approver", clearance=3, department="DAS")
    papers = [
        a_record(archive, f"正文{n}", title=f"合同{n}", level=1, name=f"{n}.txt", shelf_location=f"A-{n}")
        for n in range(3)
    ]
    custody.take_charge(archive, people.named(archive, "keeper"), "JF01")
    archive.close()
    return home, office, boss, papers


def walked(home: Path, staffed: tuple[Path, Office, Actor, list[str]], chance: int, steps: int) -> set[State]:
    _, office, boss, papers = staffed
    clock = Clock()
    archive = open_archive(shutil.copytree(staffed[0], home), now=clock)
    walk = Walk(archive, clock, office, boss, papers, chance)
    for _ in range(steps):
        walk.step()
    archive.close()
    return walk.reached


def test_no_walk_through_handovers_breaks_what_must_hold(
    staffed: tuple[Path, Office, Actor, list[str]], tmp_path: Path
) -> None:
    reached = set[State]().union(*(walked(tmp_path / str(n), staffed, n, STEPS) for n in range(WALKS)))

    # A walk that gets nowhere proves nothing.
    assert {State.FROZEN, State.COUNTING, State.DISPUTED, State.RECONCILED, State.SIGNED, State.COMPLETED} <= reached
