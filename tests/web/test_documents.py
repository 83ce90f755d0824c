"""The pages of controlled documents: three people take an edition through, its readers say so, obsolete is marked."""

import pytest

from archive import distributing, documents, people
from archive.app import Archive
from indexer.reading import Reader
from tests.archive.test_documents import Company
from tests.builders import a_record, settle
from tests.conftest import Clock
from tests.web.conftest import Visitor, browser_of
from web.create_app import create_app


@pytest.fixture
def company(archive: Archive) -> Company:
    return Company(archive)


def visitors(archive: Archive, *logins: str) -> list[Visitor]:
    app = create_app(archive)
    return [browser_of(app, archive, login) for login in logins]


def test_an_edition_goes_from_draft_to_acknowledged_in_the_pages(company: Company, archive: Archive) -> None:
    author, head, boss, keeper, clerk = visitors(archive, "author", "head", "boss", "keeper", "clerk")
    record = company.record()

    made = author.post(
        "/documents/new", {"record": f"https://x/records/{record}", "number": "QP-01", "label": "A/0", "title": "程序"}
    )
    assert made.status_code == 303
    page = made.headers["Location"]
    with archive.read() as tx:
        (one,) = tx.documents.editions()

    def step(visitor: Visitor, deed: str, revision: int, **more: str) -> int:
        form = {"edition": one.id, "revision": str(revision), **more}
        return visitor.post(f"{page}/{deed}", form).status_code

    assert step(head, "review", 1) == 422, "not submitted yet"
    assert step(author, "submit", 1) == 303
    assert step(author, "review", 2) in (403, 422)
    assert step(head, "review", 2) == 303
    assert step(boss, "approve", 3) == 303
    assert step(keeper, "issue", 4, day="2026-03-02", carry="1") == 303
    assert step(keeper, "hand-out", 0, holder="clerk", place="前台") == 303
    assert step(keeper, "ask", 0, people="clerk，head") == 303
    mine = clerk.get("/documents/mine").text
    assert "QP-01-01" in mine
    assert step(clerk, "acknowledge", 0, back="mine") == 303
    assert company.row().unread == 1
    register = clerk.get("/documents").text
    assert "QP-01" in register
    assert "2026-03-02" in register
    assert "QP-01" not in clerk.get("/documents?on=2026-03-01").text


def test_all_that_is_wrong_with_an_edition_is_said_at_once_and_nothing_typed_is_lost(
    company: Company, archive: Archive
) -> None:
    (author,) = visitors(archive, "author")
    wrong = {
        "record": company.record(),
        "number": "QP-09",
        "label": " ",
        "title": "",
        "owner": "niemand",
        "months": "0",
    }

    answer = author.post("/documents/new", {**wrong, "record": company.record(), "impact": "培训两次"})

    assert answer.status_code == 422
    for field in ("label", "title", "owner", "months"):
        assert f'<a href="#{field}">' in answer.text
        assert f'id="{field}-problem"' in answer.text
    assert 'value="QP-09"' in answer.text
    assert "培训两次" in answer.text


def test_an_obsolete_edition_says_so_on_its_page_and_leaves_as_a_marked_copy(
    company: Company, archive: Archive, reader: Reader, clock: Clock
) -> None:
    record = company.record("第一条 文件由专人保管。")
    one = company.issued(day="2024-05-01", record=record)
    settle(archive, reader)
    company.issued("A/1", "2026-03-03")
    (keeper,) = visitors(archive, "keeper")
    assert keeper.get(f"/records/{record}/content").mimetype == "application/octet-stream"

    clock.advance(days=1)
    (keeper,) = visitors(archive, "keeper")

    assert "自 2026-03-03 起作废" in keeper.get(f"/records/{record}").text
    settle(archive, reader)
    assert "自 2026-03-03 起作废" in keeper.get("/?q=专人保管").text, "in the list too, beside its lines"
    content = keeper.get(f"/records/{record}/content")
    assert (content.mimetype, content.data[:4]) == ("application/pdf", b"%PDF")
    assert "ETag" not in content.headers
    assert f"/documents/{one.document_id}" in keeper.get(f"/records/{record}").text


def test_a_program_asks_for_the_register_as_of_a_day_and_acknowledges(company: Company, archive: Archive) -> None:
    one = company.issued(day="2024-05-01")
    company.issued("A/1", "2026-03-03")
    distributing.ask_to_read(archive, company.keeper, one.id, ["clerk"])
    (clerk,) = visitors(archive, "clerk")

    def label(day: str) -> str | None:
        (found,) = clerk.get(f"/api/v1/documents?on={day}").json["documents"]
        return found["effective"]["label"]

    assert (label("2026-03-02"), label("2026-03-03")) == ("A/0", "A/1")
    headers = {"X-CSRFToken": clerk.form_token()}
    answer = clerk.client.post(
        f"/api/v1/documents/{one.document_id}/deeds", json={"deed": "acknowledge", "edition": one.id}, headers=headers
    )
    assert answer.status_code == 200
    assert [reader["read_at"] is not None for reader in answer.json["readers"]] == [True]
    again = clerk.client.post(
        f"/api/v1/documents/{one.document_id}/deeds", json={"deed": "acknowledge", "edition": one.id}, headers=headers
    )
    assert again.status_code == 409


def test_what_is_wrong_is_said_on_the_page(company: Company, archive: Archive) -> None:
    one = company.issued()
    (keeper,) = visitors(archive, "keeper")

    answer = keeper.post(
        f"/documents/{one.document_id}/hand-out", {"edition": one.id, "holder": "nobody", "place": "前台"}
    )

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert documents.show(archive, people.named(archive, "keeper"), one.document_id).copies == []


def test_a_draft_from_elsewhere_is_asked_about_and_a_submitted_one_names_who_decides_and_can_be_taken_back(
    company: Company, archive: Archive
) -> None:
    company.issued()
    author, head = visitors(archive, "author", "head")
    other = a_record(archive, "巡检记录", title="巡检记录", class_code="HT02", level=1, department="PZB", name="x.txt")
    form = {"record": other, "number": "QP-01", "label": "A/1", "why": "修订"}

    asked = author.post("/documents/new", form)
    assert (asked.status_code, 'name="elsewhere"' in asked.text, other in asked.text) == (422, True, True)
    made = author.post("/documents/new", {**form, "elsewhere": "1"})
    page = made.headers["Location"]
    shown = author.get(page).text
    assert "可审核：" in shown
    assert "head" in shown
    with archive.read() as tx:
        one = tx.documents.editions()[-1]
    assert author.post(f"{page}/submit", {"edition": one.id, "revision": "1"}).status_code == 303
    assert "QP-01 已提交审核" in author.get(page).text
    assert f"{page}/take-back" not in head.get(page).text
    assert f"{page}/take-back" in author.get(page).text
    assert author.post(f"{page}/take-back", {"edition": one.id, "revision": "2"}).status_code == 303
    assert "QP-01 已撤回" in author.get(page).text
