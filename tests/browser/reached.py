"""Every page as the people of the demo company reach it: by links from their start page, one address of each kind."""

import re
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from archive import signing_in
from archive.app import open_archive
from archive.demo.company import PEOPLE
from archive.demo.moving_in import PASSWORD
from web import session
from web.create_app import create_app

_LINK = re.compile(r"""<a\b[^>]*\bhref=["']([^"'#][^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Reached:
    """A page somebody came to by links."""

    kind: str
    """Its endpoint: pages of one kind differ in what they are about."""
    login: str
    """Who came there; nobody has to be signed in where it is empty."""
    path: str
    before: str
    """The page with the link."""


@dataclass(frozen=True, slots=True)
class Walk:
    pages: Sequence[Reached]
    dead_ends: Sequence[str]
    """Links that lead to an error, each with the page it stands on."""
    kinds: frozenset[str]
    """All kinds of addresses there are that a link may lead to."""
    on_the_way: frozenset[str]
    """Kinds to which links do lead and that are no pages: they lead on, or are files."""


def walk(home: Path) -> Walk:
    """Follow the links of every person of the demo company, each kind of page once a person."""
    first: dict[str, Reached] = {}
    dead: list[str] = []
    on_the_way: set[str] = set()
    with closing(open_archive(home)) as archive:
        app = create_app(archive)
        where = app.url_map.bind("localhost")
        for login in ["", *(person.login for person in PEOPLE)]:
            client = app.test_client()
            if login:
                client.set_cookie(session.COOKIE, signing_in.sign_in(archive, login, PASSWORD).secret)
            seen: set[str] = set()
            ahead = deque([("/" if login else "/sign-in", "")])
            while ahead:
                path, before = ahead.popleft()
                kind = _kind(where, path)
                if kind is None or kind in seen:
                    continue
                seen.add(kind)
                answer = client.get(path)
                if answer.status_code >= 400:
                    dead.append(f"{login}: {before} → {path}: {answer.status_code}")
                elif answer.location:
                    on_the_way.add(kind)
                    ahead.append((urljoin(path, answer.location), path))
                elif answer.mimetype == "text/html" and answer.status_code == 200:
                    first.setdefault(kind, Reached(kind, login, path, before))
                    ahead.extend((link, path) for link in _links(answer.text, path))
                else:
                    on_the_way.add(kind)
    return Walk(tuple(first.values()), tuple(dead), frozenset(_pages(where)), frozenset(on_the_way))


def _links(text: str, path: str) -> Iterator[str]:
    for link in _LINK.findall(text):
        whole = urlsplit(urljoin(f"http://localhost{path}", unescape(link)))
        if whole.netloc == "localhost":
            yield whole.path + (f"?{whole.query}" if whole.query else "")


def _kind(where: MapAdapter, path: str) -> str | None:
    try:
        kind = where.match(path.partition("?")[0], method="GET")[0]
    except HTTPException:
        return path
    return None if kind.startswith(("static", "api.")) else kind


def _pages(where: MapAdapter) -> Iterator[str]:
    for rule in where.map.iter_rules():
        if rule.methods and "GET" in rule.methods and not rule.endpoint.startswith(("static", "api")):
            yield rule.endpoint
