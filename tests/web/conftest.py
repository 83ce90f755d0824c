"""A door in front of a real archive, and browsers without a screen."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from access.actors import OPERATOR
from archive import signing_in, tokens
from archive.app import Archive
from tests.builders import PASSWORD
from web import session
from web.create_app import create_app

_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ANY_TOKEN = re.compile(r'(name="csrf_token" value="|name="csrf-token" content=")[^"]*')


class _Compiled(BytecodeCache):
    """Templates compiled by one app of this process are not compiled again by the next."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key + bucket.checksum in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key + bucket.checksum])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


_COMPILED = _Compiled()

# A function that writes an address is the same in every app that has the rule: what it is made of is said by its parts.
# To build them was a quarter of the time of these tests.
_build_anew = Rule._compile_builder
_BUILT: dict[tuple[Any, ...], Callable[..., tuple[str, str]]] = {}


def _built_once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
    key = (*rule._trace, repr(rule.defaults), append_unknown)
    if key not in _BUILT:
        _BUILT[key] = _build_anew(rule, append_unknown)
    return _BUILT[key]


Rule._compile_builder = _built_once


@pytest.fixture
def app(archive: Archive) -> Flask:
    app = create_app(archive)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


@dataclass
class Visitor:
    """Somebody with a browser; signed in if they have a session."""

    client: FlaskClient
    _token: tuple[str, str] = ("", "")
    """What the session says of tokens, and the one a page of it had: good as long as the session says the same."""

    def get(self, address: str, **more: Any) -> TestResponse:
        return self.client.get(address, buffered=True, **more)

    def post(self, address: str, data: Any = None, **more: Any) -> TestResponse:
        """A form of ours is filled in and sent."""
        return self.client.post(address, data={"csrf_token": self.form_token(), **(data or {})}, **more)

    def form_token(self) -> str:
        said = self._said()
        if not said or said != self._token[0]:
            page = self.client.get("/account").text
            found = _TOKEN.search(page) or _TOKEN.search(self.client.get("/sign-in").text)
            assert found is not None
            self._token = (self._said(), found[1])
        return self._token[1]

    def _said(self) -> str:
        with self.client.session_transaction() as kept:
            return str(kept.get("csrf_token") or "")


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app.test_client())


@pytest.fixture
def signed_in(app: Flask, archive: Archive) -> Callable[[str], Visitor]:
    """A browser in which this person has signed in."""

    def sign_in(login: str) -> Visitor:
        return browser_of(app, archive, login)

    return sign_in


def browser_of(app: Flask, archive: Archive, login: str) -> Visitor:
    client = app.test_client()
    client.set_cookie(session.COOKIE, signing_in.sign_in(archive, login, PASSWORD).secret)
    return Visitor(client)


@pytest.fixture
def token_of(archive: Archive) -> Callable[[str], dict[str, str]]:
    """Headers with which a program asks as this person."""

    def create(login: str) -> dict[str, str]:
        return {"Authorization": "Bearer " + tokens.create_token(archive, OPERATOR, login)}

    return create


def without_tokens(page: str) -> str:
    """A page without what is different in each answer: the tokens of its forms."""
    return _ANY_TOKEN.sub(r"\1", page)
