"""Whose request this is, and of which archive."""

from typing import cast

from flask import current_app, g

from access.actors import Actor
from archive import people
from archive.app import Archive
from archive.errors import NotSignedIn
from archive.model import Person

EXTENSION = "muniment"


def archive() -> Archive:
    return cast(Archive, current_app.extensions[EXTENSION])


def person_or_none() -> Person | None:
    """Who is signed in; None for a visitor. Set once per request by `web.session`."""
    return g.get("person")


def person() -> Person:
    found = person_or_none()
    if found is None:
        raise NotSignedIn("Please sign in.")
    return found


def actor() -> Actor:
    return people.as_actor(person())


def by_token() -> bool:
    """True when a program asks with a bearer token, False for a browser with a session."""
    return bool(g.get("by_token", False))
