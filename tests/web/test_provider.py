"""The company's own sign-in service says who somebody is; what they may stays this archive's affair."""

import time
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from flask import Flask
from joserfc.jwk import RSAKey
from werkzeug.test import TestResponse

from archive.app import Archive
from tests.builders import a_person
from tests.web.conftest import Visitor
from tests.web.provider import Provider, running


@pytest.fixture
def provider(archive: Archive) -> Iterator[Provider]:
    a_person(archive, "li")
    with running() as provider:
        provider.now = int(time.time())  # tokens are held against the clock of the machine
        archive.settings = replace(archive.settings, oidc_issuer=provider.issuer, oidc_client_id="muniment")
        yield provider


def round_trip(visitor: Visitor, provider: Provider, wanted: str = "/account") -> TestResponse:
    away = visitor.post("/sign-in/provider", {"next": wanted})
    assert away.status_code == 303
    assert urlsplit(away.headers["Location"]).path == "/authorize"
    return visitor.get(f"/sign-in/vouched?{provider.authorize(away.headers['Location'])}")


def test_whom_the_service_vouches_for_is_signed_in_and_where_they_wanted_to_be(
    archive: Archive, visitor: Visitor, provider: Provider
):
    assert "/sign-in/provider" in visitor.get("/sign-in").text

    back = round_trip(visitor, provider)

    assert (back.status_code, back.headers["Location"]) == (303, "/account")
    assert visitor.get("/account").status_code == 200
    with archive.read() as tx:
        line = next(one for one in tx.ledger.lines(limit=5) if one.action == "sign-in")
    assert (line.payload["factor"], line.payload["voucher"]) == ("vouched", provider.issuer)


def test_an_answer_opens_once_and_only_in_the_browser_that_asked(app: Flask, visitor: Visitor, provider: Provider):
    away = visitor.post("/sign-in/provider", {"next": "/"})
    answer = f"/sign-in/vouched?{provider.authorize(away.headers['Location'])}"

    assert Visitor(app.test_client()).get(answer).status_code == 401
    assert visitor.get("/sign-in/vouched?code=one&state=made-up").status_code == 401
    assert visitor.get(answer).status_code == 401, "the attempt is spent"


@pytest.mark.parametrize(
    "twist",
    [
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"nonce": "another"},
        {"exp": 1},
        {"preferred_username": "nobody"},
        {"preferred_username": ""},
    ],
)
def test_what_is_not_right_about_a_token_opens_nothing(visitor: Visitor, provider: Provider, twist: dict[str, object]):
    provider.twist = twist

    assert round_trip(visitor, provider).status_code == 401
    assert visitor.get("/account").status_code == 303


def test_a_token_that_somebody_else_signed_opens_nothing(visitor: Visitor, provider: Provider):
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})

    assert round_trip(visitor, provider).status_code == 401


def test_a_service_that_is_not_there_is_a_sentence(archive: Archive, visitor: Visitor, provider: Provider):
    archive.settings = replace(archive.settings, oidc_issuer="http://127.0.0.1:9")

    answer = visitor.post("/sign-in/provider", {"next": "/"})

    assert answer.status_code in (303, 401)
    assert visitor.get("/account").status_code == 303


def test_without_a_service_there_is_no_such_page(archive: Archive, visitor: Visitor):
    assert "/sign-in/provider" not in visitor.get("/sign-in").text
    assert visitor.post("/sign-in/provider", {"next": "/"}).status_code == 404
    assert visitor.get("/sign-in/vouched?code=x&state=y").status_code == 404
