"""The attacks of the threat model (docs/threats.md), each tried for real, each failing to succeed."""

import io
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from access.actors import OPERATOR, PEOPLE_ROLES, Actor, Role
from access.loans import Form
from access.rules import Denied
from archive import (
    anchoring,
    chasing,
    checking,
    counter,
    deputies,
    granting,
    intake,
    lending,
    passwords,
    people,
    records,
    signing_in,
    tokens,
    worker,
)
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.granting import Wanted
from archive.intake import Claims
from archive.lending import Wish
from archive.people import NewPerson, Rights
from tests.archive.test_anchoring import rewritten
from tests.builders import Office, a_person, a_record, an_office, now, untold
from tests.conftest import Clock
from tests.web.conftest import Visitor, browser_of
from web.create_app import create_app


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


@pytest.fixture
def app(archive: Archive) -> Flask:
    return create_app(archive)


def catalogue(archive: Archive) -> Path:
    return archive.settings.home / "catalogue.db"


def by_hand(archive: Archive, *statements: str) -> None:
    """What somebody does who has the database in their hands."""
    with closing(sqlite3.connect(catalogue(archive))) as db, db:
        for statement in statements:
            db.execute(statement)


def opened(archive: Archive, office: Office, record_id: str) -> str:
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "应诉", 3))
    for approver in (office.head, office.owner):
        lending.decide(archive, approver, loan.id, yes=True)
    return loan.id


# ---- T1: delete or overwrite evidence ----


def test_t1_no_address_deletes_a_record_whoever_asks(archive: Archive, app: Flask) -> None:
    record_id = a_record(archive, level=1)
    for role in PEOPLE_ROLES:
        a_person(archive, role.value, role.value, clearance=3)
        visitor = browser_of(app, archive, role.value)
        token = {"X-CSRFToken": visitor.form_token()}
        for address in (
            f"/records/{record_id}",
            f"/api/v1/records/{record_id}",
            f"/api/v1/records/{record_id}/content",
        ):
            assert visitor.client.delete(address, headers=token).status_code in (403, 404, 405), (role, address)
    with archive.read() as tx:
        assert tx.records.get(record_id).lifecycle == "filed"


def test_t1_bytes_changed_on_the_disk_are_noticed_and_never_shown(archive: Archive) -> None:
    record_id = a_record(archive, "投诉记录原文", level=1)
    stored = next(path for path in archive.settings.objects.rglob("*") if path.is_file())
    stored.chmod(0o600)
    spoilt = bytearray(stored.read_bytes())
    spoilt[-1] ^= 1
    stored.write_bytes(spoilt)

    found = checking.verify(archive, OPERATOR).findings

    assert {finding.kind for finding in found if finding.serious} >= {"object-damaged"}
    with pytest.raises(Exception, match="changed"):
        b"".join(records.original(archive, OPERATOR, record_id)[1])


# ---- T2: keep it in a drawer ----


def test_t2_a_file_that_reached_the_archive_cannot_be_made_not_to_have(archive: Archive) -> None:
    """Once handed in, somebody's word that there was nothing does not help: line and bytes stay."""
    again = [
        intake.hand_in(archive, OPERATOR, io.BytesIO(b"complaint"), "c.txt", Claims(site="JF01"), door="command")
        for _ in range(2)
    ]

    assert again[0].record_id == again[1].record_id
    with archive.read() as tx:
        assert [one.action for one in tx.ledger.lines(subject_id=again[0].record_id)][-1] == "record.captured"


# ---- T3: let it be destroyed quietly ----


def test_t3_time_alone_destroys_nothing(archive: Archive, clock: Clock) -> None:
    record_id = a_record(archive, level=1)
    clock.advance(days=365 * 40)
    chasing.sweep(archive)
    worker.until_idle(archive)

    assert records.view(archive, OPERATOR, record_id).record.lifecycle == "filed"


# ---- T4: backdate ----


def test_t4_a_date_that_is_claimed_is_kept_as_a_claim_beside_the_servers(archive: Archive, clock: Clock) -> None:
    record_id = a_record(archive, document_date="2019-03-01")

    record = records.view(archive, OPERATOR, record_id).record

    assert record.document_date is not None
    assert record.document_date.isoformat() == "2019-03-01"
    assert record.captured_at == clock.at


# ---- T5: edit rows, cut off, rewrite ----


def test_t5_a_line_edited_in_the_database_is_refused_and_forced_it_is_named(archive: Archive) -> None:
    a_record(archive)
    edit = """UPDATE ledger SET actor = 'nobody' WHERE seq = 3"""
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        by_hand(archive, edit)

    by_hand(archive, "DROP TRIGGER ledger_no_update", edit)

    assert [(fault.kind, fault.seq) for fault in anchoring.verify(archive, OPERATOR).faults] == [("edited", 3)]


def test_t5_a_record_edited_in_the_database_is_named_by_the_next_check(archive: Archive) -> None:
    """Lowered, moved to another site, or made to vanish: the ledger tells what it was."""
    ids = [a_record(archive, f"第 {n} 份", level=2) for n in range(4)]
    assert untold(archive) == []
    for record_id, edit in zip(ids, ("level = 0", "site = 'YL02'", "lifecycle = 'quarantined'"), strict=False):
        by_hand(archive, f"UPDATE records SET {edit} WHERE id = '{record_id}'")

    found = [one for one in checking.verify(archive, OPERATOR).findings if one.kind == "record-untold"]

    assert sorted(one.subject for one in found) == sorted(ids[:3])
    assert all(one.serious for one in found)


def test_t5_a_ledger_that_was_cut_off_is_found_by_its_head_and_by_an_anchor(archive: Archive, tmp_path: Path) -> None:
    a_record(archive)
    anchor = anchoring.to_file(archive, OPERATOR, tmp_path)
    by_hand(archive, "DROP TRIGGER ledger_no_delete", f"DELETE FROM ledger WHERE seq >= {anchor.seq}")
    assert "cut-off" in {fault.kind for fault in anchoring.verify(archive, OPERATOR).faults}


def test_t5_a_ledger_rewritten_from_its_beginning_does_not_fit_the_anchor(archive: Archive, tmp_path: Path) -> None:
    a_record(archive)
    anchor = anchoring.to_file(archive, OPERATOR, tmp_path)
    rewritten(archive, {1: json.dumps({"forged": True})})

    assert anchoring.verify(archive, OPERATOR).whole, "inside, nothing shows it: that is what anchors are for"
    proof = anchoring.verify(archive, OPERATOR, anchoring.notes_in(tmp_path))
    assert [(fault.kind, fault.seq) for fault in proof.faults] == [("rewritten", anchor.seq)]


def test_t5_an_approval_written_into_the_tables_is_in_no_line_of_the_ledger(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2)
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "应诉", 3))
    by_hand(archive, f"UPDATE loan_approvals SET decision = 'approved', decided_by = '{office.head.id}'")

    assert not records.view(archive, now(archive, office.borrower), record_id).may_read
    with archive.read() as tx:
        assert [one.action for one in tx.ledger.lines(subject_id=loan.id)] == ["loan.requested"]


# ---- T6: an administrator lets themselves in ----


def test_t6_a_system_administrator_reads_nothing_whatever_they_ask(archive: Archive, app: Flask) -> None:
    record_id = a_record(archive, level=0)
    a_person(archive, "machinist", "sysadmin", clearance=3)
    visitor = browser_of(app, archive, "machinist")

    for address in (
        f"/records/{record_id}",
        f"/records/{record_id}/content",
        f"/records/{record_id}/pages/1",
        f"/api/v1/records/{record_id}/text",
        "/ledger",
        "/access?login=machinist",
    ):
        assert visitor.get(address).status_code in (403, 404), address
    answer = visitor.get("/api/v1/search").json
    assert answer is not None
    assert answer["total"] == 0


def test_t6_nobody_gives_themselves_rights_by_any_door(archive: Archive, app: Flask, office: Office) -> None:
    machinist = a_person(archive, "machinist", "sysadmin")
    opened_, _ = people.open_account(archive, machinist, NewPerson("puppet", "傀儡", frozenset()))
    assert opened_.roles == frozenset()
    all_ = Rights(frozenset({"document_controller"}), 3, "", frozenset())
    for attempt in (
        lambda: people.change_rights(archive, machinist, "puppet", all_),
        lambda: people.change_rights(archive, machinist, "machinist", all_),
        lambda: people.change_rights(archive, office.officer, "officer", all_),
        lambda: people.add(archive, machinist, NewPerson("x", "", frozenset({"borrower"})), "Long-Enough-77"),
        lambda: tokens.create_token(archive, machinist, "keeper"),
        lambda: passwords.reset_password(archive, machinist, "keeper"),
        lambda: granting.give(archive, office.officer, "officer", _wanted(archive)),
        lambda: granting.give(archive, machinist, "machinist", _wanted(archive)),
    ):
        with pytest.raises((Denied, Conflict)):
            attempt()
    visitor = browser_of(app, archive, "officer")
    form = {"role": ["document_controller"], "clearance": "3", "site": ["JF01"]}
    assert visitor.post("/people/officer", form).status_code == 422
    with archive.read() as tx:
        account = tx.people.by_login("officer")
    assert account is not None
    assert account.person.roles == frozenset({"security_officer"})


def test_t6_half_of_a_new_password_opens_nothing(archive: Archive, office: Office) -> None:
    machinist = a_person(archive, "machinist", "sysadmin")
    half = passwords.ask_reset(archive, machinist, "keeper")

    with pytest.raises(Exception, match="wrong"):
        signing_in.sign_in(archive, "keeper", half)


# ---- T7: approve one's own, by a stale deputy, afterwards ----


def test_t7_nobody_approves_their_own_request(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2)
    loan = lending.request(archive, office.head, Wish(((record_id, Form.DIGITAL),), "应诉", 3))

    with pytest.raises((Conflict, Denied)):
        lending.decide(archive, office.head, loan.id, yes=True)


def test_t7_a_deputy_whose_time_is_over_decides_nothing(archive: Archive, office: Office, clock: Clock) -> None:
    deputy = a_person(archive, "deputy", clearance=3)
    deputies.delegate(archive, office.head, "deputy", clock.at, clock.at + timedelta(days=2))
    record_id = a_record(archive, level=2)
    clock.advance(days=2, minutes=1)
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "应诉", 3))

    with pytest.raises((Conflict, Denied, NotFound)):
        lending.decide(archive, deputy, loan.id, yes=True)


def test_t7_nothing_is_approved_after_it_was_refused(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2)
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.DIGITAL),), "应诉", 3))
    lending.decide(archive, office.head, loan.id, yes=False, reason="无关")

    with pytest.raises(Conflict):
        lending.decide(archive, office.final, loan.id, yes=True)


# ---- T8: pass the link on, harvest ----


def test_t8_an_address_copied_into_another_session_opens_nothing(archive: Archive, app: Flask, office: Office) -> None:
    record_id = a_record(archive, "抗辩要点\n" * 50, level=2)
    worker.until_idle(archive)
    opened(archive, office, record_id)
    address = f"/records/{record_id}/pages/1"
    mine, elsewhere = browser_of(app, archive, "borrower"), browser_of(app, archive, "borrower")
    assert mine.get(address).status_code == 200

    for other in (elsewhere, browser_of(app, archive, "colleague"), Visitor(app.test_client())):
        assert other.get(address).status_code in (303, 403, 404)


def test_t8_who_turns_pages_faster_than_anybody_reads_is_slowed_down_and_reported(
    archive: Archive, app: Flask, office: Office
) -> None:
    archive.settings = replace(archive.settings, pages_per_minute=3)
    record_id = a_record(archive, "第一条 正文\n" * 400, level=2)
    worker.until_idle(archive)
    opened(archive, office, record_id)
    reader = browser_of(app, archive, "borrower")

    answers = [reader.get(f"/records/{record_id}/pages/{page}").status_code for page in (1, 2, 3, 4)]

    assert answers == [200, 200, 200, 429]
    with archive.read() as tx:
        assert "reading.throttled" in {notice.kind for notice in tx.notices.of(office.officer.id)}


# ---- T9: pages are missing ----


def test_t9_a_paper_that_came_back_with_a_page_less_cannot_be_closed(archive: Archive, office: Office) -> None:
    record_id = a_record(archive, level=2, shelf_location="A-01")
    loan = lending.request(archive, office.borrower, Wish(((record_id, Form.PAPER),), "应诉", 3))
    for approver in (office.head, office.owner):
        lending.decide(archive, approver, loan.id, yes=True)
    counter.issue(archive, office.keeper, record_id, pages=12, condition="good")
    counter.take_back(archive, office.keeper, record_id, pages=11, condition="good", note="缺第7页")

    with pytest.raises(Conflict):
        lending.close(archive, office.keeper, loan.id)


# ---- T10: the account of a leaver ----


def test_t10_sessions_tokens_and_loans_of_a_leaver_die_with_the_account(
    archive: Archive, app: Flask, office: Office
) -> None:
    record_id = a_record(archive, level=2)
    opened(archive, office, record_id)
    token = tokens.create_token(archive, OPERATOR, "borrower")
    browser = browser_of(app, archive, "borrower")
    assert browser.get("/").status_code == 200

    people.deactivate(archive, OPERATOR, "borrower")

    assert browser.get("/").status_code == 303
    bearer = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/search", headers=bearer).status_code == 401
    with archive.read() as tx:
        assert tx.loans.open_for(office.borrower.id, archive.now()) == frozenset()


# ---- T11: learn from what is hidden ----


def test_t11_hidden_and_absent_are_the_same_answer(archive: Archive, app: Flask) -> None:
    """Every address there is is tried in tests/web/test_leaks.py; this is the shape of it."""
    hidden = a_record(archive, "收购方案", level=3, title="收购方案")
    a_person(archive, "curious", clearance=1)
    visitor = browser_of(app, archive, "curious")

    answers = [visitor.get(f"/api/v1/records/{one}") for one in (hidden, "0" * 16)]

    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].json == answers[1].json


# ---- T21: the clock ----


def test_t21_nothing_is_written_when_the_clock_was_set_back(archive: Archive, clock: Clock) -> None:
    a_record(archive)
    clock.advance(minutes=-10)

    with pytest.raises(Conflict) as refused:
        a_record(archive, "倒签", name="b.txt")

    assert refused.value.code == "clock-set-back"


def test_t21_a_clock_set_ahead_and_back_again_leaves_a_line_that_says_so(archive: Archive, clock: Clock) -> None:
    clock.advance(days=30)
    a_record(archive, "写于未来")
    clock.advance(days=-30, minutes=1)
    with pytest.raises((Denied, Invalid)):
        checking.correct_clock(archive, Actor("x", "x", frozenset({Role.SYSADMIN})), "x")
    checking.correct_clock(archive, OPERATOR, "电池")

    with archive.read() as tx:
        assert tx.ledger.lines(limit=1)[0].action == "ledger.clock-corrected"


def _wanted(archive: Archive) -> Wanted:
    return Wanted(2, "查档", archive.now() + timedelta(days=1))
