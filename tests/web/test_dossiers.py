"""The pages of dossiers: opened, filled, chased, waived by another, closed; checklists changed on their page."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from archive import dossiers, people
from archive.app import Archive
from tests.builders import a_person, a_record
from tests.web.conftest import Visitor, browser_of

OPENING = {"type": "ZH", "site": "JF01", "subject": "1202", "title": "松风软件客户档案"}


@pytest.fixture
def office(archive: Archive, app: Flask) -> Callable[[str], Visitor]:
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    a_person(archive, "boss", "final_approver", clearance=3, department="ZJB")
    return lambda login: browser_of(app, archive, login)


def test_a_dossier_is_opened_filled_waived_and_closed(archive: Archive, office: Callable[[str], Visitor]):
    keeper, boss = office("keeper"), office("boss")
    opened = keeper.post("/dossiers", OPENING)
    assert opened.status_code == 303
    page = opened.location
    again = keeper.post("/dossiers", OPENING)
    assert (again.status_code, "松风软件客户档案" in again.text) == (422, True)
    id_ = page.rpartition("/")[2]
    folder = dossiers.show(archive, people.named(archive, "keeper"), id_).folder
    waived = next(one.requirement.item for one in folder.missing if one.requirement.waivable)
    for one in folder.missing:
        if one.requirement.item != waived:
            paper = a_record(archive, f"正文{one.requirement.item}", name=f"{one.requirement.item}.txt")
            assert keeper.post(f"{page}/put", {"item": one.requirement.item, "record": paper}).status_code == 303
    assert keeper.post(f"{page}/close").status_code == 422
    assert keeper.post(f"{page}/owe", {"item": waived, "due_on": "2026-03-20"}).status_code == 303
    assert keeper.post(f"{page}/chase", {"item": waived}).status_code == 303
    assert "2026-03-20" in keeper.get("/dossiers/missing").text
    keeper.post(f"{page}/ask-waiver", {"item": waived, "said": "该项目无此资料"})
    assert "/grant" not in keeper.get(page).text
    shown = boss.get(page).text
    assert "该项目无此资料" in shown
    waiver = dossiers.show(archive, people.named(archive, "boss"), id_).waivers[0].id
    assert boss.post(f"{page}/grant", {"waiver": waiver}).status_code == 303
    assert keeper.post(f"{page}/close").status_code == 303
    assert "100 %" in keeper.get(page).text
    assert "1202" not in keeper.get("/dossiers?type=ZH").text
    assert "1202" in keeper.get("/dossiers?type=ZH&closed=1").text


def test_all_that_is_wrong_with_a_new_dossier_is_said_at_once(archive: Archive, office: Callable[[str], Visitor]):
    answer = office("keeper").post("/dossiers", {**OPENING, "subject": "", "title": " ", "owner": "niemand"})
    assert answer.status_code == 422
    for field in ("subject", "title", "owner"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-problem"' in answer.text


def test_whoever_chases_sees_who_brings_what_and_until_when(archive: Archive, office: Callable[[str], Visitor]):
    keeper, boss = office("keeper"), office("boss")
    page = keeper.post("/dossiers", {**OPENING, "owner": "boss"}).location
    listed = keeper.get("/dossiers/missing?type=ZH").text
    assert "boss" in listed
    assert "boss，应于 2026-04-01 交齐" in keeper.get("/dossiers?type=ZH").text
    assert "/missing/chase" in listed
    assert 'name="what"' not in boss.get("/dossiers/missing").text
    assert keeper.post("/dossiers/missing/chase", {}).status_code == 422
    key = f"{page.rpartition('/')[2]}:01"
    assert keeper.post("/dossiers/missing/chase?type=ZH", {"one": key, "what": "ticked"}).status_code == 303
    assert "催交" in boss.get("/tasks").text or "已催 1 次" in boss.get("/tasks").text
    asked = keeper.post("/dossiers/missing/chase?type=ZH", {"what": "listed", "due_on": "2026-04-20"}).text
    assert "涉及责任人 1 人" in asked
    assert 'value="2026-04-20"' in asked
    assert "已催 2 次" not in keeper.get("/dossiers/missing").text, "it asks first"
    form = {"one": re.findall('name="one" value="([^"]+)" checked', asked), "due_on": "2026-04-20"}
    assert len(form["one"]) > 1
    assert keeper.post("/dossiers/missing/chase?type=ZH", {**form, "what": "ticked"}).status_code == 303
    assert keeper.get("/dossiers/missing?type=ZZ&overdue=1").status_code == 200


def test_a_day_that_has_passed_and_nothing_ticked_are_said_and_lose_nothing(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper = office("keeper")
    page = keeper.post("/dossiers", {**OPENING, "owner": "boss"}).location
    key = f"{page.rpartition('/')[2]}:01"

    for day in ("2020-01-01", "明天"):
        refused = keeper.post("/dossiers/missing/chase", {"one": key, "due_on": day})
        assert (refused.status_code, refused.text.count('role="alert"')) == (422, 1)
        assert f'value="{key}" checked' in refused.text
    assert "限期不得早于今天" in keeper.post("/dossiers/missing/chase", {"one": key, "due_on": "2020-01-01"}).text
    nothing = keeper.post("/dossiers/missing/chase", {})
    assert 'aria-current="page"' in nothing.text.split('<nav class="tabs"')[1].split("</nav>")[0]


def test_what_is_missing_goes_on_page_by_page(
    archive: Archive, office: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("web.pages.dossiers.ROWS_MAX", 3)
    keeper = office("keeper")
    keeper.post("/dossiers", {**OPENING, "owner": "boss"})

    first, second = (keeper.get(f"/dossiers/missing?type=ZH&page={page}").text for page in (1, 2))

    assert 'rel="next" href="/dossiers/missing?type=ZH&amp;page=2"' in first
    assert 'rel="prev"' in second
    keys = [set(re.findall('name="one" value="([^"]+)"', text)) for text in (first, second)]
    assert (len(keys[0]), len(keys[1]), keys[0] & keys[1]) == (3, 3, set())
    assert keeper.get("/dossiers/missing?page=9999").status_code == 200


def test_a_checklist_is_changed_on_its_page(archive: Archive, office: Callable[[str], Visitor]):
    keeper, boss = office("keeper"), office("boss")
    line = {"item": "99", "name_zh": "印章移交单", "source": "公司制度", "version": "0", "reason": "审计要求"}
    assert boss.post("/dossiers/checklists/CYC", line).status_code == 422
    assert keeper.post("/dossiers/checklists/CYC", {**line, "reason": ""}).status_code == 422
    assert keeper.post("/dossiers/checklists/CYC", line).status_code == 303
    assert "印章移交单" in boss.get("/dossiers/checklists/CYC").text
    assert "印章移交单" in keeper.get("/dossiers/checklists/table").data.decode("utf-8-sig")
    keeper.post("/dossiers/checklists/CYC", {**line, "version": "1", "reason": "撤销", "remove": "1"})
    assert "印章移交单" not in keeper.get("/dossiers/checklists/CYC").text


def test_a_dossier_is_printed_with_what_lies_in_it_and_what_is_missing(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper = office("keeper")
    page = keeper.post("/dossiers", {"type": "ZH", "site": "JF01", "subject": "1202", "title": "松风软件"}).location
    paper = a_record(archive, "执照", title="营业执照复印件", name="l.txt", level=2)
    keeper.post(f"{page}/put", {"item": "01", "record": paper})
    number = dossiers.show(archive, people.named(archive, "keeper"), page.rpartition("/")[2]).folder.dossier.number
    contents = keeper.get(f"/reports/dossier_contents.csv?dossier={number}").data.decode("utf-8-sig")
    assert "营业执照复印件" in contents
    assert "客户领用钥匙及配制情况表" in contents
    missing = keeper.get(f"/reports/dossiers_missing.csv?dossier={number}").data.decode("utf-8-sig")
    assert "营业执照" not in missing
    assert "客户领用钥匙及配制情况表" in missing
    assert "缺" in keeper.get("/reports/dossier_matrix.csv?type=ZH").data.decode("utf-8-sig")


def test_keys_are_counted_on_the_page_of_their_dossier_and_by_programs(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper, boss = office("keeper"), office("boss")
    page = keeper.post("/dossiers", OPENING).location
    moves = {"what": "issued", "key": "房门钥匙", "number": "2", "holder": "林宛禾"}
    assert keeper.post(f"{page}/keys", moves).status_code == 303
    wrong = keeper.post(f"{page}/keys", {**moves, "what": "returned", "number": "many"})
    assert (wrong.status_code, "房门钥匙" in wrong.text) == (422, True)
    assert keeper.post(f"{page}/keys", {**moves, "what": "returned", "number": "3"}).status_code == 422
    assert "room_keys" in keeper.get(page).text
    assert boss.post(f"{page}/keys", moves).status_code in (403, 422)

    answer = keeper.client.post(
        f"/api/v1{page}/keys",
        json={**moves, "what": "compensated", "number": 1, "note": "收据 0012"},
        headers={"X-CSRFToken": keeper.form_token()},
    )
    assert answer.status_code == 200
    assert answer.json["keys"] == [{"key": "房门钥匙", "issued": 2, "returned": 0, "compensated": 1, "outstanding": 1}]


def test_whose_duty_it_is_not_to_see_dossiers_is_told_so_and_shown_no_button(archive: Archive, app: Flask):
    a_person(archive, "weiqichen", "sysadmin", clearance=0)
    admin = browser_of(app, archive, "weiqichen")

    for page in ("/dossiers", "/dossiers/missing"):
        assert admin.get(page).status_code == 403
