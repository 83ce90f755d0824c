"""Places of papers, for programs: looked at, set up, and papers moved between them."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import locations
from archive.errors import Invalid
from archive.locations import NewPlace
from archive.model.rooms import Location
from web import current
from web.api import Answer, Given, Operation, Parameter, body, said
from web.api.schemas import TEXT, ref

PLACE_ID = Parameter("id", TEXT, "Id of the place.", "path")


def get_locations(given: Given) -> Response:
    entries = locations.tree(current.archive(), current.actor(), given.get("site", ""))
    return said({"locations": [{**_shape(one.location), "records": one.records} for one in entries]})


def add_location(_given: Given) -> Response:
    values = body(("kind", "code"))
    made = locations.add(
        current.archive(),
        current.actor(),
        NewPlace(
            site=_text(values, "site"),
            kind=_text(values, "kind"),
            code=_text(values, "code"),
            parent_id=_text(values, "parent"),
            name=_text(values, "name"),
            media=_text(values, "media"),
            capacity=_number(values, "capacity"),
        ),
    )
    return said(_shape(made), 201)


def get_location(given: Given) -> Response:
    place = locations.show(current.archive(), current.actor(), given["id"])
    return said({**_shape(place.location), "records": [one.id for one in place.records]})


def move_things(_given: Given) -> Response:
    values = body(("what", "to"))
    thing, target = locations.move(current.archive(), current.actor(), _text(values, "what"), _text(values, "to"))
    return said(
        {
            "record": thing.record.id if thing.record else None,
            "location": thing.location.id if thing.location else None,
            "to": target.id,
            "address": target.address,
        }
    )


def _shape(location: Location) -> Mapping[str, Any]:
    return {
        "id": location.id,
        "site": location.site,
        "parent": location.parent_id or None,
        "kind": location.kind,
        "code": location.code,
        "address": location.address,
        "name": location.name,
        "media": location.media,
        "capacity": location.capacity,
    }


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


OPERATIONS = (
    Operation(
        "GET",
        "/locations",
        "Store-rooms, cabinets, shelves and boxes in use, each after the one it stands in.",
        get_locations,
        {200: Answer("Places.", ref("Locations"))},
        (Parameter("site", TEXT, "Only of this site."),),
    ),
    Operation(
        "POST",
        "/locations",
        "Set up a place.",
        add_location,
        {201: Answer("The place.", ref("Location"))},
        body={"application/json": ref("LocationToAdd")},
    ),
    Operation(
        "GET",
        "/locations/{id}",
        "One place, and the papers in it that you may find.",
        get_location,
        {200: Answer("The place.", ref("LocationWithRecords"))},
        (PLACE_ID,),
    ),
    Operation(
        "POST",
        "/moves",
        "Move a paper, or a place with everything in it, to another place; both by label or address.",
        move_things,
        {200: Answer("What was moved where.", ref("Move"))},
        body={"application/json": ref("MoveToMake")},
    ),
)
