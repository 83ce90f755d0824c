"""Reviews and audits, what they found, and the measures that follow, on one page."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import measures, records
from archive.errors import Conflict, Invalid, NotFound
from archive.measures import Wish
from web import current, measure_words, sentences
from web.language import gettext

blueprint = Blueprint("measures", __name__, url_prefix="/measures")

WENT_WRONG = (Conflict, Invalid, Denied, NotFound)


@blueprint.get("")
def board() -> str:
    return _board()


def _board(problem: str = "") -> str:
    archive, actor = current.archive(), current.actor()
    state, year = request.args.get("state", ""), request.args.get("year", 0, int)
    return render_template(
        "measures/board.html",
        found=measures.board(archive, actor, year=year if 1990 <= year <= 2200 else 0, state=state),
        state=state,
        vocabulary=records.vocabulary(archive, actor),
        told=measure_words,
        problem=problem,
        said=request.form,
    )


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
    flash(gettext("Done."))
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
    flash(gettext("Done."))
    return redirect(url_for("measures.board"), 303)
