"""Looking for records: the first page, and its results alone for those who type."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from archive import completing, desk, latency, records, saved_searches, search, traces
from archive.errors import Conflict, Invalid
from archive.model import RecordClass
from archive.records import Vocabulary
from archive.search import Answer, Question
from web import answered, current, desk_words, loan_words, sentences, words
from web.language import gettext

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
    kinds = {kind: str(name) for kind, name in words.PROPOSALS.items()}
    found = _found()
    work = desk.of(current.archive(), current.actor()) if _begins(found["question"]) else None
    return render_template("search/home.html", kinds=kinds, work=work, desk_words=desk_words, **found)


@blueprint.get("/desk/tasks")
def desk_tasks() -> str:
    """What falls due for this person, as lines of their desk; loaded when the page is there."""
    found = desk.tasks(current.archive(), current.actor())
    late = sum(task.days < 0 for task in found)
    today = sum(task.days == 0 for task in found)
    alone = "alone" in request.args
    return render_template("search/desk_tasks.html", late=late, near=len(found) - late, today=today, alone=alone)


@blueprint.get("/results")
def results() -> str:
    """The part of the page that changes while somebody types."""
    return render_template("search/results.html", **_found())


# ---- Saved searches, and what one opened ----


@blueprint.get("/searches")
def saved() -> str:
    archive, actor = current.archive(), current.actor()
    vocabulary = records.vocabulary(archive, actor)
    return render_template(
        "search/saved.html",
        kept=[(one, narrowed_by(one.question, vocabulary)) for one in saved_searches.mine(archive, actor)],
        recent=traces.recent(archive, actor, limit=20),
        questions=traces.questions(archive, actor, limit=20),
    )


@blueprint.post("/searches")
def save() -> ResponseReturnValue:
    """Keep the search whose filters the form carries."""
    archive, actor = current.archive(), current.actor()
    alert = request.form.get("alert", "none")
    try:
        saved_searches.save(archive, actor, request.form.get("name", ""), question_of(request.form), alert=alert)
    except (Conflict, Invalid) as error:
        flash(sentences.sentence(error))
        return redirect(address_of(question_of(request.form)), 303)
    flash(gettext("The search is saved."))
    return redirect(url_for("search.saved"), 303)


@blueprint.get("/searches/<id>")
def run(id: str) -> ResponseReturnValue:
    kept = saved_searches.one(current.archive(), current.actor(), id)
    return redirect(address_of(kept.question))


@blueprint.get("/searches/<id>/new")
def news(id: str) -> str:
    """What was found for a saved search since it was last looked at."""
    kept = saved_searches.one(current.archive(), current.actor(), id)
    question = saved_searches.news(current.archive(), current.actor(), id)
    return render_template("search/news.html", saved=kept, **_found(replace(question, size=search.SIZE_MAX)))


@blueprint.post("/searches/<id>")
def change_saved(id: str) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    if request.form.get("delete"):
        saved_searches.forget(archive, actor, id)
        flash(gettext("The search is deleted."))
    else:
        saved_searches.set_alert(archive, actor, id, request.form.get("alert", ""))
        answered.done("search.alert")
    return redirect(url_for("search.saved"), 303)


@blueprint.post("/searches/forget")
def forget_traces() -> ResponseReturnValue:
    traces.forget(current.archive(), current.actor())
    flash(gettext("What you opened and asked is forgotten."))
    return redirect(url_for("search.saved"), 303)


def _found(question: Question | None = None) -> dict[str, Any]:
    question, problem = question or question_of(request.args), ""
    try:
        answer = search.find(current.archive(), current.actor(), question)
        latency.noted(current.archive(), answer.took_ms)
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
        "usual_sort": usual_sort(question.text),
        "FILTERS": FILTERS,
        "lent": loan_words,
        "meant": _meant(question, answer),
        "exports": _exports() if answer.total and words.may("save-searches") else {},
        "recent": traces.recent(current.archive(), current.actor(), limit=6) if _begins(question) else (),
        "kept": saved_searches.mine(current.archive(), current.actor())
        if _begins(question) and words.may("save-searches")
        else (),
    }


def _exports() -> Mapping[str, str]:
    """The address of this list in each form that a list can have."""
    asked = (*FILTERS, "sort", "q")
    given: dict[str, Any] = {name: ",".join(request.args.getlist(name)) for name in asked if request.args.get(name)}
    return {form: url_for("reports.one", name="search_results", form=form, **given) for form in ("xlsx", "csv", "pdf")}


def _begins(question: Question) -> bool:
    """Is nothing asked for yet?"""
    return not question.text and not question.narrowed and question.among is None and question.page == 1


def _meant(question: Question, answer: Answer) -> str:
    """What else it may have been, when nothing answers literally."""
    if answer.problem or not question.text or (answer.total and not answer.relaxed):
        return ""
    archive, actor = current.archive(), current.actor()
    named = "" if answer.total else completing.meant(archive, actor, question.text)
    return named or completing.meant_in_texts(archive, actor, question)


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


def question_of(args: MultiDict[str, str]) -> Question:
    """The question that an address or a form carries."""
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
        sort=args["sort"] if args.get("sort") in words.SORTS else usual_sort(args.get("q", "")),
        page=max(1, args.get("page", 1, int)),
        size=SIZE,
    )


def address_of(question: Question) -> str:
    """The page on which this question is answered."""
    given: dict[str, Any] = {
        "q": question.text or None,
        "class": question.classes,
        "level": question.levels,
        "site": question.sites,
        "department": question.departments,
        "format": question.formats,
        "carrier": question.carriers,
        "year": [year for year in (question.year_from, question.year_to) if year is not None],
        "sort": question.sort if question.sort != usual_sort(question.text) else None,
    }
    return url_for("search.home", **given)


def narrowed_by(question: Question, vocabulary: Vocabulary) -> list[tuple[str, str]]:
    """What narrows a question, as facet and value in words."""
    names = _names(vocabulary)
    chosen: Mapping[str, Sequence[str]] = {
        "class": question.classes,
        "level": [str(level) for level in question.levels],
        "site": question.sites,
        "department": question.departments,
        "format": question.formats,
        "carrier": question.carriers,
        "year": sorted({str(year) for year in (question.year_from, question.year_to) if year is not None}),
    }
    return [(facet, names.get(facet, {}).get(value, value)) for facet, values in chosen.items() for value in values]


def usual_sort(text: str) -> str:
    """Best first, if there is something to be good at; else what came last."""
    return "relevance" if text.strip() else "arrival"


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
