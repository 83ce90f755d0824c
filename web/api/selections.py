"""Work on many records at once, for programs: chosen by id or by a question, tried out, done, undone, each with its
result."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import selections
from archive.errors import Invalid
from archive.search import Question
from archive.selections import STEPS, Standing
from web import current, sentences
from web.api import Answer, Given, Operation, Parameter, body, entered, said, shapes
from web.api.schemas import QUESTION, SELECTED, TEXT, ref
from web.api.searches import question_in

LINES = 500
"""So many results are one page of them."""
SELECTION_ID = Parameter("id", TEXT, "Id of a selection of yours.", "path")


def get_selections(_given: Given) -> Response:
    mine = selections.mine(current.archive(), current.actor())
    return said({"selections": [_shape(one) for one in mine]})


def choose_records(_given: Given) -> Response:
    values = body()
    entered.only(values, ("ids", "question"))
    if ("ids" in values) == ("question" in values):
        raise Invalid("Say either ids or a question.", "bad-body")
    question = _question(values["question"]) if "question" in values else None
    ids = entered.sequence(values, "ids")
    chosen = selections.choose(current.archive(), current.actor(), ids=ids, question=question)
    return _one(chosen.id, 201)


def _question(value: object) -> Question:
    """A narrowing that is misspelt or empty would choose the whole archive: neither is taken."""
    if not isinstance(value, dict) or not value:
        raise Invalid("question is not of the right type.", "bad-body")
    given: dict[str, Any] = value  # pyright: ignore[reportUnknownVariableType] — any JSON object
    entered.only(given, tuple(QUESTION))
    asked = question_in(given)
    if asked == Question("", sort=asked.sort):
        raise Invalid("Choose at least one record.", "nothing-chosen")
    return asked


def get_selection(given: Given) -> Response:
    return _one(given["id"])


def get_selected(given: Given) -> Response:
    states = (given["state"],) if "state" in given else ()
    found = selections.lines(
        current.archive(),
        current.actor(),
        given["id"],
        states=states,
        offset=(given["page"] - 1) * LINES,
        most=LINES,
    )
    return said(
        {
            "records": [
                {
                    "id": record.id,
                    "title": record.title,
                    "no": line.position,
                    "state": line.state,
                    "code": line.code,
                    "reason": sentences.reason(line.code, line.reason) if line.code else "",
                    "changes": {name: {"was": was, "is": is_now} for name, (was, is_now) in line.changes.items()},
                }
                for line, record in found
            ]
        }
    )


def ask_deed(given: Given) -> Response:
    values = body(("deed",))
    entered.only(values, ("deed", "said"))
    told = entered.by_name(values, "said")
    selections.ask(current.archive(), current.actor(), given["id"], entered.text(values, "deed"), told)
    return _one(given["id"])


def step_selection(given: Given) -> Response:
    STEPS[given["step"]](current.archive(), current.actor(), given["id"])
    return _one(given["id"])


def _one(selection_id: str, status: int = 200) -> Response:
    return said(_shape(selections.standing(current.archive(), current.actor(), selection_id)), status)


def _shape(standing: Standing) -> Mapping[str, Any]:
    one = standing.selection
    return {
        "id": one.id,
        "chosen_at": shapes.moment(one.chosen_at),
        "phase": one.phase,
        "deed": one.deed,
        "said": dict(one.said),
        "total": standing.total,
        "counts": dict(standing.counts),
        "under_way": bool(standing.left),
        "may_undo": standing.may_undo,
    }


ONE = {200: Answer("The selection, and how far it is.", ref("Selection"))}

OPERATIONS = (
    Operation(
        "GET",
        "/selections",
        "Your selections; nobody else is shown them.",
        get_selections,
        {200: Answer("The newest first.", ref("Selections"))},
    ),
    Operation(
        "POST",
        "/selections",
        "Choose records to work on together, by id or by a question, within what you may find.",
        choose_records,
        {201: Answer("The selection.", ref("Selection"))},
        body={"application/json": ref("RecordsToChoose")},
    ),
    Operation("GET", "/selections/{id}", "How far one selection of yours is.", get_selection, ONE, (SELECTION_ID,)),
    Operation(
        "GET",
        "/selections/{id}/records",
        "What became of each record.",
        get_selected,
        {200: Answer("In the order in which they were chosen.", ref("Selected"))},
        (
            SELECTION_ID,
            Parameter("state", {"type": "string", "enum": list(SELECTED)}, "Only those in this state."),
            Parameter("page", {"type": "integer", "minimum": 1, "maximum": 100, "default": 1}, f"{LINES} each."),
        ),
    ),
    Operation(
        "POST",
        "/selections/{id}/deed",
        "Try out a deed on each of them: nothing is changed, and each says what would be.",
        ask_deed,
        ONE,
        (SELECTION_ID,),
        body={"application/json": ref("DeedToAsk")},
    ),
    Operation(
        "POST",
        "/selections/{id}/{step}",
        "Do what was tried out, undo it, stop it or go on with it. What is not done at once goes on by itself.",
        step_selection,
        ONE,
        (SELECTION_ID, Parameter("step", {"type": "string", "enum": list(STEPS)}, "What is done.", "path")),
    ),
)
