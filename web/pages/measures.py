"""Reviews and audits, what they found, and the measures that follow, on one page."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import measures, naming, records, review_inputs
from archive.errors import Conflict, Invalid, NotFound
from archive.measures import Wish
from web import answered, current, measure_words, sentences
from web.language import gettext

blueprint = Blueprint("measures", __name__, url_prefix="/measures")

WENT_WRONG = (Conflict, Invalid, Denied, NotFound)


@blueprint.get("")
def board() -> str:
    return _board()


def _board(problem: str = "") -> str:
    archive, actor = current.archive(), current.actor()
    state, year, wrong_year = request.args.get("state", ""), 0, ""
    try:
        year = naming.parsed_year(request.args.get("year", ""))
    except Invalid as error:
        wrong_year = sentences.sentence(error)
    return render_template(
        "measures/board.html",
        found=measures.board(archive, actor, year=year, state=state),
        state=state,
        wrong_year=wrong_year,
        vocabulary=records.vocabulary(archive, actor),
        told=measure_words,
        problem=problem,
        said=request.form,
    )


@blueprint.get("/<id>")
def review(id: str) -> str:
    return _review(id)


def _review(id: str, problem: str = "", code: str = "") -> str:
    """A management review with its inputs; what was entered for one of them stays, if it could not be taken."""
    archive, actor = current.archive(), current.actor()
    shown = review_inputs.show(archive, actor, id)
    return render_template(
        "measures/review.html",
        shown=shown,
        records=review_inputs.said_back(archive, actor, _records()) if problem else (),
        day=current.archive().now().astimezone().date(),
        told=measure_words,
        problem=problem,
        said=request.form,
        code=code,
    )


@blueprint.post("/<id>/inputs/<code>")
def tick(id: str, code: str) -> ResponseReturnValue:
    """The review was given this input, or it was ticked by mistake."""
    archive, actor, form = current.archive(), current.actor(), request.form
    try:
        if form.get("untick"):
            review_inputs.untick(archive, actor, id, code)
        else:
            review_inputs.tick(archive, actor, id, code, _records(), note=form.get("note", ""))
    except WENT_WRONG as error:
        return _review(id, sentences.sentence(error), code), 422
    return redirect(url_for("measures.review", id=id, _anchor=f"input-{code}"), 303)


def _records() -> Sequence[str]:
    return request.form.get("records", "").splitlines()[: review_inputs.RECORDS_MAX + 1]


@blueprint.post("/<id>/end")
def end(id: str) -> ResponseReturnValue:
    try:
        review_inputs.close(current.archive(), current.actor(), id, why=request.form.get("why", ""))
    except WENT_WRONG as error:
        return _review(id, sentences.sentence(error)), 422
    flash(gettext("The review is closed."))
    return redirect(url_for("measures.review", id=id), 303)


@blueprint.post("/<deed>")
def begin(deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    site = form.get("site", "")
    try:
        if deed == "plan":
            measures.plan(
                archive,
                actor,
                form.get("kind", ""),
                title=form.get("title", ""),
                on=form.get("day", ""),
                lead=form.get("person", ""),
                site=site,
                department=form.get("department", ""),
            )
        elif deed == "open":
            wish = Wish(
                form.get("about", ""),
                form.get("plan", ""),
                form.get("person", ""),
                form.get("day", ""),
                site,
                form.get("cause", ""),
                form.get("review", ""),
            )
            measures.open_measure(archive, actor, wish)
        else:
            raise NotFound("There is no such page.")
    except WENT_WRONG as error:
        return _board(sentences.sentence(error)), 422
    answered.done(f"measures.{deed}")
    return redirect(url_for("measures.board"), 303)


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    said, record = form.get("said", ""), form.get("record", "")
    try:
        if deed == "hold":
            measures.hold(archive, actor, id, on=form.get("day", ""), record=record)
        elif deed == "find":
            grade, clause, site = (form.get(name, "") for name in ("grade", "clause", "site"))
            measures.find(archive, actor, id, grade=grade, clause=clause, said=said, site=site)
        elif deed == "done":
            measures.done(archive, actor, id, evidence=said, record=record)
        elif deed in ("close", "send-back"):
            measures.close(archive, actor, id, worked=deed == "close", answer=said)
        else:
            raise NotFound("There is no such page.")
    except WENT_WRONG as error:
        return _board(sentences.sentence(error)), 422
    answered.done(f"measures.{deed}")
    return redirect(url_for("measures.board"), 303)
