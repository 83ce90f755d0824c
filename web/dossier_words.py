"""What dossiers are told with: types, items, states and what one is opened for, as something a person reads."""

from collections.abc import Mapping
from datetime import date

from flask_babel import LazyString

from archive.model.dossiers import NOT, Checklist, Requirement, Standing
from archive.model.room_keys import What
from web import language
from web.language import gettext
from web.language import lazy_gettext as _l

SUBJECTS: Mapping[str, LazyString] = {
    "unit": _l("Unit"),
    "machine": _l("Machine"),
    "project": _l("Project"),
    "person": _l("Person"),
}
STATES: Mapping[str, LazyString] = {
    "present": _l("there"),
    "waived": _l("waived"),
    "missing": _l("missing"),
    "not-applicable": _l("does not apply"),
}
SIGNS: Mapping[str, str] = {"present": "✓", "missing": "✗", "not-applicable": "–"}
KEY_MOVES: Mapping[What, LazyString] = {
    What.ISSUED: _l("received"),
    What.RETURNED: _l("given back"),
    What.COMPENSATED: _l("paid for"),
}
KEYS = (_l("Door key"), _l("Letter-box key"), _l("Access card"), _l("Parking card"))
"""Kinds of keys to choose from; any other may be written."""
COLUMNS: Mapping[str, LazyString] = {
    "item": _l("No."),
    "name_zh": _l("Name in Chinese"),
    "name_en": _l("Name in English"),
    "group": _l("Group"),
    "condition": _l("Only where"),
    "at_least": _l("At least so many"),
    "waivable": _l("May be waived"),
    "within_days": _l("Due after so many days"),
    "post": _l("Responsible post"),
    "source": _l("Source"),
    "source_date": _l("Read on"),
}


def sign(state: str, *, overdue: bool = False) -> str:
    """How a cell of the matrix looks: never colour alone."""
    if overdue:
        return "!"
    return gettext("W") if state == "waived" else SIGNS[state]


def owed(one: Standing, people: Mapping[str, str], today: date) -> str:
    """Whose a missing document is to bring and by when, in one line."""
    who = people.get(one.owner_id, one.owner_id)
    if one.due_on is None:
        return gettext("%(who)s, no day set", who=who)
    if one.overdue(today):
        days = (today - one.due_on).days
        return gettext("%(who)s, by %(when)s, %(days)s days overdue", who=who, when=one.due_on.isoformat(), days=days)
    return gettext("%(who)s, by %(when)s", who=who, when=one.due_on.isoformat())


def type_name(checklist: Checklist) -> str:
    return checklist.name_en if language.language() == "en" else checklist.name_zh


def item_name(requirement: Requirement) -> str:
    return requirement.name_en if language.language() == "en" else requirement.name_zh


def condition(requirement: Requirement) -> str:
    """When a document applies, as a phrase; empty: always."""
    said = requirement.condition
    if said.startswith(NOT):
        return gettext("not where: %(what)s", what=said.removeprefix(NOT))
    return said
