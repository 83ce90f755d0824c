"""Questions from programs."""

import re

from flask import Response

from archive import completing, latency, search
from archive.errors import Invalid
from archive.search import Question
from web import current, sentences, words
from web.api import Answer, Given, Operation, Parameter, said, shapes
from web.api.schemas import LEVEL, TEXT, every, ref

_YEAR = re.compile(r"(\d{4})(-\d{2}(-\d{2})?)?")


def find_records(given: Given) -> Response:
    question = Question(
        text=given["q"],
        classes=given["class"],
        levels=given["level"],
        sites=given["site"],
        departments=given["department"],
        formats=given["format"],
        carriers=given["carrier"],
        year_from=_year(given, "from"),
        year_to=_year(given, "to"),
        sort=given["sort"],
        page=given["page"],
        size=given["size"],
    )
    return answered(search.find(current.archive(), current.actor(), question))


def answered(answer: search.Answer) -> Response:
    latency.noted(current.archive(), answer.took_ms)
    return said(
        {
            "total": answer.total,
            "hits": [shapes.hit(hit) for hit in answer.hits],
            "facets": {facet: dict(counts) for facet, counts in answer.facets.items()},
            "took_ms": round(answer.took_ms, 2),
            "problem": sentences.fault(answer.fault) if answer.fault else "",
            "problem_at": answer.fault.at if answer.fault else 0,
            "instead": answer.fault.instead if answer.fault else "",
            "remarks": [sentences.fault(one) for one in answer.remarks],
            "relaxed": answer.relaxed,
            "incomplete": answer.incomplete,
            "alone": dict(answer.alone),
            "unfiltered": answer.unfiltered,
        }
    )


def suggest_titles(given: Given) -> Response:
    found = completing.complete(current.archive(), current.actor(), given["q"], limit=given["limit"])
    return said(
        {
            "suggestions": [proposal.text for proposal in found],
            "proposals": [{"text": proposal.text, "kind": proposal.kind} for proposal in found],
        }
    )


def _year(given: Given, name: str) -> int | None:
    if name not in given:
        return None
    year = _YEAR.fullmatch(given[name])
    if year is None:
        raise Invalid(f"The parameter {name} is a year or a date, as 2024 or 2024-03-01.", "bad-parameter")
    return int(year[1])


OPERATIONS = (
    Operation(
        "GET",
        "/search",
        "The records that answer a question, as far as you may find them.",
        find_records,
        {200: Answer("What was found.", ref("SearchAnswer"))},
        (
            Parameter(
                "q",
                {**TEXT, "default": ""},
                'Words, "phrases", -without, OR, brackets, =whole, fields as 档号: 甲方: 类: 密级: 日期:2025..2026 '
                "到期:<90天 (the handbook tells all); empty finds everything.",
            ),
            Parameter("class", every(TEXT), "Class codes; repeated, or separated by commas."),
            Parameter("level", every(LEVEL), "Confidentiality levels."),
            Parameter("site", every(TEXT), "Site codes."),
            Parameter("department", every(TEXT), "Department codes."),
            Parameter("format", every({**TEXT, "enum": list(words.FORMATS)}), "Kinds of file."),
            Parameter("carrier", every({**TEXT, "enum": list(words.CARRIERS)}), "Where the original is."),
            Parameter("from", TEXT, "First year of the document date, as 2024 (of a date, its year counts)."),
            Parameter("to", TEXT, "Last year of the document date."),
            Parameter("sort", {**TEXT, "enum": list(words.SORTS), "default": "relevance"}, "Order of the hits."),
            Parameter("page", {"type": "integer", "minimum": 1, "maximum": 10_000, "default": 1}, "Page of hits."),
            Parameter("size", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "Hits per page."),
        ),
    ),
    Operation(
        "GET",
        "/suggest",
        "What may be meant: your own questions; titles, numbers and parties you may find. Pinyin and initials work.",
        suggest_titles,
        {200: Answer("Suggestions, best first.", ref("Suggestions"))},
        (
            Parameter("q", {**TEXT, "default": ""}, "What was typed so far."),
            Parameter("limit", {"type": "integer", "minimum": 1, "maximum": 20, "default": 8}, "How many."),
        ),
    ),
)
