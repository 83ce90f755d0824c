"""A damaged paper goes to repair and back through the pages."""

import re

from flask import Flask

from archive.app import Archive
from tests.builders import a_person, a_record
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
