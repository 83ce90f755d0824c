"""The register of laws for programs: list, one law, take lines in, whom it is for, and to say that one has read it."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Response

from archive import law_reading, laws, naming
from archive.errors import Invalid
from archive.laws import COLUMNS, Line
from archive.model.laws import STATUSES
from archive.sheets import as_csv
from web import current
from web.api import Answer, Given, Operation, Parameter, body, said
from web.api.schemas import TEXT, ref
from web.api.shapes import moment

CODE = Parameter("code", TEXT, "Code of the law.", "path")


def get_laws(given: Given) -> Response:
    day = naming.parsed_date(given["on"]) if given.get("on") else None
    lines = laws.register(current.archive(), current.actor(), status=given.get("status", ""), on=day)
    return said({"laws": [_shape(line) for line in lines]})


def get_law(given: Given) -> Response:
    return _law(given["code"])


def import_laws(_given: Given) -> Response:
    asked = body(("lines", "reason"))
    lines = cast("list[dict[str, Any]]", asked["lines"])
    if not isinstance(asked["lines"], list) or not all(hasattr(one, "get") for one in lines):
        raise Invalid("`lines` is a list of objects.", "bad-body")
    table = as_csv(COLUMNS, [[str(one.get(name) or "") for name in COLUMNS] for one in lines])
    changed = laws.load(current.archive(), current.actor(), table, reason=str(asked["reason"]))
    return said({"changed": list(changed)})


def ask_to_read(given: Given) -> Response:
    asked = body()
    people: Any = asked.get("people", [])
    if not isinstance(people, list) or not all(isinstance(one, str) for one in cast("list[Any]", people)):
        raise Invalid("`people` is a list of login names.", "bad-body")
    law_reading.ask(
        current.archive(),
        current.actor(),
        given["code"],
        cast("list[str]", people),
        department=str(asked.get("department", "")),
        again=asked.get("again") is True,
        due_on=str(asked.get("due_on", "")),
    )
    return _law(given["code"])


def acknowledge_law(given: Given) -> Response:
    version = body(("version",))["version"]
    if not isinstance(version, int):
        raise Invalid("`version` is the number of the version that was read.", "bad-body")
    law_reading.acknowledge(current.archive(), current.actor(), given["code"], version=version)
    return _law(given["code"])


def _law(code: str) -> Response:
    shown = laws.show(current.archive(), current.actor(), code)
    readers = [
        {
            "person": one.person,
            "department": one.department,
            "version": one.reader.version,
            "due_on": one.reader.due_on.isoformat(),
            "read_at": moment(one.reader.read_at) if one.reader.read_at else None,
        }
        for one in law_reading.lines(current.archive(), current.actor(), code=code)
    ]
    return said({**_shape(shown.line), "readers": readers})


def _shape(line: Line) -> Mapping[str, Any]:
    law = line.law
    return {
        **{name: getattr(law, name) for name in ("code", "name", "number", "issuer", "rank", "status", "departments")},
        "successor": law.successor or None,
        **{
            name: day.isoformat() if (day := getattr(law, name)) else None
            for name in ("published_on", "effective_on", "ended_on", "verified_on")
        },
        "version": line.version,
        "review_on": line.review_on.isoformat(),
        "named_by": [row.document.number for row, _ in line.cited_by],
    }


OPERATIONS = (
    Operation(
        "GET",
        "/laws",
        "The register of laws, those that are gone last.",
        get_laws,
        {200: Answer("Laws.", ref("Laws"))},
        (
            Parameter("status", {"type": "string", "enum": list(STATUSES)}, "Only those of this standing."),
            Parameter("on", TEXT, "As of this day; else today."),
        ),
    ),
    Operation(
        "POST",
        "/laws/import",
        "Take lines into the register, all or none; a line that is there already in the same words changes nothing.",
        import_laws,
        {200: Answer("Codes of those that are new or changed.", ref("LawsChanged"))},
        body={"application/json": ref("LawsToImport")},
    ),
    Operation(
        "GET",
        "/laws/{code}",
        "One law, and who was asked to read it.",
        get_law,
        {200: Answer("The law.", ref("LawWithReaders"))},
        (CODE,),
    ),
    Operation(
        "POST",
        "/laws/{code}/readers",
        "Ask people, a department, or everybody who was asked before to read it as it is now.",
        ask_to_read,
        {200: Answer("The law.", ref("LawWithReaders"))},
        (CODE,),
        {"application/json": ref("LawReadersToAsk")},
    ),
    Operation(
        "POST",
        "/laws/{code}/acknowledgement",
        "Say that you have read it in this version.",
        acknowledge_law,
        {200: Answer("The law.", ref("LawWithReaders"))},
        (CODE,),
        {"application/json": ref("LawRead")},
    ),
)
