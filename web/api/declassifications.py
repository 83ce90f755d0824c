"""Lowering levels, for programs: propose, agree or refuse, say that the event has happened."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response

from access.declassification import Proposal
from archive import declassifying, records
from archive.declassifying import Lowering
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said, shapes
from web.api.schemas import TEXT, ref

DEEDS: Mapping[str, Callable[[str, str], Proposal]] = {
    "agree": lambda one, said: declassifying.decide(current.archive(), current.actor(), one, yes=True, remark=said),
    "refuse": lambda one, said: declassifying.decide(current.archive(), current.actor(), one, yes=False, remark=said),
    "happened": lambda one, _said: declassifying.has_happened(current.archive(), current.actor(), one),
}


def get_declassifications(_given: Given) -> Response:
    board = declassifying.board(current.archive(), current.actor())
    return said(
        {
            "proposals": [
                {**_shape(one.proposal), "may_decide": one.may_decide, "may_report": one.may_report}
                for one in board.entries
            ]
        }
    )


def propose_declassification(_given: Given) -> Response:
    archive, actor, values = current.archive(), current.actor(), body(("record", "reason"))
    entered.only(values, ("record", "reason", "level", "pii", "due_on", "event"))
    record = records.view(archive, actor, entered.text(values, "record")).record
    lowering = Lowering(
        entered.number(values, "level", record.level),
        entered.text(values, "reason"),
        entered.day(values, "due_on"),
        entered.text(values, "event"),
        entered.number(values, "pii", record.pii),
    )
    return said(_shape(declassifying.propose(archive, actor, record.id, lowering)), 201)


def do_with_declassification(given: Given) -> Response:
    values = body()
    entered.only(values, ("reason",))
    return said(_shape(DEEDS[given["deed"]](given["id"], entered.text(values, "reason"))))


def _shape(one: Proposal) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "record": one.record_id,
        "level_from": one.level_from,
        "level_to": one.level_to,
        "pii_from": one.pii_from,
        "pii_to": one.pii_to,
        "reason": one.reason,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "event": one.event,
        "proposed_at": shapes.moment(one.proposed_at),
        "decision": one.decision,
        "done_at": shapes.moment(one.done_at) if one.done_at else None,
    }


OPERATIONS = (
    Operation(
        "GET",
        "/declassifications",
        "Proposals to lower a level, of records you may find.",
        get_declassifications,
        {200: Answer("Proposals.", ref("Declassifications"))},
    ),
    Operation(
        "POST",
        "/declassifications",
        "Propose that a level is lowered, on a day or after an event.",
        propose_declassification,
        {201: Answer("The proposal.", ref("Declassification"))},
        body=entered.json("Lowering"),
    ),
    Operation(
        "POST",
        "/declassifications/{id}/{deed}",
        "Agree, refuse, or say that the event has happened.",
        do_with_declassification,
        {200: Answer("The proposal.", ref("Declassification"))},
        (
            Parameter("id", TEXT, "Id of the proposal.", "path"),
            Parameter("deed", {"type": "string", "enum": list(DEEDS)}, "What is decided.", "path"),
        ),
        body=entered.json("Words"),
    ),
)
