"""Looking for records: the first page, and its results alone for those who type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from werkzeug.datastructures import MultiDict

from archive import records, search
from archive.errors import Conflict, Invalid
from archive.model import RecordClass
from archive.records import Vocabulary
from archive.search import Answer, Question
from web import current, loan_words, sentences, words

blueprint = Blueprint("search", __name__)

SIZE = 20
FACET_ENTRIES = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a facet: choosing it narrows, choosing it again widens."""

    facet: str

    value: str
    label: str
    count: int
    chosen: bool
    address: str


@blueprint.get("/")
def home() -> str:
    return render_template("search/home.html", **_found())


@blueprint.get("/results")
def results() -> str:
    """The part of the page that changes while somebody types."""
    return render_template("search/results.html", **_found())


def _found() -> dict[str, Any]:
    question, problem = _question(), ""
    try:
        answer = search.find(current.archive(), current.actor(), question)
    except (Conflict, Invalid) as error:
        answer, problem = Answer(0, ()), sentences.sentence(error)
    vocabulary = records.vocabulary(current.archive(), current.actor())
    names = _names(vocabulary)
    return {
        "question": question,
        "answer": answer,
        "problem": problem or (sentences.fault(answer.fault) if answer.fault else ""),
        "facets": {
            facet: _choices(facet, answer.facets.get(facet, {}), names.get(facet, {})) for facet in search.FACETS
        },
        "chosen": _chosen(names),
        "pages": min(-(-answer.total // SIZE), search.REACH_MAX // SIZE),
        "address": address,
        "without_filters": address(**dict.fromkeys(FILTERS)),
        "class_names": _class_names(vocabulary.classes),
        "site_names": names["site"],
        "sorts": words.SORTS,
        "usual_sort": usual_sort(),
        "FILTERS": FILTERS,
        "lent": loan_words,
    }


def _names(vocabulary: Vocabulary) -> Mapping[str, Mapping[str, str]]:
    """What the values of each facet are called."""
    return {
        "class": {one.code: f"{one.code} {words.class_name(one)}" for one in vocabulary.classes},
        "level": {str(level): str(name) for level, name in words.LEVELS.items()},
        "site": {one.code: words.place_name(one) for one in vocabulary.sites},
        "department": {one.code: words.place_name(one) for one in vocabulary.departments},
        "format": {kind: str(name) for kind, name in words.FORMATS.items()},
        "carrier": {carrier: str(name) for carrier, name in words.CARRIERS.items()},
    }


def _question() -> Question:
    args = request.args
    year = _years(args.getlist("year"))
    return Question(
        text=args.get("q", ""),
        classes=tuple(args.getlist("class")),
        levels=tuple(int(level) for level in args.getlist("level") if level in ("0", "1", "2", "3")),
        sites=tuple(args.getlist("site")),
        departments=tuple(args.getlist("department")),
        formats=tuple(args.getlist("format")),
        carriers=tuple(args.getlist("carrier")),
        year_from=year[0] if year else None,
        year_to=year[1] if year else None,
        sort=args["sort"] if args.get("sort") in words.SORTS else usual_sort(),
        page=max(1, args.get("page", 1, int)),
        size=SIZE,
    )


def usual_sort() -> str:
    """Best first, if there is something to be good at; else what came last."""
    return "relevance" if request.args.get("q", "").strip() else "arrival"


def address(**changes: str | Sequence[str] | None) -> str:
    """This search with something changed, as a link; None takes it out. Every change goes back to page 1."""
    args: MultiDict[str, str] = MultiDict(request.args)
    args.poplist("page")
    for name, value in changes.items():
        args.poplist(name)
        for one in (value,) if isinstance(value, str) else value or ():
            if one:
                args.add(name, one)
    given: dict[str, Any] = {name: args.getlist(name) for name in args if name in KNOWN}
    return url_for("search.home", **given)


FILTERS = search.FACETS
KNOWN = frozenset({"q", *FILTERS, "sort", "page"})


def _years(years: Sequence[str]) -> tuple[int, int] | None:
    chosen = [int(year) for year in years if year.isdecimal() and len(year) == 4]
    return (min(chosen), max(chosen)) if chosen else None


def _choices(facet: str, counts: Mapping[str, int], names: Mapping[str, str]) -> list[Choice]:
    chosen = set(request.args.getlist(facet))
    by_value = facet in ("level", "year")
    entries = sorted(counts.items(), key=lambda one: one[0] if by_value else (-one[1], one[0]), reverse=facet == "year")
    return [
        Choice(
            facet=facet,
            value=value,
            label=names.get(value, value),
            count=count,
            chosen=value in chosen,
            address=address(**{facet: None if value in chosen else value}),
        )
        for value, count in entries[:FACET_ENTRIES]
        if value
    ]


def _chosen(names: Mapping[str, Mapping[str, str]]) -> list[Choice]:
    """What narrows this search, each with the address without it."""
    chosen: list[Choice] = []
    for facet in FILTERS:
        values = request.args.getlist(facet)
        for value in values:
            rest = [one for one in values if one != value]
            label = names.get(facet, {}).get(value, value)
            chosen.append(Choice(facet, value, label, 0, chosen=True, address=address(**{facet: rest})))
    return chosen


def _class_names(classes: Sequence[RecordClass]) -> Mapping[str, str]:
    return {one.code: words.class_name(one) for one in classes}
