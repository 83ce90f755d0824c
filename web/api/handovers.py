"""Handovers for programs: planned, frozen, counted, explained, signed, completed."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from flask import Response

from access.handovers import Found, Kind, Line, Outside, Part
from archive import handover, handover_counting, handover_desk, handover_signing
from archive.errors import Invalid
from archive.handover import Plan
from archive.handover_desk import Sheet
from web import current, handover_words
from web.api import Answer, Given, Operation, Parameter, body, said, shapes
from web.api.schemas import ref

HANDOVER_ID = Parameter("id", {"type": "string"}, "Id of the handover.", "path")
TEXTS = ("giver", "receiver", "supervisor", "witness", "approver", "site", "class_code", "department", "location")


def get_handovers(_given: Given) -> Response:
    found = handover_desk.listed(current.archive(), current.actor())
    return said(
        {
            "handovers": [
                {
                    "id": one.id,
                    "number": one.number,
                    "kind": one.kind,
                    "state": one.state,
                    "site": one.site,
                    "due_on": one.due_on.isoformat(),
                    "counts": dict(counts),
                }
                for one, counts in found
            ]
        }
    )


def plan_handover(_given: Given) -> Response:
    values = body(("kind",))
    _only(values, ("kind", *TEXTS, "outside", "giver_absent", "rights_end", "reason", "due_on"))
    kind = _text(values, "kind")
    if kind not in list(Kind):
        raise Invalid(f"The kind of a handover is one of: {', '.join(Kind)}.", "bad-body")
    outside = None
    if values.get("outside") is not None:
        about = values["outside"]
        if not isinstance(about, dict):
            raise Invalid("outside is not of the right type.", "bad-body")
        who = cast("Mapping[str, Any]", about)
        _only(who, ("name", "organisation", "letter"))
        outside = Outside(*(_text(who, name) for name in ("name", "organisation", "letter")))
    wanted = Plan(
        Kind(kind),
        **{name: _text(values, name) for name in TEXTS},
        outside=outside,
        giver_absent=_yes(values, "giver_absent", default=False),
        rights_end=_yes(values, "rights_end", default=True),
        reason=_text(values, "reason"),
        due_on=_day(values, "due_on") if "due_on" in values else None,
    )
    planned = handover.plan(current.archive(), current.actor(), wanted)
    return said(_sheet(handover_desk.show(current.archive(), current.actor(), planned.id)), 201)


def get_handover(given: Given) -> Response:
    return said(_shown(given["id"], given["which"], given["page"]))


def do_with_handover(given: Given) -> Response:
    DEEDS[given["deed"]](given["id"], body())
    return said(_shown(given["id"]))


def _shown(id: str, which: str = "all", page: int = 1) -> Mapping[str, Any]:
    return _sheet(handover_desk.show(current.archive(), current.actor(), id, which=which, page=page))


# ---- Deeds: each is one use case ----


def _freeze(id: str, values: Mapping[str, Any]) -> None:
    _only(values, ())
    handover.freeze(current.archive(), current.actor(), id)


def _scan(id: str, values: Mapping[str, Any]) -> None:
    _only(values, ("label", "pages", "location"))
    pages = _number(values, "pages") if "pages" in values else None
    label, location = _text(values, "label"), _text(values, "location")
    handover_counting.scan(current.archive(), current.actor(), id, label, pages=pages, location=location)


def _count(id: str, values: Mapping[str, Any]) -> None:
    _only(values, ("line", "found", "pieces", "note"))
    found = _text(values, "found")
    if found not in list(Found):
        raise Invalid(f"What was found is one of: {', '.join(Found)}.", "bad-body")
    handover_counting.count(
        current.archive(),
        current.actor(),
        id,
        _number(values, "line"),
        Found(found),
        pieces=_number(values, "pieces"),
        note=_text(values, "note"),
    )


def _explain(id: str, values: Mapping[str, Any]) -> None:
    _only(values, ("line", "explanation", "owner", "settle_by"))
    handover_counting.explain(
        current.archive(),
        current.actor(),
        id,
        _number(values, "line"),
        _text(values, "explanation"),
        _text(values, "owner"),
        _day(values, "settle_by"),
    )


def _sign(id: str, values: Mapping[str, Any]) -> None:
    _only(values, ("part", "password", "seen", "factor", "code"))
    part = _text(values, "part")
    if part not in list(Part):
        raise Invalid(f"A part is one of: {', '.join(Part)}.", "bad-body")
    handover_signing.sign(
        current.archive(),
        current.actor(),
        id,
        Part(part),
        _text(values, "password"),
        seen=_text(values, "seen"),
        factor=_text(values, "factor"),
        code=_text(values, "code"),
    )


def _complete(id: str, values: Mapping[str, Any]) -> None:
    _only(values, ())
    handover_signing.complete(current.archive(), current.actor(), id)


def _cancel(id: str, values: Mapping[str, Any]) -> None:
    _only(values, ("reason",))
    handover.cancel(current.archive(), current.actor(), id, _text(values, "reason"))


DEEDS: Mapping[str, Callable[[str, Mapping[str, Any]], None]] = {
    "freeze": _freeze,
    "scan": _scan,
    "count": _count,
    "explain": _explain,
    "sign": _sign,
    "complete": _complete,
    "cancel": _cancel,
}


# ---- Shapes ----


def _sheet(sheet: Sheet) -> Mapping[str, Any]:
    going = sheet.handover
    signed = {one.part: one for one in sheet.signatures if one.voided_at is None}
    return {
        "id": going.id,
        "number": going.number,
        "kind": going.kind,
        "state": going.state,
        "site": going.site,
        "due_on": going.due_on.isoformat(),
        "reason": going.reason,
        "parties": [
            {
                "part": party.part,
                "name": sheet.name(party.part),
                "signed_at": shapes.moment(signed[party.part].signed_at) if party.part in signed else None,
            }
            for party in going.parties
        ],
        "sha256": sheet.digest,
        "may": sorted(sheet.may),
        "signs_as": sheet.signs_as,
        "counts": dict(sheet.counts),
        "total": sheet.total,
        "lines": [_line(sheet, line) for line in sheet.lines],
    }


def _line(sheet: Sheet, line: Line) -> Mapping[str, Any]:
    hidden = line.position in sheet.hidden
    owner = sheet.people.get(line.owner_id)
    return {
        "line": line.position,
        "carrier": line.carrier,
        "record": None if hidden else line.record_id or None,
        "title": None if hidden else line.title,
        "number": None if hidden else line.number,
        "location": None if hidden else line.location,
        "level": line.level,
        "pieces": line.pieces,
        "loan": line.loan,
        "found": line.found,
        "found_pieces": line.found_pieces,
        "confirmed": line.confirmed,
        "explanation": line.explanation,
        "owner": owner.login if owner else "",
        "settle_by": line.settle_by.isoformat() if line.settle_by else None,
    }


# ---- What is in a body ----


def _only(values: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in values:
        if name not in names:
            raise Invalid(f"The body has no place for {name!r}.", "bad-body")


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str):
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


def _number(values: Mapping[str, Any], name: str) -> int:
    value = values.get(name, 0)
    if type(value) is not int or abs(value) > 1_000_000:
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


def _yes(values: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = values.get(name, default)
    if not isinstance(value, bool):
        raise Invalid(f"{name} is not of the right type.", "bad-body")
    return value


def _day(values: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(_text(values, name))
    except ValueError:
        raise Invalid("This is not a date; write 2026-03-01.", "not-a-date") from None


ONE = {200: Answer("The handover as it stands now.", ref("Handover"))}

OPERATIONS = (
    Operation(
        "GET",
        "/handovers",
        "The handovers you have to do with, newest first; all of them for who oversees.",
        get_handovers,
        {200: Answer("The handovers.", ref("Handovers"))},
    ),
    Operation(
        "POST",
        "/handovers",
        "Plan a handover.",
        plan_handover,
        {201: Answer("Planned.", ref("Handover"))},
        body={"application/json": ref("HandoverPlan")},
    ),
    Operation(
        "GET",
        "/handovers/{id}",
        "One handover, with a part of its list and what you may do with it.",
        get_handover,
        ONE,
        (
            HANDOVER_ID,
            Parameter(
                "which", {"type": "string", "enum": list(handover_words.WHICH), "default": "all"}, "Which lines."
            ),
            Parameter("page", {"type": "integer", "minimum": 1, "default": 1}, "A hundred lines each."),
        ),
    ),
    Operation(
        "POST",
        "/handovers/{id}/{deed}",
        "Freeze, scan a label, count a line, explain a difference, sign, complete, or cancel.",
        do_with_handover,
        ONE,
        (HANDOVER_ID, Parameter("deed", {"type": "string", "enum": list(DEEDS)}, "What is done.", "path")),
        body={"application/json": ref("HandoverDeed")},
    ),
)
