"""Custody changes hands: what is frozen, counted, explained and signed, and what switches at the end."""

import io
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from access import handovers, rules
from access.actors import OPERATOR, Actor
from access.handovers import Carrier, Found, Handover, Kind, Line, Outside, Part, State
from access.loans import Form
from access.rules import Denied
from archive import (
    auditing,
    certified_copies,
    counter,
    custody,
    deputies,
    handover,
    handover_counting,
    handover_desk,
    handover_signing,
    lending,
    numbering,
    people,
    properties,
    records,
    repairs,
    reports,
    signing_in,
    telling,
    unlocking,
    versions,
    worker,
)
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.handover import Plan
from archive.lending import Wish
from archive.numbering import HandOver
from indexer.reading import Reader
from tests.archive.test_lending import granted
from tests.builders import PASSWORD, Office, a_person, a_record, an_office, an_unfiled_record, now, settle, untold
from tests.conftest import Clock

TODAY = date(2026, 3, 2)
SOON = date(2026, 4, 1)


@dataclass(frozen=True)
class House:
    office: Office
    old: Actor
    new: Actor
    boss: Actor
    papers: tuple[str, ...]


@pytest.fixture
def house(archive: Archive) -> House:
    """An old and a new custodian, somebody to supervise them, and three papers in the old one's keeping."""
    office = an_office(archive)
    boss = a_person(archive, "boss", "dept_approver", clearance=3, department="DAS")
    papers = tuple(
        a_record(archive, f"合同正文{n}", title=f"合同{n}", level=2, name=f"{n}.txt", shelf_location=f"A-0{n}")
        for n in (1, 2, 3)
    )
    custody.take_charge(archive, office.keeper, "JF01")
    return House(office, office.keeper, office.second_keeper, boss, papers)


def planned(archive: Archive, house: House, **more: object) -> Handover:
    wanted = Plan(Kind.CUSTODIAN, giver="keeper", receiver="second", supervisor="boss", reason="调岗")
    return handover.plan(archive, house.old, replace(wanted, **more))  # type: ignore[arg-type]


def frozen(archive: Archive, house: House, **more: object) -> Handover:
    return handover.freeze(archive, house.old, planned(archive, house, **more).id)


def test_a_paper_that_is_being_handed_over_does_not_leave_for_treatment(archive: Archive, house: House) -> None:
    """INV-13."""
    case = repairs.open_case(archive, house.old, house.papers[0], kind="mould", said="霉斑", urgency="usual")
    frozen(archive, house)

    with pytest.raises(Conflict) as refused:
        repairs.treat(archive, house.old, case.id, company="某修复公司", due_on=SOON)
    assert refused.value.code == "frozen"


def lines(archive: Archive, handover_id: str) -> list[Line]:
    with archive.read() as tx:
        return list(tx.handovers.lines(handover_id))


def state(archive: Archive, handover_id: str) -> State:
    with archive.read() as tx:
        return tx.handovers.get(handover_id).state


def digest(archive: Archive, handover_id: str) -> str:
    with archive.read() as tx:
        return handovers.digest(tx.handovers.get(handover_id), tx.handovers.lines(handover_id))


def counted(archive: Archive, house: House, handover_id: str, *, but: tuple[str, ...] = ()) -> None:
    handover_counting.check_files(archive, handover_id)
    for line in lines(archive, handover_id):
        if line.carrier is Carrier.PAPER and line.record_id not in but and line.found is None:
            handover_counting.scan(archive, house.new, handover_id, line.record_id)


def sign(archive: Archive, actor: Actor, handover_id: str, part: Part, **more: str) -> Handover:
    more = {"seen": digest(archive, handover_id), **more}
    return handover_signing.sign(archive, actor, handover_id, part, more.pop("password", PASSWORD), **more)  # type: ignore[arg-type]


def signed_by_all(archive: Archive, house: House, handover_id: str) -> None:
    for actor, part in ((house.old, Part.GIVER), (house.new, Part.RECEIVER), (house.boss, Part.SUPERVISOR)):
        sign(archive, actor, handover_id, part)


def keepers(archive: Archive, record_id: str) -> list[str]:
    with archive.read() as tx:
        return [turn.keeper_id for turn in tx.custody.of(record_id)]


def position(archive: Archive, handover_id: str, record_id: str, carrier: Carrier = Carrier.PAPER) -> int:
    with archive.read() as tx:
        line = tx.handovers.line_of(handover_id, record_id, carrier)
    assert line is not None
    return line.position


# ---- The usual way ----


def test_everything_is_counted_signed_by_three_and_changes_hands_at_one_instant(
    archive: Archive, house: House, clock: Clock
) -> None:
    going = frozen(archive, house)
    assert [(one.carrier, one.pieces) for one in lines(archive, going.id)] == [
        (carrier, 1 if carrier is Carrier.DIGITAL else 0)
        for _ in range(3)
        for carrier in (Carrier.PAPER, Carrier.DIGITAL)
    ]
    counted(archive, house, going.id)
    assert state(archive, going.id) is State.RECONCILED
    signed_by_all(archive, house, going.id)
    assert state(archive, going.id) is State.SIGNED
    clock.advance(hours=1)

    handover_signing.complete(archive, house.boss, going.id)

    with archive.read() as tx:
        for record_id in house.papers:
            first, second = tx.custody.of(record_id)
            assert (first.keeper_id, second.keeper_id) == (house.old.id, house.new.id)
            assert first.until == second.since == clock.at
            assert tx.handovers.frozen_by(record_id) is None
        assert tx.custody.open_of(house.old.id) == 0
        assert list(tx.ledger.faults()) == []


def test_nothing_changes_hands_to_somebody_who_lost_the_post_meanwhile(archive: Archive, house: House) -> None:
    going = frozen(archive, house)
    counted(archive, house, going.id)
    signed_by_all(archive, house, going.id)
    rights = people.Rights(frozenset({"borrower"}), 3, "DAS", frozenset({"JF01"}))
    people.change_rights(archive, house.office.officer, "second", rights)

    with pytest.raises(Conflict) as refused:
        handover_signing.complete(archive, house.boss, going.id)

    assert refused.value.code == "party-role"
    assert keepers(archive, house.papers[0]) == [house.old.id]


def test_the_givers_rights_end_in_the_same_transaction(archive: Archive, house: House, clock: Clock) -> None:
    deputies.delegate(archive, house.old, "colleague", clock.at, clock.at + timedelta(days=9))
    asked = a_record(archive, "内部件", level=1, department="SWB", shelf_location="B-01", site="JF01", name="in.txt")
    loan = lending.request(archive, house.office.borrower, Wish(((asked, Form.PAPER),), "查证", 3))
    going = frozen(archive, house)
    counted(archive, house, going.id)
    signed_by_all(archive, house, going.id)
    told = len(telling.inbox(archive, house.new))

    handover_signing.complete(archive, house.new, going.id)

    with archive.read() as tx:
        old = tx.people.get(house.old.id)
        assert old is not None
        assert old.roles == {"borrower"}
        assert "JF01" not in old.sites
        assert not tx.loans.delegations_in_force(clock.at)
    with pytest.raises((NotFound, Denied)):
        counter.issue(archive, now(archive, house.old), house.papers[0], pages=3, condition="good")
    kinds = [notice.kind for notice in telling.inbox(archive, house.new)]
    assert len(kinds) > told
    assert "loan.asked" in kinds
    assert lending.decide(archive, now(archive, house.new), loan.id, yes=True)


def test_who_gives_a_site_up_has_nothing_of_it_on_loan_any_more(archive: Archive, house: House) -> None:
    """INV-10, in the transaction in which the rights end."""
    paper = a_record(archive, "别处", title="别处", level=2, site="YL02", name="else.txt", shelf_location="B-09")
    theirs = lending.request(archive, house.old, Wish(((paper, Form.PAPER),), "核对", 3))
    others = lending.request(archive, house.office.borrower, Wish(((paper, Form.DIGITAL),), "核对", 3))
    going = frozen(archive, house, site="JF01")
    counted(archive, house, going.id)
    signed_by_all(archive, house, going.id)

    handover_signing.complete(archive, house.new, going.id)

    with archive.read() as tx:
        assert (tx.loans.get(theirs.id).open, tx.loans.get(others.id).open) == (False, True)


def test_who_stays_in_office_keeps_their_rights(archive: Archive, house: House) -> None:
    going = frozen(archive, house, rights_end=False)
    counted(archive, house, going.id)
    signed_by_all(archive, house, going.id)

    handover_signing.complete(archive, house.new, going.id)

    with archive.read() as tx:
        old = tx.people.get(house.old.id)
        assert old is not None
        assert old.roles == {"document_controller"}
        assert tx.custody.open_of(house.old.id) == 0


# ---- What is frozen ----


def test_what_is_frozen_is_neither_lent_nor_issued_nor_renewed_nor_edited(archive: Archive, house: House) -> None:
    """INV-13."""
    first, second, third = house.papers
    approved = granted(archive, house.office, first, Form.PAPER)
    out = granted(archive, house.office, second, Form.PAPER)
    counter.issue(archive, house.old, second, pages=3, condition="good")
    frozen(archive, house)

    with pytest.raises(Conflict, match="handed over"):
        lending.request(archive, house.office.colleague, Wish(((third, Form.PAPER),), "查证", 3))
    with pytest.raises(Conflict, match="handed over"):
        counter.issue(archive, house.old, first, pages=3, condition="good")
    lending.renew(archive, house.office.borrower, out.id)
    lending.decide(archive, house.office.head, out.id, yes=True)
    with pytest.raises(Conflict, match="handed over"):
        lending.decide(archive, house.office.owner, out.id, yes=True)
    record = records.view(archive, house.old, third).record
    said = records.Description("改", record.class_code, 2, "JF01", "SWB", shelf_location="Z-99")
    with pytest.raises(Conflict, match="handed over"):
        records.describe(archive, house.old, third, said, revision=record.revision, filing=False)
    with archive.read() as tx:
        assert tx.loans.get(approved.id).items[0].state == "approved"


def test_what_is_frozen_gets_no_new_file(archive: Archive, house: House) -> None:
    frozen(archive, house)
    waiting = an_unfiled_record(archive, "另一版正文", name="neu.txt", site="JF01")

    with pytest.raises(Conflict) as added:
        versions.add(archive, house.old, house.papers[0], io.BytesIO(b"another"), "2.txt")
    with pytest.raises(Conflict) as adopted:
        versions.adopt(archive, house.old, waiting, house.papers[0])

    assert (added.value.code, adopted.value.code) == ("frozen", "frozen")


def test_returns_are_allowed_and_the_line_is_counted_anew(archive: Archive, house: House) -> None:
    first = house.papers[0]
    granted(archive, house.office, first, Form.PAPER)
    counter.issue(archive, house.old, first, pages=3, condition="good")
    going = frozen(archive, house)
    at = position(archive, going.id, first)
    assert handover_desk.confirmations(archive, house.office.borrower)[0].line.position == at
    handover_counting.confirm(archive, house.office.borrower, going.id, at)
    counted(archive, house, going.id)
    sign(archive, house.old, going.id, Part.GIVER)

    counter.take_back(archive, house.new, first, pages=3, condition="good")

    assert state(archive, going.id) is State.COUNTING
    with archive.read() as tx:
        line = tx.handovers.line(going.id, at)
        assert (line.found, line.loan) == (None, "")
        assert all(one.voided_at for one in tx.handovers.signatures(going.id))
    assert "handover.void" in [notice.kind for notice in telling.inbox(archive, house.old)]


def test_one_thing_is_in_one_handover_at_a_time(archive: Archive, house: House) -> None:
    frozen(archive, house)

    with pytest.raises(Conflict, match="another handover"):
        frozen(archive, house)


def test_a_cancelled_handover_freezes_nothing_and_changes_nothing(archive: Archive, house: House) -> None:
    going = frozen(archive, house)
    with pytest.raises(Denied):
        handover.cancel(archive, house.old, going.id, "不交了")
    with pytest.raises(Invalid):
        handover.cancel(archive, house.boss, going.id, " ")

    handover.cancel(archive, house.boss, going.id, "人选有变")

    lending.request(archive, house.office.borrower, Wish(((house.papers[0], Form.PAPER),), "查证", 3))
    assert keepers(archive, house.papers[0]) == [house.old.id]


# ---- Counting and differences ----


def test_a_difference_is_explained_before_anybody_signs(archive: Archive, house: House) -> None:
    first, second, _ = house.papers
    going = frozen(archive, house)
    missing, damaged = position(archive, going.id, first), position(archive, going.id, second)
    handover_counting.count(archive, house.new, going.id, missing, Found.MISSING)
    with pytest.raises(Invalid, match="what is wrong"):
        handover_counting.count(archive, house.new, going.id, damaged, Found.DAMAGED, pieces=3)
    handover_counting.count(archive, house.new, going.id, damaged, Found.DAMAGED, pieces=3, note="水渍")
    counted(archive, house, going.id)
    assert state(archive, going.id) is State.DISPUTED
    with pytest.raises(Conflict, match="counted"):
        sign(archive, house.old, going.id, Part.GIVER)
    with pytest.raises(Conflict, match="as it should be"):
        handover_counting.explain(
            archive, house.old, going.id, position(archive, going.id, house.papers[2]), "好的", "keeper", SOON
        )
    with pytest.raises(Invalid, match="past"):
        handover_counting.explain(archive, house.old, going.id, missing, "待查", "owner", date(2026, 1, 1))

    handover_counting.explain(archive, house.old, going.id, missing, "疑在法务,待查", "owner", SOON)
    handover_counting.explain(archive, house.new, going.id, damaged, "移交前已有水渍", "second", SOON)

    assert state(archive, going.id) is State.RECONCILED
    signed_by_all(archive, house, going.id)
    handover_signing.complete(archive, house.new, going.id)
    assert keepers(archive, first) == [house.old.id, house.office.owner.id], "the missing one is whose to find it is"
    assert keepers(archive, second) == [house.old.id, house.new.id]


def test_what_lies_there_and_is_not_on_the_list_is_surplus(archive: Archive, house: House) -> None:
    elsewhere = a_record(archive, "别处的件", title="别处的件", site="YL02", name="o.txt", shelf_location="Y-01")
    going = frozen(archive, house, site="JF01")
    with pytest.raises(NotFound, match="not on the list"):
        handover_counting.scan(archive, house.new, going.id, f"https://x/records/{elsewhere}")

    handover_counting.surplus(archive, house.new, going.id, elsewhere, "夹在合同1中")
    counted(archive, house, going.id)

    assert state(archive, going.id) is State.DISPUTED
    with pytest.raises(Conflict, match="not surplus"):
        handover_counting.surplus(archive, house.new, going.id, house.papers[0], "")


def test_scanning_the_same_label_twice_is_no_change(archive: Archive, house: House) -> None:
    going = frozen(archive, house)
    counted(archive, house, going.id)
    sign(archive, house.old, going.id, Part.GIVER)

    handover_counting.scan(archive, house.new, going.id, house.papers[0])

    with archive.read() as tx:
        assert [one.voided_at for one in tx.handovers.signatures(going.id)] == [None]


def test_a_label_scanned_on_another_shelf_is_misfiled(archive: Archive, house: House) -> None:
    going = frozen(archive, house)

    line = handover_counting.scan(archive, house.new, going.id, house.papers[0], location="C-07")

    assert (line.found, line.note) == (Found.MISFILED, "C-07")


def test_a_file_that_is_not_what_it_was_is_a_difference(archive: Archive, house: House, home: Path) -> None:
    going = frozen(archive, house)
    with archive.read() as tx:
        (file, *_) = tx.records.components_of([house.papers[0]])[house.papers[0]]
    stored = next(path for path in (home / "objects").rglob(archive.objects.address(file.digest) + "*"))
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes()[:-1] + b"\0")

    handover_counting.check_files(archive, going.id)

    with archive.read() as tx:
        found = {one.record_id: one.found for one in tx.handovers.lines(going.id) if one.carrier is Carrier.DIGITAL}
    assert found == {
        house.papers[0]: Found.DAMAGED,
        house.papers[1]: Found.PRESENT,
        house.papers[2]: Found.PRESENT,
    }
    at = position(archive, going.id, house.papers[0], Carrier.DIGITAL)
    with pytest.raises(Conflict, match="archive itself"):
        handover_counting.count(archive, house.new, going.id, at, Found.PRESENT, pieces=1)


def test_a_test_that_was_cut_off_is_finished_and_not_begun_anew(
    archive: Archive, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lines are written some at a time, so that nobody waits for fifty thousand of them."""
    going = frozen(archive, house)
    written, write_down = 0, properties.write_down

    def power_goes(*said: Any) -> None:
        nonlocal written
        if written == 2:
            raise InterruptedError
        written += 1
        write_down(*said)

    monkeypatch.setattr(handover_counting, "LINES_AT_ONCE", 1)
    monkeypatch.setattr(properties, "write_down", power_goes)
    with pytest.raises(InterruptedError):
        handover_counting.check_files(archive, going.id)
    monkeypatch.setattr(properties, "write_down", write_down)
    handover_counting.check_files(archive, going.id)
    handover_counting.check_files(archive, going.id)

    with archive.read() as tx:
        [run] = tx.properties.of_subject(going.id)
        lines = tx.properties.results(run.id, rules.scope(house.old, rules.Action.FIND))
    assert sorted(one.record_id for one in lines) == sorted(house.papers)


def test_only_the_borrower_says_that_they_have_it(archive: Archive, house: House) -> None:
    first = house.papers[0]
    granted(archive, house.office, first, Form.PAPER)
    counter.issue(archive, house.old, first, pages=3, condition="good")
    going = frozen(archive, house)
    at = position(archive, going.id, first)
    with pytest.raises(NotFound):
        handover_counting.confirm(archive, house.new, going.id, at)
    handover_counting.count(archive, house.new, going.id, at, Found.ON_LOAN)
    counted(archive, house, going.id)
    assert state(archive, going.id) is State.DISPUTED, "that somebody else says so is to be explained"

    handover_counting.confirm(archive, house.office.borrower, going.id, at)

    assert state(archive, going.id) is State.RECONCILED


def test_a_paper_at_repair_is_out_and_whoever_treats_it_says_that_they_have_it(archive: Archive, house: House) -> None:
    first, second, _ = house.papers
    cases = [
        repairs.open_case(archive, house.old, one, kind="mould", said="霉斑", urgency="usual")
        for one in (first, second)
    ]
    mender = a_person(archive, "mender", "document_controller", clearance=3, department="DAS", sites=("JF01",))
    repairs.treat(archive, house.old, cases[0].id, by="mender", due_on=SOON)
    repairs.treat(archive, house.old, cases[1].id, company="某修复公司", due_on=SOON)
    going = frozen(archive, house)
    at, outside = position(archive, going.id, first), position(archive, going.id, second)
    assert {line.loan for line in lines(archive, going.id)} == {"", cases[0].number, cases[1].number}
    assert [one.line.position for one in handover_desk.confirmations(archive, mender)] == [at]
    assert "handover.confirm" in {one.kind for one in telling.inbox(archive, mender)}

    counted(archive, house, going.id, but=(first, second))
    handover_counting.confirm(archive, mender, going.id, at)
    with archive.read() as tx:
        said = [one.payload for one in tx.ledger.lines(subject_id=going.id) if one.action == "handover.confirmed"]
    assert [(one.get("repair"), one.get("loan")) for one in said] == [(cases[0].id, None)]
    for somebody in (house.old, house.new):
        with pytest.raises(NotFound):
            handover_counting.confirm(archive, somebody, going.id, outside)
    handover_counting.count(archive, house.new, going.id, outside, Found.ON_LOAN)
    assert state(archive, going.id) is State.DISPUTED, "nobody at a company confirms: it is explained"
    handover_counting.explain(archive, house.old, going.id, outside, "送某修复公司修复", "second", SOON)
    assert state(archive, going.id) is State.RECONCILED


def test_who_treats_a_paper_that_became_too_strict_for_them_learns_nothing_of_it(
    archive: Archive, house: House
) -> None:
    first = house.papers[0]
    case = repairs.open_case(archive, house.old, first, kind="mould", said="霉斑", urgency="usual")
    mender = a_person(archive, "mender", "document_controller", clearance=2, department="DAS", sites=("JF01",))
    repairs.treat(archive, house.old, case.id, by="mender", due_on=SOON)
    with archive.write() as tx:
        tx.records.change(replace(tx.records.get(first), level=3))

    going = frozen(archive, house)

    assert not handover_desk.confirmations(archive, mender)
    assert "handover.confirm" not in {one.kind for one in telling.inbox(archive, mender)}
    with pytest.raises(NotFound):
        handover_counting.confirm(archive, mender, going.id, position(archive, going.id, first))


def test_a_paper_that_comes_back_from_repair_while_it_is_handed_over_is_counted_anew(
    archive: Archive, house: House
) -> None:
    first = house.papers[0]
    case = repairs.open_case(archive, house.old, first, kind="mould", said="霉斑", urgency="usual")
    repairs.treat(archive, house.old, case.id, by="keeper", due_on=SOON)
    going = frozen(archive, house)
    handover_counting.confirm(archive, house.old, going.id, position(archive, going.id, first))

    repairs.finish(archive, house.old, case.id, mended=True, work="除霉")
    repairs.put_back(archive, house.new, case.id)

    [line] = [one for one in lines(archive, going.id) if one.carrier is Carrier.PAPER and one.record_id == first]
    assert (line.loan, line.found, line.confirmed) == ("", None, False)


def test_a_paper_that_is_found_again_while_it_is_handed_over_is_out_and_counted_anew(
    archive: Archive, house: House
) -> None:
    first = house.papers[0]
    case = repairs.open_case(archive, house.old, first, kind="mould", said="霉斑", urgency="usual")
    repairs.treat(archive, house.old, case.id, by="keeper", due_on=SOON)
    repairs.lose(archive, house.old, case.id, "未归还")
    going = frozen(archive, house)
    at = position(archive, going.id, first)
    assert next(one for one in lines(archive, going.id) if one.position == at).loan == ""
    handover_counting.count(archive, house.new, going.id, at, Found.MISSING)

    repairs.find(archive, house.old, case.id, "修复室抽屉内")

    line = next(one for one in lines(archive, going.id) if one.position == at)
    assert (line.loan, line.found) == (case.number, None)
    assert handover_counting.confirm(archive, house.old, going.id, at).confirmed


def test_a_shared_password_is_changed_before_the_end(archive: Archive, house: House) -> None:
    going = planned(archive, house)
    handover.add_line(archive, house.old, going.id, "密集架门禁密码", thing="password", pieces=1)
    handover.add_line(archive, house.old, going.id, "库房钥匙", thing="key", pieces=3)
    with pytest.raises(Invalid):
        handover.add_line(archive, house.old, going.id, "一份合同")
    handover.freeze(archive, house.old, going.id)
    handover_counting.count(archive, house.new, going.id, 1, Found.PRESENT, pieces=1)
    handover_counting.count(archive, house.new, going.id, 2, Found.PRESENT, pieces=2)
    handover_counting.explain(archive, house.old, going.id, 2, "一把在保安处", "second", SOON)
    counted(archive, house, going.id)
    signed_by_all(archive, house, going.id)
    with pytest.raises(Conflict, match="password"):
        handover_signing.complete(archive, house.new, going.id)
    with pytest.raises(Denied):
        handover_counting.password_changed(archive, house.old, going.id, 1)

    handover_counting.password_changed(archive, house.new, going.id, 1)

    signed_by_all(archive, house, going.id)
    assert handover_signing.complete(archive, house.new, going.id).state is State.COMPLETED


# ---- Signing ----


def test_any_change_makes_every_signature_void(archive: Archive, house: House) -> None:
    going = frozen(archive, house)
    counted(archive, house, going.id)
    signed_by_all(archive, house, going.id)
    before = digest(archive, going.id)
    at = position(archive, going.id, house.papers[0])

    handover_counting.count(archive, house.old, going.id, at, Found.DAMAGED, pieces=3, note="封面撕裂")

    assert digest(archive, going.id) != before
    assert state(archive, going.id) is State.DISPUTED
    with pytest.raises(Conflict, match="signed"):
        handover_signing.complete(archive, house.new, going.id)
    with archive.read() as tx:
        assert [one.voided_at is None for one in tx.handovers.signatures(going.id)] == [False] * 3


def test_what_changes_while_somebody_signs_is_not_signed(
    archive: Archive, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The digest of a long list is worked out before the transaction: what comes in between is noticed."""
    going = frozen(archive, house)
    counted(archive, house, going.id)
    shown, at = digest(archive, going.id), position(archive, going.id, house.papers[0])
    confirm = signing_in.confirm

    def meanwhile(*said: object, **more: object) -> None:
        confirm(*said, **more)  # type: ignore[arg-type]
        handover_counting.count(archive, house.new, going.id, at, Found.PRESENT, pieces=1, note="又点了一遍")

    monkeypatch.setattr(signing_in, "confirm", meanwhile)
    with pytest.raises(Conflict, match="changed since"):
        sign(archive, house.old, going.id, Part.GIVER, seen=shown)
    with archive.read() as tx:
        assert tx.handovers.signatures(going.id) == []


def test_nobody_signs_what_they_have_not_seen_nor_without_their_password(archive: Archive, house: House) -> None:
    going = frozen(archive, house)
    counted(archive, house, going.id)

    with pytest.raises(Conflict, match="changed since"):
        sign(archive, house.old, going.id, Part.GIVER, seen="0" * 64)
    with pytest.raises(Invalid, match="password"):
        sign(archive, house.old, going.id, Part.GIVER, password="wrong")
    with pytest.raises(Conflict):
        sign(archive, house.new, going.id, Part.RECEIVER)
    with pytest.raises(Conflict):
        sign(archive, house.boss, going.id, Part.GIVER)
    with pytest.raises(NotFound):
        sign(archive, house.office.borrower, going.id, Part.GIVER)
    with archive.read() as tx:
        assert tx.handovers.signatures(going.id) == []


def test_guessing_a_password_at_the_signature_locks_the_account(archive: Archive, house: House) -> None:
    going = frozen(archive, house)
    counted(archive, house, going.id)
    for _ in range(archive.settings.sign_in_attempts):
        with pytest.raises(Invalid):
            sign(archive, house.old, going.id, Part.GIVER, password="guess")

    with pytest.raises(Invalid):
        sign(archive, house.old, going.id, Part.GIVER)


def test_an_absent_giver_is_stood_in_for_by_a_second_witness_and_the_final_approver(
    archive: Archive, house: House
) -> None:
    absent = {"giver_absent": True, "witness": "colleague", "approver": "final"}
    with pytest.raises(Denied, match="without its giver"):
        planned(archive, house, **absent)
    wanted = Plan(
        Kind.CUSTODIAN,
        giver="keeper",
        receiver="second",
        supervisor="boss",
        **absent,  # type: ignore[arg-type]
    )
    going = handover.plan(archive, house.office.final, wanted)
    with pytest.raises(Denied, match="approver freezes"):
        handover.freeze(archive, house.new, going.id)
    handover.freeze(archive, house.office.final, going.id)
    counted(archive, house, going.id)
    with pytest.raises(Conflict):
        sign(archive, house.old, going.id, Part.GIVER)
    for actor, part in (
        (house.new, Part.RECEIVER),
        (house.boss, Part.SUPERVISOR),
        (house.office.colleague, Part.WITNESS),
        (house.office.final, Part.APPROVER),
    ):
        assert state(archive, going.id) is State.RECONCILED
        sign(archive, actor, going.id, part)

    handover_signing.complete(archive, house.new, going.id)

    assert keepers(archive, house.papers[0]) == [house.old.id, house.new.id]


# ---- The other kinds ----


def test_a_department_hands_in_what_nobody_kept(archive: Archive, house: House) -> None:
    batch = a_record(archive, "维修单", title="维修单", department="GCB", name="g.txt", shelf_location="临-01")
    liaison = a_person(archive, "liaison", "records_liaison", department="GCB")
    wanted = Plan(Kind.ACCESSION, giver="liaison", receiver="keeper", supervisor="boss")
    going = handover.plan(archive, liaison, wanted)
    handover.add_line(archive, liaison, going.id, "纸质图纸一卷", pieces=8)

    with pytest.raises(Denied, match="receiver freezes"):
        handover.freeze(archive, liaison, going.id)
    handover.freeze(archive, house.old, going.id)

    assert {one.record_id for one in lines(archive, going.id)} == {"", batch}
    handover_counting.check_files(archive, going.id)
    handover_counting.scan(archive, house.old, going.id, batch)
    handover_counting.count(archive, house.old, going.id, 1, Found.PRESENT, pieces=8)
    for actor, part in ((liaison, Part.GIVER), (house.old, Part.RECEIVER), (house.boss, Part.SUPERVISOR)):
        sign(archive, actor, going.id, part)
    handover_signing.complete(archive, house.old, going.id)
    assert keepers(archive, batch) == [house.old.id]


def test_what_leaves_the_company_is_signed_for_on_paper_and_leaves_the_shelves(archive: Archive, house: House) -> None:
    committee = Outside("业委会李主任", "云麓花园业主委员会", "决议 2026-3")
    going = handover.plan(
        archive, house.old, Plan(Kind.EXIT, giver="keeper", supervisor="boss", site="JF01", outside=committee)
    )
    handover.freeze(archive, house.old, going.id)
    handover_counting.check_files(archive, going.id)
    for record_id in house.papers:
        handover_counting.scan(archive, house.old, going.id, record_id)
    sign(archive, house.old, going.id, Part.GIVER)
    with pytest.raises(Invalid, match="code"):
        sign(archive, house.boss, going.id, Part.RECEIVER, code="00000000")
    sign(archive, house.boss, going.id, Part.RECEIVER, code=digest(archive, going.id)[:8])
    sign(archive, house.boss, going.id, Part.SUPERVISOR)

    handover_signing.complete(archive, house.boss, going.id)

    with archive.read() as tx:
        assert [turn.keeper_kind for turn in tx.custody.of(house.papers[0])] == ["person", "outside"]
        left = tx.records.get(house.papers[0])
        assert (left.lifecycle, left.shelf_location, left.title) == ("transferred", "", "合同1")
    assert untold(archive) == []
    auditor = a_person(archive, "auditor", "auditor", clearance=3)
    seers = auditing.who_could_see(archive, auditor, house.papers[0]).seers
    assert not [one.person.login for one in seers if one.read], (
        "what has left is read by nobody, and the ledger says so"
    )
    assert not records.view(archive, now(archive, house.old), house.papers[0]).may_read
    with pytest.raises(Denied):
        records.original(archive, now(archive, house.old), house.papers[0])
    assert [name for _, name in custody.history(archive, house.office.final, house.papers[0])] == [
        "keeper",
        "云麓花园业主委员会",
    ]


def test_what_is_with_a_borrower_when_all_else_leaves_is_still_taken_back_here(archive: Archive, house: House) -> None:
    granted(archive, house.office, house.papers[0], Form.PAPER)
    counter.issue(archive, house.old, house.papers[0], pages=1, condition="good")
    committee = Outside("业委会李主任", "云麓花园业主委员会", "决议 2026-3")
    wanted = Plan(Kind.EXIT, giver="keeper", supervisor="boss", site="JF01", outside=committee)
    going = handover.freeze(archive, house.old, handover.plan(archive, house.old, wanted).id)
    counted(archive, replace(house, new=house.old), going.id, but=(house.papers[0],))
    out = position(archive, going.id, house.papers[0])
    handover_counting.confirm(archive, house.office.borrower, going.id, out)
    handover_counting.explain(archive, house.old, going.id, out, "外借未还", "keeper", SOON)
    sign(archive, house.old, going.id, Part.GIVER)
    sign(archive, house.boss, going.id, Part.RECEIVER, code=digest(archive, going.id)[:8])
    sign(archive, house.boss, going.id, Part.SUPERVISOR)
    handover_signing.complete(archive, house.boss, going.id)

    with archive.read() as tx:
        assert [tx.records.get(one).lifecycle for one in house.papers] == ["filed", "transferred", "transferred"]
    counter.take_back(archive, house.old, house.papers[0], pages=1, condition="good")


def test_what_has_its_reference_code_changes_hands_like_everything_else(
    archive: Archive, house: House, reader: Reader
) -> None:
    a_person(archive, "liaison", "records_liaison")
    dated = a_record(archive, "有日期的正文", title="合同4", level=2, name="4.txt", document_date="2026-02-03")
    settle(archive, reader)
    done = numbering.accept(archive, house.old, [dated], HandOver("liaison"))
    assert done.accession is not None, done

    going = frozen(archive, house)

    assert dated in {line.record_id for line in lines(archive, going.id)}


def test_what_a_developer_brings_is_listed_before_it_is_counted(archive: Archive, house: House) -> None:
    developer = Outside("王工", "建设单位", "函 12 号")
    going = handover.plan(
        archive, house.new, Plan(Kind.TAKEOVER, receiver="second", supervisor="boss", outside=developer, site="YL02")
    )
    with pytest.raises(Conflict, match="nothing to hand over"):
        handover.freeze(archive, house.new, going.id)
    handover.add_line(archive, house.new, going.id, "竣工总平面图", pieces=1, number="A1-01")
    handover.add_line(archive, house.new, going.id, "消防验收意见书", pieces=12, number="A2-03")
    handover.remove_line(archive, house.new, going.id, 1)

    handover.freeze(archive, house.new, going.id)

    assert [(one.number, one.pieces) for one in lines(archive, going.id)] == [("A2-03", 12)]


# ---- Who leaves, who may ----


def test_who_keeps_something_cannot_leave_before_it_is_handed_over(archive: Archive, house: House) -> None:
    """T10."""
    with pytest.raises(Conflict, match="keeps 3 records"):
        people.deactivate(archive, OPERATOR, "keeper")
    seen = custody.leaving(archive, house.office.officer, "keeper")
    assert (seen.keeps, seen.may_go) == (3, False)
    going = frozen(archive, house)
    counted(archive, house, going.id)
    signed_by_all(archive, house, going.id)
    with pytest.raises(Conflict):
        people.deactivate(archive, OPERATOR, "keeper")
    handover_signing.complete(archive, house.new, going.id)

    assert not people.deactivate(archive, OPERATOR, "keeper").active


def test_what_somebody_still_keeps_is_told_to_them_and_to_no_namesake(archive: Archive, house: House) -> None:
    a_person(archive, "li")
    with archive.read() as tx:
        account = tx.people.by_login("li")
    assert account is not None
    li = people.as_actor(account.person)
    assert custody.leaving(archive, replace(li, name="李"), "li").keeps == 0

    with pytest.raises(Denied):
        custody.leaving(archive, replace(li, name="keeper"), "keeper")


def test_who_files_a_record_keeps_it(archive: Archive, house: House) -> None:
    with archive.read() as tx:
        assert tx.custody.open_of(house.new.id) == 0
    record_id = a_record(archive, "待归档", title="待归档", class_code="", name="w.txt")
    record = records.view(archive, house.new, record_id).record
    said = records.Description("待归档", "HT02", 1, "JF01", "SWB")

    records.describe(archive, house.new, record_id, said, revision=record.revision, filing=True)

    assert keepers(archive, record_id) == [house.new.id]


def test_a_handover_does_not_exist_for_who_has_nothing_to_do_with_it(archive: Archive, house: House) -> None:
    going = frozen(archive, house)

    with pytest.raises(NotFound):
        handover_desk.show(archive, house.office.borrower, going.id)
    assert handover_desk.listed(archive, house.office.borrower) == []
    assert handover_desk.show(archive, house.boss, going.id).hidden == frozenset()
    uncleared = a_person(archive, "auditor", "auditor", clearance=1)
    assert len(handover_desk.show(archive, uncleared, going.id).hidden) == 6


def test_who_plans_a_handover_without_a_part_in_it_learns_no_titles(archive: Archive, house: House) -> None:
    stranger = a_person(archive, "stranger", "records_liaison", clearance=3, sites=("YL02",), department="KFB")
    wanted = Plan(Kind.CUSTODIAN, giver="keeper", receiver="second", supervisor="boss", reason="调岗")
    going = handover.plan(archive, stranger, wanted)
    handover.freeze(archive, house.old, going.id)

    shown = handover_desk.show(archive, stranger, going.id)

    assert shown.hidden == {line.position for line in shown.lines}


def test_nobody_plans_themselves_into_the_titles_of_somebody_elses_records(archive: Archive, house: House) -> None:
    """Giver and receiver are named without being asked: the list is written down when the keeper says so."""
    prier = a_person(archive, "prier", "class_owner", "records_liaison", clearance=3, sites=("YL02",), department="KFB")
    going = handover.plan(
        archive, prier, Plan(Kind.CUSTODIAN, giver="keeper", receiver="second", supervisor="prier", reason="抽查")
    )

    for somebody in (prier, house.new):
        with pytest.raises(Denied, match="giver freezes"):
            handover.freeze(archive, somebody, going.id)
    assert "freeze" not in handover_desk.show(archive, prier, going.id).may
    assert handover_desk.show(archive, prier, going.id).lines == []
    assert "freeze" in handover_desk.show(archive, house.old, going.id).may


def test_what_a_handover_changed_of_rights_is_told_of_any_day(archive: Archive, house: House, clock: Clock) -> None:
    away = a_person(archive, "away", "document_controller", clearance=3, sites=("YL02",), department="DAS")
    going = frozen(archive, house, receiver="away")
    handover_counting.check_files(archive, going.id)
    for record_id in house.papers:
        handover_counting.scan(archive, away, going.id, record_id)
    for actor, part in ((house.old, Part.GIVER), (away, Part.RECEIVER), (house.boss, Part.SUPERVISOR)):
        sign(archive, actor, going.id, part)
    before = clock.at
    clock.advance(hours=1)
    handover_signing.complete(archive, house.boss, going.id)
    clock.advance(hours=1)

    def custodians(at: datetime) -> set[str]:
        seers = auditing.who_could_see(archive, OPERATOR, house.papers[0], at).seers
        return {seer.person.login for seer in seers if any(right.rule == "custodian" for right in seer.read)}

    assert custodians(before) == {"keeper", "second"}
    assert custodians(clock.at) == {"away", "second"}


def test_somebody_who_is_not_cleared_does_not_sign_for_secrets(archive: Archive, house: House) -> None:
    a_person(archive, "junior", "document_controller", clearance=1)
    going = planned(archive, house, receiver="junior")

    with pytest.raises(Conflict, match="not cleared"):
        handover.freeze(archive, house.old, going.id)


def test_of_what_is_frozen_no_copy_is_made_and_no_lock_is_opened(archive: Archive, house: House) -> None:
    worker.until_idle(archive)
    loan = lending.request(archive, house.office.borrower, Wish(((house.papers[0], Form.COPY),), "诉讼举证", 5))
    for approver in (house.office.head, house.office.owner):
        lending.decide(archive, approver, loan.id, yes=True)
    frozen(archive, house)

    with pytest.raises(Conflict) as copied:
        certified_copies.make(archive, house.new, loan.id, house.papers[0])
    with pytest.raises(Conflict) as unlocked:
        unlocking.unlock(archive, house.old, house.papers[0], "x")

    assert (copied.value.code, unlocked.value.code) == ("frozen", "frozen")


def test_the_list_in_three_copies_counts_each_line_once_and_says_what_nobody_has_counted(
    archive: Archive, house: House
) -> None:
    going = frozen(archive, house)
    counted(archive, house, going.id, but=(house.papers[2],))

    sheets = reports.print_out(archive, house.old, "handover", {"handover": going.number}, form="xlsx", language="zh")

    book = openpyxl.load_workbook(io.BytesIO(sheets.content))
    said = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(f"共 {len(lines(archive, going.id))} 行" in one for one in said)
    assert said.count("未清点") == 2 * 3, "in the head and in the line of the paper, in each copy"
