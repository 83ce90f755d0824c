"""Retrieval drills, for programs."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import drills
from archive.drills import Shown
from archive.model import DrillTask
from web import current
from web.api import Answer, Given, Operation, Parameter, body, said, shapes
from web.api.schemas import TEXT, ref

DRILL_ID = Parameter("id", TEXT, "Id of the drill.", "path")


def get_drills(_given: Given) -> Response:
    return said({"drills": [_shape(one) for one in drills.every(current.archive(), current.actor())]})


def begin_drill(_given: Given) -> Response:
    given = body()
    drill = drills.begin(
        current.archive(),
        current.actor(),
        login=str(given.get("person", "")),
        site=str(given.get("site", "")),
        each=_number(given.get("each", 5)),
        seed=str(given.get("seed", "")),
        limit_s=_number(given.get("limit_s", drills.LIMIT_S)),
    )
    return said(_shape(drills.one(current.archive(), current.actor(), drill.id)), 201)


def get_drill(given: Given) -> Response:
    return said(_shape(drills.one(current.archive(), current.actor(), given["id"])))


def start_task(given: Given) -> Response:
    drills.start(current.archive(), current.actor(), given["id"])
    return get_drill(given)


def give_up_task(given: Given) -> Response:
    drills.give_up(current.archive(), current.actor(), given["id"])
    return get_drill(given)


def close_drill(given: Given) -> Response:
    drills.close(current.archive(), current.actor(), given["id"], early=given["early"] == "yes")
    return get_drill(given)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _shape(shown: Shown) -> Mapping[str, Any]:
    drill = shown.drill
    return {
        "id": drill.id,
        "number": drill.number,
        "person": shown.person.login if shown.person else "",
        "conductor": shown.conductor.login if shown.conductor else drill.conductor_id,
        "site": drill.site,
        "seed": drill.seed,
        "population": drill.population,
        "population_sha256": drill.population_digest,
        "limit_s": drill.limit_s,
        "created_at": shapes.moment(drill.created_at),
        "closed_at": shapes.moment(drill.closed_at) if drill.closed_at else None,
        "record": drill.record_id,
        "passed": drill.passed,
        "tasks": [
            {
                "position": task.position,
                "way": task.way,
                "question": _question(shown, task),
                "started_at": shapes.moment(task.started_at) if task.started_at else None,
                "seconds": round(task.seconds, 3) if task.seconds is not None else None,
                "outcome": task.outcome,
            }
            for task in drill.tasks
        ],
    }


def _question(shown: Shown, task: DrillTask) -> str:
    record = shown.records.get(task.record_id)
    if record is None or (task.started_at is None and shown.drill.closed_at is None):
        return ""
    return record.title if task.way == "catalogue" else record.shelf_location


ONE = {200: Answer("The drill.", ref("Drill"))}

OPERATIONS = (
    Operation(
        "GET",
        "/evidence/drills",
        "The drills you may see, the latest first.",
        get_drills,
        {200: Answer("Drills.", ref("Drills"))},
    ),
    Operation(
        "POST",
        "/evidence/drills",
        "Draw items and time somebody who looks for them.",
        begin_drill,
        {201: Answer("The drill.", ref("Drill"))},
        body={"application/json": ref("DrillToBegin")},
    ),
    Operation("GET", "/evidence/drills/{id}", "One drill.", get_drill, ONE, (DRILL_ID,)),
    Operation(
        "POST", "/evidence/drills/{id}/start", "Ask the next question: the clock runs.", start_task, ONE, (DRILL_ID,)
    ),
    Operation("POST", "/evidence/drills/{id}/give-up", "Give the running question up.", give_up_task, ONE, (DRILL_ID,)),
    Operation(
        "POST",
        "/evidence/drills/{id}/close",
        "Close it and file its report as a record.",
        close_drill,
        ONE,
        (
            DRILL_ID,
            Parameter("early", {**TEXT, "enum": ["yes", "no"], "default": "no"}, "Even with questions never asked."),
        ),
    ),
)
