"""A damaged paper goes to repair and back through the pages, and for a program."""

import re
from collections.abc import Callable, Mapping

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from access.loans import Form
from archive import counter, lending, locations, people, repairs, stocktaking
from archive.app import Archive
from archive.lending import Wish
from archive.locations import NewPlace
from tests.builders import a_person, a_record, an_office
from tests.conftest import NOON
from tests.web.conftest import browser_of


def test_a_case_is_opened_on_the_page_of_a_record_treated_mended_and_put_back(archive: Archive, app: Flask) -> None:
    for login in ("mender", "looker"):
        a_person(archive, login, "document_controller", clearance=3, department="DAS", sites=("JF01",))
    paper = a_record(archive, "旧合同", title="旧合同", shelf_location="一号库房-01盒")
    mender, looker = browser_of(app, archive, "mender"), browser_of(app, archive, "looker")
    assert f"/repairs/new?record={paper}" in mender.get(f"/records/{paper}").text
    assert "霉变" in mender.get(f"/repairs/new?record={paper}").text
    wrong = mender.post("/repairs", {"record": paper, "kind": "mould", "said": " ", "urgency": "urgent"})
    assert (wrong.status_code, "请填写破损种类" in wrong.text) == (422, True)

    opened = mender.post("/repairs", {"record": paper, "kind": "mould", "said": "霉斑", "urgency": "urgent"})
    case = opened.headers["Location"]
    assert re.fullmatch(r"/repairs/\w{16}", case)
    late = mender.post(f"{case}/treat", {"company": "修复公司", "due_on": "2020-01-01"})
    assert (late.status_code, "修复公司" in late.text) == (422, True)
    mender.post(f"{case}/treat", {"company": "修复公司", "due_on": "2026-12-31", "pages": "12"})
    page = looker.get(f"/records/{paper}").text
    assert "2026-12-31" in page
    assert "/repairs/new" not in page
    assert "修复公司" in looker.get("/repairs?state=in_treatment").text
    mender.post(f"{case}/mend", {"work": "除霉", "materials": "楮皮纸", "pages": "12"})
    assert f"{case}/put-back" not in mender.get(case).text
    assert f"{case}/put-back" in looker.get(case).text
    assert looker.post(f"{case}/put-back", {}).status_code == 303
    assert "已上架" in mender.get(case).text


def test_a_page_says_which_field_is_wrong_and_keeps_what_was_entered(archive: Archive, app: Flask) -> None:
    a_person(archive, "mender", "document_controller", clearance=3, department="DAS", sites=("JF01",))
    a_person(archive, "far", "document_controller", clearance=3, sites=("YL02",))
    paper = a_record(archive, "旧合同", title="旧合同", shelf_location="一号库房-01盒")
    keeper = people.named(archive, "mender")
    case = repairs.open_case(archive, keeper, paper, kind="mould", said="霉斑")
    mender, page = browser_of(app, archive, "mender"), f"/repairs/{case.id}"
    offered = mender.get(page).text
    assert 'value="mender"' in offered
    assert 'value="far"' not in offered, "who may not find it does not treat it"

    treat = {"company": "修复公司", "out_on": "2026-03-01", "due_on": "2026-12-31", "pages": "12"}
    for wrong, said in (
        ({"due_on": ""}, "应还日期：请填写应还日期"),
        ({"due_on": "2026-02-01"}, "应还日期：不得早于送修日期"),
        ({"due_on": "31.12.2026"}, "应还日期：日期格式不对"),
        ({"out_on": "2026-12-30"}, "送修日期：不得晚于今天"),
        ({"pages": "zwölf"}, "清点页数：页数应为 0 至 100000 的整数"),
        ({"pages": "1000001"}, "清点页数：页数应为 0 至 100000 的整数"),
    ):
        refused = mender.post(f"{page}/treat", treat | wrong)
        assert (refused.status_code, said in refused.text) == (422, True), (wrong, refused.text[:3000])
        assert 'value="修复公司"' in refused.text
        assert refused.text.count("aria-invalid") == 1


def test_a_second_registration_leads_to_the_case_that_is_not_closed(archive: Archive, app: Flask) -> None:
    a_person(archive, "mender", "document_controller", clearance=3, department="DAS", sites=("JF01",))
    paper = a_record(archive, "旧合同", title="旧合同", shelf_location="一号库房-01盒")
    case = repairs.open_case(archive, people.named(archive, "mender"), paper, kind="mould", said="霉斑")
    mender = browser_of(app, archive, "mender")

    again = mender.post("/repairs", {"record": paper, "kind": "mould", "said": "又有霉斑", "urgency": "usual"})

    for page in (again.text, mender.get(f"/repairs/new?record={paper}").text):
        assert f'href="/repairs/{case.id}"' in page
        assert "<textarea" not in page
    assert again.status_code == 422


def test_loan_and_case_name_each_other(archive: Archive, app: Flask) -> None:
    office = an_office(archive)
    paper = a_record(archive, "旧合同", title="旧合同", shelf_location="一号库房-01盒")
    loan = lending.request(archive, office.borrower, Wish(((paper, Form.PAPER),), "核对", 3))
    lending.decide(archive, office.keeper, loan.id, yes=True)
    counter.issue(archive, office.keeper, paper, pages=3, condition="good")
    counter.take_back(archive, office.keeper, paper, pages=2, condition="damaged", note="撕去一页")
    keeper = browser_of(app, archive, "keeper")
    assert "破损归还" in keeper.get(f"/records/{paper}").text or "归还时破损" in keeper.get(f"/records/{paper}").text
    assert "已被预定" not in keeper.get(f"/records/{paper}").text

    assert "/repairs/new?" in keeper.get(f"/loans/counter?record={paper}").text

    case = repairs.open_case(archive, office.keeper, paper, kind="torn", said="缺第2页", loan=loan.id)

    assert f"/repairs/{case.id}" in keeper.get(f"/loans/{loan.id}").text
    assert f"/repairs/{case.id}" in keeper.get(f"/loans/counter?record={paper}").text
    assert f"/loans/{loan.id}" in keeper.get(f"/repairs/{case.id}").text


def test_the_counter_applies_for_no_paper_that_is_at_repair(archive: Archive, app: Flask) -> None:
    office = an_office(archive)
    paper = a_record(archive, "旧合同", title="旧合同", shelf_location="一号库房-01盒")
    keeper = browser_of(app, archive, "keeper")
    assert "/loans/apply" in keeper.get(f"/loans/counter?record={paper}").text

    case = repairs.open_case(archive, office.keeper, paper, kind="torn", said="缺第2页")
    repairs.treat(archive, office.keeper, case.id, company="某修复公司", due_on=NOON.date())

    assert "/loans/apply" not in keeper.get(f"/loans/counter?record={paper}").text


def test_cases_are_shown_page_by_page(archive: Archive, app: Flask, token_of: Callable[[str], dict[str, str]]) -> None:
    a_person(archive, "mender", "document_controller", clearance=3, department="DAS", sites=("JF01",))
    keeper = people.named(archive, "mender")
    paper = a_record(archive, "旧合同", title="旧合同", shelf_location="一号库房-01盒")
    for _ in range(101):
        repairs.drop(archive, keeper, repairs.open_case(archive, keeper, paper, kind="mould", said="霉斑").id, "无碍")
    mender = browser_of(app, archive, "mender")
    first, last = mender.get("/repairs").text, mender.get("/repairs?state=dropped&page=3").text

    assert (first.count("XF-2026-"), last.count("XF-2026-")) == (50, 1)
    assert "page=2" in first
    assert mender.get(f"/repairs?page={10**20}").text.count("XF-2026-") == 1, "the last page"
    assert "page=4" not in last
    client, token = app.test_client(), token_of("mender")
    assert len(client.get("/api/v1/repairs", headers=token).json["repairs"]) == 100
    assert len(client.get("/api/v1/repairs?page=2", headers=token).json["repairs"]) == 1


def test_where_a_paper_was_seen_damaged_leads_to_its_case(archive: Archive, app: Flask) -> None:
    for login in ("keeper", "looker"):
        a_person(archive, login, "document_controller", clearance=3, department="DAS", sites=("JF01",))
    keeper, second = people.named(archive, "keeper"), people.named(archive, "looker")
    paper = a_record(archive, "旧合同", title="旧合同")
    room = locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))
    locations.move(archive, keeper, paper, room.id)
    walk = stocktaking.begin(archive, keeper, "一号库房", "looker")
    stocktaking.scan(archive, second, walk.id, paper, room.id)
    stocktaking.count(archive, second, walk.id, paper, pages=None, condition="damaged")
    stocktaking.finish(archive, keeper, walk.id)
    stocktaking.explain(archive, keeper, walk.id, paper, why="受潮", owner="looker", due_on=NOON.date())
    for one in (keeper, second):
        stocktaking.sign(archive, one, walk.id)
    page, opening = f"/stocktakes/{walk.id}", f"/repairs/new?record={paper}&amp;stocktake={walk.id}"
    visitor = browser_of(app, archive, "keeper")
    assert opening in visitor.get(page).text

    case = repairs.open_case(archive, keeper, paper, kind="damp", said="受潮", stocktake=walk.id)

    shown = visitor.get(page).text
    assert f"/repairs/{case.id}" in shown
    assert opening not in shown


def test_a_program_opens_a_case_and_takes_it_to_its_end(
    archive: Archive, app: Flask, token_of: Callable[[str], dict[str, str]]
) -> None:
    for login in ("mender", "looker"):
        a_person(archive, login, "document_controller", clearance=3, department="DAS", sites=("JF01",))
    paper = a_record(archive, "旧合同", title="旧合同", shelf_location="一号库房-01盒")
    client, mender, looker = app.test_client(), token_of("mender"), token_of("looker")
    to_open = {"record": paper, "kind": "mould", "said": "霉斑"}
    assert client.post("/api/v1/repairs", json=to_open | {"colour": "x"}, headers=mender).status_code == 422
    case = client.post("/api/v1/repairs", json=to_open, headers=mender).json
    assert (case["state"], case["urgency"], case["due_on"]) == ("open", "usual", None)

    def step(deed: str, who: Mapping[str, str], **said: object) -> TestResponse:
        return client.post(f"/api/v1/repairs/{case['id']}/{deed}", json=said, headers=who)

    assert step("treat", mender, company="修复公司", due_on="2026-12-31", pages="12").status_code == 422
    assert step("treat", mender, company="修复公司", due_on="2026-12-31", pages=12).json["pages_before"] == 12
    assert step("mend", mender, work="除霉", pages=12).json["state"] == "mended"
    assert step("put-back", mender).status_code == 403
    assert step("put-back", looker).json["state"] == "back"
    assert client.get("/api/v1/repairs?state=back", headers=mender).json["repairs"][0]["id"] == case["id"]
    shown = client.get(f"/api/v1/repairs/{case['id']}", headers=mender).json
    shapes = client.get("/api/openapi.json").json["components"]
    Draft202012Validator({**shapes["schemas"]["Repair"], "components": shapes}).validate(shown)
