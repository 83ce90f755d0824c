"""Rights for a while: give, confirm, withdraw; ask to be let in at once, and review it afterwards."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.grants import EMERGENCY_MAX, Grant
from access.rules import Denied
from archive import granting, records
from archive.errors import Conflict, Invalid, NotFound
from archive.granting import Wanted
from web import answered, current, sentences
from web.language import gettext

blueprint = Blueprint("grants", __name__, url_prefix="/grants")

WENT_WRONG = (Conflict, Invalid, Denied, NotFound)

DEEDS: Mapping[str, Callable[[str, str], Grant]] = {
    "confirm": lambda grant, _said: granting.confirm(current.archive(), current.actor(), grant),
    "end": lambda grant, _said: granting.end(current.archive(), current.actor(), grant),
    "review": lambda grant, said: granting.review(current.archive(), current.actor(), grant, said),
}


@blueprint.get("")
def board() -> ResponseReturnValue:
    return _board("")


def _board(problem: str) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    found = granting.board(archive, actor)
    vocabulary = records.vocabulary(archive, actor)
    page = render_template(
        "grants/board.html",
        board=found,
        now=archive.now(),
        problem=problem,
        vocabulary=vocabulary,
        said=request.form,
        hours_max=int(EMERGENCY_MAX.total_seconds() // 3600),
    )
    return page, 422 if problem else 200


@blueprint.post("")
def give() -> ResponseReturnValue:
    try:
        starts, last = _day("first"), _day("last") + timedelta(days=1)
        granting.give(
            current.archive(), current.actor(), request.form.get("login", "").strip(), _wanted(last, starts_at=starts)
        )
    except WENT_WRONG as error:
        return _board(sentences.sentence(error))
    answered.done("grants.give")
    return redirect(url_for("grants.board"), 303)


@blueprint.post("/emergency")
def ask() -> ResponseReturnValue:
    archive = current.archive()
    hours = request.form.get("hours", 1, int)
    try:
        granting.ask_emergency(archive, current.actor(), _wanted(granting.hours_from(archive.now(), hours)))
    except WENT_WRONG as error:
        return _board(sentences.sentence(error))
    flash(gettext("Asked. It opens when a second person has confirmed it; you will find a notice."))
    return redirect(url_for("grants.board"), 303)


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    if deed not in DEEDS:
        raise NotFound("There is no such page.")
    try:
        DEEDS[deed](id, request.form.get("said", ""))
    except (Conflict, Invalid) as error:
        return _board(sentences.sentence(error))
    answered.done(f"grants.{deed}")
    return redirect(url_for("grants.board"), 303)


def _wanted(ends_at: datetime, **more: Any) -> Wanted:
    form = request.form
    return Wanted(
        form.get("level", 0, int),
        form.get("purpose", ""),
        ends_at,
        pii_max=form.get("pii", 0, int),
        classes=frozenset(filter(None, form.get("classes", "").replace("，", ",").replace(",", " ").split())),
        sites=frozenset(filter(None, form.getlist("site"))),
        departments=frozenset(filter(None, form.getlist("department"))),
        **more,
    )


def _day(name: str) -> datetime:
    try:
        return datetime.fromisoformat(request.form.get(name, "")).astimezone()
    except (ValueError, OverflowError):
        raise Invalid("This is not a date; write 2026-03-01.", "not-a-date") from None
