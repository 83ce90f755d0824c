"""The approval matrix for programs: what holds, proposing another one, agreeing to what somebody else proposed."""

from collections.abc import Mapping
from typing import Any, cast

from flask import Response

from access.approvals import Matrix, Row
from archive import approval_matrix
from archive.approval_matrix import MatrixVersion
from archive.errors import Invalid
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said, shapes
from web.api.schemas import ref

DEEDS = ("agree", "drop")
VERSION = Parameter("version", {"type": "integer", "minimum": 1, "maximum": 1_000_000}, "Which version.", "path")


def get_matrix(_given: Given) -> Response:
    shown = approval_matrix.show(current.archive(), current.actor())
    return said(
        {
            "version": shown.version,
            "rows": _rows(shown.matrix),
            "waiting": _version(shown.waiting, shown.people) if shown.waiting else None,
            "versions": [_version(one, shown.people) for one in shown.versions],
            "may": sorted(shown.may),
        }
    )


def propose_matrix(_given: Given) -> Response:
    values = body(("rows", "reason"))
    entered.only(values, ("rows", "reason"))
    given: Any = values["rows"]
    if not isinstance(given, list) or not given:
        raise Invalid("rows is not of the right type.", "bad-body")
    rows = cast("list[Any]", given)
    table = "\n".join([",".join(approval_matrix.COLUMNS), *(_cells(row) for row in rows)])
    matrix = approval_matrix.parse(table.encode())
    approval_matrix.propose(current.archive(), current.actor(), matrix, reason=entered.text(values, "reason"))
    return get_matrix({})


def decide_matrix(given: Given) -> Response:
    archive, actor = current.archive(), current.actor()
    approval_matrix.decide(archive, actor, given["version"], yes=given["deed"] == "agree")
    return get_matrix({})


def _cells(row: Any) -> str:
    """One row as the table writes it: programs and spreadsheets are read by the same words."""
    if not isinstance(row, dict):
        raise Invalid("rows is not of the right type.", "bad-body")
    values = cast("Mapping[str, Any]", row)
    entered.only(values, approval_matrix.COLUMNS)
    cells = (str("" if values.get(name) is None else values[name]) for name in approval_matrix.COLUMNS)
    return ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)


def _rows(matrix: Matrix) -> list[Mapping[str, str]]:
    return [_row(row) for row in matrix]


def _row(row: Row) -> Mapping[str, str]:
    return dict(zip(approval_matrix.COLUMNS, approval_matrix.line(row), strict=True))


def _version(one: MatrixVersion, people: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "version": one.version,
        "state": one.state,
        "reason": one.reason,
        "proposed_at": shapes.moment(one.proposed_at),
        "proposed_by": people[one.proposed_by],
        "decided_at": shapes.moment(one.decided_at) if one.decided_at else None,
        "decided_by": people.get(one.decided_by, ""),
        "rows": _rows(one.matrix),
    }


ONE = {200: Answer("The matrix.", ref("ApprovalMatrix"))}

OPERATIONS = (
    Operation("GET", "/approval-matrix", "Who has to agree before something is lent.", get_matrix, ONE),
    Operation(
        "POST",
        "/approval-matrix",
        "Propose another matrix; it holds when somebody else has agreed.",
        propose_matrix,
        ONE,
        body=entered.json("MatrixToPropose"),
    ),
    Operation(
        "POST",
        "/approval-matrix/{version}/{deed}",
        "Agree to what somebody else proposed, or drop it.",
        decide_matrix,
        ONE,
        (VERSION, Parameter("deed", {"type": "string", "enum": list(DEEDS)}, "What is decided.", "path")),
    ),
)
