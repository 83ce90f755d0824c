"""Management reviews, for programs: their inputs, ticked with the records that show them."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import review_inputs
from archive.review_inputs import Shown
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said
from web.api.schemas import TEXT, ref

ID = Parameter("id", TEXT, "Id of the review.", "path")


def get_review(given: Given) -> Response:
    return _answer(given["id"])


def tick_input(given: Given) -> Response:
    """Ticked with these records besides those it has; without any it is taken off again."""
    values = body(("records",))
    entered.only(values, ("records", "note"))
    archive, actor, records = current.archive(), current.actor(), sorted(entered.texts(values, "records"))
    if records:
        review_inputs.tick(archive, actor, given["id"], given["code"], records, note=entered.text(values, "note"))
    else:
        review_inputs.untick(archive, actor, given["id"], given["code"])
    return _answer(given["id"])


def close_review(given: Given) -> Response:
    values = body()
    entered.only(values, ("why",))
    review_inputs.close(current.archive(), current.actor(), given["id"], why=entered.text(values, "why"))
    return _answer(given["id"])


def _answer(review_id: str) -> Response:
    return said(_shape(review_inputs.show(current.archive(), current.actor(), review_id)))


def _shape(shown: Shown) -> Mapping[str, Any]:
    return {
        "id": shown.review.id,
        "number": shown.review.number,
        "title": shown.review.title,
        "held_on": shown.review.held_on.isoformat() if shown.review.held_on else None,
        "closed_at": shown.review.closed_at.isoformat() if shown.review.closed_at else None,
        "closed_why": shown.review.closed_why,
        "inputs": [
            {
                "code": one.input.code,
                "name": one.input.zh,
                "ticked_at": one.tick.ticked_at.isoformat() if one.tick else None,
                "records": [record.id for record in one.records],
            }
            for one in shown.lines
        ],
    }


OPERATIONS = (
    Operation(
        "GET",
        "/reviews/{id}",
        "A management review with its inputs.",
        get_review,
        {200: Answer("The review.", ref("ReviewShown"))},
        (ID,),
    ),
    Operation(
        "POST",
        "/reviews/{id}/inputs/{code}",
        "Tick an input with the records that show it; with an empty list, take that back.",
        tick_input,
        {200: Answer("The review.", ref("ReviewShown"))},
        (ID, Parameter("code", TEXT, "Code of the input in its sheet.", "path")),
        body=entered.json("InputToTick"),
    ),
    Operation(
        "POST",
        "/reviews/{id}/close",
        "Close a management review; say why, if inputs are missing.",
        close_review,
        {200: Answer("The review.", ref("ReviewShown"))},
        (ID,),
        body=entered.json("ReviewToClose"),
    ),
)
