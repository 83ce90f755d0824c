"""What looks unusual is noticed once, told to the security officer, and closed by somebody else."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from access.rules import Action, Denied
from archive import alerting, records, signing_in
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotSignedIn
from tests.builders import Office, a_person, a_record, an_office, now
from tests.conftest import Clock


@pytest.fixture
def office(archive: Archive, clock: Clock) -> Office:
    archive.settings = replace(archive.settings, reads_per_hour=3, refusals_per_hour=3, office_hours="07:00-20:00")
    clock.at = datetime(2026, 3, 2, 10, 0).astimezone(UTC)  # ten in the morning at the server
    return an_office(archive)


def raised(archive: Archive, office: Office) -> list[tuple[str, str, int]]:
    return [(one.person_id, one.kind, one.count) for one in alerting.board(archive, office.officer).alerts]


def test_many_records_in_an_hour_are_noticed_once_and_told_to_the_security_officer(
    archive: Archive, office: Office
) -> None:
    ids = [a_record(archive, f"正文{n}", level=2, name=f"{n}.txt") for n in range(5)]
    for record_id in ids[:3]:
        records.text(archive, now(archive, office.owner), record_id)
        records.text(archive, now(archive, office.owner), record_id)
    assert alerting.sweep(archive) == 0, "the same record read twice is one record"

    for record_id in ids[3:]:
        records.text(archive, now(archive, office.owner), record_id)
        alerting.sweep(archive)

    assert raised(archive, office) == [(office.owner.id, "many-reads", 5)]
    assert alerting.sweep(archive) == 0
    with archive.read() as tx:
        assert [notice.kind for notice in tx.notices.of(office.officer.id)] == ["alert.raised"]


def test_reading_out_of_hours_is_noticed(archive: Archive, office: Office, clock: Clock) -> None:
    record_id = a_record(archive, level=2)
    clock.advance(hours=12)
    records.text(archive, now(archive, office.owner), record_id)

    assert alerting.sweep(archive) == 1
    assert raised(archive, office) == [(office.owner.id, "off-hours", 1)]


def test_refusals_are_written_down_and_many_of_them_noticed(archive: Archive, office: Office) -> None:
    denied = Denied(Action.READ, "not-in-scope", "x")
    for _ in range(50):
        alerting.refused(archive, office.borrower, denied, "r" * 16)
    alerting.sweep(archive)

    assert raised(archive, office) == [(office.borrower.id, "refusals", alerting.REFUSALS_LOGGED_PER_MINUTE)], (
        "a flood fills no ledger"
    )


def test_guessing_a_password_is_noticed_as_refusals(archive: Archive, office: Office) -> None:
    for _ in range(4):
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(archive, "borrower", "Wrong-Password-1")
    alerting.sweep(archive)

    assert raised(archive, office) == [(office.borrower.id, "refusals", 4)]


def test_an_alert_is_closed_with_a_finding_and_never_by_whom_it_is_about(archive: Archive, office: Office) -> None:
    denied = Denied(Action.SEE_LEDGER, "not-your-duty", "x")
    for _ in range(4):
        alerting.refused(archive, office.officer, denied)
    alerting.sweep(archive)
    (alert,) = alerting.board(archive, office.officer).alerts

    with pytest.raises(Conflict) as own:
        alerting.close(archive, office.officer, alert.id, "没事")
    assert own.value.code == "own-alert"
    with pytest.raises(Denied):
        alerting.board(archive, office.keeper)
    auditor = a_person(archive, "auditor", "auditor")
    with pytest.raises(Invalid):
        alerting.close(archive, auditor, alert.id, " ")
    alerting.close(archive, auditor, alert.id, "误点，已核实")
    with pytest.raises(Conflict):
        alerting.close(archive, auditor, alert.id, "再来")
    assert alerting.board(archive, auditor).alerts[0].finding == "误点，已核实"
