"""Sheets of the house and the evidence by clause, for programs."""

from typing import Any, cast

from flask import Response

from archive import evidence, house_sheets
from archive.errors import Invalid
from archive.house_sheets import Line, Shown
from archive.sheets import as_csv
from web import current
from web.api import Answer, Given, Operation, Parameter, body, said
from web.api.schemas import TEXT, ref

CODE = Parameter("code", {**TEXT, "enum": list(house_sheets.names())}, "Which sheet.", where="path")


def get_sheet(given: Given) -> Response:
    return said(_shape(house_sheets.show(current.archive(), current.actor(), given["code"])))


def put_sheet(given: Given) -> Response:
    asked = body(("lines", "version", "reason"))
    if not isinstance(asked["version"], int):
        raise Invalid("`version` is the number of the version that was read.", "bad-body")
    code: str = given["code"]
    columns = house_sheets.open_sheet(code).COLUMNS
    lines = cast("list[dict[str, Any]]", asked["lines"])
    if not isinstance(asked["lines"], list) or not all(hasattr(one, "get") for one in lines):
        raise Invalid("`lines` is a list of objects.", "bad-body")
    table = as_csv(columns, [[str(one.get(name, "")) for name in columns] for one in lines])
    house_sheets.load(
        current.archive(), current.actor(), code, table, version=asked["version"], reason=str(asked["reason"])
    )
    return said(_shape(house_sheets.show(current.archive(), current.actor(), code)))


def get_evidence(given: Given) -> Response:
    found = evidence.index(current.archive(), current.actor(), year=given.get("year", 0))
    lines = [
        {
            "code": one.proof.code,
            "name": one.proof.zh,
            "classes": dict(one.by_class),
            "records": one.records,
            "of_the_year": one.of_the_year,
            "latest": one.latest.isoformat() if one.latest else None,
            "pages": list(one.proof.pages),
            "printouts": list(one.proof.printouts),
            "source": one.proof.source,
        }
        for one in found.lines
    ]
    return said({"year": found.year, "lines": lines})


def _shape(shown: Shown) -> dict[str, object]:
    newest = shown.versions[0]
    lines: list[Line] = list(newest.rows)
    return {"code": shown.code, "version": newest.version, "columns": list(shown.sheet.COLUMNS), "lines": lines}


OPERATIONS = (
    Operation(
        "GET",
        "/sheets/{code}",
        "A sheet of the house: statutory deadlines, checklists, what is inspected, what proves a clause.",
        get_sheet,
        {200: Answer("The sheet as it holds now.", ref("HouseSheet"))},
        (CODE,),
    ),
    Operation(
        "PUT",
        "/sheets/{code}",
        "Write a sheet anew, all of its lines; what it was stays as a version.",
        put_sheet,
        {200: Answer("The sheet as it holds now.", ref("HouseSheet"))},
        (CODE,),
        {"application/json": ref("HouseSheetChange")},
    ),
    Operation(
        "GET",
        "/evidence",
        "For each clause of the standard and each goal what proves it, counted within what you may find.",
        get_evidence,
        {200: Answer("The index.", ref("Evidence"))},
        (
            Parameter(
                "year", {"type": "integer", "minimum": 1990, "maximum": 2200}, "Counted apart; default: this year."
            ),
        ),
    ),
)
