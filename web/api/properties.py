"""The four-property test 四性检测, for programs."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import properties
from archive.model.properties import OCCASIONS, Run
from web import current
from web.api import Answer, Given, Operation, Parameter, said
from web.api.schemas import TEXT, ref
from web.words import may


def get_property_tests(given: Given) -> Response:
    board = properties.board(current.archive(), current.actor(), given.get("occasion", ""))
    return said({"tests": [_shape(one) for one in board.runs]})


def get_property_test(given: Given) -> Response:
    shown = properties.show(current.archive(), current.actor(), given["id"])
    tests = [
        {
            "code": code,
            "property": shown.items[code].property,
            "name": shown.items[code].zh,
            "asked": weight,
            **({"passed": passed, "failed": failed, "not_tested": skipped} if shown.totals else {}),
        }
        for code, (weight, passed, failed, skipped) in shown.run.items.items()
        if code in shown.items
    ]
    failures = [
        {"record": record.id, "code": code, "detail": detail}
        for record, one in shown.failed
        for code, detail in one.failed
    ]
    return said({**_shape(shown.run), "tests": tests, "failures": failures})


def _shape(run: Run) -> Mapping[str, Any]:
    counts = {"records": run.records, "bytes_read": run.bytes_read} if may("see-status") else {}
    return {
        "id": run.id,
        "number": run.number,
        "occasion": run.occasion,
        "begun_at": run.begun_at.isoformat(),
        "ended_at": run.ended_at.isoformat(),
        "passed": run.passed,
        **counts,
    }


OPERATIONS = (
    Operation(
        "GET",
        "/property-tests",
        "The latest four-property tests, the latest first.",
        get_property_tests,
        {200: Answer("Tests.", ref("PropertyTests"))},
        (Parameter("occasion", {"type": "string", "enum": list(OCCASIONS)}, "Only those of this occasion."),),
    ),
    Operation(
        "GET",
        "/property-tests/{id}",
        "A four-property test: what each of its tests found, and the records you may find that failed one.",
        get_property_test,
        {200: Answer("The test.", ref("PropertyTest"))},
        (Parameter("id", TEXT, "Id of the test.", "path"),),
    ),
)
