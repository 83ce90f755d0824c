"""A damaged paper goes to repair and back through the pages, and for a program."""

import re
from collections.abc import Callable, Mapping

from flask import Flask
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

from archive import locations, people, repairs, stocktaking
from archive.app import Archive
from archive.locations import NewPlace
from tests.builders import a_person, a_record
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
