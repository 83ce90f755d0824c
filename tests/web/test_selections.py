"""Many records are chosen and worked on together in pages, by people without scripts too."""

import html
import io
import re
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask

from access.actors import Actor
from archive import dossiers
from archive.app import Archive
from archive.dossiers import Opening
from indexer.reading import Reader
from tests.builders import a_person, a_record, settle
from tests.web.conftest import Visitor

SignIn = Callable[[str], Visitor]
TokenOf = Callable[[str], dict[str, str]]


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=3)


def chosen(visitor: Visitor, **form: object) -> str:
    answer = visitor.post("/selections", form)
    assert answer.status_code == 303, answer.text
    return str(answer.location).rpartition("/")[2]


def test_hits_are_marked_tried_done_and_undone(
    archive: Archive, keeper: Actor, signed_in: SignIn, reader: Reader
) -> None:
    ids = [a_record(archive, f"电梯{text}", title=f"电梯维保{text}") for text in "甲乙"]
    a_record(archive, "别的", title="别的")
    settle(archive, reader)
    visitor = signed_in("keeper")
    page = visitor.get("/?q=电梯维保").text
    assert all(f'name="record" value="{one}" form="select"' in page for one in ids)

    one = chosen(visitor, which="all", q="电梯维保")
    tried = visitor.post(f"/selections/{one}/try", {"deed": "describe", "site": "YL02"})
    assert tried.status_code == 303
    page = visitor.get(f"/selections/{one}").text
    assert page.count("将会处理") >= 2
    assert "别的" not in page

    assert visitor.post(f"/selections/{one}/do", {}).status_code == 303
    with archive.read() as tx:
        assert {tx.records.get(each).site for each in ids} == {"YL02"}
    assert "撤销这 2 件" in visitor.get(f"/selections/{one}/state").text

    assert visitor.post(f"/selections/{one}/undo", {}).status_code == 303
    with archive.read() as tx:
        assert {tx.records.get(each).site for each in ids} == {"JF01"}


def test_what_was_entered_stays_beside_what_is_wrong_with_it(
    archive: Archive, keeper: Actor, signed_in: SignIn
) -> None:
    visitor = signed_in("keeper")
    one = chosen(visitor, which="picked", record=a_record(archive))

    answer = visitor.post(f"/selections/{one}/try", {"deed": "describe", "issuer": "甲方", "document_date": "早"})
    assert answer.status_code == 422
    assert 'value="甲方"' in answer.text
    assert 'role="alert"' in answer.text
    assert visitor.post(f"/selections/{one}/try", {"deed": "nothing"}).status_code == 422
    assert visitor.post(f"/selections/{one}/nothing", {}).status_code == 404
    assert visitor.post("/selections", {"which": "picked"}).status_code == 303, "nothing was marked: back to the list"


def test_they_are_lent_labelled_listed_and_given_out(archive: Archive, keeper: Actor, signed_in: SignIn) -> None:
    ids = [a_record(archive, text, title=f"合同{text}", shelf_location="A-1") for text in "甲乙"]
    other = a_record(archive, "丙", title="合同丙")
    visitor = signed_in("keeper")
    one = chosen(visitor, which="picked", record=ids)

    lent = visitor.get(f"/selections/{one}/lend")
    assert sorted(re.findall(r"record=([0-9a-z]{16})", lent.location)) == sorted(ids)
    assert f'href="/selections/{one}"' in visitor.get(lent.location).text, "there is a way back to what was chosen"
    table = visitor.get(f"/reports/search_results.csv?selection={one}").text
    assert all(each in table for each in ids)
    assert other not in table
    assert visitor.get(f"/reports/labels.pdf?selection={one}").status_code == 200
    assert visitor.get(f"/reports/location_labels.pdf?selection={one}").status_code == 200
    package = zipfile.ZipFile(io.BytesIO(visitor.get(f"/selections/{one}/files.zip").data))
    assert len(package.namelist()) == 3


def test_what_would_go_out_is_seen_before_it_does_and_what_would_not_with_the_reason(
    archive: Archive, keeper: Actor, signed_in: SignIn
) -> None:
    ours, elsewhere = a_record(archive, "甲", title="合同甲"), a_record(archive, "乙", title="合同乙", level=1)
    a_person(archive, "reader", "borrower", clearance=0)
    visitor = signed_in("keeper")
    one = chosen(visitor, which="picked", record=[ours, elsewhere])

    assert "尚未导出" in visitor.get(f"/selections/{one}/files").text
    page = visitor.get(f"/selections/{one}").text
    assert f'href="/selections/{one}/files"' in page
    assert "files.zip" not in page, "nothing goes out before it was looked at"


def test_nobody_reaches_a_selection_of_somebody_else(archive: Archive, keeper: Actor, signed_in: SignIn) -> None:
    one = chosen(signed_in("keeper"), which="picked", record=a_record(archive))
    a_person(archive, "other", "document_controller", clearance=3)
    other = signed_in("other")

    for address in ("", "/state", "/lend", "/files", "/files.zip"):
        assert other.get(f"/selections/{one}{address}").status_code == 404
    for step in ("try", "do", "stop", "go-on", "undo"):
        assert other.post(f"/selections/{one}/{step}", {"deed": "describe", "site": "YL02"}).status_code in (404, 422)
        assert one not in other.get("/selections").text
    for report in ("search_results", "labels", "location_labels"):
        assert other.get(f"/reports/{report}.pdf?selection={one}").status_code == 404


def test_marks_are_gathered_over_several_pages_without_a_script(
    archive: Archive, keeper: Actor, signed_in: SignIn, reader: Reader
) -> None:
    ids = [a_record(archive, f"电梯{n}", title=f"电梯维保{n}") for n in range(3)]
    settle(archive, reader)
    visitor = signed_in("keeper")
    page = visitor.get("/?q=电梯维保").text
    assert 'value="more"' in page
    assert 'value="more-page"' not in page, "there is nothing yet to which it could be added"
    back = html.unescape(re.findall(r'name="back" value="([^"]*)"', page)[0])
    assert back.startswith("/?q=")

    assert visitor.post("/selections", {"which": "more", "record": ids[0], "back": back}).location == back
    page = visitor.get(back).text
    assert page.count("在选定清单中") == 1
    assert visitor.post("/selections", {"which": "more-page", "here": ids[:2], "back": back}).location == back
    page = visitor.get(back).text
    assert "选定清单现有 2 件" in page
    assert page.count("在选定清单中") == 2

    one = re.findall(r'href="/selections/([0-9a-z]{16})"', page)[0]
    shown = visitor.get(f"/selections/{one}").text
    assert f'href="{html.escape(back)}"' in shown, "the way back to the list"
    assert "2 件" in shown
    assert visitor.post("/selections", {"which": "more", "back": back}).location == back
    assert "请至少" in visitor.get(back).text


def test_what_is_added_after_a_trial_is_tried_out_with_the_rest(
    archive: Archive, keeper: Actor, signed_in: SignIn
) -> None:
    visitor = signed_in("keeper")
    first, second = (a_record(archive, text) for text in "甲乙")
    one = chosen(visitor, which="picked", record=[first])
    visitor.post(f"/selections/{one}/try", {"deed": "describe", "issuer": "甲公司"})
    visitor.post("/selections", {"which": "more", "record": [second]})
    assert visitor.post(f"/selections/{one}/do", {}).status_code == 422, "nothing is asked of them yet"
    visitor.post(f"/selections/{one}/try", {"deed": "describe", "issuer": "甲公司"})
    visitor.post(f"/selections/{one}/do", {})
    with archive.read() as tx:
        assert [tx.records.get(each).issuer for each in (first, second)] == ["甲公司"] * 2


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "/a\nb"]
)
def test_the_way_back_leads_nowhere_else(archive: Archive, keeper: Actor, signed_in: SignIn, elsewhere: str) -> None:
    visitor = signed_in("keeper")
    answer = visitor.post("/selections", {"which": "more", "record": a_record(archive), "back": elsewhere})
    assert answer.location.startswith("/selections/")
    assert "elsewhere" not in visitor.get(answer.location).text


def test_after_a_deed_the_page_leads_on(archive: Archive, keeper: Actor, signed_in: SignIn) -> None:
    visitor = signed_in("keeper")
    ids = [a_record(archive, text) for text in "甲乙"]
    one = chosen(visitor, which="picked", record=ids, back="/filing")
    visitor.post(f"/selections/{one}/try", {"deed": "describe", "parties": "甲公司\r\n乙公司"})
    visitor.post(f"/selections/{one}/do", {})
    with archive.read() as tx:
        assert {tx.records.get(each).parties for each in ids} == {("甲公司", "乙公司")}
    page = visitor.get(f"/selections/{one}").text
    assert "再对同样的 2 件" in page
    assert 'href="/filing"' in page
    assert "→ <b>甲公司、乙公司</b>" in page

    visitor.post(f"/selections/{one}/undo", {})
    page = visitor.get(f"/selections/{one}/state").text
    assert "→" not in page, "what was undone is not shown as changed"
    assert "恢复为" in page

    answer = visitor.post(f"/selections/{one}/again", {})
    again = answer.location.rpartition("/")[2]
    assert again != one
    page = visitor.get(answer.location).text
    assert "要做什么" in page
    assert 'href="/filing"' in page
    assert visitor.post(f"/selections/{one}/again", {"which": "refused"}).status_code == 422


def test_a_dossier_and_its_line_are_chosen_from_what_there_is(
    archive: Archive, keeper: Actor, signed_in: SignIn
) -> None:
    made = dossiers.open_dossier(archive, keeper, Opening("ZH", "JF01", "1202", "租户", level=2))
    visitor = signed_in("keeper")
    one = chosen(visitor, which="picked", record=a_record(archive))
    assert f'<option value="{made.number}">1202 租户' in visitor.get(f"/selections/{one}").text
    page = visitor.get(f"/selections/{one}?into={made.number}").text
    assert '<option value="01"' in page
    assert "没有这个卷宗" in visitor.get(f"/selections/{one}?into=ABSENT").text

    wrong = visitor.post(f"/selections/{one}/try", {"deed": "dossier", "dossier": made.number, "item": ""})
    assert wrong.status_code == 422
    assert '<option value="01"' in wrong.text, "the dossier that was chosen stays chosen"
    visitor.post(f"/selections/{one}/try", {"deed": "dossier", "dossier": made.number, "item": "01"})
    assert "将会处理" in visitor.get(f"/selections/{one}").text


def test_who_may_change_nothing_is_offered_no_empty_card(archive: Archive, signed_in: SignIn) -> None:
    a_person(archive, "reader")
    visitor = signed_in("reader")
    page = visitor.get(f"/selections/{chosen(visitor, which='picked', record=a_record(archive))}").text
    assert "要做什么" not in page
    assert "由档案管理员" in page
    assert "/lend" in page


def test_a_program_works_on_many_records(archive: Archive, keeper: Actor, token_of: TokenOf, app: Flask) -> None:
    ids = [a_record(archive, text) for text in "甲乙"]
    client, headers = app.test_client(), token_of("keeper")
    made = client.post("/api/v1/selections", json={"ids": [*ids, "0123456789abcdef"]}, headers=headers)
    assert (made.status_code, made.json["total"]) == (201, 2), "what does not exist is in no list"
    address = f"/api/v1/selections/{made.json['id']}"

    tried = client.post(f"{address}/deed", json={"deed": "describe", "said": {"site": "YL02"}}, headers=headers)
    assert tried.json["counts"] == {"ready": 2}
    assert client.post(f"{address}/do", headers=headers).json["counts"] == {"done": 2}
    results = client.get(f"{address}/records?state=done", headers=headers).json["records"]
    assert [one["id"] for one in results] == ids
    assert results[0]["changes"]["site"] == {"was": "JF01", "is": "YL02"}
    assert client.post(f"{address}/undo", headers=headers).json["counts"] == {"undone": 2}
    assert client.post(f"{address}/undo", headers=headers).status_code == 409
    assert made.json["id"] in [
        one["id"] for one in client.get("/api/v1/selections", headers=headers).json["selections"]
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": ["x"], "question": {}},
        {"ids": 3},
        {"question": 3},
        {"question": {"class": 3}},
        {"question": {"level": 3}},
        {"question": {}},
        {"question": {"sort": "newest"}},
        {"question": {"levels": [2]}},
        {"question": {"class_code": ["HT"], "q": "合同"}},
    ],
)
def test_a_program_that_says_it_wrongly_is_told(
    archive: Archive, keeper: Actor, token_of: TokenOf, app: Flask, body: dict[str, object]
) -> None:
    assert app.test_client().post("/api/v1/selections", json=body, headers=token_of("keeper")).status_code == 422
