"""Borrowing as people do it: from the lock on a hit to the closed slip, each in a browser of their own."""

import re
from collections.abc import Callable

import pytest

from access.loans import Form
from archive import counter, lending
from archive.app import Archive
from archive.lending import Wish
from indexer.reading import Reader
from tests.archive.test_lending import a_secret, granted
from tests.builders import Office, a_person, a_record, an_office, settle
from tests.conftest import Clock
from tests.web.conftest import Visitor

SignedIn = Callable[[str], Visitor]
APPLY = {"form": "digital", "purpose": "合同纠纷复核", "days": "3"}


@pytest.fixture
def office(archive: Archive) -> Office:
    return an_office(archive)


def slip_of(answer_location: str) -> str:
    return answer_location.rsplit("/", 1)[-1]


def applied(visitor: Visitor, record_id: str, **more: str) -> str:
    """The id of the loan that was applied for."""
    answer = visitor.post("/loans/apply", {"record": record_id, **APPLY, **more})
    assert answer.status_code == 303, answer.text
    return slip_of(answer.headers["Location"])


def test_from_the_lock_to_the_page_and_out_again(
    archive: Archive, office: Office, signed_in: SignedIn, reader: Reader, clock: Clock
):
    record_id = a_secret(archive, body="物业服务合同\n" * 200)
    settle(archive, reader)
    borrower, head, owner = (signed_in(name) for name in ("borrower", "head", "owner"))

    assert f"/loans/apply?record={record_id}" in borrower.get("/?q=物业服务合同").text
    assert "部门负责人" in borrower.get(f"/loans/apply?record={record_id}").text
    loan_id = applied(borrower, record_id)
    for approver in (head, owner):
        assert "合同纠纷复核" in approver.get("/loans/to-approve").text
        assert approver.post(f"/loans/{loan_id}/approve", {"back": "to-decide"}).status_code == 303
        assert "您已同意 JY-" in approver.get("/loans/to-approve").text
        assert "没有待审批事项" in approver.get("/loans/to-approve").text

    assert "可在线阅览" in borrower.get("/notices").text
    assert borrower.get(f"/records/{record_id}/pages/1").status_code == 200
    assert borrower.get(f"/records/{record_id}/pages/1").headers["Cache-Control"] == "no-store"
    assert borrower.get(f"/records/{record_id}/content").status_code == 403
    clock.advance(days=3)
    borrower = signed_in("borrower")
    assert borrower.get(f"/records/{record_id}/pages/1").status_code == 403
    assert borrower.get(f"/records/{record_id}").text.count("/pages/1") == 0


def test_the_address_of_a_page_is_of_no_use_in_another_session(
    archive: Archive, office: Office, signed_in: SignedIn, reader: Reader, clock: Clock
):
    """T8: neither to a colleague nor to a second browser of the same person."""
    record_id = a_secret(archive, body="物业服务合同\n" * 200)
    settle(archive, reader)
    granted(archive, office, record_id)
    first, second, colleague = (signed_in(name) for name in ("borrower", "borrower", "colleague"))

    assert first.get(f"/records/{record_id}/pages/1").status_code == 200
    assert second.get(f"/records/{record_id}/pages/1").status_code == 403
    assert colleague.get(f"/records/{record_id}/pages/1").status_code == 403
    assert first.get(f"/records/{record_id}/pages/1").status_code == 200


def test_harvesting_is_answered_with_too_fast(archive: Archive, office: Office, signed_in: SignedIn, reader: Reader):
    from dataclasses import replace

    archive.settings = replace(archive.settings, pages_per_minute=3)
    record_id = a_secret(archive, body="物业服务合同\n" * 200)
    settle(archive, reader)
    granted(archive, office, record_id)
    borrower = signed_in("borrower")

    answers = [borrower.get(f"/records/{record_id}/pages/1?width=240").status_code for _ in range(5)]

    assert answers == [200, 200, 200, 429, 429]
    assert "已被限速" in signed_in("officer").get("/notices").text


def test_what_cannot_be_right_is_said_and_nothing_typed_is_lost(archive: Archive, office: Office, signed_in: SignedIn):
    record_id = a_secret(archive)
    borrower = signed_in("borrower")

    answer = borrower.post("/loans/apply", {"record": record_id, **APPLY, "days": "40"})

    assert answer.status_code == 422
    assert "合同纠纷复核" in answer.text
    assert "上限" in answer.text
    said = borrower.post("/loans/apply", {"record": record_id, **APPLY, "days": "三天"}).text
    assert 'id="days-problem"' in said
    assert "请填写数字，例如 3" in said
    assert "上限" not in said[said.index('id="days-problem"') :][:200]
    for odd in ("x", "", "-1", "9" * 30):
        assert borrower.post("/loans/apply", {"record": record_id, **APPLY, "days": odd}).status_code == 422
    assert borrower.post("/loans/apply", {"record": record_id, **APPLY, "form": "smoke"}).status_code == 422
    assert borrower.get("/loans/apply").status_code == 404


def test_all_that_is_in_the_way_of_a_request_is_said_at_once(archive: Archive, office: Office, signed_in: SignedIn):
    record_id = a_secret(archive)
    wrong = {"record": record_id, "purpose": " ", "days": "40"}

    own = signed_in("borrower").post("/loans/apply", {**wrong, "form": "digital"}).text
    for_another = signed_in("keeper").post("/loans/apply", {**wrong, "form": "digital", "borrower": "niemand"}).text

    for field in ("purpose", "days"):
        assert f'<a href="#{field}">' in own
        assert f'id="{field}-problem"' in own
    for field in ("purpose", "borrower"):
        assert f'<a href="#{field}">' in for_another
        assert f'id="{field}-problem"' in for_another


def test_of_several_those_that_cannot_be_borrowed_are_named_and_left_out(
    archive: Archive, office: Office, signed_in: SignedIn
):
    locked, open_one = a_secret(archive), a_record(archive, "公开须知", title="公开须知", level=0, site="JF01")
    borrower = signed_in("borrower")
    asked = {"record": [locked, open_one], "offered": [locked, open_one], **APPLY}

    seen = borrower.get(f"/loans/apply?record={locked}&record={open_one}").text
    answer = borrower.post("/loans/apply", asked)

    assert answer.status_code == 422
    for page in (seen, answer.text):
        assert "借阅人本可直接阅览" in page.split("公开须知")[1].split("</li>")[0]
        assert "借阅人本可直接阅览" not in page.split("公开须知")[0]
        assert f'value="{locked}" checked' in page
        assert f'name="record" value="{open_one}" >' in page
    rest = borrower.post("/loans/apply", {**asked, "record": locked})
    assert rest.status_code == 303
    assert "公开须知" not in borrower.get(rest.headers["Location"]).text


def test_a_refusal_reaches_the_borrower_with_its_reason(archive: Archive, office: Office, signed_in: SignedIn):
    record_id = a_secret(archive)
    borrower, head = signed_in("borrower"), signed_in("head")
    loan_id = applied(borrower, record_id)

    assert head.post(f"/loans/{loan_id}/refuse", {"said": " "}).status_code == 422
    assert head.post(f"/loans/{loan_id}/refuse", {"said": "请先查阅公开版本"}).status_code == 303

    assert "未获批准" in borrower.get("/notices").text
    assert "请先查阅公开版本" in borrower.get(f"/loans/{loan_id}").text


def test_nobody_approves_their_own_request_on_the_page_either(archive: Archive, office: Office, signed_in: SignedIn):
    record_id = a_secret(archive)
    head = signed_in("head")
    loan_id = applied(head, record_id)

    answer = head.post(f"/loans/{loan_id}/approve")

    assert answer.status_code == 422
    assert "不能审批自己的申请" in answer.text


def test_a_loan_is_nobodys_business_but_that_of_its_parties(archive: Archive, office: Office, signed_in: SignedIn):
    record_id = a_secret(archive)
    loan_id = applied(signed_in("borrower"), record_id)
    colleague = signed_in("colleague")

    absent = colleague.get("/loans/0123456789abcdef")
    assert colleague.get(f"/loans/{loan_id}").status_code == absent.status_code == 404
    for deed in ("approve", "refuse", "cancel", "renew", "call-back", "close", "explode"):
        assert colleague.post(f"/loans/{loan_id}/{deed}", {"said": "x"}).status_code in (403, 404)
    assert colleague.get(f"/loans/{loan_id}").text.count(loan_id) == 0


def test_a_scanner_types_the_number_and_the_counter_does_the_rest(
    archive: Archive, office: Office, signed_in: SignedIn
):
    record_id = a_secret(archive)
    loan = granted(archive, office, record_id, Form.PAPER)
    keeper = signed_in("keeper")

    assert "autofocus" in keeper.get("/loans/counter").text
    scanned = keeper.get(f"/loans/counter?record=https://archive.example/records/{record_id}").text
    assert loan.number in scanned
    out = {"record": record_id, "deed": "issue", "pages": "12", "condition": "good"}
    assert keeper.post("/loans/counter", out).status_code == 303
    missing = {"record": record_id, "deed": "take-back", "pages": "11", "condition": "good"}
    refused = keeper.post("/loans/counter", missing)
    assert refused.status_code == 422
    assert "借出时 12 页" in refused.text
    assert keeper.post("/loans/counter", {**missing, "note": "缺第7页"}).status_code == 303

    borrower, final = signed_in("borrower"), signed_in("final")
    assert borrower.post(f"/loans/{loan.id}/close", {"said": "用毕"}).status_code == 422
    settled = {"event": "settle", "said": "由扫描件补齐"}
    assert borrower.post(f"/loans/{loan.id}/items/{record_id}/settle", settled).status_code == 422
    assert "缺第7页" in final.get(f"/loans/{loan.id}").text
    assert final.post(f"/loans/{loan.id}/items/{record_id}/settle", settled).status_code == 303
    assert borrower.post(f"/loans/{loan.id}/close", {"said": "用毕"}).status_code == 303
    assert "已结案" in borrower.get(f"/loans/{loan.id}").text


def test_the_counter_knows_a_paper_by_what_stands_on_it_and_a_slip_by_its_number(
    archive: Archive, office: Office, signed_in: SignedIn
):
    record_id = a_secret(archive, doc_number="物业字〔2026〕第118号")
    loan = granted(archive, office, record_id, Form.PAPER)
    keeper = signed_in("keeper")

    assert loan.number in keeper.get("/loans/counter?record=物业字〔2026〕第118号").text
    to_the_slip = keeper.get(f"/loans/counter?record={loan.number.lower()}")
    assert (to_the_slip.status_code, to_the_slip.headers["Location"]) == (303, f"/loans/{loan.id}")
    assert signed_in("colleague").get(f"/loans/counter?record={loan.number}").status_code in (403, 404)


def test_what_is_scanned_and_is_nothing_is_said(archive: Archive, office: Office, signed_in: SignedIn):
    keeper = signed_in("keeper")

    assert keeper.get("/loans/counter?record=nothing").status_code == 404
    assert keeper.post("/loans/counter", {"record": "nothing", "deed": "issue"}).status_code in (404, 422)
    assert keeper.post("/loans/counter", {"deed": "juggle"}).status_code == 404


def test_the_boards_are_for_those_whose_duty_they_are(
    archive: Archive, office: Office, signed_in: SignedIn, clock: Clock
):
    record_id = a_secret(archive)
    loan = granted(archive, office, record_id, Form.PAPER)
    counter.issue(archive, office.keeper, record_id, pages=12, condition="good")
    clock.advance(days=8)
    a_person(archive, "auditor", "auditor", clearance=3)

    for login in ("keeper", "auditor", "officer", "final"):
        visitor = signed_in(login)
        assert loan.number in visitor.get("/loans/overdue").text, login
        register = visitor.get("/loans/register").text
        assert loan.number in register
        assert "合同纠纷复核" in register
        assert loan.number in visitor.get("/loans/of/borrower").text
    for login in ("borrower", "head"):
        for board in ("/loans/overdue", "/loans/register", "/loans/of/borrower"):
            assert signed_in(login).get(board).status_code == 403


def test_the_register_is_of_the_days_that_are_asked_for(archive: Archive, office: Office, signed_in: SignedIn):
    loan = lending.request(archive, office.borrower, Wish(((a_secret(archive), Form.DIGITAL),), "查证", 1))
    keeper = signed_in("keeper")

    assert loan.number in keeper.get("/loans/register?from=2026-03-02&to=2026-03-02").text
    assert loan.number not in keeper.get("/loans/register?from=2026-02-01&to=2026-02-28").text
    assert keeper.get("/loans/register?from=nonsense&to=0001-01-01").status_code in (200, 422)
    assert keeper.get("/loans/register?from=2026-03-02&to=2026-02-02").status_code == 422


def test_who_waits_finds_their_place_and_their_turn(archive: Archive, office: Office, signed_in: SignedIn):
    record_id = a_secret(archive)
    granted(archive, office, record_id, Form.PAPER)
    counter.issue(archive, office.keeper, record_id, pages=1, condition="good")
    colleague = signed_in("colleague")

    assert f"/loans/queue/{record_id}" in colleague.get(f"/records/{record_id}").text
    colleague.post(f"/loans/queue/{record_id}")
    assert "第 1 位" in colleague.get("/loans").text
    counter.take_back(archive, office.keeper, record_id, pages=1, condition="good")
    assert "轮到您了" in colleague.get("/loans").text
    colleague.post(f"/loans/queue/{record_id}", {"leave": "1"})
    assert "轮到您了" not in colleague.get("/loans").text


def test_a_deputy_is_appointed_from_a_day_to_a_day_and_dismissed(archive: Archive, office: Office, signed_in: SignedIn):
    head, colleague = signed_in("head"), signed_in("colleague")

    wrong = {"login": "colleague", "first": "soon", "last": "2026-03-09"}
    assert head.post("/loans/deputies", wrong).status_code == 422
    right = {"login": "colleague", "first": "2026-03-02", "last": "2026-03-09"}
    assert head.post("/loans/deputies", right).status_code == 303
    loan_id = applied(signed_in("borrower"), a_secret(archive))
    assert loan_id in colleague.get("/loans/to-approve").text
    delegation = re.search(r'name="end" value="(\w+)"', head.get("/loans/deputies").text)
    assert delegation is not None
    head.post("/loans/deputies", {"end": delegation[1]})
    assert loan_id not in colleague.get("/loans/to-approve").text


def test_a_system_administrator_has_nothing_to_do_with_lending(archive: Archive, office: Office, signed_in: SignedIn):
    a_person(archive, "root", "sysadmin")
    root = signed_in("root")

    assert "/loans" not in root.get("/").text
    for page in ("/loans", "/loans/to-approve", "/loans/counter", "/loans/overdue", "/loans/register"):
        assert root.get(page).status_code == 403


def test_what_people_write_never_becomes_part_of_the_page(archive: Archive, office: Office, signed_in: SignedIn):
    record_id = a_secret(archive, title="<b>粗</b>")
    loan_id = applied(signed_in("borrower"), record_id, purpose="<script>alert(1)</script>")

    for login, page in (
        ("borrower", f"/loans/{loan_id}"),
        ("head", "/loans/to-approve"),
        ("keeper", "/loans/register"),
    ):
        text = signed_in(login).get(page).text
        assert "<script>alert(1)" not in text
        assert "<b>粗" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_whom_a_form_names_is_chosen_by_name(signed_in: SignedIn, office: Office):
    keeper, officer = signed_in("keeper"), signed_in("officer")

    for visitor, address in (
        (keeper, "/handovers/plan"),
        (keeper, "/loans/deputies"),
        (officer, "/access"),
        (officer, "/grants"),
    ):
        page = visitor.get(address).text
        assert '<option value="second">second ' in page, address
        assert 'list="colleagues"' in page, address


def test_the_counter_says_in_figures_how_pages_differ_keeps_what_was_typed_and_says_what_follows(
    archive: Archive, office: Office, signed_in: SignedIn
):
    record_id = a_secret(archive)
    loan = granted(archive, office, record_id, Form.PAPER)
    keeper = signed_in("keeper")
    out = {"record": record_id, "deed": "issue", "pages": "12", "condition": "good"}
    keeper.post("/loans/counter", out)
    page = keeper.get("/loans/counter").text
    assert "已借出 12 页，应于" in page
    assert f'<a href="/loans/{loan.id}">{loan.number}</a>' in page

    back = {"record": record_id, "deed": "take-back", "pages": "11", "condition": "worn"}
    refused = keeper.post("/loans/counter", back)
    assert refused.status_code == 422
    assert "借出 12 页，归还 11 页，两者不符。请重新清点，或写明情况。" in refused.text
    assert 'value="11"' in refused.text
    assert '<option value="worn" selected>' in refused.text
    keeper.post("/loans/counter", {**back, "note": "缺第7页"})
    page = keeper.get("/loans/counter").text
    assert "借出 12 页，归还 11 页" in page
    assert "已通知终审人处理" in page
    settled = {"event": "settle", "said": "由扫描件补齐"}
    signed_in("final").post(f"/loans/{loan.id}/items/{record_id}/settle", settled)
    signed_in("borrower").post(f"/loans/{loan.id}/close", {"said": "用毕"})

    again = granted(archive, office, record_id, Form.PAPER)
    asked = keeper.get(f"/loans/counter?record={record_id}").text
    assert f"上次清点 12 页（{loan.number}）" in asked
    refused = keeper.post("/loans/counter", {**out, "pages": "10"})
    assert "应有 12 页，实点 10 页，两者不符" in refused.text
    assert keeper.post("/loans/counter", {**out, "pages": "10", "note": "补页尚未装订"}).status_code == 303
    assert "补页尚未装订" in signed_in("borrower").get(f"/loans/{again.id}").text


def test_somebody_is_named_by_name_where_only_one_is_called_so(archive: Archive, office: Office, signed_in: SignedIn):
    """Fields took a login only, and nobody knows those of their colleagues."""
    for login, name in (("zhang1", "张伟"), ("zhang2", "张伟"), ("wang", "王芳")):
        a_person(archive, login, "borrower", clearance=2, name=name)
    record_id = a_secret(archive)
    keeper = signed_in("keeper")
    page = keeper.get(f"/loans/apply?record={record_id}").text
    assert 'list="colleagues"' in page
    assert '<option value="王芳">wang' in page
    assert '<option value="zhang1">张伟' in page, "of two of one name it is said which"

    twice = keeper.post("/loans/apply", {"record": record_id, **APPLY, "borrower": "张伟"})
    once = keeper.post("/loans/apply", {"record": record_id, **APPLY, "borrower": " 王芳 "})

    assert (twice.status_code, 'id="borrower-problem"' in twice.text) == (422, True)
    assert once.status_code == 303
    assert lending_of(archive, once.headers["Location"]) == "wang"


def lending_of(archive: Archive, location: str) -> str:
    """The login name of whoever borrows."""
    with archive.read() as tx:
        person = tx.people.get(tx.loans.get(slip_of(location)).borrower_id)
    assert person is not None
    return person.login


def test_the_counter_does_not_tell_that_a_paper_is_lost_to_who_may_not_find_it(
    archive: Archive, office: Office, signed_in: SignedIn
):
    seen = a_secret(archive, body="a", level=1, title="看得见")
    hidden = a_secret(archive, body="b", level=2, title="看不见", name="b.txt")
    loan = lending.request(
        archive, office.borrower, Wish(((seen, Form.PAPER), (hidden, Form.PAPER)), "合同纠纷复核", 3)
    )
    for approver in (office.head, office.second_keeper, office.owner):
        lending.decide(archive, approver, loan.id, yes=True)
    for paper in (seen, hidden):
        counter.issue(archive, office.keeper, paper, pages=5, condition="good")
    counter.lose(archive, office.keeper, hidden, "丢了")
    a_person(archive, "low", "document_controller", clearance=1, department="DAS")

    page = signed_in("low").get("/loans/counter").text

    assert "看得见" in page
    assert "破损或遗失，由终审人处理" not in page
    assert "破损或遗失，由终审人处理" in signed_in("keeper").get("/loans/counter").text


def test_the_overdue_list_does_not_tell_that_a_hidden_paper_is_out(
    archive: Archive, office: Office, signed_in: SignedIn, clock: Clock
):
    seen = a_secret(archive, body="a", level=1, title="看得见")
    hidden = a_secret(archive, body="b", level=2, title="看不见", name="b.txt")
    loan = lending.request(
        archive, office.borrower, Wish(((seen, Form.PAPER), (hidden, Form.PAPER)), "合同纠纷复核", 3)
    )
    for approver in (office.head, office.second_keeper, office.owner):
        lending.decide(archive, approver, loan.id, yes=True)
    for paper in (seen, hidden):
        counter.issue(archive, office.keeper, paper, pages=5, condition="good")
    counter.take_back(archive, office.keeper, seen, pages=5, condition="good")
    a_person(archive, "low", "document_controller", clearance=1, department="DAS")
    clock.advance(days=9)

    assert loan.number in signed_in("keeper").get("/loans/overdue").text
    assert loan.number not in signed_in("low").get("/loans/overdue").text


def test_what_was_typed_at_the_counter_stays_even_if_it_reads_like_a_reason_of_the_programs(
    archive: Archive, office: Office, signed_in: SignedIn
):
    record_id = a_secret(archive)
    granted(archive, office, record_id, Form.PAPER)
    counter.issue(archive, office.keeper, record_id, pages=12, condition="good", note="left\n封面有折痕")

    loan = counter.take_back(archive, office.second_keeper, record_id, pages=12, condition="good")

    assert [line.strip() for line in loan.items[0].note.splitlines()] == ["left", "封面有折痕"]
    page = signed_in("keeper").get(f"/loans/{loan.id}").text
    assert "离职" not in page
    assert re.search(r"\bleft\s*<br>", page), "and is shown as it was typed"
