"""Rights for a while, for programs: give, confirm, end, review; and asking to be let in at once."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from access.grants import Grant
from archive import granting
from archive.granting import Wanted
from archive.model import Person
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said, shapes
from web.api.entered import Body
from web.api.schemas import TEXT, ref

WHAT = ("level", "pii", "classes", "sites", "departments", "purpose")
DEEDS: Mapping[str, Callable[[str, str], Grant]] = {
    "confirm": lambda grant, _said: granting.confirm(current.archive(), current.actor(), grant),
    "end": lambda grant, _said: granting.end(current.archive(), current.actor(), grant),
    "review": lambda grant, said: granting.review(current.archive(), current.actor(), grant, said),
}


def get_grants(_given: Given) -> Response:
    found = granting.board(current.archive(), current.actor())
    lists = {"waiting": found.waiting, "to_review": found.to_review, "grants": found.grants}
    return said({name: [_shape(one, found.people) for one in some] for name, some in lists.items()})


def give_grant(_given: Given) -> Response:
    values = body(("person", "purpose", "starts_at", "ends_at"))
    entered.only(values, (*WHAT, "person", "starts_at", "ends_at"))
    wanted = Wanted(
        ends_at=entered.moment(values, "ends_at"), starts_at=entered.moment(values, "starts_at"), **_what(values)
    )
    grant = granting.give(current.archive(), current.actor(), entered.text(values, "person"), wanted)
    return said(_one(grant), 201)


def ask_emergency(_given: Given) -> Response:
    archive, values = current.archive(), body(("purpose", "hours"))
    entered.only(values, (*WHAT, "hours"))
    until = granting.hours_from(archive.now(), entered.number(values, "hours", 1))
    return said(_one(granting.ask_emergency(archive, current.actor(), Wanted(ends_at=until, **_what(values)))), 201)


def do_with_grant(given: Given) -> Response:
    values = body()
    entered.only(values, ("reason",))
    return said(_one(DEEDS[given["deed"]](given["id"], entered.text(values, "reason"))))


def _what(values: Body) -> Mapping[str, Any]:
    return {
        "level_max": entered.number(values, "level", 0),
        "pii_max": entered.number(values, "pii", 0),
        "purpose": entered.text(values, "purpose"),
        **{name: entered.texts(values, name) for name in ("classes", "sites", "departments")},
    }


def _one(grant: Grant) -> Mapping[str, Any]:
    return _shape(grant, granting.board(current.archive(), current.actor()).people)


def _shape(grant: Grant, people: Mapping[str, Person]) -> Mapping[str, Any]:
    def login(person_id: str) -> str:
        return people[person_id].login if person_id in people else ""

    return {
        "id": grant.id,
        "kind": grant.kind,
        "person": login(grant.person_id),
        "level": grant.level_max,
        "pii": grant.pii_max,
        **{name: sorted(getattr(grant, name)) for name in ("classes", "sites", "departments")},
        "purpose": grant.purpose,
        "starts_at": shapes.moment(grant.starts_at),
        "ends_at": shapes.moment(grant.ends_at),
        "given_by": login(grant.given_by),
        "confirmed_by": login(grant.confirmed_by),
        "ended_at": shapes.moment(grant.ended_at) if grant.ended_at else None,
        "reviewed_by": login(grant.reviewed_by),
        "review": grant.review,
    }


MADE = {201: Answer("The grant.", ref("Grant"))}

OPERATIONS = (
    Operation(
        "GET", "/grants", "Grants and emergencies you may see.", get_grants, {200: Answer("Grants.", ref("Grants"))}
    ),
    Operation(
        "POST", "/grants", "Give somebody rights for a while.", give_grant, MADE, body=entered.json("GrantToGive")
    ),
    Operation(
        "POST",
        "/grants/emergency",
        "Ask to be let in at once.",
        ask_emergency,
        MADE,
        body=entered.json("EmergencyToAsk"),
    ),
    Operation(
        "POST",
        "/grants/{id}/{deed}",
        "Confirm, end or review a grant.",
        do_with_grant,
        {200: Answer("The grant.", ref("Grant"))},
        (
            Parameter("id", TEXT, "Id of the grant.", "path"),
            Parameter("deed", {"type": "string", "enum": list(DEEDS)}, "What is done with it.", "path"),
        ),
        body=entered.json("Words"),
    ),
)
