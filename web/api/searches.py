"""Saved searches, what one opened lately, and records like another, for programs."""

from collections.abc import Mapping
from typing import Any

from flask import Response

from archive import saved_searches, search, traces
from archive import similar as similarity
from archive.errors import Invalid
from archive.saved_searches import Kept
from archive.search import Question
from web import current, words
from web.api import RECORD_ID, Answer, Given, Operation, Parameter, body, entered, said, shapes
from web.api.schemas import TEXT, ref
from web.api.search import answered

SEARCH_ID = Parameter("id", TEXT, "Id of a saved search of yours.", "path")


def get_searches(_given: Given) -> Response:
    kept = saved_searches.mine(current.archive(), current.actor())
    return said({"searches": [_shape(one) for one in kept]})


def save_search(_given: Given) -> Response:
    given = body(("name",))
    kept = saved_searches.save(
        current.archive(),
        current.actor(),
        str(given["name"]),
        question_in(given),
        alert=str(given.get("alert", "none")),
    )
    return said(_shape(saved_searches.one(current.archive(), current.actor(), kept.id)), 201)


def get_search(given: Given) -> Response:
    return said(_shape(saved_searches.one(current.archive(), current.actor(), given["id"])))


def change_search(given: Given) -> Response:
    saved_searches.set_alert(current.archive(), current.actor(), given["id"], str(body(("alert",))["alert"]))
    return get_search(given)


def delete_search(given: Given) -> Response:
    saved_searches.forget(current.archive(), current.actor(), given["id"])
    return Response(status=204)


def run_search(given: Given) -> Response:
    kept = saved_searches.one(current.archive(), current.actor(), given["id"])
    return answered(search.find(current.archive(), current.actor(), kept.question))


def get_news(given: Given) -> Response:
    question = saved_searches.news(current.archive(), current.actor(), given["id"])
    return answered(search.find(current.archive(), current.actor(), question))


def get_recent(given: Given) -> Response:
    archive, actor = current.archive(), current.actor()
    return said(
        {
            "opened": [
                {"id": one.record.id, "title": one.record.title, "at": shapes.moment(one.at)}
                for one in traces.recent(archive, actor, limit=given["limit"])
            ],
            "asked": list(traces.questions(archive, actor, limit=given["limit"])),
        }
    )


def forget_recent(_given: Given) -> Response:
    traces.forget(current.archive(), current.actor())
    return Response(status=204)


def get_similar(given: Given) -> Response:
    found = similarity.similar(current.archive(), current.actor(), given["id"], limit=given["limit"])
    return said(
        {
            "similar": [
                {"id": one.record.id, **shapes.described(one.record), "alike": round(one.alike, 3)} for one in found
            ]
        }
    )


_LISTS = ("class", "site", "department", "format", "carrier")


def question_in(given: Mapping[str, Any]) -> Question:
    """The question as a body carries it: the same names as the parameters of a search."""
    lists = {name: tuple(entered.sequence(given, name)) for name in _LISTS}
    levels = given.get("level", [])
    if not isinstance(levels, list):
        raise Invalid("level is not of the right type.", "bad-body")
    return Question(
        text=str(given.get("q", "")),
        classes=lists["class"],
        levels=tuple(one for one in (0, 1, 2, 3) if one in levels),
        sites=lists["site"],
        departments=lists["department"],
        formats=lists["format"],
        carriers=lists["carrier"],
        year_from=_year(given.get("from")),
        year_to=_year(given.get("to")),
        sort=given["sort"] if given.get("sort") in words.SORTS else "relevance",
    )


def _year(value: object) -> int | None:
    return value if isinstance(value, int) and 0 < value < 10_000 else None


def _shape(kept: Kept) -> Mapping[str, Any]:
    asked = kept.question
    return {
        "id": kept.search.id,
        "name": kept.search.name,
        "alert": kept.search.alert,
        "created_at": shapes.moment(kept.search.created_at),
        "news": kept.news,
        "question": {
            "q": asked.text,
            "class": list(asked.classes),
            "level": list(asked.levels),
            "site": list(asked.sites),
            "department": list(asked.departments),
            "format": list(asked.formats),
            "carrier": list(asked.carriers),
            "from": asked.year_from,
            "to": asked.year_to,
            "sort": asked.sort,
        },
    }


LIMIT = Parameter("limit", {"type": "integer", "minimum": 1, "maximum": 50, "default": 10}, "How many.")
ONE = {200: Answer("The saved search.", ref("SavedSearch"))}
FOUND = {200: Answer("What was found.", ref("SearchAnswer"))}

OPERATIONS = (
    Operation(
        "GET",
        "/searches",
        "Your saved searches.",
        get_searches,
        {200: Answer("By name.", ref("SavedSearches"))},
    ),
    Operation(
        "POST",
        "/searches",
        "Keep a search under a name, and be told of new records if you like.",
        save_search,
        {201: Answer("The saved search.", ref("SavedSearch"))},
        body={"application/json": ref("SearchToSave")},
    ),
    Operation("GET", "/searches/{id}", "One saved search of yours.", get_search, ONE, (SEARCH_ID,)),
    Operation(
        "PATCH",
        "/searches/{id}",
        "Change whether you are told of new records.",
        change_search,
        ONE,
        (SEARCH_ID,),
        body={"application/json": ref("AlertToSet")},
    ),
    Operation(
        "DELETE", "/searches/{id}", "Delete a saved search.", delete_search, {204: Answer("It is gone.")}, (SEARCH_ID,)
    ),
    Operation("GET", "/searches/{id}/hits", "What a saved search finds now.", run_search, FOUND, (SEARCH_ID,)),
    Operation(
        "GET",
        "/searches/{id}/new",
        "What came in and answers it since you last asked this.",
        get_news,
        FOUND,
        (SEARCH_ID,),
    ),
    Operation(
        "GET",
        "/recent",
        "What you opened and asked lately; nobody else is shown it.",
        get_recent,
        {200: Answer("The latest first.", ref("Recent"))},
        (LIMIT,),
    ),
    Operation(
        "DELETE", "/recent", "Forget what you opened and asked.", forget_recent, {204: Answer("It is forgotten.")}
    ),
    Operation(
        "GET",
        "/records/{id}/similar",
        "Records like this one, as far as you may find and read them.",
        get_similar,
        {200: Answer("The most similar first.", ref("Similar"))},
        (RECORD_ID, LIMIT),
    ),
)
