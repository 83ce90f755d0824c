"""The climate of store-rooms, for programs: sensors send readings, and what is wrong can be asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from flask import Response

from archive import climate
from archive.climate import NewReading, Room
from archive.climate_rules import tenths
from archive.errors import Invalid
from archive.model.climate import MEASURES
from web import current
from web.api import Answer, Given, Operation, body, said
from web.api.schemas import ref


def get_climate(_given: Given) -> Response:
    return said({"rooms": [_shape(one) for one in climate.rooms(current.archive(), current.actor())]})


def send_readings(_given: Given) -> Response:
    values = body(("instrument", "readings"))
    instrument, sent = values["instrument"], values["readings"]
    if not isinstance(instrument, str) or not isinstance(sent, list):
        raise Invalid("instrument is a text, readings is a list.", "bad-body")
    readings = [_reading(at, one) for at, one in enumerate(cast("list[Any]", sent), 1)]
    lines = climate.send(current.archive(), current.actor(), instrument, readings)
    shapes = [
        {"line": line.number, "outcome": line.outcome, "code": line.code or None, "detail": line.problem or None}
        for line in lines
    ]
    return said({"lines": shapes})


def _reading(number: int, one: Any) -> NewReading:
    try:
        at = datetime.fromisoformat(one["at"])
        temperature, humidity = (tenths(f"{one[measure]}") for measure in MEASURES)
    except (KeyError, TypeError, ValueError):
        raise Invalid(
            f"Reading {number}: say at with its time zone, temperature and humidity with one decimal.", "bad-reading"
        ) from None
    if at.tzinfo is None:
        raise Invalid(f"Reading {number}: say at with its time zone.", "bad-reading")
    return NewReading(at, temperature, humidity)


def _shape(room: Room) -> Mapping[str, Any]:
    last = room.latest
    return {
        "location": room.location.id,
        "address": room.location.address,
        "at": last.at.isoformat() if last else None,
        **{measure: last.value(measure) / 10 if last else None for measure in MEASURES},
        "findings": [
            {"kind": one.kind, "since": one.first.at.isoformat(), "count": len(one.points)} for one in room.findings
        ],
    }


OPERATIONS = (
    Operation(
        "GET",
        "/climate",
        "Every store-room with its last reading and what is wrong with it.",
        get_climate,
        {200: Answer("Rooms.", ref("Climate"))},
    ),
    Operation(
        "POST",
        "/climate/readings",
        "What a sensor read. A token for the scope climate may do this and nothing else. Safe to repeat.",
        send_readings,
        {200: Answer("What became of each reading.", ref("ReadingLines"))},
        body={"application/json": ref("ReadingsToSend")},
    ),
)
