"""The web door of one archive: every part of it is installed here, and nowhere else."""

import hashlib
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, Any, cast

from flask import Flask, Request, g, url_for
from flask.json.provider import DefaultJSONProvider
from flask_babel import Babel

from archive import telling
from archive.app import Archive
from archive.backups import state
from web import (
    api,
    backup_words,
    current,
    errors,
    handbook,
    headers,
    language,
    navigation,
    pages,
    sentences,
    session,
    words,
)

STATIC = Path(__file__).parent / "static"
SPOOL_BYTES = 1 << 20


class Upload(Request):
    """A request whose files, while they arrive, lie where the archive keeps its unfinished work."""

    def _get_file_stream(self, *_about: object, **_more: object) -> IO[bytes]:
        folder = current.archive().settings.work
        folder.mkdir(exist_ok=True, mode=0o700)
        return cast("IO[bytes]", tempfile.SpooledTemporaryFile(SPOOL_BYTES, dir=str(folder)))


class Readable(DefaultJSONProvider):
    """JSON as people read it: Chinese as it is, fields in the order they were written."""

    ensure_ascii = False
    sort_keys = False


class Door(Flask):
    request_class = Upload


def create_app(archive: Archive) -> Flask:
    app = Door("web")
    app.extensions[current.EXTENSION] = archive
    app.config["MAX_CONTENT_LENGTH"] = body_limit(archive)
    app.json = Readable(app)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Babel(app, default_locale="en", locale_selector=language.language)
    session.install(app, archive)
    headers.install(app)
    errors.install(app)
    for blueprint in pages.blueprints():
        app.register_blueprint(blueprint)
    app.register_blueprint(api.blueprint())
    app.jinja_env.filters.update({**words.FILTERS, **sentences.FILTERS})
    app.context_processor(_for_every_page)
    return app


def body_limit(archive: Archive) -> int:
    """The largest body of a request: one file of the size that may be taken in, and the form around it."""
    return (archive.settings.file_size_max_mb + 1) << 20


def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]


def _for_every_page() -> dict[str, Any]:
    person = current.person_or_none()
    return {
        "asset": asset,
        "words": words,
        "sentences": sentences,
        "language": language,
        "navigation": navigation,
        "LANGUAGES": language.LANGUAGES,
        "person": person,
        "actor": current.actor() if person else None,
        "company": current.archive().settings.company,
        "may": words.may,
        "colleagues": current.colleagues,
        "known_people": current.directory,
        "present_selection": current.selection,
        "in_selection": current.in_selection,
        "explained": _explained,
        "unread": lambda: telling.unread(current.archive(), person.id) if person else 0,
        "may_see_backups": lambda: bool(person) and words.may("see-backups"),
        "backup_alarms": lambda: [backup_words.alarm(one) for one in state.noted(current.archive())],
    }


def _explained(zh: str) -> handbook.Word | None:
    """What is said of a word of the field, the first time it is asked for while a page is made; None after that."""
    said: set[str] = g.setdefault("explained", set())
    if zh in said:
        return None
    said.add(zh)
    return handbook.words(language.language()).get(zh)
