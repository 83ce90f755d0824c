"""Rights for a while: given by one, confirmed by another, in force from an instant until an instant."""

from dataclasses import replace
from datetime import timedelta

import pytest

from access.actors import OPERATOR
from access.rules import Action, Denied, scope
from archive import granting, records, telling
from archive.acting import as_actor
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.granting import Wanted
from tests.builders import Office, a_person, a_record, an_office, now
from tests.conftest import Clock


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


def wanted(
    archive: Archive, level: int = 2, days: float = 7, purpose: str = "年度内审", **more: frozenset[str]
) -> Wanted:
    return Wanted(level, purpose, archive.now() + timedelta(days=days), **more)


def may_read(archive: Archive, somebody: object, record_id: str) -> bool:
    return records.view(archive, now(archive, somebody), record_id).may_read  # type: ignore[arg-type]


def test_a_grant_of_level_two_opens_nothing_before_a_second_person_has_confirmed_it(
    archive: Archive, office: Office, clock: Clock
) -> None:
    record_id = a_record(archive, level=2)
    grant = granting.give(archive, office.officer, "borrower", wanted(archive, classes=frozenset({"HT02"})))
    assert not may_read(archive, office.borrower, record_id)

    granting.confirm(archive, office.final, grant.id)
    assert may_read(archive, office.borrower, record_id)

    clock.advance(days=8)
    assert not may_read(archive, office.borrower, record_id)


def test_a_grant_below_level_two_works_at_once_and_only_within_what_it_names(archive: Archive, office: Office) -> None:
    inside = a_record(archive, "甲", level=1, department="SWB", class_code="AQ02")
    elsewhere = a_record(archive, "乙", level=1, department="GCB", class_code="AQ02")
    granting.give(
        archive,
        office.officer,
        "borrower",
        Wanted(1, "查档", archive.now() + timedelta(days=1), pii_max=1, departments=frozenset({"SWB"})),
    )

    assert may_read(archive, office.borrower, inside)
    assert not may_read(archive, office.borrower, elsewhere)


def test_nobody_gives_to_themselves_nor_confirms_what_they_gave_or_get(archive: Archive, office: Office) -> None:
    """T6: neither alone nor by being their own second person."""
    with pytest.raises(Conflict) as own:
        granting.give(archive, office.officer, "officer", wanted(archive))
    assert own.value.code == "own-rights"
    grant = granting.give(archive, office.officer, "final", wanted(archive))
    for second in (office.officer, office.final):
        with pytest.raises(Conflict) as refused:
            granting.confirm(archive, second, grant.id)
        assert refused.value.code == "second-person"
    for nobody in (office.borrower, office.keeper):
        with pytest.raises(Denied):
            granting.give(archive, nobody, "borrower", wanted(archive))
        with pytest.raises(Denied):
            granting.confirm(archive, nobody, grant.id)


def test_a_grant_reaches_no_higher_than_the_clearance_of_its_holder(archive: Archive, office: Office) -> None:
    a_person(archive, "low", clearance=1)

    with pytest.raises(Conflict) as refused:
        granting.give(archive, office.officer, "low", wanted(archive))

    assert refused.value.code == "clearance"


def test_the_system_administrator_is_given_nothing(archive: Archive, office: Office) -> None:
    with pytest.raises(Conflict) as refused:
        granting.give(archive, office.officer, "admin", Wanted(0, "查档", archive.now() + timedelta(days=1)))

    assert refused.value.code == "runs-the-archive"


@pytest.mark.parametrize(
    ("days", "purpose", "code"), [(400, "查档", "grant-dates"), (-1, "查档", "grant-dates"), (1, " ", "no-purpose")]
)
def test_a_grant_has_an_end_and_a_purpose(
    archive: Archive, office: Office, days: float, purpose: str, code: str
) -> None:
    with pytest.raises(Conflict) as refused:
        granting.give(archive, office.officer, "borrower", wanted(archive, 1, days, purpose))

    assert refused.value.code == code


def test_a_grant_names_only_what_there_is(archive: Archive, office: Office) -> None:
    for codes in ({"classes": frozenset({"XX99"})}, {"sites": frozenset({"MARS"})}, {"departments": frozenset({"ZZ"})}):
        with pytest.raises(Invalid):
            granting.give(archive, office.officer, "borrower", wanted(archive, 1, **codes))
    with pytest.raises(NotFound):
        granting.give(archive, office.officer, "nobody", wanted(archive, 1))


def test_a_grant_is_withdrawn_at_once_and_confirmed_late_it_does_not_reach_back(
    archive: Archive, office: Office, clock: Clock
) -> None:
    record_id = a_record(archive, level=2)
    grant = granting.give(archive, office.officer, "borrower", wanted(archive))
    clock.advance(days=2)
    confirmed = granting.confirm(archive, office.final, grant.id)
    assert not confirmed.in_force(clock.at - timedelta(days=1))

    granting.end(archive, office.officer, grant.id)

    assert not may_read(archive, office.borrower, record_id)
    with pytest.raises(Conflict):
        granting.end(archive, office.officer, grant.id)
    with pytest.raises(Denied):
        granting.end(archive, office.colleague, grant.id)


def emergency(archive: Archive, hours: float = 4, level: int = 2) -> Wanted:
    return Wanted(level, "消防事故，需查竣工图", granting.hours_from(archive.now(), hours), pii_max=2)


def test_an_emergency_takes_two_people_lasts_four_hours_and_is_reviewed(
    archive: Archive, office: Office, clock: Clock
) -> None:
    """INV-30."""
    auditor = a_person(archive, "auditor", "auditor", clearance=3)
    record_id = a_record(archive, level=2)
    grant = granting.ask_emergency(archive, office.borrower, emergency(archive))
    assert not may_read(archive, office.borrower, record_id)
    assert told(archive, office.officer.id) == told(archive, auditor.id) == ["emergency.asked"]
    granting.confirm(archive, office.officer, grant.id)
    with pytest.raises(Conflict) as again:
        granting.confirm(archive, office.final, grant.id)
    assert again.value.code == "no-such-step"

    assert may_read(archive, office.borrower, record_id)
    assert "emergency.opened" in told(archive, auditor.id)
    with pytest.raises(Conflict) as early:
        granting.review(archive, auditor, grant.id, "属实")
    assert early.value.code == "still-open"

    clock.advance(hours=4)
    assert not may_read(archive, office.borrower, record_id)
    assert [one.id for one in granting.board(archive, auditor).to_review] == [grant.id]
    with pytest.raises(Invalid):
        granting.review(archive, auditor, grant.id, " ")
    with pytest.raises(Denied):
        granting.review(archive, office.officer, grant.id, "属实")
    granting.review(archive, auditor, grant.id, "属实，当日已归档")
    assert granting.board(archive, auditor).to_review == []


def test_an_emergency_is_not_longer_than_four_hours_whoever_writes_it(archive: Archive, office: Office) -> None:
    with pytest.raises(Conflict) as refused:
        granting.ask_emergency(archive, office.borrower, emergency(archive, 4.01))
    assert refused.value.code == "emergency-too-long"
    grant = granting.ask_emergency(archive, office.borrower, emergency(archive, 1))

    with pytest.raises(Conflict, match="four_hours"), archive.write() as tx:
        tx.grants.save(replace(grant, ends_at=grant.ends_at + timedelta(hours=9)), grant)


def test_everything_read_in_an_emergency_is_written_down_with_the_right_it_was_read_under(
    archive: Archive, office: Office
) -> None:
    """Also what would not be written down otherwise: level 1 of another department."""
    record_id = a_record(archive, level=1, class_code="KH01", department="SWB")
    grant = granting.ask_emergency(archive, office.borrower, emergency(archive))
    granting.confirm(archive, office.officer, grant.id)

    records.text(archive, now(archive, office.borrower), record_id)

    with archive.read() as tx:
        line = tx.ledger.lines(subject_id=record_id, limit=1)[0]
    assert (line.action, line.actor) == ("record.text-read", office.borrower.id)
    assert (line.payload["right"], line.payload["grant"]) == ("emergency", grant.id)


def test_every_reading_of_level_two_names_its_right_and_every_right_has_a_purpose(
    archive: Archive, office: Office
) -> None:
    """INV-29: standing rights are a post, the others carry a purpose that the tables demand."""
    record_id = a_record(archive, level=2)
    grant = granting.give(archive, office.officer, "borrower", wanted(archive))
    granting.confirm(archive, office.final, grant.id)
    for reader in (office.owner, office.keeper, office.borrower):
        records.text(archive, now(archive, reader), record_id)

    with archive.read() as tx:
        read = [one for one in tx.ledger.lines(subject_id=record_id) if one.action == "record.text-read"]
        purposes = {one.id: one.purpose for one in tx.grants.listed()}
    assert [one.payload["right"] for one in read] == ["granted", "custodian", "class-owner"]
    assert purposes[str(read[0].payload["grant"])]
    with pytest.raises(Conflict, match="purpose"), archive.write() as tx:
        tx.grants.save(replace(grant, purpose=""), tx.grants.get(grant.id))


def test_auditors_are_reminded_of_an_emergency_that_nobody_reviews(
    archive: Archive, office: Office, clock: Clock
) -> None:
    auditor = a_person(archive, "auditor", "auditor", clearance=3)
    grant = granting.ask_emergency(archive, office.borrower, emergency(archive))
    granting.confirm(archive, office.officer, grant.id)

    clock.advance(days=1)
    assert granting.overdue_reviews(archive) == 0
    clock.advance(days=3)
    assert granting.overdue_reviews(archive) == granting.overdue_reviews(archive) == 1

    assert told(archive, auditor.id).count("emergency.review-late") == 1


def told(archive: Archive, person_id: str) -> list[str]:
    with archive.read() as tx:
        return [notice.kind for notice in tx.notices.of(person_id)]


def test_what_a_grant_opens_is_found_by_searching_too(archive: Archive, office: Office) -> None:
    """INV-19: the clause that opens a page opens the search."""
    record_id = a_record(archive, level=1, site="YL02", class_code="AQ02")
    a_person(archive, "elsewhere", clearance=1, sites=("JF01",))
    granting.give(archive, office.officer, "elsewhere", Wanted(1, "支援", archive.now() + timedelta(days=1), pii_max=1))
    with archive.read() as tx:
        account = tx.people.by_login("elsewhere")
        assert account is not None
        somebody = as_actor(account.person)
        assert tx.records.admitted([record_id], scope(somebody, Action.FIND)) == {}
        at_door = now(archive, somebody)
        assert set(tx.records.admitted([record_id], scope(at_door, Action.FIND))) == {record_id}


def test_the_shell_may_give_but_is_no_second_person(archive: Archive, office: Office) -> None:
    grant = granting.give(archive, OPERATOR, "borrower", wanted(archive))

    with pytest.raises(Denied):
        granting.confirm(archive, OPERATOR, grant.id)
    assert "第二人" in telling.sentence(telling.inbox(archive, office.final)[0], "zh")
