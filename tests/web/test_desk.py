"""The first page says to everybody what to do next, in order, with counts of what they may find."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from access.actors import OPERATOR, PEOPLE_ROLES
from access.loans import Form
from archive import counter, desk, dossiers, dues, intake, lending, loan_desk, people, repairs
from archive.app import Archive
from archive.dossiers import Opening
from archive.intake import Claims
from archive.lending import Wish
from archive.people import named
from tests.archive.test_lending import a_secret, granted
from tests.builders import a_person, a_record, an_office, an_unfiled_record
from tests.conftest import Clock
from tests.web.conftest import Visitor
from web import desk_words

SignedIn = Callable[[str], Visitor]


def work(archive: Archive, login: str) -> dict[str, int]:
    return {one.code: one.count for one in desk.of(archive, named(archive, login))}


def test_a_controller_is_told_of_quarantine_before_filing_and_of_their_own_site_only(
    archive: Archive, signed_in: SignedIn
):
    a_person(archive, "keeper", "document_controller", clearance=2, sites=("JF01",))
    an_unfiled_record(archive, "甲", name="a.txt", site="JF01")
    an_unfiled_record(archive, "乙", name="b.txt", site="YL02")
    a_record(archive, "丙", name="c.txt")
    intake.hand_in(archive, OPERATOR, io.BytesIO(b"\x7fELF"), "x.bin", Claims(site="JF01"))

    assert list(work(archive, "keeper").items())[:2] == [("quarantine", 1), ("to-file", 1)]
    page = signed_in("keeper").get("/").text
    assert page.index("处理隔离区文件：1") < page.index("待归档文件：1")
    assert 'href="/filing"' in page


def test_an_officer_gives_rights_to_new_accounts_and_confirms_passwords(archive: Archive, signed_in: SignedIn):
    a_person(archive, "xitong", "sysadmin")
    a_person(archive, "baomi", "security_officer")
    people.open_account(archive, named(archive, "xitong"), people.NewPerson("new", "新人", frozenset()))
    signed_in("xitong").post("/people/baomi/ask-reset")

    found = work(archive, "baomi")

    assert found["without-rights"] == 1
    assert next(iter(found)) == "resets"
    assert "set-up" in work(archive, "xitong")


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_every_line_leads_where_this_person_may_go(app: Flask, archive: Archive, signed_in: SignedIn, role: str):
    a_person(archive, "somebody", role, clearance=3)
    a_record(archive, "丙", name="c.txt")
    an_unfiled_record(archive, "甲", name="a.txt", site="JF01")
    visitor = signed_in("somebody")
    with app.test_request_context():
        ways = [desk_words.address(one) for one in desk.of(archive, named(archive, "somebody"))]

    assert {visitor.get(way, follow_redirects=True).status_code for way in ways} <= {200}


def test_an_empty_desk_says_so(archive: Archive, signed_in: SignedIn):
    a_person(archive, "borrower", "borrower")

    page = signed_in("borrower").get("/").text
    assert "当前没有待办" not in page, "before anybody looked what falls due"
    assert 'data-part="/desk/tasks?alone=1"' in page
    assert "当前没有待办" in signed_in("borrower").get("/desk/tasks?alone=1").text
    assert 'id="desk"' not in signed_in("borrower").get("/?q=合同").text


def test_who_approves_last_is_told_of_damaged_and_lost_papers_and_the_counter_is_not(
    archive: Archive, signed_in: SignedIn
):
    """It was closed by nobody: nothing on the home or the tasks of who decides about it said so."""
    office = an_office(archive)
    damaged, lost = a_secret(archive), a_secret(archive, body="另一份机密")
    for record_id in (damaged, lost):
        granted(archive, office, record_id, Form.PAPER)
        assert work(archive, "keeper")["counter"] == 1
        counter.issue(archive, office.keeper, record_id, pages=12, condition="good")
    counter.take_back(archive, office.keeper, damaged, pages=11, condition="good", note="缺第7页")
    counter.lose(archive, office.keeper, lost, "遗失")
    final = signed_in("final")

    assert work(archive, "final")["settle"] == 2
    assert "counter" not in work(archive, "keeper")
    assert "settle" not in work(archive, "keeper")
    assert "处理破损、遗失的原件：2 单" in final.get("/").text
    assert len([one for one in dues.every(archive, office.final, mine=True) if one.kind == "settlements"]) == 2
    assert not [one for one in dues.every(archive, office.keeper) if one.kind == "settlements"]
    page = final.get("/loans/to-settle").text
    assert "缺第7页" in page
    assert "借出 12 页，归还 11 页" in page
    assert "待我处理 (2)" in page
    [loan] = [one.loan for one in loan_desk.to_settle(archive, office.final) if one.loan.items[0].record_id == damaged]
    said = {"event": "settle", "said": "由扫描件补齐", "back": "to-settle"}
    answer = final.post(f"/loans/{loan.id}/items/{damaged}/settle", said)
    assert answer.headers["Location"].endswith("/loans/to-settle")
    assert work(archive, "final")["settle"] == 1


def test_who_approves_last_is_not_asked_about_a_paper_of_their_own_loan(archive: Archive, signed_in: SignedIn):
    office, record_id = an_office(archive), a_secret(archive)
    deputy = a_person(archive, "final2", "final_approver", clearance=3, department="ZJB")
    loan = lending.request(archive, office.final, Wish(((record_id, Form.PAPER),), "查证", 3))
    for asked in (deputy, office.owner):
        lending.decide(archive, asked, loan.id, yes=True)
    counter.issue(archive, office.keeper, record_id, pages=12, condition="good")
    counter.take_back(archive, office.keeper, record_id, pages=12, condition="damaged", note="撕裂")

    assert "settle" not in work(archive, "final")
    assert work(archive, "final2")["settle"] == 1
    assert f"/items/{record_id}/settle" not in signed_in("final").get(f"/loans/{loan.id}").text
    assert f"/items/{record_id}/settle" in signed_in("final2").get(f"/loans/{loan.id}").text


def test_who_may_close_a_repair_is_told_so_on_their_home(archive: Archive, signed_in: SignedIn):
    keeper = a_person(archive, "keeper", "document_controller", clearance=3, sites=("JF01",))
    a_person(archive, "final", "final_approver", clearance=3)
    record_id = a_record(archive, "合同", level=1, shelf_location="A-01-02-03")
    one = repairs.open_case(archive, keeper, record_id, kind="torn", said="撕裂")
    repairs.treat(archive, keeper, one.id, by="keeper", due_on=archive.now().date())
    repairs.finish(archive, keeper, one.id, mended=True, work="托裱")

    assert "repairs" not in work(archive, "keeper")
    assert work(archive, "final")["repairs"] == 1
    final = signed_in("final")
    assert 'href="/repairs?state=to-close"' in final.get("/").text
    assert one.number in final.get("/repairs?state=to-close").text
    a_person(archive, "other", "document_controller", clearance=3, sites=("JF01",))
    assert work(archive, "other")["repairs"] == 1
    assert "repairs" not in work(archive, "final")
    assert one.number not in final.get("/repairs?state=to-close").text


def test_what_falls_due_and_no_line_counts_stands_on_the_desk_and_leads_to_exactly_that_list(
    archive: Archive, clock: Clock, signed_in: SignedIn
):
    """The first page said that nothing was to be done, to somebody with forty-six tasks."""
    keeper = a_person(archive, "keeper", "document_controller", clearance=2, sites=("JF01",))
    made = dossiers.open_dossier(archive, keeper, Opening("ZX", "JF01", "1202", "1202 装修"))
    dossiers.chase(archive, keeper, made.id, ["01"], (archive.now().date() + timedelta(days=20)).isoformat())
    dossiers.chase(archive, keeper, made.id, ["02"], (archive.now().date() + timedelta(days=50)).isoformat())
    an_unfiled_record(archive, "来文", name="关于停水的通知.txt", site="JF01")
    clock.advance(days=40)
    actor, visitor = named(archive, "keeper"), signed_in("keeper")

    late, near = desk.tasks(archive, actor, "late"), desk.tasks(archive, actor, "near")
    assert late
    assert near
    assert all(one.days < 0 and one.mine for one in late)
    lines = visitor.get("/desk/tasks?alone=1").text
    assert f"逾期任务：{len(late)} 项" in lines
    assert "当前没有待办" not in lines
    assert f"近期任务（30 天内）：{len(near)} 项" in lines
    page = visitor.get("/tasks?when=late").text
    assert page.count('class="task late"') == len(late)
    assert 'class="task soon"' not in page
    assert visitor.get("/tasks?when=near").text.count('<li class="task ') == len(near)
    assert "to-file" in work(archive, "keeper")
    assert "关于停水的通知" not in page, "which has a line of its own"
    assert "关于停水的通知" in visitor.get("/tasks").text
