"""The pages show what there is to see, and say why where there is not."""

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace

import pytest
import python_calamine
from flask import Flask

from access.actors import OPERATOR
from archive import (
    importing,
    indexing,
    intake,
    locations,
    people,
    properties,
    records,
    saved_searches,
    sheets,
    telling,
    worker,
)
from archive.app import Archive
from archive.intake import Claims
from archive.locations import NewPlace
from archive.search import Question
from indexer.reading import Reader
from tests.archive.test_lending import a_secret, granted
from tests.builders import a_person, a_record, an_office, an_unfiled_record, settle
from tests.samples import make
from tests.web.conftest import Visitor

SignedIn = Callable[[str], Visitor]


@pytest.fixture
def keeper(archive: Archive, signed_in: SignedIn) -> Visitor:
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    return signed_in("keeper")


# ---- Searching ----


def test_an_empty_archive_says_what_to_do_first(archive: Archive, keeper: Visitor, signed_in: SignedIn):
    assert 'href="/intake"' in keeper.get("/").text.partition("还没有您可以查看的档案")[2]
    a_person(archive, "root", "sysadmin", clearance=0)
    assert "您负责运行系统，不查看档案" in signed_in("root").get("/").text


def test_the_first_page_teaches_how_to_ask(keeper: Visitor, archive: Archive, reader: Reader):
    a_record(archive)
    settle(archive, reader)
    page = keeper.get("/").text
    assert "记得什么就输入什么" in page
    assert 'href="/?q=3%E5%8F%B7%E6%A5%BCB%E5%BA%A71707"' in page


def test_a_hit_shows_title_place_page_and_the_line_with_the_words_marked(
    archive: Archive, keeper: Visitor, reader: Reader
):
    record_id = a_record(
        archive, "本合同约定电梯每半月保养一次。", title="电梯维保合同", shelf_location="一号库房-03柜"
    )
    settle(archive, reader)
    page = keeper.get("/results?q=电梯").text
    assert f'href="/records/{record_id}?q=' in page
    assert "<mark>电梯</mark>维保合同" in page
    assert "约定<mark>电梯</mark>每半月保养" in page
    assert "一号库房-03柜" in page
    assert "第 1 页" in page
    assert "内部" in page


def test_the_pages_of_an_archive_name_the_files_inside_it(archive: Archive, keeper: Visitor, reader: Reader):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archived:
        for number in range(8):
            archived.writestr(f"附件{number}.txt", f"第{number}份附件")
    record_id = intake.hand_in(archive, OPERATOR, io.BytesIO(packed.getvalue()), "旧资料.zip", Claims()).record_id
    settle(archive, reader)
    page = keeper.get(f"/filing/{record_id}").text
    assert ">附件0.txt</a>" in page
    tabs = page.partition('aria-label="文件"')[2].partition("</div>")[0]
    assert tabs.count("<a ") == 6
    inside = re.findall(r"component=(\w+)", keeper.get(f"/records/{record_id}").text)[-1]
    shown = keeper.get(f"/records/{record_id}?component={inside}").text
    assert "第 1 页" in shown


def test_a_hit_inside_an_archive_opens_the_file_with_the_words_and_not_the_list(
    archive: Archive, keeper: Visitor, reader: Reader
):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archived:
        for number in range(3):
            archived.writestr(f"保养记录{number}.txt", f"第{number}次保养,更换钢丝绳{number}根")
    record_id = intake.hand_in(archive, OPERATOR, io.BytesIO(packed.getvalue()), "旧资料.zip", Claims()).record_id
    settle(archive, reader)

    for asked in ("更换钢丝绳1根", "保养记录1"):
        hit = json.loads(keeper.get("/api/v1/search", query_string={"q": asked}).text)["hits"][0]
        opened = keeper.get(f"/records/{record_id}?component={hit['component']}&page={hit['page']}&view=text").text
        assert "第1次保养" in opened, asked
        assert f"component={hit['component']}" in keeper.get(f"/results?q={asked}").text


def test_what_is_told_of_a_saved_search_leads_to_what_is_new(archive: Archive, signed_in: SignedIn, reader: Reader):
    a_person(archive, "curious", "borrower", clearance=1)
    saved_searches.watch(archive)
    kept = saved_searches.save(archive, people.named(archive, "curious"), "电梯", Question("电梯"), alert="at-once")
    record_id = a_record(archive, "保养", title="电梯维保合同", level=1)
    settle(archive, reader)
    saved_searches.watch(archive)
    curious = signed_in("curious")

    link, _, after = curious.get("/notices").text.partition("您保存的检索有新档案")
    assert after
    leads = curious.get(link.rpartition('href="')[2].rstrip('">'))
    assert leads.headers["Location"] == f"/searches/{kept.id}/new"
    assert record_id in curious.get(f"/searches/{kept.id}/new").text


def test_what_comes_nearest_stands_in_a_list_of_its_own_below_its_remark(
    archive: Archive, keeper: Visitor, reader: Reader
):
    a_record(archive, "前期物业服务合同终止后的交接。", title="交接办法", name="1.txt")
    a_record(archive, "合同终止以后，物业要办交接。", title="通知", name="2.txt")
    settle(archive, reader)
    page = keeper.get("/results?q=物业服务合同终止").text
    lists = re.findall(r'<ol class="hits">(.*?)</ol>', page, re.DOTALL)
    assert [one.count('<li class="hit') for one in lists] == [1, 1]
    between = page.partition("</ol>\n")[2].partition('<ol class="hits">')[0]
    assert "另有以下档案含有其中部分词语" in between


def test_a_hit_one_may_not_read_has_a_lock_and_the_reason(archive: Archive, signed_in: SignedIn, reader: Reader):
    a_person(archive, "curious", "borrower", clearance=2)
    a_record(archive, "密文", title="电梯维保合同", level=2)
    settle(archive, reader)
    page = signed_in("curious").get("/results?q=电梯").text
    assert "仅限著录" in page
    assert "可申请借阅" in page
    assert "密文" not in page


def test_what_a_document_says_never_becomes_part_of_the_page(archive: Archive, keeper: Visitor, reader: Reader):
    evil = "<img src=x onerror=alert(1)>电梯</mark>"
    record_id = a_record(archive, evil, title=f"{evil}标题", doc_number=evil)
    settle(archive, reader)
    for address in (
        "/results?q=电梯",
        f"/records/{record_id}?q=电梯&view=text",
        f"/records/{record_id}/edit",
        "/intake",
    ):
        assert "<img src=x" not in keeper.get(address).text, address
    assert "<img src=x" not in keeper.get("/?q=<img src=x>").text


def test_facets_are_links_that_narrow_and_widen_again(archive: Archive, keeper: Visitor, reader: Reader):
    a_record(archive, title="电梯合同", class_code="HT03", document_date="2024-01-01")
    a_record(archive, "b", title="电梯记录", class_code="SB02", level=0, name="b.txt")
    settle(archive, reader)
    assert 'href="/?q=%E7%94%B5%E6%A2%AF&amp;class=SB02"' in keeper.get("/results?q=电梯").text
    narrowed = keeper.get("/results?q=电梯&class=SB02").text
    assert "1 件档案" in narrowed
    assert 'href="/?q=%E7%94%B5%E6%A2%AF" aria-current="true"' in narrowed
    assert "1 件档案" in keeper.get("/results?q=电梯&year=2024").text


def test_chosen_filters_are_chips_that_can_be_taken_off_one_by_one(archive: Archive, keeper: Visitor, reader: Reader):
    a_record(archive, title="电梯合同", class_code="HT03", shelf_location="一号库房-03柜")
    settle(archive, reader)
    page = keeper.get("/results?q=电梯&class=HT03&carrier=paper&department=SWB&format=plain-text").text
    assert "1 件档案" in page
    chips = page.partition('class="chosen"')[2].partition("</ul>")[0]
    for label in ("HT03", "有纸质原件", "商务部", "纯文本", "取消全部筛选"):
        assert label in chips, label
    assert 'href="/?q=%E7%94%B5%E6%A2%AF&amp;class=HT03&amp;carrier=paper&amp;format=plain-text"' in chips
    assert "0 件档案" in keeper.get("/results?q=电梯&carrier=digital").text


def test_when_nothing_is_found_the_page_says_which_word_is_to_blame(archive: Archive, keeper: Visitor, reader: Reader):
    a_record(archive, title="电梯合同", class_code="HT03")
    settle(archive, reader)
    page = keeper.get("/results?q=电梯 扶手").text
    alone = page.partition("各词单独检索的结果")[2].partition("</ul>")[0]
    assert "<code>电梯</code> <span>1</span>" in alone
    assert "<code>扶手</code> <span>0</span>" in alone
    assert "不加筛选条件，有 1 件档案" in keeper.get("/results?q=电梯&class=SB02").text


def test_a_hit_says_whether_the_paper_is_on_its_shelf_and_what_one_has_borrowed(
    archive: Archive, signed_in: SignedIn, reader: Reader
):
    office = an_office(archive)
    record_id = a_secret(archive, shelf_location="一号库房-03柜-2层")
    settle(archive, reader)
    borrower = signed_in("borrower")
    page = borrower.get("/results").text
    assert "在架" in page
    assert f'/loans/apply?record={record_id}"' in page

    loan = granted(archive, office, record_id)
    page = borrower.get("/results").text
    assert "您的借阅" in page
    assert loan.id in page
    assert f'/loans/apply?record={record_id}"' not in page, "what is borrowed already is not offered again"
    colleague = signed_in("colleague").get("/results").text
    assert loan.id not in colleague


def test_a_bad_question_is_explained_in_the_readers_language(keeper: Visitor):
    page = keeper.get("/?q=-合同").text
    assert "只有要排除的词" in page
    assert "件档案" not in page, "what was not understood was not counted"
    assert "检索式有 501 个字符；最多 500 个。" in keeper.get("/?q=" + "长" * 501).text


def test_searching_while_there_is_no_index_is_explained_too(archive: Archive, keeper: Visitor):
    archive.forget_engine()
    shutil.rmtree(archive.settings.index)
    answer = keeper.get("/?q=合同")
    assert (answer.status_code, "正在重建索引" in answer.text) == (200, True)


def test_who_runs_the_machine_has_the_index_built_anew_from_its_page_and_searching_goes_on(
    archive: Archive, signed_in: SignedIn, keeper: Visitor
):
    a_person(archive, "machinist", "sysadmin")
    assert "重建索引" in signed_in("machinist").get("/status").text
    assert "重建索引" not in keeper.get("/status").text

    answer = signed_in("machinist").post("/status/index", follow_redirects=True)

    assert "已请求重建，数秒内开始；其间检索照常" in answer.text
    assert indexing.rebuild_wanted(archive)
    assert keeper.get("/?q=合同").status_code == 200


# ---- One record ----


def test_a_record_shows_its_facts_its_digest_and_its_pages(archive: Archive, keeper: Visitor, reader: Reader):
    record_id = a_record(archive, "第一行\n第二行", title="会议纪要", document_date="2024-05-06", issuer="总经办")
    settle(archive, reader)
    page = keeper.get(f"/records/{record_id}").text
    for fact in ("会议纪要", "2024-05-06", "2026-03-02", "总经办", "SHA-256", "JF大厦", "永久"):
        assert fact in page, fact
    assert f"/records/{record_id}/pages/1" in page
    text = keeper.get(f"/records/{record_id}/viewer?view=text&q=第二").text
    assert "<mark>第二</mark>行" in text


def test_a_record_says_on_which_day_it_was_tested(archive: Archive, keeper: Visitor, reader: Reader):
    record_id = a_record(archive)
    settle(archive, reader)
    properties.look_at_captured(archive)
    page = keeper.get(f"/records/{record_id}").text
    run = properties.board(archive, OPERATOR).runs[0]
    assert run.number in page
    assert "· 2026-03-02</span>" in page, "a day is a day, not an instant"


def test_a_record_one_may_not_read_says_what_to_do_next(archive: Archive, signed_in: SignedIn):
    a_person(archive, "curious", "borrower", clearance=2)
    record_id = a_record(archive, level=2)
    page = signed_in("curious").get(f"/records/{record_id}").text
    assert "您可以查看著录，不能查看内容" in page
    assert "可申请借阅" in page
    assert "/pages/" not in page
    assert signed_in("curious").get(f"/records/{record_id}/content").status_code == 403
    assert signed_in("curious").get(f"/records/{record_id}/viewer").status_code == 404


def test_a_loan_opens_pictures_of_pages_and_neither_text_nor_original(
    archive: Archive, signed_in: SignedIn, reader: Reader
):
    office, record_id = an_office(archive), a_secret(archive, level=2, body="第一行\n第二行")
    settle(archive, reader)
    granted(archive, office, record_id)
    borrower = signed_in("borrower")
    page = borrower.get(f"/records/{record_id}").text
    assert 'class="page"' in page
    assert "view=text" not in page
    assert "/content" not in page
    assert borrower.get(f"/records/{record_id}/pages/1").content_type == "image/png"
    assert "第一行" not in borrower.get(f"/records/{record_id}/viewer?view=text").text
    for part in ("content", "text"):
        assert borrower.get(f"/api/v1/records/{record_id}/{part}").status_code == 403
    assert signed_in("colleague").get(f"/records/{record_id}/pages/1").status_code == 403


def test_a_refusal_is_a_page_that_says_why_and_whom_to_ask(archive: Archive, signed_in: SignedIn):
    a_person(archive, "reader")
    answer = signed_in("reader").get("/status")
    assert answer.status_code == 403
    assert "档案管理员" in answer.text
    assert "请与他们联系" in answer.text


def test_readings_in_a_row_are_drawn_together_in_the_history(archive: Archive, keeper: Visitor, reader: Reader):
    record_id = a_record(archive, "正文", level=2)
    settle(archive, reader)
    for part in ("viewer?view=text", "pages/1", "viewer?view=text", "content", "content"):
        keeper.get(f"/records/{record_id}/{part}")
    history = keeper.get(f"/records/{record_id}").text
    assert history.count("下载了原件") == history.count("×2") == 1
    assert history.count("阅读了内容") == history.count("×3") == 1
    assert "收录了文件" in history


# ---- Filing ----

FORM = {
    "title": "电梯维护保养合同",
    "class_code": "HT03",
    "level": "2",
    "site": "JF01",
    "department": "GCB",
    "doc_number": "JF01-WB-3",
    "document_date": "2024-05-06",
    "issuer": "",
    "parties": "甲公司\n乙公司",
    "shelf_location": "",
    "revision": "1",
}


def test_filing_starts_with_what_has_waited_longest_and_a_filled_in_form(
    archive: Archive, keeper: Visitor, reader: Reader
):
    record_id = an_unfiled_record(archive, "电梯维护保养合同\n编号:JF01-WB-3\n甲方:甲公司\n2024年5月6日", site="JF01")
    settle(archive, reader)
    assert keeper.get("/filing").headers["Location"] == f"/filing/{record_id}"
    page = keeper.get(f"/filing/{record_id}").text
    assert ">电梯维护保养合同</textarea>" in page, "the suggestion, not the file name"
    assert 'value="JF01-WB-3"' in page
    assert 'value="2024-05-06"' in page
    assert "“编号:JF01-WB-3”" in page, "where it was read"
    assert 'data-value="scan"' in page, "another title to choose"


def test_a_class_is_entered_where_it_is_likely_enough_and_offered_where_it_is_not(
    archive: Archive, keeper: Visitor, reader: Reader
):
    """A guess that stood in its field looked like what somebody knew, and was filed as that."""
    record_id = an_unfiled_record(archive, "电梯维护保养合同\n编号:JF01-WB-3", site="JF01")
    settle(archive, reader)

    unsure = keeper.get(f"/filing/{record_id}").text
    with archive.write() as tx:
        sure = [replace(one, confidence=0.8) for one in tx.records.suggestions_of(record_id)]
        tx.records.suggest(record_id, sure)

    assert 'data-fill="class_code"' in unsure
    assert "都不够有把握" in unsure
    assert not re.search(r'<option value="[^"]+" data-level[^>]* selected', unsure)
    assert re.search(r'<option value="[^"]+" data-level[^>]* selected', keeper.get(f"/filing/{record_id}").text)
    emptied = keeper.post(f"/filing/{record_id}", {**FORM, "class_code": ""}).text
    assert 'data-fill="class_code"' in emptied
    assert "都不够有把握" not in emptied


def test_filing_one_goes_on_to_the_next_and_ends_with_praise(archive: Archive, keeper: Visitor):
    first, second = (an_unfiled_record(archive, text) for text in ("甲", "乙"))
    assert keeper.post(f"/filing/{first}", FORM).headers["Location"] == f"/filing/{second}"
    assert keeper.post(f"/filing/{second}", FORM).headers["Location"] == "/filing"
    praise = keeper.get("/filing").text
    assert "全部归档完毕" in praise
    assert "已归档：电梯维护保养合同" in praise


def test_what_cannot_be_right_is_said_beside_its_field_and_nothing_typed_is_lost(archive: Archive, keeper: Visitor):
    record_id = an_unfiled_record(archive, "甲")
    for change, field, why in (
        ({"class_code": ""}, "class_code", "请选择类目"),
        ({"site": ""}, "site", "请选择项目"),
        ({"document_date": "neulich"}, "document_date", "日期格式不对"),
        ({"document_date": "2062-11-20"}, "document_date", "日期晚于今天，请核对年份"),
        ({"title": " "}, "title", "请填写题名"),
    ):
        answer = keeper.post(f"/filing/{record_id}", {**FORM, **change})
        assert answer.status_code == 422
        assert f'id="{field}-problem"' in answer.text
        assert why in answer.text
        assert "甲公司\n乙公司</textarea>" in answer.text
        assert 'value="JF01-WB-3"' in answer.text


def test_all_that_cannot_be_right_is_said_at_once_on_top_and_beside_each_field(archive: Archive, keeper: Visitor):
    """It came one after the other: three wrong fields took three tries."""
    record_id = an_unfiled_record(archive, "甲")
    wrong = {"title": " ", "class_code": "", "level": "", "site": "", "document_date": "neulich"}
    page = keeper.post(f"/filing/{record_id}", {**FORM, **wrong}).text
    summary = page[page.index('role="alert"') : page.index('<div class="field">')]
    assert "5 处" in summary
    for field in wrong:
        assert f'href="#{field}"' in summary
        assert f'id="{field}"' in page, "where the link leads"
        assert f'aria-describedby="{field}-problem"' in page
        assert f'id="{field}-problem"' in page
    assert "neulich" in page


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(archive: Archive, keeper: Visitor):
    record_id = an_unfiled_record(archive, "甲")
    keeper.post(f"/filing/{record_id}", {**FORM, "title": "先到", "later": "1"})
    answer = keeper.post(f"/filing/{record_id}", FORM)
    assert answer.status_code == 422
    assert "其间已有他人修改" in answer.text
    assert records.view(archive, _actor(archive), record_id).record.title == "先到"


def test_a_description_is_corrected_on_a_page_of_its_own(archive: Archive, keeper: Visitor, signed_in: SignedIn):
    record_id = a_record(archive, level=1)
    form = {**FORM, "class_code": "HT02", "level": "1"}
    assert keeper.post(f"/records/{record_id}/edit", form).headers["Location"] == f"/records/{record_id}"
    assert "电梯维护保养合同" in keeper.get(f"/records/{record_id}").text
    a_person(archive, "reader")
    assert signed_in("reader").get(f"/records/{record_id}/edit").status_code == 403


# ---- Intake ----


def test_the_intake_page_adds_up_and_names_the_reason_of_quarantine(archive: Archive, keeper: Visitor, reader: Reader):
    answer = keeper.post("/upload", {"file": [(io.BytesIO(b"\x7fELF"), "工具.bin"), (io.BytesIO(b""), "空.txt")]})
    assert "文件是空的" in keeper.get(answer.headers["Location"]).text
    settle(archive, reader)
    page = keeper.get("/intake").text
    assert "数目相符" in page
    assert "工具.bin" in page
    assert "这是程序文件" in page
    assert str(archive.settings.inboxes[0].path) in page


def test_a_liaison_hands_in_without_seeing_the_intake(archive: Archive, signed_in: SignedIn):
    a_person(archive, "liaison", "records_liaison")
    liaison = signed_in("liaison")
    assert liaison.get("/intake").status_code == 403
    answer = liaison.post("/upload", {"file": (io.BytesIO("收文".encode()), "收文.txt"), "level": "1"})
    assert "已收到，随后读取" in liaison.get(answer.headers["Location"]).text
    assert "/upload" in liaison.get("/").text
    for _ in range(2):
        # Whether it is here already is none of their business.
        answer = liaison.post("/upload", {"file": (io.BytesIO(b"MZ\x90\0" + bytes(99)), "发票.pdf")})
        assert "隔离" in liaison.get(answer.headers["Location"]).text


def test_who_handed_in_a_broken_file_is_told_so_and_nobody_else_learns_of_it(
    archive: Archive, reader: Reader, signed_in: SignedIn
):
    """It was called captured, and already here when it was handed in again."""
    for login in ("liaison", "other"):
        a_person(archive, login, "records_liaison")
    broken = b"%PDF-1.7\n" + bytes(range(256))

    def hand_in(login: str) -> tuple[Visitor, str]:
        visitor = signed_in(login)
        answer = visitor.post("/upload", {"file": (io.BytesIO(broken), "催缴函.pdf"), "level": "1"})
        return visitor, answer.headers["Location"]

    liaison, address = hand_in("liaison")
    assert "已隔离：" not in liaison.get(address).text
    settle(archive, reader)

    assert "已隔离：" in liaison.get(address).text
    [notice] = telling.inbox(archive, people.named(archive, "liaison"))
    assert "隔离区" in liaison.get("/notices").text
    assert "催缴函" not in telling.sentence(notice, "zh"), "notices leave the house"
    assert "催缴函.pdf" in liaison.get(telling.link(notice)).text
    again, second = hand_in("liaison")
    assert "已隔离：" in again.get(second).text
    other, third = hand_in("other")
    page = other.get(third).text
    assert "已收到，随后读取" in page
    assert "已隔离：" not in page
    assert "催缴函.pdf" not in other.get(telling.link(notice)).text
    assert not telling.inbox(archive, people.named(archive, "other"))


def test_what_became_of_each_file_of_a_form_can_be_read_again(archive: Archive, signed_in: SignedIn, keeper: Visitor):
    twin = an_unfiled_record(archive, "只有一份", name="只有一份.txt")
    files = [("收文一.txt", "收文一"), ("收文二.txt", "收文二"), ("又一份.txt", "只有一份"), ("空.txt", "")]
    given = [(io.BytesIO(text.encode()), name) for name, text in files]
    address = keeper.post("/upload", {"file": given, "level": "1"}).headers["Location"]

    for _ in range(2):
        page = keeper.get(address).text
        told = {line.partition("<")[0]: line for line in page.split('class="upload-name">')[1:]}
        outcomes = ("已收到", "已收到", "重复（已有）", "文件是空的")
        assert told.keys() == {name for name, _ in files}
        assert all(outcome in told[name] for (name, _), outcome in zip(files, outcomes, strict=True))
        assert f"/records/{twin}" in told["又一份.txt"]
    with archive.read() as tx:
        assert sum(tx.intake.counts().values()) == 4
    assert "至少选择一个文件" in keeper.get(keeper.post("/upload", {}).headers["Location"]).text
    a_person(archive, "liaison", "records_liaison")
    # What others handed in is nobody's business, whatever address they have.
    assert "收文一" not in signed_in("liaison").get(address).text


def test_an_upload_that_is_too_large_is_refused_in_words(app: Flask, archive: Archive, keeper: Visitor):
    app.config["MAX_CONTENT_LENGTH"] = 1000
    token = keeper.form_token()
    data = {"file": (io.BytesIO(b"x" * 2000), "big.txt")}
    answer = keeper.client.post("/api/v1/records", data=data, headers={"X-CSRFToken": token})
    assert (answer.status_code, json.loads(answer.text)["status"]) == (413, 413)


def _actor(archive: Archive):
    from archive import people

    return people.named(archive, "keeper")


# ---- Versions ----


def test_a_new_version_is_handed_in_on_the_page_and_every_version_is_listed(
    archive: Archive, keeper: Visitor, reader: Reader
):
    record_id = a_record(archive, "第一版")
    answer = keeper.post(
        f"/records/{record_id}/versions", {"file": (io.BytesIO("第二版".encode()), "v2.txt"), "why": "改了地址"}
    )
    assert answer.status_code == 303
    settle(archive, reader)
    page = keeper.get(f"/records/{record_id}").text
    assert "第 2 版" in page
    assert "改了地址" in page
    old = records.view(archive, OPERATOR, record_id).versions[1]
    assert "已被替换" in keeper.get(f"/records/{record_id}?component={old.id}").text
    assert keeper.get(f"/records/{record_id}/content?component={old.id}").text == "第一版"


def test_who_may_correct_a_record_stops_the_reading_of_its_pages_and_has_it_gone_on_with(
    archive: Archive, keeper: Visitor, signed_in: SignedIn
):
    content = make.scanned(*(make.sheet(word, size=(640, 200)) for word in ("电梯年检", "消防年检")), form="TIFF")
    claims = Claims("扫描件", "HT02", 1, "JF01", "SWB")
    record_id = intake.hand_in(archive, OPERATOR, io.BytesIO(content), "扫描.tif", claims, door="command").record_id
    with Reader() as reader:
        worker.run_one(archive, reader, "test", ["read"])
    (file,) = records.view(archive, OPERATOR, record_id).components
    a_person(archive, "colleague")
    colleague = signed_in("colleague")
    assert "停止识别" not in colleague.get(f"/records/{record_id}").text
    assert colleague.post(f"/records/{record_id}/reading/stop", {"component": file.id}).status_code == 403

    assert "停止识别" in keeper.get(f"/records/{record_id}").text
    page = keeper.post(f"/records/{record_id}/reading/stop", {"component": file.id}, follow_redirects=True).text
    assert "共 2 页，已识别 0 页，识别由 keeper 停止。" in page
    assert "识别由 keeper 停止" in colleague.get(f"/records/{record_id}").text
    assert "继续识别" not in colleague.get(f"/records/{record_id}").text
    again = keeper.post(f"/records/{record_id}/reading/stop", {"component": file.id}, follow_redirects=True).text
    assert "该项工作已结束，或不能停止" in again

    page = keeper.post(f"/records/{record_id}/reading/go-on", {"component": file.id}, follow_redirects=True).text
    assert "剩余页面开始继续识别" in page
    assert "停止识别</button>" in page
    assert keeper.post(f"/records/{record_id}/reading/go-on", {"component": "0123456789abcdef"}).status_code == 404


def test_a_second_click_on_a_proposed_version_leads_to_the_record_it_became(archive: Archive, keeper: Visitor):
    record_id, waiting = a_record(archive, "第一版"), an_unfiled_record(archive, "第二版", site="JF01")

    first = keeper.post(f"/filing/{waiting}/version-of", {"into": record_id, "level": "2"})
    again = keeper.post(f"/filing/{waiting}/version-of", {"into": record_id, "level": "2"})

    assert first.status_code == again.status_code == 303
    assert again.headers["Location"] == f"/records/{record_id}"
    assert keeper.post(f"/filing/{waiting}/version-of", {"into": "0000000000000000"}).status_code == 404
    page = keeper.get(f"/records/{record_id}").text
    assert "第 2 版" in page
    assert "第 3 版" not in page


def test_the_same_file_again_is_no_new_version_and_says_so(archive: Archive, keeper: Visitor):
    record_id = a_record(archive, "第一版")
    keeper.post(f"/records/{record_id}/versions", {"file": (io.BytesIO("第一版".encode()), "v2.txt")})
    assert "当前版本就是这个文件" in keeper.get(f"/records/{record_id}").text


def test_a_table_is_tried_out_and_its_files_are_taken_in_bit_by_bit(archive: Archive, keeper: Visitor):
    table = "文件,题名\n一/a.txt,停水通知\n二/a.txt,停电通知\nb.txt,\n坏.txt,停气通知\n".encode()
    begun = keeper.post("/intake/import", {"table": (io.BytesIO(table), "清单.csv")})
    place = begun.headers["Location"]

    def hand(name: str, content: str, path: str = ""):
        keeper.post(f"{place}/files", {"file": (io.BytesIO(content.encode()), name), "path": path})

    assert "4 行中已导入 0 行，4 行待文件" in keeper.get(place).text
    assert json.loads(keeper.get(f"{place}/awaited").text) == ["a.txt", "b.txt", "坏.txt"]
    hand("a.txt", "哪一个")
    assert "请选择其所在文件夹" in keeper.get(place).text
    hand("a.txt", "一的内容", "交接/一/a.txt")
    hand("b.txt", "")
    assert "文件是空的" in keeper.get(place).text
    hand("b.txt", "乙的内容")
    hand("c.txt", "表中没有")
    assert "c.txt: 清单中没有等待此文件的行" in keeper.get(place).text

    assert "4 行中已导入 2 行，2 行待文件" in keeper.get(place).text
    assert json.loads(keeper.get(f"{place}/awaited").text) == ["a.txt", "坏.txt"]
    receipt = keeper.get(f"{place}/receipt.csv").text
    assert [line.split(",")[2] for line in receipt.splitlines()[1:]] == ["已收录", "待文件", "已收录", "待文件"]
    again = keeper.post("/intake/import", {"table": (io.BytesIO(table), "清单.csv")})
    assert again.headers["Location"] == place
    with archive.read() as tx:
        assert len(list(tx.records.ids())) == 2


def test_the_empty_table_of_an_import_has_every_column_that_the_page_explains(archive: Archive, keeper: Visitor):
    page = keeper.get("/intake/import").text
    blank = keeper.get("/intake/import/blank.xlsx")

    (heads,) = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(blank.data)).get_sheet_by_index(0).to_python()
    assert [head for head in heads if f"<code>{head}</code>" not in page] == []
    filled = sheets.as_csv([str(head) for head in heads], [["a.txt", *[""] * (len(heads) - 1)]])
    assert not importing.not_understood(filled)


def test_a_column_that_is_called_otherwise_than_here_is_named_and_not_left_out_in_silence(
    archive: Archive, keeper: Visitor
):
    table = "文件,题名,类别\na.txt,停水通知,HT02\n".encode()
    begun = keeper.post("/intake/import", {"table": (io.BytesIO(table), "清单.csv")})
    page = keeper.get(begun.headers["Location"]).text

    assert "以下各列无法识别，未采用：类别" in page
    tabs = page.partition('class="tabs')[2].partition("</nav>")[0]
    assert tabs.count("aria-current") == 1, "it stands in one place"


def test_a_printout_that_cannot_be_made_as_asked_keeps_what_was_typed(archive: Archive, signed_in: SignedIn):
    a_person(archive, "boss", "auditor", clearance=3)
    auditor = signed_in("boss")
    code = a_record(archive, "甲", title="甲")

    answer = auditor.get("/reports/room_climate.pdf?place=档案室&month=2026-13")
    assert answer.status_code == 422
    form = answer.text.partition("<details open>")[2].partition("</details>")[0]
    assert 'id="room_climate"' in form
    assert "月份格式不对" in form
    assert 'value="档案室"' in form
    assert 'value="2026-13"' in form
    missing = auditor.get("/reports/access_of_person.pdf?login=查无此人")
    assert missing.status_code == 404
    assert 'value="查无此人"' in missing.text
    assert auditor.get("/reports/access_of_person.csv?login=boss").status_code == 200
    assert auditor.get(f"/reports/access_to_record.csv?record={code}").status_code == 200


def test_nobody_sees_the_import_of_somebody_else(archive: Archive, keeper: Visitor, signed_in: SignedIn):
    begun = keeper.post("/intake/import", {"table": (io.BytesIO("文件\n机密.txt\n".encode()), "清单.csv")})
    a_person(archive, "other", "document_controller")
    other = signed_in("other")

    for way in ("", "/awaited", "/receipt.csv"):
        assert other.get(begun.headers["Location"] + way).status_code == 404
    assert "清单.csv" not in other.get("/intake/import").text
    assert "清单.csv" in keeper.get("/intake/import").text
    keeper.post(begun.headers["Location"] + "/drop", {})
    assert keeper.get(begun.headers["Location"]).status_code == 404


def test_filing_asks_which_place_is_meant_by_an_address_that_names_none(archive: Archive, keeper: Visitor):
    person = people.named(archive, "keeper")
    room = locations.add(archive, person, NewPlace("JF01", "room", "一号库房"))
    locations.add(archive, person, NewPlace("", "box", "01盒", parent_id=room.id))
    record_id = an_unfiled_record(archive, "正文")
    form = {**FORM, "shelf_location": "一号库房-O1盒"}

    assert '<option value="一号库房-01盒">' in keeper.get(f"/filing/{record_id}").text
    asked = keeper.post(f"/filing/{record_id}", form)
    assert asked.status_code == 422
    assert "本项目没有架位“一号库房-O1盒”。请按“库房”中的写法填写" in asked.text
    assert 'name="shelf_choice" value="一号库房-01盒"' in asked.text
    assert 'name="shelf_choice" value="+"' in asked.text
    assert 'name="shelf_offered_for" value="一号库房-O1盒"' in asked.text
    chosen = {**form, "shelf_offered_for": "一号库房-O1盒", "shelf_choice": "一号库房-01盒"}
    assert keeper.post(f"/filing/{record_id}", chosen).status_code == 303
    assert records.view(archive, person, record_id).record.shelf_location == "一号库房-01盒"

    other = an_unfiled_record(archive, "另一份", name="b.txt")
    form = {**FORM, "shelf_location": "一号库房-02盒", "shelf_offered_for": "一号库房-02盒", "shelf_choice": "+"}
    assert keeper.post(f"/filing/{other}", form).status_code == 303
    assert locations.place_called(archive, person, "一号库房-02盒").kind == "box", "as those beside it"

    third = an_unfiled_record(archive, "又一份", name="c.txt")
    form = {**FORM, "shelf_location": "一号库房-01盒", "shelf_offered_for": "一号库房-9盒", "shelf_choice": "+"}
    assert keeper.post(f"/filing/{third}", form).status_code == 303
    assert records.view(archive, person, third).record.shelf_location == "一号库房-01盒", "what was typed since"
    assert {one.location.address for one in locations.tree(archive, person)} == {
        "一号库房", "一号库房-01盒", "一号库房-02盒"
    }  # fmt: skip


def test_a_new_place_that_is_refused_says_why_beside_its_field_and_keeps_what_was_typed(
    archive: Archive, keeper: Visitor, signed_in: SignedIn
):
    locations.add(archive, people.named(archive, "keeper"), NewPlace("JF01", "room", "一号库房"))
    near = a_person(archive, "near", "document_controller", clearance=3, sites=("JF01",))
    record_id = a_record(archive, "正文")
    revision = {"revision": str(records.view(archive, near, record_id).record.revision)}

    def asked(site: str, address: str) -> str:
        typed = {"title": "改过的题名", "site": site, "shelf_location": address}
        chosen = {"shelf_offered_for": address, "shelf_choice": "+"}
        answer = signed_in("near").post(f"/records/{record_id}/edit", {**FORM, **typed, **chosen, **revision})
        assert answer.status_code == 422
        assert "改过的题名" in answer.text
        assert f'value="{address}"' in answer.text
        return answer.text.partition('id="shelf_location-problem"')[2].partition("</p>")[0]

    assert "该项目的库位由他人设置" in asked("YL02", "二号库房")
    refused = asked("JF01", "一号库房-0 1")
    assert "编号" in refused or "代码" in refused
    assert "<br>" not in refused, "one sentence"


@pytest.mark.parametrize("form", ["records", "filing"])
def test_nobody_writes_over_what_somebody_else_changed_of_a_record_without_having_seen_it(
    archive: Archive, keeper: Visitor, signed_in: SignedIn, form: str
):
    a_person(archive, "colleague", "document_controller", clearance=3, department="DAS")
    record = a_record(archive) if form == "records" else an_unfiled_record(archive, "x")
    address = f"/records/{record}/edit" if form == "records" else f"/filing/{record}"
    first = dict(re.findall(r'name="(revision)" value="(\d+)"', keeper.get(address).text))
    said = {**FORM, **first, "later": "1"}
    theirs = {**said, "title": "对方改的题名", "class_code": "HT01", "parties": "甲方\r\n乙方"}
    assert signed_in("colleague").post(address, theirs).status_code == 303

    for wrong in ({}, {"document_date": "neulich"}):
        refused = keeper.post(address, {**said, "title": "我改的题名", **wrong})
        assert refused.status_code == 422
        assert "其间已有他人修改" in refused.text
        beside = dict(re.findall(r'<p class="field-now" id="([a-z_]+)-now">(.*?)</p>', refused.text, re.DOTALL))
        assert "对方改的题名" in beside["title"]
        assert "HT01" in beside["class_code"]
        assert "乙方" in beside["parties"]
        assert not beside.keys() & {"level", "site", "issuer"}, "only what differs"
        assert "我改的题名</textarea>" in refused.text, "and what was entered stays"

    seen = dict(re.findall(r'name="(revision)" value="(\d+)"', refused.text))
    assert keeper.post(address, {**said, **seen}).status_code == 303, "knowing what it replaces"
