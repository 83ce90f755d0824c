"""Repair cases of papers: all of them, one with its next step, and a new one for a paper that is damaged."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from access.repairs import Event, State
from access.rules import Denied
from archive import repairs
from archive.errors import Conflict, Invalid, NotFound
from web import answered, current, repair_words, sentences
from web.language import gettext
from web.language import lazy_gettext as _l

blueprint = Blueprint("repairs", __name__, url_prefix="/repairs")

WENT_WRONG = (Conflict, Invalid, Denied)
PAGE = 50
TO_CLOSE = "to-close"
FIELDS: Mapping[str, LazyString] = {
    "seen_on": _l("Seen on"),
    "out_on": _l("Away since"),
    "due_on": _l("Due back"),
    "done_on": _l("Done on"),
    "pages": _l("Pages counted"),
}
"""What of a form may be wrong by itself, as it is called there."""


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"told": repair_words}


@blueprint.get("")
def every() -> str:
    """All of them, those in one state, or those that whoever asks may close."""
    state = request.args.get("state", "")
    archive, actor = current.archive(), current.actor()
    counted = repairs.counts(archive, actor)
    counts = {one: counted.get(one, 0) for one in repairs.STATES}
    closing = repairs.to_close(archive, actor)
    if state == TO_CLOSE:
        shown = {"many": len(closing), "page": 1, "more": False}
        return render_template(
            "repairs/every.html", found=closing, counts=counts, state=state, closing=len(closing), **shown
        )
    state = state if state in repairs.STATES else ""
    many = counts[State(state)] if state else sum(counts.values())
    page = min(max(request.args.get("page", 1, int), 1), max(-(-many // PAGE), 1))
    found = repairs.every(archive, actor, state, offset=(page - 1) * PAGE, most=PAGE)
    shown = {"many": many, "page": page, "more": page * PAGE < many}
    return render_template("repairs/every.html", found=found, counts=counts, state=state, closing=len(closing), **shown)


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
            seen_on=_day("seen_on"),
            stocktake=form.get("stocktake", ""),
            loan=form.get("loan", ""),
        )
    except WENT_WRONG as error:
        return _new(form, error), 422
    return redirect(url_for("repairs.show", id=made.id), 303)


@blueprint.get("/<id>")
def show(id: str) -> str:
    return _show(id)


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    try:
        pages = _number("pages")
        if deed == "treat":
            repairs.treat(
                archive,
                actor,
                id,
                by=form.get("person", ""),
                company=form.get("company", ""),
                out_on=_day("out_on"),
                due_on=_day("due_on"),
                pages=pages,
            )
        elif deed in ("mend", "give-up"):
            work, materials, day = form.get("work", ""), form.get("materials", ""), _day("done_on")
            mended = deed == "mend"
            repairs.finish(archive, actor, id, mended=mended, work=work, materials=materials, pages=pages, done_on=day)
        elif deed == "put-back":
            repairs.put_back(archive, actor, id)
        elif deed in repairs.SAID:
            repairs.SAID[Event(deed)](archive, actor, id, form.get("work", ""))
        else:
            raise NotFound("There is no such page.")
    except WENT_WRONG as error:
        return _show(id, error, deed), 422
    answered.done(f"repairs.{deed}")
    return redirect(url_for("repairs.show", id=id), 303)


def _new(given: Any, error: Exception | None = None) -> str:
    """Nothing of what was given is shown before the rule has let it through."""
    stocktake, loan = given.get("stocktake", ""), given.get("loan", "")
    blank = repairs.blank(current.archive(), current.actor(), given.get("record", ""), stocktake=stocktake, loan=loan)
    said = _problem(error)
    return render_template("repairs/new.html", blank=blank, stocktake=stocktake, loan=loan, given=given, **said)


def _show(id: str, error: Exception | None = None, deed: str = "") -> str:
    """What was entered comes back in the form of the deed that was refused, and in no other."""
    archive, actor = current.archive(), current.actor()
    shown = repairs.show(archive, actor, id)
    menders = repairs.menders(archive, actor, id) if Event.TREAT in shown.may else ()
    given = {"mend" if deed == "give-up" else deed: request.form} if error is not None else {}
    return render_template("repairs/show.html", shown=shown, menders=menders, given=given, **_problem(error))


def _problem(error: Exception | None) -> dict[str, str]:
    """What is wrong, beginning with the field in which it is."""
    if error is None:
        return {"problem": "", "wrong": ""}
    field = error.field if isinstance(error, Invalid) else ""
    said = sentences.sentence(error)
    return {
        "problem": gettext("%(field)s: %(said)s", field=FIELDS[field], said=said) if field else said,
        "wrong": field,
    }


def _day(field: str) -> date | None:
    text = request.form.get(field, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(f"{text!r} is no date; write it as 2026-03-01.", "not-a-date", field=field) from None


def _number(field: str) -> int | None:
    text = request.form.get(field, "").strip()
    if text and not (text.isdecimal() and text.isascii() and len(text) <= 6):
        raise Invalid(f"{text!r} is no number of pages; write one as 12.", "bad-pages", field=field)
    return int(text) if text else None
