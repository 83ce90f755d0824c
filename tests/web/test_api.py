"""The API does what it says: hand in, describe, fetch, search; and refuses in problem documents."""

import hashlib
import io
import shutil
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from access.actors import OPERATOR
from archive import indexing, locations, readiness, tokens
from archive.app import Archive
from archive.locations import NewPlace
from indexer.reading import Reader
from tests.builders import a_person, a_record, an_unfiled_record, settle
from tests.web.conftest import Visitor

Headers = Mapping[str, str]
TokenOf = Callable[[str], dict[str, str]]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def keeper(archive: Archive, token_of: TokenOf) -> Headers:
    a_person(archive, "keeper", "document_controller", clearance=3, department="DAS")
    return token_of("keeper")


@pytest.fixture
def reader_of_1(archive: Archive, token_of: TokenOf) -> Headers:
    a_person(archive, "reader", "borrower", clearance=1)
    return token_of("reader")


def file(content: str | bytes = "收文登记", name: str = "收文.txt") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content.encode() if isinstance(content, str) else content), name


# ---- Handing in ----


def test_a_file_is_handed_in_and_waits_to_be_filed(client: FlaskClient, keeper: Headers):
    answer = client.post("/api/v1/records", data={"file": file()}, headers=keeper)
    assert answer.status_code == 201
    assert answer.json["outcome"] == "captured"
    assert answer.json["name"] == "收文.txt"
    record = client.get(f"/api/v1/records/{answer.json['id']}", headers=keeper).json
    assert (record["title"], record["lifecycle"], record["level"]) == ("收文", "captured", 2)
    assert record["components"][0]["sha256"] == hashlib.sha256("收文登记".encode()).hexdigest()


def test_a_file_handed_in_with_its_description_is_filed_at_once(client: FlaskClient, keeper: Headers):
    form = {
        "file": file(),
        "title": "电梯维保合同",
        "class": "HT03",
        "site": "JF01",
        "number": "JF01-HT-7",
        "parties": "甲公司;乙公司",
        "date": "2026年2月3日",
        "location": "一号库房-01柜",
    }
    record_id = client.post("/api/v1/records", data=form, headers=keeper).json["id"]
    record = client.get(f"/api/v1/records/{record_id}", headers=keeper).json
    assert record["lifecycle"] == "filed"
    assert record["level"] == 2, "the level of the class, as none was stated"
    assert record["parties"] == ["甲公司", "乙公司"]
    assert record["date"] == "2026-02-03"


def test_the_same_bytes_again_are_a_duplicate_of_what_one_may_see(client: FlaskClient, keeper: Headers):
    first = client.post("/api/v1/records", data={"file": file()}, headers=keeper).json
    again = client.post("/api/v1/records", data={"file": file(name="copy.txt")}, headers=keeper)
    assert (again.status_code, again.json["outcome"], again.json["id"]) == (200, "duplicate", first["id"])


def test_several_files_are_handed_in_together_and_each_has_its_own_outcome(client: FlaskClient, keeper: Headers):
    parts = {"file": [file("甲", "a.txt"), file("", "empty.txt"), file("甲", "b.txt")]}
    answer = client.post("/api/v1/records", data=parts, headers=keeper)
    assert answer.status_code == 201
    assert [one["outcome"] for one in answer.json["files"]] == ["captured", "refused", "duplicate"]
    assert answer.json["files"][1]["code"] == "empty-file"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({}, "no-file"),
        ({"file": file("")}, "empty-file"),
        ({"file": file("a"), "level": "9"}, "bad-parameter"),
        ({"file": file("b"), "date": "neulich"}, "not-a-date"),
        ({"file": file("c"), "class": "XX99"}, "invalid"),
    ],
)
def test_what_cannot_be_right_is_not_taken_in(client: FlaskClient, keeper: Headers, form: dict[str, Any], code: str):
    answer = client.post("/api/v1/records", data=form, headers=keeper)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_who_may_not_capture_is_told_whose_duty_it_is(client: FlaskClient, reader_of_1: Headers):
    answer = client.post("/api/v1/records", data={"file": file()}, headers=reader_of_1)
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail", "code"}
    assert answer.json["code"] == "not-your-duty"
    assert "Document controller" in answer.json["detail"]


def test_programs_are_answered_in_english_unless_they_ask_for_chinese(client: FlaskClient, keeper: Headers):
    address = "/api/v1/records/nothing"
    assert client.get(address, headers=keeper).json["detail"] == "There is no such record."
    chinese = {**keeper, "Accept-Language": "zh-CN,zh;q=0.9"}
    assert client.get(address, headers=chinese).json["detail"] == "没有这件档案。"


# ---- Describing ----


def test_a_record_is_corrected_and_what_is_not_named_stays(archive: Archive, client: FlaskClient, keeper: Headers):
    record_id = a_record(archive, title="物业服务合同", doc_number="HT-1")
    answer = client.patch(
        f"/api/v1/records/{record_id}", json={"title": "物业服务合同(续签)", "revision": 1}, headers=keeper
    )
    assert answer.status_code == 200
    assert (answer.json["title"], answer.json["number"], answer.json["revision"]) == ("物业服务合同(续签)", "HT-1", 2)


def test_a_record_is_filed_through_the_api(archive: Archive, client: FlaskClient, keeper: Headers):
    record_id = an_unfiled_record(archive, "会议纪要正文")
    address = f"/api/v1/records/{record_id}"
    assert client.patch(address, json={"file": True, "revision": 1}, headers=keeper).json["code"] == "no-class"
    said = {"file": True, "class": "GL08", "site": "JF01", "level": 1, "date": "2026-01-05"}
    etag = client.get(address, headers=keeper).headers["ETag"]
    answer = client.patch(address, json=said, headers={**keeper, "If-Match": etag})
    assert (answer.status_code, answer.json["lifecycle"], answer.json["date"]) == (200, "filed", "2026-01-05")


def test_what_is_wrong_is_said_by_the_names_that_programs_use(archive: Archive, client: FlaskClient, keeper: Headers):
    locations.add(archive, OPERATOR, NewPlace("JF01", "room", "一号库房"))
    record_id = a_record(archive)

    wrong = {"class": "NOPE", "date": "昨天", "location": "抽屉", "revision": 1}
    answer = client.patch(f"/api/v1/records/{record_id}", json=wrong, headers=keeper)

    assert answer.status_code == 422
    told = [answer.json["field"], *(one["field"] for one in answer.json["also"])]
    assert sorted(told) == ["class", "date", "location"]


def test_two_who_edit_at_once_do_not_overwrite_each_other(archive: Archive, client: FlaskClient, keeper: Headers):
    address = f"/api/v1/records/{a_record(archive)}"
    assert client.patch(address, json={"title": "甲说", "revision": 1}, headers=keeper).status_code == 200
    late = client.patch(address, json={"title": "乙说", "revision": 1}, headers=keeper)
    assert (late.status_code, late.json["code"]) == (409, "changed")
    assert client.patch(address, json={"title": "乙说"}, headers=keeper).status_code == 428


@pytest.mark.parametrize(
    "wanted", [{"titel": "x"}, {"title": 5}, {"level": "1"}, {"level": True}, {"parties": "x"}, {"file": "yes"}]
)
def test_a_description_of_the_wrong_shape_changes_nothing(
    archive: Archive, client: FlaskClient, keeper: Headers, wanted: dict[str, Any]
):
    address = f"/api/v1/records/{a_record(archive)}"
    answer = client.patch(address, json={**wanted, "revision": 1}, headers=keeper)
    assert (answer.status_code, answer.json["code"]) == (422, "bad-body")
    assert client.get(address, headers=keeper).json["revision"] == 1


def test_who_may_read_but_not_describe_is_refused_with_the_next_step(
    archive: Archive, client: FlaskClient, reader_of_1: Headers
):
    record_id = a_record(archive, level=1)
    answer = client.patch(f"/api/v1/records/{record_id}", json={"title": "x", "revision": 1}, headers=reader_of_1)
    assert answer.status_code == 403
    assert "Ask a document controller" in answer.json["detail"]


# ---- Fetching ----


def test_the_original_comes_back_bit_by_bit_and_only_as_a_download(
    archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader
):
    body = "<script>alert(1)</script>公告正文"
    record_id = a_record(archive, body, name='公告;"x".html', title="公告")
    settle(archive, reader)
    answer = client.get(f"/api/v1/records/{record_id}/content", headers=keeper, buffered=True)
    assert answer.data == body.encode()
    assert answer.content_type == "application/octet-stream", "a web page from outside is never one of ours"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "filename*=UTF-8''%E5%85%AC%E5%91%8A%3B%22x%22.html" in answer.headers["Content-Disposition"]
    assert answer.content_length == len(body.encode())
    assert answer.headers["ETag"] == f'"{hashlib.sha256(body.encode()).hexdigest()}"'


def test_a_page_is_a_picture_in_one_of_the_widths_there_are(
    archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader
):
    record_id = a_record(archive, "第一行\n第二行")
    settle(archive, reader)
    page = client.get(f"/api/v1/records/{record_id}/pages/1?width=240", headers=keeper)
    assert page.content_type == "image/png"
    assert page.data.startswith(b"\x89PNG")
    assert client.get(f"/api/v1/records/{record_id}/pages/1?width=241", headers=keeper).status_code == 422
    assert client.get(f"/api/v1/records/{record_id}/pages/99", headers=keeper).status_code == 404
    assert client.get(f"/api/v1/records/{record_id}/pages/x", headers=keeper).status_code == 404


def test_the_text_is_given_page_by_page(archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader):
    record_id = a_record(archive, "第一行\n第二行")
    settle(archive, reader)
    component = client.get(f"/api/v1/records/{record_id}/text", headers=keeper).json["components"][0]
    assert component["file_name"] == "contract.txt"
    assert "第一行" in component["pages"][0]


def test_who_may_find_but_not_read_gets_the_description_and_the_next_step(
    archive: Archive, client: FlaskClient, token_of: TokenOf
):
    a_person(archive, "curious", "borrower", clearance=2)
    headers = token_of("curious")
    record_id = a_record(archive, level=2)
    record = client.get(f"/api/v1/records/{record_id}", headers=headers).json
    assert (record["may_read"], record["components"]) == (False, [])
    assert "Apply to borrow" in record["refusal"]
    for part in ("content", "text", "pages/1"):
        assert client.get(f"/api/v1/records/{record_id}/{part}", headers=headers).status_code == 403


# ---- Searching ----


def test_a_search_answers_with_places_counts_and_the_lines_that_show_why(
    archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader
):
    said = {"document_date": "2024-05-06", "shelf_location": "一号库房-03柜", "doc_number": "JF01-HT-9"}
    a_record(archive, "本合同约定电梯每半月保养一次。", title="电梯维保合同", class_code="HT03", **said)
    a_record(archive, "保洁每日两次。", title="保洁合同", name="b.txt")
    settle(archive, reader)
    answer = client.get("/api/v1/search?q=电梯 保养", headers=keeper).json
    assert (answer["total"], answer["problem"]) == (1, "")
    hit = answer["hits"][0]
    assert (hit["title"], hit["number"], hit["location"], hit["level"], hit["page"], hit["may_read"]) == (
        "电梯维保合同", "JF01-HT-9", "一号库房-03柜", 1, 1, True)  # fmt: skip
    assert "电梯每半月保养" in hit["snippets"][0]["text"]
    assert {part["text"] for part in hit["snippets"][0]["parts"] if part["match"]} >= {"电梯", "保养"}
    assert answer["facets"]["class"] == {"HT03": 1}
    assert answer["took_ms"] > 0


def test_a_search_is_narrowed_sorted_and_paged(archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader):
    for year in range(2019, 2026):
        site = "JF01" if year % 2 else "YL02"
        a_record(
            archive, f"{year}年巡查", title=f"{year}年巡查记录", document_date=f"{year}-06-01", site=site, name="x.txt"
        )
    settle(archive, reader)

    def titles(**asked: Any) -> list[str]:
        answer = client.get("/api/v1/search", query_string={"q": "巡查", **asked}, headers=keeper)
        return [hit["title"][:4] for hit in answer.json["hits"]]

    assert titles(sort="oldest") == [str(year) for year in range(2019, 2026)]
    assert titles(sort="newest", size=3, page=2) == ["2022", "2021", "2020"]
    assert titles(**{"from": "2021", "to": "2023-12-31", "sort": "oldest"}) == ["2021", "2022", "2023"]
    assert titles(site="YL02", sort="oldest") == ["2020", "2022", "2024"]
    assert titles(site="YL02,JF01", sort="oldest", size=2) == ["2019", "2020"]
    assert titles(**{"class": "HT01"}) == []


def test_a_question_nobody_can_understand_is_explained_not_failed(client: FlaskClient, keeper: Headers):
    answer = client.get("/api/v1/search?q=-合同", headers=keeper)
    assert answer.status_code == 200
    assert answer.json["total"] == 0
    assert "only words to leave out" in answer.json["problem"]


@pytest.mark.parametrize(
    "asked", ["page=0", "page=x", "size=101", "sort=best", "level=4", "from=neulich", "page=9999&size=100"]
)
def test_a_parameter_that_cannot_be_right_is_named(client: FlaskClient, keeper: Headers, asked: str):
    answer = client.get(f"/api/v1/search?{asked}", headers=keeper)
    assert (answer.status_code, answer.json["status"]) == (422, 422)


def test_titles_are_suggested_while_typing(archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader):
    a_record(archive, title="电梯维保合同")
    settle(archive, reader)
    assert client.get("/api/v1/suggest?q=电梯", headers=keeper).json["suggestions"] == ["电梯维保合同"]


def test_what_was_replaced_is_found_when_it_is_asked_for(
    archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader
):
    record_id = a_record(archive, "每平方米2.80元")
    settle(archive, reader)
    client.post(
        f"/api/v1/records/{record_id}/versions", data={"file": file("每平方米3.10元", "v2.txt")}, headers=keeper
    )
    settle(archive, reader)

    found = client.get("/api/v1/search/earlier?q=2.80", headers=keeper).json
    assert [(hit["id"], hit["version"]) for hit in found["hits"]] == [(record_id, 1)]
    assert found["hits"][0]["snippets"][0]["text"] == "每平方米2.80元"
    assert found["whole"]
    assert client.get("/api/v1/search/earlier?q=-x", headers=keeper).status_code == 422


# ---- Intake, status, oneself ----


def test_the_intake_adds_up_and_quarantine_can_be_tried_again(
    archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader
):
    client.post("/api/v1/records", data={"file": [file("a", "a.txt"), file("a", "b.txt")]}, headers=keeper)
    client.post("/api/v1/records", data={"file": file(b"\x7fELF", "tool.bin")}, headers=keeper)
    settle(archive, reader)
    intake = client.get("/api/v1/intake", headers=keeper).json
    assert intake["today"] == {"captured": 1, "duplicate": 1, "quarantined": 1, "waiting": 0}
    assert intake["seen_today"] == 3
    arrival = intake["quarantined"][0]
    assert (arrival["name"], arrival["reason_code"]) == ("tool.bin", "executable")
    again = client.post(f"/api/v1/intake/{arrival['id']}/retry", headers=keeper)
    assert (again.status_code, again.json["outcome"]) == (200, "captured")
    assert client.post(f"/api/v1/intake/{arrival['id']}/retry", headers=keeper).status_code == 409


def test_the_filing_queue_brings_suggestions(archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader):
    an_unfiled_record(archive, "电梯维护保养合同\n编号:JF01-WB-3\n甲方:甲公司\n2024年5月6日")
    settle(archive, reader)
    queue = client.get("/api/v1/filing", headers=keeper).json
    assert queue["total"] == 1
    suggested = {one["field"]: one["value"] for one in reversed(queue["records"][0]["suggestions"])}
    assert (suggested["title"], suggested["doc_number"], suggested["document_date"]) == (
        "电梯维护保养合同", "JF01-WB-3", "2024-05-06")  # fmt: skip


def test_one_can_ask_who_one_is_and_how_the_archive_is_doing(
    client: FlaskClient, keeper: Headers, reader_of_1: Headers
):
    assert client.get("/api/v1/people/me", headers=keeper).json["roles"] == ["document_controller"]
    assert client.get("/api/v1/status", headers=keeper).json["ledger_lines"] > 0
    assert client.get("/api/v1/status", headers=reader_of_1).status_code == 403
    assert len(client.get("/api/v1/classes", headers=reader_of_1).json["classes"]) > 40


def test_metrics_are_for_this_machine_or_for_who_may_see_the_status(
    client: FlaskClient, keeper: Headers, reader_of_1: Headers
):
    here = client.get("/metrics")
    assert "\nmuniment_ledger_lines " in here.text
    far = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", environ_base=far).status_code == 401
    assert client.get("/metrics", environ_base=far, headers=keeper).status_code == 200
    assert client.get("/metrics", environ_base=far, headers=reader_of_1).status_code == 403


def test_answers_of_an_index_that_lacks_records_say_so_and_so_does_whoever_watches_it(
    archive: Archive, client: FlaskClient, keeper: Headers, reader: Reader, signed_in: Callable[[str], Visitor]
):
    ids = [a_record(archive, f"正文 {n}", title=f"合同{n}", name=f"{n}.txt") for n in range(2)]
    settle(archive, reader)
    asked, page = "/api/v1/search?q=合同", signed_in("keeper")
    assert not client.get(asked, headers=keeper).json["incomplete"]
    with indexing.writing(archive):
        index = indexing.open_writer(archive)
        assert index is not None
        index.drop(ids[:1])
        index.close()
    with archive.write() as tx:
        tx.meta.put(readiness.INDEX_SHORT, "1")

    answer = client.get(asked, headers=keeper).json
    assert (answer["total"], answer["incomplete"]) == (1, True)
    assert "结果不完整" in page.get("/results?q=合同").text
    assert "索引缺少 1 件档案" in page.get("/status").text
    assert "\nmuniment_index_missing 1\n" in client.get("/metrics").text
    status = client.get("/api/v1/status", headers=keeper).json
    assert (status["index_trouble"], status["index_missing"]) == ("short", 1)


def test_it_is_ready_when_the_index_is(archive: Archive, client: FlaskClient):
    assert (client.get("/healthz").text, client.get("/readyz").text) == ("ok\n", "ok\n")
    archive.forget_engine()
    shutil.rmtree(archive.settings.index)
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (503, "The index cannot be used.\n")
    assert client.get("/healthz").status_code == 200


def test_an_unexpected_error_is_written_down_by_number_and_shows_nothing(
    app: Flask, archive: Archive, keeper: Headers, caplog: pytest.LogCaptureFixture
):
    def fail() -> str:
        raise RuntimeError("绝密正文")

    app.add_url_rule("/api/v1/fail", "fail", fail)
    answer = app.test_client().get("/api/v1/fail", headers=keeper)
    assert answer.status_code == 500
    assert "绝密" not in answer.text
    assert answer.json["reference"] in caplog.text
    assert "RuntimeError" in caplog.text
    assert "绝密" not in caplog.text


@pytest.mark.parametrize("body", ['{"title":"\\ud800", "revision":1}', '{"title":"x", "revision":1e999}'])
def test_what_json_can_say_and_a_database_cannot_is_no_error_of_ours(app: Flask, archive: Archive, body: str) -> None:
    a_person(archive, "keeper", "document_controller", clearance=2)
    token = tokens.create_token(archive, OPERATOR, "keeper")
    record_id = a_record(archive)

    answer = app.test_client().patch(
        f"/api/v1/records/{record_id}",
        data=body,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )

    assert answer.status_code in (200, 428)
