"""Reviews, audits and measures, for programs."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import measures
from archive.measures import Wish
from archive.model.measures import KINDS, STATES, Measure, Review
from web import current
from web.api import Answer, Given, Operation, Parameter, body, entered, said
from web.api.schemas import TEXT, ref

ID = Parameter("id", TEXT, "Id of the measure, or of the review for hold and find.", "path")
DEEDS = ("done", "close", "send-back", "hold", "find")


def get_measures(given: Given) -> Response:
    found = measures.board(current.archive(), current.actor(), year=given.get("year", 0), state=given.get("state", ""))
    day = found.next_review
    return said(
        {
            "measures": [_measure(one) for one in found.measures],
            "reviews": [_review(one) for one in found.reviews],
            "findings": [
                {"review": one.review_id, "site": one.site, "grade": one.grade, "clause": one.clause, "said": one.said}
                for one in found.findings
            ],
            "next_management_review": day.isoformat() if day else None,
            "external_findings": {site: dict(per) for site, per in found.counts("external").items()},
        }
    )


def open_measure(_given: Given) -> Response:
    values = body(("about", "plan", "owner", "due_on"))
    entered.only(values, ("about", "plan", "owner", "due_on", "site", "cause", "review"))
    about, plan, owner, due_on, site, cause, review = (
        entered.text(values, name) for name in ("about", "plan", "owner", "due_on", "site", "cause", "review")
    )
    wish = Wish(about, plan, owner, due_on, site, cause, review)
    return said(_measure(measures.open_measure(current.archive(), current.actor(), wish)), 201)


def plan_review(_given: Given) -> Response:
    values = body(("kind", "title", "on", "lead"))
    entered.only(values, ("kind", "title", "on", "lead", "site", "department"))
    kind, title, on, lead, site, department = (
        entered.text(values, name) for name in ("kind", "title", "on", "lead", "site", "department")
    )
    made = measures.plan(
        current.archive(), current.actor(), kind, title=title, on=on, lead=lead, site=site, department=department
    )
    return said(_review(made), 201)


def do_with_measure(given: Given) -> Response:
    archive, actor, id_, deed = current.archive(), current.actor(), given["id"], given["deed"]
    values = body()
    entered.only(values, ("said", "record", "on", "grade", "clause", "site"))
    text, record, on, grade, clause, site = (
        entered.text(values, name) for name in ("said", "record", "on", "grade", "clause", "site")
    )
    if deed == "hold":
        measures.hold(archive, actor, id_, on=on, record=record)
    elif deed == "find":
        measures.find(archive, actor, id_, grade=grade, clause=clause, said=text, site=site)
    elif deed == "done":
        measures.done(archive, actor, id_, evidence=text, record=record)
    else:
        measures.close(archive, actor, id_, worked=deed == "close", answer=text)
    return get_measures({})


def _measure(one: Measure) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "site": one.site,
        "about": one.about,
        "plan": one.plan,
        "owner": one.owner_id,
        "due_on": one.due_on.isoformat(),
        "state": one.state,
        "evidence": one.evidence,
    }


def _review(one: Review) -> Mapping[str, Any]:
    return {
        "id": one.id,
        "number": one.number,
        "kind": one.kind,
        "site": one.site,
        "title": one.title,
        "planned_on": one.planned_on.isoformat(),
        "held_on": one.held_on.isoformat() if one.held_on else None,
    }


OPERATIONS = (
    Operation(
        "GET",
        "/measures",
        "Reviews and audits, what they found, the measures that follow; and when the next management review is due.",
        get_measures,
        {200: Answer("All of one's sites and of the whole company.", ref("Measures"))},
        (
            Parameter("year", {"type": "integer", "minimum": 1990, "maximum": 2200}, "Whose findings are counted."),
            Parameter("state", {"type": "string", "enum": list(STATES)}, "Only measures in this state."),
        ),
    ),
    Operation(
        "POST",
        "/measures",
        "Open a measure: what, by whom, until when.",
        open_measure,
        {201: Answer("The measure.", ref("Measure"))},
        body=entered.json("MeasureToOpen"),
    ),
    Operation(
        "POST",
        "/reviews",
        f"Plan a review or an audit: {', '.join(KINDS)}.",
        plan_review,
        {201: Answer("The review.", ref("Review"))},
        body=entered.json("ReviewToPlan"),
    ),
    Operation(
        "POST",
        "/measures/{id}/{deed}",
        "A step of a measure, or of a review.",
        do_with_measure,
        {200: Answer("Everything as it is then.", ref("Measures"))},
        (ID, Parameter("deed", {"type": "string", "enum": list(DEEDS)}, "What is done.", "path")),
        body=entered.json("MeasureStep"),
    ),
)
