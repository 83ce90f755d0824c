"""The pages of rights: who opens, gives, confirms, lowers, reviews and proves, each with their own hands."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

from flask import Flask

from access import factors
from archive import second_factor, signing_in
from archive.app import Archive
from tests.builders import PASSWORD, a_person, a_record, an_office
from tests.conftest import Clock
from tests.web.conftest import Visitor, browser_of

SignedIn = Callable[[str], Visitor]


def test_an_account_is_opened_by_one_and_given_rights_by_another(archive: Archive, signed_in: SignedIn):
    a_person(archive, "xitong", "sysadmin")
    a_person(archive, "baomi", "security_officer")
    machinist, officer = signed_in("xitong"), signed_in("baomi")

    page = machinist.post("/people/new", {"login": "wang", "name": "王工", "department": "GCB"}).text
    password = re.search(r'<code class="number">([^<]+)</code>', page)
    assert password is not None
    assert signing_in.sign_in(archive, "wang", password[1])
    assert "wang" in officer.get("/people").text
    assert machinist.post("/people/wang", {"role": "borrower", "clearance": "2"}).status_code == 422
    changed = officer.post("/people/wang", {"role": "borrower", "clearance": "2", "site": "JF01", "department": "GCB"})
    assert changed.status_code == 303
    assert "普通商密" in officer.get("/people").text
    assert officer.get("/people/new").status_code == 403


def test_all_that_is_wrong_with_a_new_account_is_said_at_once(archive: Archive, signed_in: SignedIn):
    a_person(archive, "xitong", "sysadmin")

    wrong = {"login": "wang wu", "name": "", "email": "wang", "department": "GCB", "site": "JF01"}
    answer = signed_in("xitong").post("/people/new", wrong)

    assert answer.status_code == 422
    for field in ("login", "name", "email"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-problem"' in answer.text
    assert 'value="wang wu"' in answer.text
    assert re.search(r'name="site" value="JF01" checked', answer.text)


def test_a_new_password_is_two_halves_on_two_screens(archive: Archive, signed_in: SignedIn):
    for login, role in (("xitong", "sysadmin"), ("baomi", "security_officer"), ("wang", "borrower")):
        a_person(archive, login, role)
    halves = []
    for login, deed in (("xitong", "ask-reset"), ("baomi", "confirm-reset")):
        found = re.search(r'<code class="number">([^<]+)</code>', signed_in(login).post(f"/people/wang/{deed}").text)
        assert found is not None
        halves.append(found[1])

    assert signing_in.sign_in(archive, "wang", "-".join(halves)).person.must_change_password


def test_a_grant_is_given_confirmed_and_withdrawn_on_its_page(archive: Archive, app: Flask, clock: Clock):
    an_office(archive)
    record_id = a_record(archive, level=2)
    officer, final, borrower = (browser_of(app, archive, login) for login in ("officer", "final", "borrower"))
    form = {"login": "borrower", "level": "2", "purpose": "年度内审", "classes": "HT02"}
    days = {"first": "2026-03-02", "last": "2026-03-09"}
    wrong = officer.post("/grants", {**form, "first": "x", "last": "y"})
    assert (wrong.status_code, "年度内审" in wrong.text) == (422, True)

    assert "没有这个用户名" in officer.post("/grants", {**form, **days, "login": "nobody"}).text

    assert officer.post("/grants", {**form, **days}).status_code == 303
    assert borrower.get(f"/api/v1/records/{record_id}/text").status_code == 403
    deed = re.search(r'action="(/grants/\w+/confirm)"', final.get("/grants").text)
    assert deed is not None
    assert "/confirm" not in officer.get("/grants").text, "not by whoever gave it"
    assert final.post(deed[1]).status_code == 303
    assert borrower.get(f"/api/v1/records/{record_id}/text").status_code == 200

    officer.post(deed[1].replace("confirm", "end"))
    assert borrower.get(f"/api/v1/records/{record_id}/text").status_code == 403


def test_an_emergency_is_asked_opened_and_reviewed_on_screen(archive: Archive, app: Flask, clock: Clock):
    an_office(archive)
    a_person(archive, "auditor", "auditor", clearance=3)
    borrower, officer, auditor = (browser_of(app, archive, login) for login in ("borrower", "officer", "auditor"))
    borrower.post("/grants/emergency", {"purpose": "火警", "level": "2", "pii": "0", "hours": "2"})
    too_long = borrower.post("/grants/emergency", {"purpose": "火警", "level": "2", "pii": "0", "hours": "9"})
    assert too_long.status_code == 422
    deed = re.search(r'action="(/grants/\w+/confirm)"', officer.get("/grants").text)
    assert deed is not None
    officer.post(deed[1])
    assert "火警" in auditor.get("/grants").text
    assert "/review" not in auditor.get("/grants").text

    clock.advance(hours=3)
    assert auditor.post(deed[1].replace("confirm", "review"), {"said": "属实"}).status_code == 303
    assert "属实" in auditor.get("/grants").text


def test_a_level_is_lowered_by_two_on_their_pages(archive: Archive, app: Flask):
    an_office(archive)
    record_id = a_record(archive, level=2)
    keeper, officer = browser_of(app, archive, "keeper"), browser_of(app, archive, "officer")
    address = f"/declassifications/of/{record_id}"
    assert f'href="{address}"' in keeper.get(f"/records/{record_id}").text
    assert keeper.post(address, {"level": "1", "reason": "x"}).status_code == 422
    assert keeper.post(address, {"level": "1", "reason": "已公开", "due_on": "2026-03-02"}).status_code == 303

    deed = re.search(r'action="(/declassifications/\w+/agree)"', officer.get("/declassifications").text)
    assert deed is not None
    assert officer.post(deed[1]).status_code == 303

    assert keeper.get(f"/api/v1/records/{record_id}").json["level"] == 1
    assert browser_of(app, archive, "borrower").get(address).status_code == 403


def test_the_auditor_sees_who_read_what_and_proves_the_ledger(archive: Archive, app: Flask):
    an_office(archive)
    a_person(archive, "auditor", "auditor", clearance=3)
    record_id = a_record(archive, level=2)
    browser_of(app, archive, "owner").get(f"/api/v1/records/{record_id}/text")
    auditor = browser_of(app, archive, "auditor")

    assert "owner" in auditor.get(f"/ledger/readings?record={record_id}").text
    asked = f"record={record_id}&from=2026-03-01&to=2026-03-02"
    page = auditor.get(f"/ledger/readings?{asked}").text
    assert f"/reports/readings.pdf?{asked}" in unescape(page)
    assert "owner" in auditor.get(f"/reports/readings.csv?{asked}").text
    assert "owner" not in auditor.get(f"/reports/readings.csv?record={record_id}&to=2020-01-01").text
    assert "物业服务合同" in auditor.get("/ledger/readings?login=owner").text
    assert "record.text-read" in auditor.get("/ledger?who=owner").text
    table = auditor.get("/ledger/export.csv?who=owner")
    assert table.mimetype == "text/csv"
    assert "record.text-read" in table.text
    assert "owner" in auditor.get(f"/access?record={record_id}&day=2026-03-02").text
    assert "完好" in auditor.get("/ledger/proof").text
    slip = auditor.post("/ledger/anchors", follow_redirects=True)
    assert slip.data.startswith(b"%PDF")
    forged = f"MUNIMENT-ANCHOR 1 {_archive(archive)} 3 {'a' * 64} 2026-03-02T04:00:00Z"
    assert "被篡改" in auditor.post("/ledger/proof", {"slip": forged}).text
    for login in ("officer", "keeper", "borrower"):
        assert browser_of(app, archive, login).get("/ledger").status_code == 403


def test_who_is_refused_stands_in_the_ledger(archive: Archive, app: Flask):
    a_person(archive, "curious")
    browser_of(app, archive, "curious").get("/ledger")

    with archive.read() as tx:
        line = tx.ledger.lines(limit=1)[0]
    assert (line.action, line.payload["wanted"]) == ("access.refused", "see-ledger")


def test_the_table_of_rights_is_open_to_everybody_in_both_languages(archive: Archive, signed_in: SignedIn):
    a_person(archive, "li")
    visitor = signed_in("li")
    assert "责任岗位" in visitor.get("/policy").text
    visitor.post("/preferences", {"language": "en"})
    assert "responsible post" in visitor.get("/policy").text


def test_signing_in_takes_a_code_where_a_telephone_is_set_up(archive: Archive, app: Flask, clock: Clock):
    a_person(archive, "li")
    visitor = browser_of(app, archive, "li")
    visitor.post("/account/telephone", {"deed": "begin"})
    secret = re.search(r'<code class="number">(\w+)</code>', visitor.get("/account/telephone").text)
    assert secret is not None
    assert visitor.post("/account/telephone", {"code": "000000"}).status_code == 422
    finished = visitor.post("/account/telephone", {"code": factors.code_at(secret[1], clock.at)}).text
    assert len(re.findall(r'<code class="number">', finished)) == 10
    clock.advance(minutes=2)

    fresh = Visitor(app.test_client())
    first = fresh.post("/sign-in", {"login": "li", "password": PASSWORD, "next": "/account"})
    assert first.headers["Location"] == "/sign-in/code"
    assert fresh.get("/account").status_code == 303, "the password alone opens nothing"
    page = fresh.get("/sign-in/code").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    assert fresh.client.post("/sign-in/code", data={"csrf_token": token[1], "code": "123456"}).status_code == 401
    code = factors.code_at(secret[1], clock.at)
    done = fresh.client.post("/sign-in/code", data={"csrf_token": token[1], "code": code})
    assert (done.status_code, done.headers["Location"]) == (303, "/account")
    assert fresh.get("/account").status_code == 200


def test_a_password_that_was_right_long_ago_is_asked_again(archive: Archive, app: Flask, clock: Clock):
    a_person(archive, "li")
    person = signing_in.sign_in(archive, "li", PASSWORD).person
    secret = second_factor.begin(archive, person).secret
    second_factor.finish(archive, person, factors.code_at(secret, clock.at))
    visitor = Visitor(app.test_client())
    visitor.post("/sign-in", {"login": "li", "password": PASSWORD})

    clock.advance(minutes=6)

    assert visitor.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_a_role_that_needs_a_telephone_goes_nowhere_before_it_is_set_up(archive: Archive, app: Flask):
    archive.settings = replace(archive.settings, second_factor_roles="security_officer")
    a_person(archive, "baomi", "security_officer")
    visitor = browser_of(app, archive, "baomi")

    assert visitor.get("/people").headers["Location"] == "/account/telephone"
    assert visitor.get("/api/v1/people/me").json["code"] == "enrolment-needed"
    assert visitor.get("/account/telephone").status_code == 200


def test_sessions_are_seen_lowered_and_ended(archive: Archive, app: Flask):
    a_person(archive, "li", clearance=2)
    here, there = browser_of(app, archive, "li"), browser_of(app, archive, "li")
    page = here.get("/account").text
    mark = re.search(r'name="end" value="(\w+)"', page)
    assert mark is not None

    assert here.post("/account/sessions", {"end": mark[1]}).status_code == 303
    assert there.get("/").status_code == 303
    here.post("/account/sessions", {"lower": "0"})
    record_id = a_record(archive, level=1)
    assert here.get(f"/api/v1/records/{record_id}").status_code == 404


def test_a_session_on_a_shared_screen_reaches_only_as_high_as_was_said(archive: Archive, visitor: Visitor):
    a_person(archive, "li", clearance=2)
    record_id = a_record(archive, level=1)
    visitor.post("/sign-in", {"login": "li", "password": PASSWORD, "ceiling": "0"})

    assert visitor.get(f"/api/v1/records/{record_id}").status_code == 404


def test_a_token_is_made_shown_once_used_for_what_it_is_for_and_revoked(archive: Archive, app: Flask):
    a_person(archive, "keeper", "document_controller", clearance=2)
    visitor = browser_of(app, archive, "keeper")
    page = visitor.post("/account/tokens", {"name": "报表", "scope": "read", "days": "30"}).text
    token = re.search(r'<code class="number">([^<]+)</code>', page)
    assert token is not None
    assert token[1] not in visitor.get("/account").text
    headers = {"Authorization": f"Bearer {token[1]}"}
    program = app.test_client()
    assert program.get("/api/v1/search", headers=headers).status_code == 200
    refused = program.post("/api/v1/records", headers=headers, data={"file": (io.BytesIO(b"x"), "x.txt")})
    assert (refused.status_code, refused.json["code"]) == (403, "not-for-this-token")

    revoke = re.search(r'name="revoke" value="(\w+)"', visitor.get("/account").text)
    assert revoke is not None
    visitor.post("/account/tokens", {"revoke": revoke[1]})
    assert program.get("/api/v1/search", headers=headers).status_code == 401


def test_levels_are_called_what_the_company_calls_them(archive: Archive, signed_in: SignedIn):
    archive.settings = replace(archive.settings, level_names="公开,内部,受限,核心")
    a_person(archive, "li", clearance=2)

    assert "受限" in signed_in("li").get("/account").text


def _archive(archive: Archive) -> str:
    with archive.read() as tx:
        return tx.meta.get("archive") or ""
