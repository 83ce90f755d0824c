"""Whose request this is, and of which archive."""

from collections import Counter
from collections.abc import Sequence
from typing import cast

from flask import current_app, g

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import people, selections
from archive.app import Archive
from archive.errors import NotSignedIn
from archive.model import Person
from archive.selections import Standing

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
    """Who asks, with what their loans open at this moment. Made once per request, for each request anew."""
    found: Actor | None = g.get("actor")
    if found is None or found.id != person().id:
        found = g.actor = people.at_the_door(archive(), person(), session=g.get("session_mark", ""), only=g.get("only"))
    return found


def colleagues() -> Sequence[Person]:
    """Whom a form may offer to choose from: login name and name of everybody here; nobody for who takes no part."""
    asks = actor()
    return people.colleagues(archive(), asks) if rules.may(asks, Action.TAKE_PART) else ()


def directory() -> Sequence[tuple[str, Person]]:
    """The same with what stands for each in a field: the name, where only one is called so."""
    some = colleagues()
    often = Counter(one.name for one in some)
    return [(one.name if often[one.name] == 1 else one.login, one) for one in some]


def called(person: Person) -> str:
    """What stands for somebody in such a field."""
    return next((value for value, one in directory() if one.id == person.id), person.login)


def selection() -> Standing | None:
    """The selection to which this person may add still; looked for once per request."""
    if "selection" not in g:
        g.selection = selections.present(archive(), actor()) if rules.may(actor(), Action.SAVE_SEARCHES) else None
    return cast("Standing | None", g.selection)


def in_selection(ids: Sequence[str]) -> set[str]:
    """Those of these records that are in it."""
    present = selection()
    return selections.among(archive(), actor(), present.selection.id, ids) if present else set()


def by_token() -> bool:
    """True when a program asks with a bearer token, False for a browser with a session."""
    return bool(g.get("by_token", False))
