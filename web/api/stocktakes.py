"""Stocktakes for programs: begun, scanned into, looked at."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import stocktaking
from archive.errors import Invalid
from archive.stocktaking import Shown
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said
from web.api.schemas import TEXT, ref

STOCKTAKE_ID = Parameter("id", TEXT, "Id of the stocktake.", "path")


def get_stocktakes(_given: Given) -> Response:
    found = stocktaking.every(current.archive(), current.actor())
    return said({"stocktakes": [_shape(one) for one in found]})


def begin_stocktake(_given: Given) -> Response:
    values = body(("place", "second"))
    made = stocktaking.begin(
        current.archive(), current.actor(), entered.text(values, "place"), entered.text(values, "second")
    )
    return said(_with_lines(stocktaking.show(current.archive(), current.actor(), made.id)), 201)


def get_stocktake(given: Given) -> Response:
    return said(_with_lines(stocktaking.show(current.archive(), current.actor(), given["id"])))


def scan_in_stocktake(given: Given) -> Response:
    values = body(("label",))
    archive, actor = current.archive(), current.actor()
    at = entered.text(values, "at")
    found = stocktaking.scan(archive, actor, given["id"], entered.text(values, "label"), at)
    if found.line is not None and "condition" in values:
        pages = values.get("pages")
        if pages is not None and (not isinstance(pages, int) or isinstance(pages, bool)):
            raise Invalid("pages is not of the right type.", "bad-body")
        condition = entered.text(values, "condition")
        line = stocktaking.count(archive, actor, given["id"], found.line.record_id, pages=pages, condition=condition)
    else:
        line = found.line
    return said(
        {
            "place": found.place.id,
            "record": line.record_id if line else None,
            "difference": line.difference if line else None,
        }
    )


def _shape(shown: Shown) -> dict[str, Any]:
    going = shown.stocktake
    return {
        "id": going.id,
        "number": going.number,
        "place": going.location_id,
        "state": going.state,
        "seen": shown.seen,
        "papers": len(shown.lines),
        "record": going.record_id or None,
    }


def _with_lines(shown: Shown) -> Mapping[str, Any]:
    lines = [
        {
            "record": line.record_id,
            "expected": line.expected_id or None,
            "seen": line.seen_id or None,
            "pages": line.pages,
            "condition": line.condition or None,
            "difference": line.difference,
        }
        for line in shown.lines
    ]
    return {**_shape(shown), "lines": lines}


OPERATIONS = (
    Operation(
        "GET",
        "/stocktakes",
        "Stocktakes, the latest first.",
        get_stocktakes,
        {200: Answer("Stocktakes.", ref("Stocktakes"))},
    ),
    Operation(
        "POST",
        "/stocktakes",
        "Begin a stocktake of a place, named by label or address, with a second person.",
        begin_stocktake,
        {201: Answer("The stocktake.", ref("StocktakeWithLines"))},
        body={"application/json": ref("StocktakeToBegin")},
    ),
    Operation(
        "GET",
        "/stocktakes/{id}",
        "A stocktake with the lines of records that you may find.",
        get_stocktake,
        {200: Answer("The stocktake.", ref("StocktakeWithLines"))},
        (STOCKTAKE_ID,),
    ),
    Operation(
        "POST",
        "/stocktakes/{id}/scans",
        "A label was scanned: of a place, or of a paper seen in the place `at`, with pages and condition if looked at.",
        scan_in_stocktake,
        {200: Answer("What it was.", ref("ScanInStocktake"))},
        (STOCKTAKE_ID,),
        body={"application/json": ref("ScanToMake")},
    ),
)
