"""When something goes wrong the page says what happened and what to do, and what was typed is not lost."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from access.rules import Action, Denied
from archive.app import Archive
from archive.errors import Conflict, Corrupt, Invalid, Misconfigured, NotFound, OutOfSpace
from tests.builders import PASSWORD, a_person
from tests.web.conftest import Visitor
from web import errors, handbook

SignedIn = Callable[[str], Visitor]
LONG = "承租方自 2026 年 3 月起退租，\n钥匙三把已收回；<b>附清单</b>。"


@pytest.fixture
def reader(archive: Archive, signed_in: SignedIn) -> Visitor:
    a_person(archive, "reader")
    return signed_in("reader")


def sent(visitor: Visitor, address: str, data: dict[str, object], origin: str = "http://localhost") -> TestResponse:
    return visitor.client.post(address, data=data, headers={"Origin": origin} if origin else {})


WRONG = (
    Denied(Action.RUN, "not-your-duty", "x"),
    NotFound("x"),
    Conflict("x"),
    Invalid("x"),
    Invalid("x", "too-large"),
    Conflict("x", "too-many-pages"),
    Corrupt("x"),
    Misconfigured("x"),
    OutOfSpace("x"),
    ZeroDivisionError("a word of a document"),
)


@pytest.mark.parametrize("error", WRONG, ids=lambda error: str(errors.status_of(error)) + type(error).__name__)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_of_an_error_says_what_to_do_and_leads_to_its_chapter(
    app: Flask, reader: Visitor, error: Exception, language: str
) -> None:
    def fails() -> str:
        raise error

    app.view_functions["account.show"] = fails
    reader.client.set_cookie("muniment_language", language)

    page = reader.get("/account")

    status = errors.status_of(error)
    assert page.status_code == status
    with app.test_request_context(headers={"Cookie": f"muniment_language={language}"}):
        assert str(errors.NEXT[status]) in page.text
    assert 'href="/help/of/account"' in page.text
    assert handbook.of_area(language, "account") is not None
    assert "a word of a document" not in page.text
    assert ("Retry-After" in page.headers) == (status in (429, 503))


def test_what_was_typed_while_the_sign_in_ended_is_sent_once_more(reader: Visitor) -> None:
    reader.client.delete_cookie("muniment_session")
    form = {"name": "每周要看的", "q": LONG, "csrf_token": "old"}

    ended = sent(reader, "/searches", form)

    assert ended.status_code == 401
    assert "old" not in re.findall(r'value="([^"]*)"', ended.text)
    assert "&lt;b&gt;附清单" in ended.text
    assert "<b>附清单" not in ended.text
    assert 'action="/searches"' in ended.text
    # Signed in in another tab: the form of the first one is not of this session.
    reader.post("/sign-in", {"login": "reader", "password": PASSWORD})
    stale = sent(reader, "/searches", form)
    assert stale.status_code == 400
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', stale.text.partition("<main")[2]))
    assert fields["name"] == "每周要看的"
    again = sent(reader, "/searches", {**form, "csrf_token": fields["csrf_token"]})
    assert again.status_code == 303
    assert "每周要看的" in reader.get("/searches").text


def test_a_form_of_another_site_is_not_kept(reader: Visitor) -> None:
    reader.client.delete_cookie("muniment_session")
    form: dict[str, object] = {"name": "每周要看的", "q": LONG}

    for origin in ("https://evil.example", "null", ""):
        assert "每周要看的" not in sent(reader, "/searches", form, origin).text
    scripted = reader.client.post(
        "/searches", data=form, headers={"Origin": "http://localhost", "Sec-Fetch-Mode": "cors"}
    )
    assert scripted.status_code == 303


def test_a_password_is_not_kept_in_a_page(reader: Visitor) -> None:
    form: dict[str, object] = {"old": PASSWORD, "new": "Another-Bridge-43", "again": "Another-Bridge-43"}

    stale = sent(reader, "/account/password", form)

    assert stale.status_code == 400
    assert "Another-Bridge-43" not in stale.text


def test_every_status_there_is_a_title_for_says_what_to_do() -> None:
    by_programs_only = {415, 428}
    elsewhere = {401}
    assert set(errors.TITLES) - by_programs_only - elsewhere == set(errors.NEXT)
