"""Repair cases of papers, for programs: seen, opened, and taken a step further."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from access.repairs import Event, State
from archive import repairs
from archive.errors import Invalid
from archive.model.repairs import Repair
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said
from web.api.entered import Body
from web.api.schemas import TEXT, ref

REPAIR_ID = Parameter("id", TEXT, "Id of the repair case.", "path")
TO_OPEN = ("record", "kind", "said", "urgency", "seen_on", "stocktake", "loan")
PAGE = 100
STEP = ("person", "company", "out_on", "due_on", "work", "materials", "done_on", "pages")


def get_repairs(given: Given) -> Response:
    state, offset = given.get("state", ""), (given["page"] - 1) * PAGE
    found = repairs.every(current.archive(), current.actor(), state, offset=offset, most=PAGE)
    return said({"repairs": [_shape(one.repair) for one in found]})


def get_repair(given: Given) -> Response:
    return said(_shape(repairs.show(current.archive(), current.actor(), given["id"]).repair))


def open_repair(_given: Given) -> Response:
    values = body(("record", "kind", "said"))
    entered.only(values, TO_OPEN)
    made = repairs.open_case(
        current.archive(),
        current.actor(),
        entered.text(values, "record"),
        kind=entered.text(values, "kind"),
        said=entered.text(values, "said"),
        urgency=entered.text(values, "urgency", "usual"),
        seen_on=entered.day(values, "seen_on"),
        stocktake=entered.text(values, "stocktake"),
        loan=entered.text(values, "loan"),
    )
    return said(_shape(made), 201)


def do_with_repair(given: Given) -> Response:
    archive, actor, id_, deed = current.archive(), current.actor(), given["id"], Event(given["deed"])
    values = body()
    entered.only(values, STEP)
    work, pages = entered.text(values, "work"), _pages(values)
    if deed is Event.TREAT:
        after = repairs.treat(
            archive,
            actor,
            id_,
            by=entered.text(values, "person"),
            company=entered.text(values, "company"),
            out_on=entered.day(values, "out_on"),
            due_on=entered.day(values, "due_on"),
            pages=pages,
        )
    elif deed is Event.PUT_BACK:
        after = repairs.put_back(archive, actor, id_)
    elif deed in repairs.SAID:
        after = repairs.SAID[deed](archive, actor, id_, work)
    else:
        materials, day = entered.text(values, "materials"), entered.day(values, "done_on")
        mended = deed is Event.MEND
        after = repairs.finish(
            archive, actor, id_, mended=mended, work=work, materials=materials, pages=pages, done_on=day
        )
    return said(_shape(after))


def _pages(values: Body) -> int | None:
    pages = values.get("pages")
    if pages is not None and type(pages) is not int:
        raise Invalid("pages is not of the right type.", "bad-body")
    return pages


def _shape(one: Repair) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "record": one.record_id,
        "kind": one.kind,
        "said": one.said,
        "urgency": one.urgency,
        "seen_on": one.seen_on.isoformat(),
        "seen_by": one.seen_by,
        "source": one.source,
        "stocktake": one.stocktake_id or None,
        "loan": one.loan_id or None,
        "state": one.state,
        "person": one.treated_by or None,
        "company": one.company,
        "out_on": one.out_on.isoformat() if one.out_on else None,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "pages_before": one.pages_before,
        "done_on": one.done_on.isoformat() if one.done_on else None,
        "done_by": one.done_by or None,
        "work": one.work,
        "materials": one.materials,
        "pages_after": one.pages_after,
        "closed_by": one.closed_by or None,
        "lost_by": one.lost_by or None,
        "loss": one.loss,
    }


OPERATIONS = (
    Operation(
        "GET",
        "/repairs",
        "Repair cases of papers that you may find, the latest first.",
        get_repairs,
        {200: Answer("Repair cases.", ref("Repairs"))},
        (
            Parameter("state", {"type": "string", "enum": list(State)}, "Only cases in this state."),
            Parameter("page", {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1}, f"{PAGE} each."),
        ),
    ),
    Operation(
        "POST",
        "/repairs",
        "Open a case: what is wrong with a paper. From a stocktake or a loan, who saw it when is known from there.",
        open_repair,
        {201: Answer("The case.", ref("Repair"))},
        body=entered.json("RepairToOpen"),
    ),
    Operation("GET", "/repairs/{id}", "One case.", get_repair, {200: Answer("The case.", ref("Repair"))}, (REPAIR_ID,)),
    Operation(
        "POST",
        "/repairs/{id}/{deed}",
        "A step of a case: treated by a person (a login) or a company until a day, mended or not, back, or lost.",
        do_with_repair,
        {200: Answer("The case as it is then.", ref("Repair"))},
        (REPAIR_ID, Parameter("deed", {"type": "string", "enum": list(Event)}, "What is done.", "path")),
        body=entered.json("RepairStep"),
    ),
)
