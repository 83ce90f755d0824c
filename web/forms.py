"""What was entered in a form becomes a description."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from werkzeug.datastructures import MultiDict

from archive import locations
from archive.errors import Conflict, Invalid
from archive.locations import Offered
from archive.model import Record, Suggestion
from archive.naming import title_from
from archive.records import NO_LEVEL, Description
from archive.suggesting import CLASS_ENTERED_MIN
from web import current, wrong
from web.wrong import Wrong

Entered = Mapping[str, str]
"""The fields of the form as text; parties one per line."""


SET_UP = "+"
"""Chosen by whoever wants the address they typed set up as a new place; no address begins with it."""


def entered(form: MultiDict[str, str]) -> Entered:
    """As it was typed; the shelf address that was chosen of those offered instead of the one typed."""
    said = {name: form.get(name, "") for name in Description.__slots__}
    chosen = _chosen(form)
    return {**said, "shelf_location": chosen} if chosen and not chosen.startswith(SET_UP) else said


def sets_up(form: MultiDict[str, str]) -> bool:
    """Is the shelf address to become a new place? Asked for in so many words, never assumed."""
    return _chosen(form).startswith(SET_UP)


def _chosen(form: MultiDict[str, str]) -> str:
    """What was chosen instead of the address for which it was offered; whoever types another one says that."""
    as_offered = form.get("shelf_offered_for", "").strip() == form.get("shelf_location", "").strip()
    return form.get("shelf_choice", "") if as_offered else ""


def offered(error: Invalid | Conflict, said: Entered) -> Offered | None:
    """What is offered instead of a shelf address that is refused; one that cannot be set up is not offered again."""
    refused = {one.code for one in (error, *error.also) if one.field == "shelf_location"}
    if not refused:
        return None
    found = locations.offered(current.archive(), current.actor(), said["site"], said["shelf_location"])
    return replace(found, may_set_up=found.may_set_up and "no-such-shelf" in refused)


def unsure(suggestions: Sequence[Suggestion]) -> bool:
    """Is no class that is suggested likely enough to be entered?"""
    return all(one.confidence < CLASS_ENTERED_MIN for one in suggestions if one.field == "class_code")


def people_named(form: MultiDict[str, str], name: str) -> list[str]:
    """Who was named: one in each field of this name, or several in one field with something between them."""
    said = [one.strip() for one in form.getlist(name) if one.strip()]
    return said if len(said) > 1 else re.split(r"[\s,;，；、]+", said[0]) if said else []


def refused(error: Invalid | Conflict, said: Entered, record: Record, revision: int) -> tuple[Wrong, Entered]:
    """What is wrong with a form that was opened at a revision, and what somebody else saved since in the fields that
    differ. `record` is as it is now, for the form goes on from there."""
    if revision == record.revision:
        return wrong.told(error), {}
    return wrong.meanwhile(error, said, of_record(record))


def description(said: Entered) -> Description:
    level = said["level"]
    values: dict[str, Any] = {name: said[name] for name in Description.__slots__}
    values["level"] = int(level) if level in ("0", "1", "2", "3") else NO_LEVEL
    values["parties"] = tuple(filter(None, (line.strip() for line in said["parties"].splitlines())))
    return Description(**values)


def of_record(record: Record) -> Entered:
    """The form as it stands for a record."""
    return {
        "title": record.title,
        "class_code": record.class_code,
        "level": str(record.level),
        "site": record.site,
        "department": record.department,
        "doc_number": record.doc_number,
        "issuer": record.issuer,
        "parties": "\n".join(record.parties),
        "document_date": record.document_date.isoformat() if record.document_date else "",
        "shelf_location": record.shelf_location,
    }


def prefilled(record: Record, file_name: str, suggestions: Sequence[Suggestion]) -> Entered:
    """The form for filing: what is known of the record, and the best suggestion where nothing is.

    A class is entered only where it is likely enough."""
    said = dict(of_record(record))
    best: dict[str, list[Suggestion]] = {}
    for one in suggestions:
        best.setdefault(one.field, []).append(one)
    if "class_code" in best and best["class_code"][0].confidence < CLASS_ENTERED_MIN:
        del best["class_code"]
    for field, found in best.items():
        # A title that is only the file name is nobody's statement.
        if not said.get(field) or (field == "title" and said["title"] == title_from(file_name)):
            said[field] = "\n".join(one.value for one in found) if field == "parties" else found[0].value
    return said
