"""Nobody gets past the door: every address there is, asked by nobody."""

import re

import pytest
from flask import Flask
from werkzeug.routing import Rule

from archive.app import Archive
from tests.web.conftest import Visitor
from web.session import PUBLIC


def rules(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"})
    ]


def somewhere(rule: Rule) -> str:
    return re.sub(r"<[^>]+>", "1", rule.rule)


def test_every_address_is_closed_to_nobody_except_those_that_are_public(app: Flask, visitor: Visitor):
    for rule, method in rules(app):
        if rule.endpoint in PUBLIC:
            continue
        answer = visitor.client.open(somewhere(rule), method=method)
        expected = 401 if rule.rule.startswith("/api/") else 303
        assert answer.status_code == expected, f"{method} {rule.rule} answers nobody with {answer.status_code}"
        if expected == 303:
            assert answer.headers["Location"].startswith("/sign-in"), rule.rule


def test_everything_that_is_public_exists(app: Flask):
    assert {rule.endpoint for rule, _ in rules(app)} >= PUBLIC


def test_an_address_that_does_not_exist_is_as_closed_as_one_that_does(visitor: Visitor):
    assert visitor.get("/no/such/page").status_code == 303
    assert visitor.get("/api/v1/no-such-thing").status_code == 401


def test_a_session_that_nobody_has_opens_nothing(visitor: Visitor):
    visitor.client.set_cookie("muniment_session", "made-up")
    assert visitor.get("/").status_code == 303


def test_an_unknown_token_opens_nothing_and_says_so(visitor: Visitor):
    answer = visitor.get("/api/v1/search", headers={"Authorization": "Bearer made-up"})
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "not-signed-in"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_is_of_no_use_on_pages(app: Flask, archive: Archive, visitor: Visitor):
    from access.actors import OPERATOR
    from archive import tokens
    from tests.builders import a_person

    a_person(archive, "reader")
    headers = {"Authorization": "Bearer " + tokens.create_token(archive, OPERATOR, "reader")}
    assert visitor.get("/", headers=headers).status_code == 303


@pytest.mark.parametrize("address", ["/sign-in", "/healthz", "/api/openapi.json", "/api/v1/search", "/no/such/page"])
def test_every_answer_forbids_the_browser_what_was_not_meant(visitor: Visitor, address: str):
    headers = visitor.get(address).headers
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_static_files_may_be_kept_because_their_address_changes_with_them(visitor: Visitor):
    stylesheet = re.search(r'href="(/static/app\.css\?v=[^"]+)"', visitor.get("/sign-in").text)
    assert stylesheet is not None
    assert "immutable" in visitor.get(stylesheet[1]).headers["Cache-Control"]
    assert "immutable" not in visitor.get("/static/app.css").headers.get("Cache-Control", "")


def test_pages_hold_no_inline_scripts_or_styles(app: Flask):
    """The policy would block them, so one that slipped in would simply not work."""
    assert app.jinja_loader is not None
    for name in app.jinja_loader.list_templates():
        assert app.jinja_env.loader is not None
        source = app.jinja_env.loader.get_source(app.jinja_env, name)[0]
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|<style|\son[a-z]+=|javascript:", source), name
