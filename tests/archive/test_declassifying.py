"""A level goes down by two people and no other way (INV-18)."""

from datetime import timedelta

import pytest

from access.actors import Actor
from access.handovers import Kind
from access.rules import Denied
from archive import declassifying, handover, records
from archive.app import Archive
from archive.declassifying import Lowering
from archive.errors import Conflict, Invalid, NotFound
from archive.handover import Plan
from tests.builders import Office, a_record, an_office
from tests.conftest import Clock


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


def level_of(archive: Archive, record_id: str) -> int:
    with archive.read() as tx:
        return tx.records.get(record_id).level


def in_days(archive: Archive, days: int, level: int = 1) -> Lowering:
    return Lowering(level, "合同已履行完毕", archive.now().astimezone().date() + timedelta(days=days))


def test_a_level_goes_down_on_its_day_when_somebody_else_has_agreed(
    archive: Archive, office: Office, clock: Clock
) -> None:
    record_id = a_record(archive, level=2)
    proposal = declassifying.propose(archive, office.keeper, record_id, in_days(archive, 10))
    declassifying.decide(archive, office.owner, proposal.id, yes=True)
    assert declassifying.sweep(archive) == 0
    assert level_of(archive, record_id) == 2

    clock.advance(days=10)

    assert declassifying.sweep(archive) == 1
    assert declassifying.sweep(archive) == 0
    assert level_of(archive, record_id) == 1
    with archive.read() as tx:
        assert record_id in tx.index_queue.ids()
        line = tx.ledger.lines(subject_id=record_id, limit=1)[0]
    assert (line.action, line.payload["before"]) == ("record.declassified", [2, 0])


def test_one_record_that_is_frozen_keeps_no_other_waiting(archive: Archive, office: Office, clock: Clock) -> None:
    ids = [a_record(archive, f"正文{n}", level=2, name=f"{n}.txt") for n in range(3)]
    for record_id in ids:
        proposal = declassifying.propose(archive, office.keeper, record_id, in_days(archive, 10))
        declassifying.decide(archive, office.owner, proposal.id, yes=True)
    wanted = Plan(Kind.ACCESSION, giver="owner", receiver="keeper", supervisor="head", department="SWB", site="JF01")
    going = handover.plan(archive, office.keeper, wanted)
    with archive.write() as tx:
        tx.handovers.freeze(going.id, {ids[1]})
    clock.advance(days=10)

    assert declassifying.sweep(archive) == 2
    assert [level_of(archive, one) for one in ids] == [1, 2, 1]
    with archive.write() as tx:
        tx.handovers.thaw(going.id)
    assert declassifying.sweep(archive) == 1


def test_due_already_it_is_done_as_soon_as_the_second_person_agrees(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2)
    proposal = declassifying.propose(archive, office.keeper, record_id, in_days(archive, 0, level=0))

    done = declassifying.decide(archive, office.officer, proposal.id, yes=True)

    assert done.done_at is not None
    assert level_of(archive, record_id) == 0


def test_an_event_is_waited_for_until_somebody_has_seen_it(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2)
    proposal = declassifying.propose(archive, office.owner, record_id, Lowering(1, "招标", event="中标公告发布"))
    with pytest.raises(Conflict):
        declassifying.has_happened(archive, office.keeper, proposal.id)
    declassifying.decide(archive, office.officer, proposal.id, yes=True)
    assert level_of(archive, record_id) == 2

    declassifying.has_happened(archive, office.keeper, proposal.id)

    assert level_of(archive, record_id) == 1


def test_nobody_agrees_to_their_own_proposal(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2)
    proposal = declassifying.propose(archive, office.owner, record_id, in_days(archive, 0))

    with pytest.raises(Conflict) as own:
        declassifying.decide(archive, office.owner, proposal.id, yes=True)
    assert own.value.code == "second-person"
    for nobody in (office.second_keeper, office.colleague):
        with pytest.raises(Denied):
            declassifying.decide(archive, nobody, proposal.id, yes=True)
    assert level_of(archive, record_id) == 2


def test_a_refusal_has_a_reason_and_ends_it(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2)
    proposal = declassifying.propose(archive, office.keeper, record_id, in_days(archive, 0))
    with pytest.raises(Conflict) as bare:
        declassifying.decide(archive, office.officer, proposal.id, yes=False)
    assert bare.value.code == "no-reason"

    declassifying.decide(archive, office.officer, proposal.id, yes=False, remark="仍在诉讼中")

    assert level_of(archive, record_id) == 2
    with pytest.raises(Conflict):
        declassifying.decide(archive, office.final, proposal.id, yes=True)
    assert declassifying.propose(archive, office.keeper, record_id, in_days(archive, 0)).open


def test_what_changed_meanwhile_is_not_what_was_agreed(archive: Archive, office: Office, clock: Clock) -> None:
    record_id = a_record(archive, level=1)
    proposal = declassifying.propose(archive, office.keeper, record_id, in_days(archive, 5, level=0))
    declassifying.decide(archive, office.officer, proposal.id, yes=True)
    with archive.read() as tx:
        record = tx.records.get(record_id)
    said = records.Description(record.title, record.class_code, 2, record.site, record.department)
    records.describe(archive, office.keeper, record_id, said, revision=record.revision, filing=False)

    clock.advance(days=6)
    declassifying.sweep(archive)

    assert level_of(archive, record_id) == 2
    with archive.read() as tx:
        assert tx.declassifications.get(proposal.id).void


@pytest.mark.parametrize(
    "lowering",
    [
        Lowering(2, "x", event="e"),
        Lowering(3, "x", event="e"),
        Lowering(1, " ", event="e"),
        Lowering(1, "x"),
    ],
)
def test_what_makes_no_sense_is_refused(archive: Archive, office: Office, lowering: Lowering) -> None:
    record_id = a_record(archive, level=2)

    with pytest.raises(Conflict):
        declassifying.propose(archive, office.keeper, record_id, lowering)


def test_there_is_one_proposal_at_a_time(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2)
    declassifying.propose(archive, office.keeper, record_id, in_days(archive, 1))

    with pytest.raises(Conflict) as second:
        declassifying.propose(archive, office.owner, record_id, in_days(archive, 2))

    assert second.value.code == "proposed-already"


def test_a_hidden_record_has_no_proposals(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=3)
    proposal = declassifying.propose(archive, office.keeper, record_id, in_days(archive, 1, level=2))
    outsider: Actor = office.colleague

    with pytest.raises(NotFound):
        declassifying.propose(archive, outsider, record_id, in_days(archive, 1))
    with pytest.raises(NotFound):
        declassifying.decide(archive, outsider, proposal.id, yes=True)
    assert declassifying.board(archive, outsider).entries == []
    assert [one.proposal.id for one in declassifying.board(archive, office.officer).entries] == [proposal.id]


def test_no_correction_of_the_description_lowers_a_level_or_what_is_personal(archive: Archive, office: Office) -> None:
    """INV-18 has one door only."""
    record_id = a_record(archive, level=2, class_code="KH01")
    with archive.read() as tx:
        record = tx.records.get(record_id)
    assert record.pii > 0

    lower = records.Description("题名", "KH01", 1, "JF01", "SWB")
    with pytest.raises(Invalid) as refused:
        records.describe(archive, office.keeper, record_id, lower, revision=record.revision, filing=False)
    assert refused.value.code == "level-lowered"
    another_class = records.Description("题名", "HT02", 2, "JF01", "SWB")
    records.describe(archive, office.keeper, record_id, another_class, revision=record.revision, filing=False)
    with archive.read() as tx:
        assert tx.records.get(record_id).pii == record.pii
