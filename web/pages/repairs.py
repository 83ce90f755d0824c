"""Repair cases of papers: all of them, one with its next step, and a new one for a paper that is damaged."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.repairs import Event
from access.rules import Denied
from archive import repairs
from archive.errors import Conflict, Invalid, NotFound
from web import current, repair_words, sentences
from web.language import gettext

blueprint = Blueprint("repairs", __name__, url_prefix="/repairs")

WENT_WRONG = (Conflict, Invalid, Denied)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"told": repair_words}


@blueprint.get("")
def every() -> str:
    state = request.args.get("state", "")
    state = state if state in repairs.STATES else ""
    found = repairs.every(current.archive(), current.actor())
    counts = {one: sum(each.repair.state == one for each in found) for one in repairs.STATES}
    shown = [one for one in found if state in ("", one.repair.state)]
    return render_template("repairs/every.html", found=shown, total=len(found), counts=counts, state=state)


@blueprint.get("/new")
def new() -> str:
    return _new(request.args)


@blueprint.post("")
def begin() -> ResponseReturnValue:
    form = request.form
    try:
        made = repairs.open_case(
            current.archive(),
            current.actor(),
            form.get("record", ""),
            kind=form.get("kind", ""),
            said=form.get("said", ""),
            urgency=form.get("urgency", ""),
            seen_on=_day(form.get("seen_on", "")),
            stocktake=form.get("stocktake", ""),
            loan=form.get("loan", ""),
        )
    except WENT_WRONG as error:
        return _new(form, sentences.sentence(error)), 422
    return redirect(url_for("repairs.show", id=made.id), 303)


@blueprint.get("/<id>")
def show(id: str) -> str:
    return _show(id)


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    try:
        pages = _number(form.get("pages", ""))
        if deed == "treat":
            repairs.treat(
                archive,
                actor,
                id,
                by=form.get("person", ""),
                company=form.get("company", ""),
                out_on=_day(form.get("out_on", "")),
                due_on=_day(form.get("due_on", "")),
                pages=pages,
            )
        elif deed in ("mend", "give-up"):
            work, materials, day = form.get("work", ""), form.get("materials", ""), _day(form.get("done_on", ""))
            mended = deed == "mend"
            repairs.finish(archive, actor, id, mended=mended, work=work, materials=materials, pages=pages, done_on=day)
        elif deed == "put-back":
            repairs.put_back(archive, actor, id)
        elif deed in repairs.SAID:
            repairs.SAID[Event(deed)](archive, actor, id, form.get("work", ""))
        else:
            raise NotFound("There is no such page.")
    except WENT_WRONG as error:
        return _show(id, sentences.sentence(error)), 422
    flash(gettext("Done."))
    return redirect(url_for("repairs.show", id=id), 303)


def _new(given: Any, problem: str = "") -> str:
    """Nothing of what was given is shown before the rule has let it through."""
    stocktake, loan = given.get("stocktake", ""), given.get("loan", "")
    blank = repairs.blank(current.archive(), current.actor(), given.get("record", ""), stocktake=stocktake, loan=loan)
    return render_template(
        "repairs/new.html", blank=blank, stocktake=stocktake, loan=loan, given=given, problem=problem
    )


def _show(id: str, problem: str = "") -> str:
    shown = repairs.show(current.archive(), current.actor(), id)
    return render_template("repairs/show.html", shown=shown, given=request.form, problem=problem)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(f"{text!r} is no date; write it as 2026-03-01.", "not-a-date") from None


def _number(text: str) -> int | None:
    try:
        return int(text) if text.strip() else None
    except ValueError:
        raise Invalid("Count the pages.", "no-pages") from None
