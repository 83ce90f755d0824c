"""The pages of contracts: drafted from a paper, reviewed by another, proved, amended, ended; the law behind them."""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask

from access.actors import Actor
from archive import contract_desk, people
from archive.app import Archive
from tests.builders import a_person, a_record
from tests.web.conftest import Visitor, browser_of

FORM = {"kind": "service", "title": "物业服务合同", "begins_on": "2026-01-01", "ends_on": "2028-12-31"}


@pytest.fixture
def office(archive: Archive, app: Flask) -> Callable[[str], Visitor]:
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    a_person(archive, "owner", "class_owner", clearance=3, department="SWB")
    a_person(archive, "borrower", "borrower", clearance=3)
    return lambda login: browser_of(app, archive, login)


def drafted(archive: Archive, keeper: Visitor, name: str = "a", **said: str) -> str:
    record = a_record(archive, f"合同 {name}", title=f"合同{name}", name=f"{name}.txt", level=2)
    answer = keeper.post("/contracts/new", {**FORM, "record": record, "title": f"合同{name}", **said})
    assert answer.status_code == 303
    return answer.location.rpartition("/")[2]


def test_a_contract_is_drafted_by_one_and_confirmed_by_another(archive: Archive, office: Callable[[str], Visitor]):
    keeper, owner = office("keeper"), office("owner")
    record = a_record(
        archive, "合同", title="云麓服务合同", level=2, parties=("业委会", "物业公司"), document_date="2025-12-01"
    )
    assert 'value="业委会"' in keeper.get(f"/contracts/new?record=http://localhost/records/{record}").text
    wrong = keeper.post("/contracts/new", {**FORM, "record": record, "ends_on": "2025-01-01", "party_a": "甲某"})
    assert (wrong.status_code, "甲某" in wrong.text) == (422, True), "what was entered stays in the form"
    one = drafted(archive, keeper)

    page = f"/contracts/{one}"
    assert 'value="None"' not in keeper.get(page).text, "what is not said is an empty field"
    assert f"{page}/confirm" not in keeper.get(page).text
    assert f"{page}/confirm" in owner.get(page).text
    stale = owner.post(f"{page}/confirm", {"revision": "9", "why": "其余待补"})
    assert (stale.status_code, "已被他人修改" in stale.text) == (422, True)
    assert "核对表尚有" in owner.get(page).text, "what is not proved is said before it is confirmed"
    silent = owner.post(f"{page}/confirm", {"revision": "1"})
    assert (silent.status_code, "请写明理由" in silent.text) == (422, True)
    assert owner.post(f"{page}/confirm", {"revision": "1", "why": "其余待补"}).status_code == 303
    assert "其余待补" in keeper.get(page).text

    paper = contract_desk.show(archive, _actor(archive, "keeper"), one).row.record.id
    assert page in keeper.get(f"/records/{paper}").text, "the way leads from the paper to its contract"
    register = keeper.get("/contracts?state=in-force").text
    assert "合同a" in register
    assert "合同a" not in keeper.get("/contracts?kind=lease").text
    assert "合同a" in keeper.get("/contracts?q=合同A").text
    assert office("borrower").get("/contracts").status_code == 403


def test_all_that_is_wrong_with_a_draft_is_said_at_once_and_nothing_typed_is_lost(
    archive: Archive, office: Callable[[str], Visitor]
):
    """When a draft was corrected, one wrong day was said, and all that had been typed was gone."""
    keeper = office("keeper")
    record = a_record(archive, "合同", title="云麓服务合同", level=2)
    wrong = {"title": " ", "signed_on": "neulich", "originals": "viele", "notice_days": "-1", "party_a": "甲某"}
    one = drafted(archive, keeper)
    for address, more in (("/contracts/new", {"record": record}), (f"/contracts/{one}/change", {"revision": "1"})):
        answer = keeper.post(address, {**FORM, **wrong, **more})
        assert answer.status_code == 422
        for field in ("title", "signed_on", "originals", "notice_days"):
            assert f'<a href="#{field}">' in answer.text
            assert f'id="{field}-problem"' in answer.text
        assert "甲某" in answer.text
        assert "viele" in answer.text
        assert "请填写数字，例如 3" in answer.text
        for day, why in (("2062-11-20", "日期晚于今天"), ("2029-01-01", "日期晚于今天")):
            assert why in keeper.post(address, {**FORM, **more, "signed_on": day}).text
        ended = {"begins_on": "2024-01-01", "ends_on": "2025-12-31", "signed_on": "2026-01-05"}
        assert "签订日期晚于合同到期日" in keeper.post(address, {**FORM, **more, **ended}).text


def test_a_contract_that_was_sent_back_is_not_confirmed_before_it_was_changed(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper, owner = office("keeper"), office("owner")
    one = drafted(archive, keeper)
    page = f"/contracts/{one}"
    assert owner.post(f"{page}/send-back", {"revision": "1", "why": "缺违约条款"}).status_code == 303
    for reader in (keeper, owner):
        assert all(said in reader.get(page).text for said in ("缺违约条款", "已退回，待修改"))
    assert f"{page}/confirm" not in owner.get(page).text
    assert owner.post(f"{page}/confirm", {"revision": "2", "why": "x"}).status_code == 422
    assert "缺违约条款" in keeper.get("/tasks").text
    assert "合同a" in keeper.get("/contracts?state=sent-back").text
    unchanged = keeper.post(f"{page}/change", {**FORM, "title": "合同a", "revision": "2"})
    assert (unchanged.status_code, "内容未作修改" in unchanged.text) == (422, True)
    assert keeper.post(f"{page}/change", {**FORM, "title": "合同a改", "revision": "2"}).status_code == 303
    assert f"{page}/confirm" in owner.get(page).text


def test_a_contract_is_proved_amended_and_ended_on_its_page(archive: Archive, office: Callable[[str], Visitor]):
    keeper, owner = office("keeper"), office("owner")
    one = drafted(archive, keeper)
    page = f"/contracts/{one}"
    owner.post(f"{page}/confirm", {"revision": "1", "why": "其余待补"})
    assert "缺签字人授权证明" in keeper.get(page).text
    letter = a_record(archive, "委托书", title="授权委托书", name="w.txt", level=1)
    assert keeper.post(f"{page}/prove", {"item": "authority", "record": letter}).status_code == 303
    assert "缺签字人授权证明" not in keeper.get(page).text
    assert "授权委托书" in keeper.get(page).text
    absent = keeper.post(f"{page}/prove", {"item": "annexes", "record": "0123456789abcdef"})
    assert absent.status_code == 422
    keeper.post(f"{page}/locate", {"originals": "3", "originals_at": "财务部保险柜", "revision": "2"})
    assert "财务部保险柜" in keeper.get("/contracts").text

    paper = a_record(archive, "补充协议", title="补充协议一", name="b.txt", level=2)
    said = {"record": paper, "says": "延长两年", "effective_on": "2026-06-01", "ends_on": "2030-12-31"}
    assert keeper.post(f"{page}/amend", said).status_code == 303
    amendment = contract_desk.show(archive, _actor(archive, "owner"), one).amendments[0][0]
    assert owner.post(f"{page}/confirm-amendment", {"amendment": amendment.id}).status_code == 303
    assert "2028-12-31 → 2030-12-31" in keeper.get(page).text

    early = {"why": "dismissal", "notice_on": "2026-03-01", "last_day": "2026-03-31", "revision": "4"}
    assert "法定天数" in owner.post(f"{page}/end", early).text
    assert owner.post(f"{page}/end", {**early, "last_day": "2026-04-30"}).status_code == 303
    assert "业主解聘" in keeper.get(page).text


def _actor(archive: Archive, login: str) -> Actor:
    return people.named(archive, login)


def test_the_chain_shows_gaps_in_words_and_as_a_picture(archive: Archive, office: Callable[[str], Visitor]):
    keeper, owner = office("keeper"), office("owner")
    for name, begins, ends in (("一", "2020-01-01", "2022-12-31"), ("二", "2023-03-01", "2027-12-31")):
        one = drafted(archive, keeper, name, begins_on=begins, ends_on=ends)
        owner.post(f"/contracts/{one}/confirm", {"revision": "1", "why": "其余待补"})
    keeper.post(f"/contracts/{one}/project", {"taken_over_on": "2020-01-01"})

    page = keeper.get(f"/contracts/{one}").text

    assert "2023-01-01 至 2023-02-28 无合同在履行（空档）" in page
    assert 'class="chart-bad"' in page
    assert "接管 2020-01-01" in page
    assert "合同一" in page


def test_a_renewal_begins_where_its_predecessor_ends(archive: Archive, office: Callable[[str], Visitor]):
    keeper, owner = office("keeper"), office("owner")
    one = drafted(archive, keeper, party_a="业委会")
    owner.post(f"/contracts/{one}/confirm", {"revision": "1", "why": "其余待补"})
    record = a_record(archive, "续订", title="续订合同", name="r.txt", level=2)

    form = keeper.get(f"/contracts/new?after={one}&record={record}").text

    assert 'value="2029-01-01"' in form
    assert 'value="业委会"' in form
    made = keeper.post(
        "/contracts/new", {**FORM, "after": one, "record": record, "begins_on": "", "ends_on": "2031-12-31"}
    )
    follows = contract_desk.show(archive, _actor(archive, "owner"), made.location.rpartition("/")[2]).row
    assert follows.before is not None
    assert (follows.before.id, str(follows.contract.begins_on)) == (one, "2029-01-01")


def test_the_sheets_of_the_law_are_changed_on_their_page(archive: Archive, office: Callable[[str], Visitor]):
    keeper, owner = office("keeper"), office("owner")
    assert "民法典" in owner.get("/sheets/deadlines").text
    line = {
        "code": "not_renewing", "law": "新法", "article": "9", "days": "120", "valid_from": "2030-01-01",
        "source": "公报", "version": "0", "reason": "新法施行",
    }  # fmt: skip
    assert owner.post("/sheets/deadlines/line", line).status_code == 403
    assert keeper.post("/sheets/deadlines/line", {**line, "days": "x"}).status_code == 422
    assert keeper.post("/sheets/deadlines/line", line).status_code == 303
    assert "新法施行" in keeper.get("/sheets/deadlines").text
    table = keeper.get("/sheets/deadlines/table").data
    assert "新法" in table.decode("utf-8-sig")
    handed = {
        "table": (io.BytesIO(table.replace("公报".encode(), "国务院公报".encode())), "law.csv"),
        "version": "1",
        "reason": "更正",
    }
    assert keeper.post("/sheets/deadlines/import", handed).status_code == 303
    assert "国务院公报" in owner.get("/sheets/deadlines").text


def test_a_contract_whose_paper_is_hidden_is_answered_like_none(archive: Archive, office: Callable[[str], Visitor]):
    a_person(archive, "low", "class_owner", clearance=1, department="SWB")
    one = drafted(archive, office("keeper"))
    low = office("low")
    for address in (f"/contracts/{one}", f"/contracts/new?after={one}"):
        assert low.get(address).status_code == low.get(address.replace(one, "0123456789abcdef")).status_code == 404
    assert low.post(f"/contracts/{one}/void").status_code == 404


def test_whoever_renews_a_contract_chooses_among_papers_that_may_follow_it(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper, owner = office("keeper"), office("owner")
    one = drafted(archive, keeper, party_a="业委会")
    owner.post(f"/contracts/{one}/confirm", {"revision": "1", "why": "其余待补"})
    alike = a_record(
        archive,
        "续订",
        title="续订合同",
        name="r.txt",
        level=2,
        parties=("业委会", "物业公司"),
        document_date="2028-11-01",
    )
    other = a_record(archive, "别的", title="保安合同", name="o.txt", level=2, document_date="2028-12-01")
    early = a_record(archive, "早年", title="早年合同", name="e.txt", level=2, document_date="2020-01-01")
    elsewhere = a_record(archive, "他处", title="他处合同", name="y.txt", level=2, site="YL02")
    notes = a_record(archive, "纪要", title="会议纪要", name="n.txt", level=2, class_code="GL08")

    page = keeper.get(f"/contracts/new?after={one}").text

    assert page.index(f'value="{alike}"') < page.index(f'value="{other}"'), "the same party before the others"
    for absent in (early, elsewhere, notes):
        assert absent not in page
    assert "同一相对方" in page
    assert 'href="/upload?site=JF01"' in page
    chosen = keeper.get(f"/contracts/new?after={one}&record={alike}").text
    assert 'value="2029-01-01"' in chosen
    keeper.post("/contracts/new", {**FORM, "after": one, "record": alike, "begins_on": "", "ends_on": "2031-12-31"})
    assert alike not in keeper.get(f"/contracts/new?after={one}").text, "it stands in the register by now"
    assert elsewhere in keeper.get("/contracts/new").text


def test_papers_that_somebody_may_not_find_are_not_offered_as_contracts(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper = office("keeper")
    a_person(archive, "low", "document_controller", clearance=1, sites=("JF01",))
    secret = a_record(archive, "核心", title="核心合同", name="s.txt", level=3)

    assert secret in keeper.get("/contracts/new").text
    low = office("low").get("/contracts/new")
    assert low.status_code == 200
    assert "核心合同" not in low.text
    nobody = office("borrower").get("/contracts/new")
    assert (nobody.status_code, 'id="paper"' in nobody.text, "核心合同" in nobody.text) == (200, False, False)


def test_a_contract_says_what_it_is_itself_before_the_others_of_its_project(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper = office("keeper")
    one = drafted(archive, keeper, party_a="业委会")

    page = keeper.get(f"/contracts/{one}").text

    assert page.index("业委会") < page.index("有效性核对表") < page.index("项目合同链")


def test_nobody_writes_over_what_somebody_else_changed_in_a_draft_without_having_seen_it(
    archive: Archive, office: Callable[[str], Visitor]
):
    a_person(archive, "colleague", "document_controller", clearance=3, department="DAS")
    keeper, colleague = office("keeper"), office("colleague")
    one = drafted(archive, keeper, party_a="业委会")
    page = f"/contracts/{one}"
    theirs = {**FORM, "title": "对方改的题名", "party_a": "业委会", "kind": "lease", "indefinite": "1", "revision": "1"}
    assert colleague.post(f"{page}/change", theirs).status_code == 303
    ours = {**FORM, "title": "我改的题名", "party_a": "业委会"}

    for wrong in ({}, {"signed_on": "neulich"}):
        refused = keeper.post(f"{page}/change", {**ours, **wrong, "revision": "1"})
        assert refused.status_code == 422
        assert "其间已有他人修改" in refused.text
        beside = _beside(refused.text)
        assert "对方改的题名" in beside["title"]
        assert "租赁经营合同" in beside["kind"]
        assert "约定为不定期" in beside["indefinite"]
        assert "party_a" not in beside, "only what differs"
        assert 'value="我改的题名"' in refused.text, "and what was entered stays"

    assert keeper.post(f"{page}/change", {**ours, "revision": "2"}).status_code == 303, "knowing what it replaces"


def test_nobody_writes_over_where_somebody_else_said_the_originals_are_without_having_seen_it(
    archive: Archive, office: Callable[[str], Visitor]
):
    keeper = office("keeper")
    one = drafted(archive, keeper)
    page = f"/contracts/{one}/locate"
    keeper.post(page, {"originals": "3", "originals_at": "财务部保险柜", "revision": "1"})

    refused = keeper.post(page, {"originals": "3", "originals_at": "前台抽屉", "revision": "1"})

    assert refused.status_code == 422
    assert "财务部保险柜" in _beside(refused.text)["place"]
    assert 'value="前台抽屉"' in refused.text


def _beside(page: str) -> dict[str, str]:
    """Field → what is kept of it now, where the form says so."""
    return dict(re.findall(r'<p class="field-now" id="([a-z_]+)-now">(.*?)</p>', page))


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("amend", {"record": "无此档号", "number": "补-1", "says": "增加保洁面积", "signed_on": "2026-05-01"}),
        ("end", {"why": "dismissal", "notice_on": "2026-03-01", "last_day": "2026-03-31"}),
        ("locate", {"originals": "很多", "originals_at": "前台抽屉"}),
        ("prove", {"item": "annexes", "record": "无此档号", "note": "附件在财务部"}),
        ("project", {"taken_over_on": "去年", "committee_on": "2021-05-06"}),
    ],
)
def test_what_was_typed_into_any_form_of_a_contract_stands_in_it_when_it_is_refused(
    archive: Archive, office: Callable[[str], Visitor], deed: str, said: dict[str, str]
):
    keeper, owner = office("keeper"), office("owner")
    one = drafted(archive, keeper)
    owner.post(f"/contracts/{one}/confirm", {"revision": "1", "why": "其余待补"})
    who = owner if deed == "end" else keeper

    refused = who.post(f"/contracts/{one}/{deed}", {**said, "revision": "2"})

    assert refused.status_code == 422
    marked = 'name="item" value="annexes"' if deed == "prove" else f'action="/contracts/{one}/{deed}"'
    before, _, form = refused.text.partition(marked)
    assert re.search(r"<details[^>]* open>", before[before.rindex("<details") :])
    inside = form.partition("</form>")[0]
    for name, value in said.items():
        if name == "says":
            assert f">{value}</textarea>" in inside
        elif name == "why":
            assert f'<option value="{value}" selected>' in inside
        elif name != "item":
            assert f'name="{name}"' in inside
            assert f'value="{value}"' in inside


def test_the_reason_typed_for_sending_a_contract_back_stays_when_somebody_else_was_faster(
    archive: Archive, office: Callable[[str], Visitor]
):
    owner = office("owner")
    one = drafted(archive, office("keeper"))
    for deed in ("send-back", "confirm"):
        refused = owner.post(f"/contracts/{one}/{deed}", {"revision": "9", "why": f"为什么{deed}"})
        assert (refused.status_code, f'value="为什么{deed}"' in refused.text) == (422, True)


def test_older_papers_are_offered_as_contracts_however_many_newer_ones_stand_in_the_register(
    archive: Archive, office: Callable[[str], Visitor], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(contract_desk, "PAPERS_SEEN", 2)
    keeper, owner = office("keeper"), office("owner")
    old = a_record(archive, "旧", title="旧合同", name="old.txt", level=2, document_date="2019-01-01")
    for name, begins in (("一", "2026-01-01"), ("二", "2029-01-01"), ("三", "2032-01-01")):
        paper = a_record(archive, name, title=name, name=f"{name}.txt", level=2, document_date="2025-12-01")
        term = {"begins_on": begins, "ends_on": begins.replace("01-01", "12-31")}
        one = keeper.post("/contracts/new", {**FORM, **term, "record": paper}).headers["Location"]
        if name != "三":
            owner.post(f"{one}/confirm", {"revision": "1", "why": "其余待补"})

    assert old in keeper.get("/contracts/new").text
