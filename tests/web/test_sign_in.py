"""Signing in, staying signed in, signing out; and that a form was one of ours."""

from collections.abc import Callable

import pytest
from flask import Flask

from access.actors import OPERATOR
from archive import people, signing_in
from archive.app import Archive
from archive.errors import NotSignedIn
from archive.people import NewPerson
from tests.builders import PASSWORD, a_person
from tests.conftest import Clock
from tests.web.conftest import Visitor

SignedIn = Callable[[str], Visitor]


def enter(visitor: Visitor, login: str, password: str = PASSWORD, **more: str):
    return visitor.post("/sign-in", {"login": login, "password": password, **more})


def test_the_right_password_opens_the_door_and_a_cookie_no_script_can_read(archive: Archive, visitor: Visitor):
    a_person(archive, "reader")
    answer = enter(visitor, "reader")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("muniment_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert visitor.get("/").status_code == 200


def test_a_wrong_login_and_a_wrong_password_are_told_apart_nowhere(archive: Archive, visitor: Visitor):
    a_person(archive, "reader")
    visitor.get("/sign-in")
    for login in ("reader", "nobody"):
        answer = enter(visitor, login, "wrong-password-1")
        assert answer.status_code == 401
        assert "用户名或密码不正确" in answer.text
        assert "muniment_session" not in str(answer.headers)


def test_after_signing_in_one_is_where_one_wanted_to_be_but_never_elsewhere(archive: Archive, visitor: Visitor):
    a_person(archive, "reader")
    wanted = visitor.get("/account?x=1").headers["Location"]
    assert wanted == "/sign-in?next=/account?x%3D1"
    assert enter(visitor, "reader", next="/account?x=1").headers["Location"] == "/account?x=1"
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        visitor.client.delete_cookie("muniment_session")
        assert enter(visitor, "reader", next=elsewhere).headers["Location"] == "/"


def test_signing_out_ends_the_session_for_good(archive: Archive, app: Flask):
    a_person(archive, "reader")
    secret = signing_in.sign_in(archive, "reader", PASSWORD).secret
    visitor = Visitor(app.test_client())
    visitor.client.set_cookie("muniment_session", secret)
    assert visitor.post("/sign-out").headers["Location"] == "/sign-in"
    visitor.client.set_cookie("muniment_session", secret)
    assert visitor.get("/").status_code == 303


def test_a_session_ends_by_itself(archive: Archive, clock: Clock, signed_in: SignedIn):
    a_person(archive, "reader")
    visitor = signed_in("reader")
    clock.advance(hours=archive.settings.session_hours + 1)
    assert visitor.get("/").status_code == 303


def test_a_form_that_is_not_ours_is_refused(archive: Archive, signed_in: SignedIn, visitor: Visitor):
    a_person(archive, "reader")
    assert signed_in("reader").client.post("/sign-out").status_code == 400
    assert visitor.client.post("/sign-in", data={"login": "reader", "password": PASSWORD}).status_code == 400
    stranger = signed_in("reader").form_token()
    mine = signed_in("reader")
    assert mine.client.post("/sign-out", data={"csrf_token": stranger}).status_code == 400


def test_a_session_needs_the_token_of_a_page_for_changes_through_the_api_too(
    archive: Archive, signed_in: SignedIn, token_of: Callable[[str], dict[str, str]]
):
    a_person(archive, "keeper", "document_controller", clearance=3)
    visitor = signed_in("keeper")
    refused = visitor.client.post("/api/v1/records")
    assert (refused.status_code, refused.content_type) == (400, "application/problem+json")
    with_token = visitor.client.post("/api/v1/records", headers={"X-CSRFToken": visitor.form_token()})
    assert with_token.json["code"] == "no-file"
    program = visitor.client.application.test_client().post("/api/v1/records", headers=token_of("keeper"))
    assert program.json["code"] == "no-file"


def test_behind_a_proxy_that_ends_tls_the_cookie_travels_encrypted_only(archive: Archive):
    from dataclasses import replace

    from web.create_app import create_app

    a_person(archive, "reader")
    archive.settings = replace(archive.settings, tls_proxy=True)
    client = create_app(archive).test_client()
    page = client.get("/sign-in", base_url="https://archive.example")
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(
        "/sign-in",
        data={"login": "reader", "password": PASSWORD, "csrf_token": token},
        base_url="https://archive.example",
        headers={"Referer": "https://archive.example/sign-in"},
    )
    assert answer.status_code == 303
    assert all("Secure" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def test_who_was_given_a_password_chooses_another_before_anything_else(archive: Archive, signed_in: SignedIn):
    people.add(archive, OPERATOR, NewPerson("fresh", "新人", frozenset({"borrower"})), PASSWORD, must_change=True)
    visitor = signed_in("fresh")
    assert visitor.get("/").headers["Location"] == "/account/password"
    assert visitor.get("/api/v1/search").json["code"] == "password-change-needed"
    own = "Lotus-Terrace-77"
    page = visitor.get("/account/password").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "old": PASSWORD, "new": own, "again": own}
    assert visitor.client.post("/account/password", data=form).status_code == 303
    assert visitor.get("/").status_code == 200


def test_changing_the_password_signs_out_everywhere_else(archive: Archive, signed_in: SignedIn):
    a_person(archive, "reader")
    here, there = signed_in("reader"), signed_in("reader")
    own = "Lotus-Terrace-77"
    assert here.post("/account/password", {"old": PASSWORD, "new": own, "again": own}).status_code == 303
    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 303


def test_a_password_that_will_not_do_is_explained(archive: Archive, signed_in: SignedIn):
    a_person(archive, "reader")
    visitor = signed_in("reader")
    for old, new, again, why in (
        (PASSWORD, "Lotus-Terrace-77", "Lotus-Terrace-78", "两次输入的新密码不一致"),
        (PASSWORD, "short", "short", "密码至少需要 10 个字符"),
        ("wrong-password-1", "Lotus-Terrace-77", "Lotus-Terrace-77", "当前密码错误"),
    ):
        answer = visitor.post("/account/password", {"old": old, "new": new, "again": again})
        assert answer.status_code == 422
        assert why in answer.text


def test_language_and_colours_are_a_matter_of_the_browser(archive: Archive, visitor: Visitor):
    assert '<html lang="zh-CN" data-theme="auto">' in visitor.get("/sign-in").text
    visitor.post("/preferences", {"language": "en"})
    visitor.post("/preferences", {"theme": "dark"})
    assert '<html lang="en" data-theme="dark">' in visitor.get("/sign-in").text
    visitor.post("/preferences", {"language": "xx", "theme": "<b>"})
    assert '<html lang="en" data-theme="dark">' in visitor.get("/sign-in").text
    elsewhere = visitor.post("/preferences", {"theme": "light"}, headers={"Referer": "https://evil.example/x"})
    assert elsewhere.headers["Location"] == "/"


def test_signing_in_again_ends_the_session_of_before(archive: Archive, signed_in: Callable[[str], Visitor]) -> None:
    a_person(archive, "zhang")
    browser = signed_in("zhang")
    before = browser.client.get_cookie("muniment_session")
    assert before is not None

    browser.post("/sign-in", {"login": "zhang", "password": PASSWORD})

    with pytest.raises(NotSignedIn):
        signing_in.of_session(archive, before.value)
