"""Stocktakes: begin one, walk and scan with a telephone, explain what differs, sign."""

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import locations, repairs, stocktaking
from archive.errors import Conflict, Invalid, NotFound
from archive.model.stocktakes import CONDITIONS
from web import answered, current, room_words, sentences
from web.language import gettext

blueprint = Blueprint("stocktakes", __name__, url_prefix="/stocktakes")

WENT_WRONG = (Conflict, Invalid, Denied, NotFound)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"rooms": room_words, "CONDITIONS": CONDITIONS}


@blueprint.get("")
def every() -> str:
    archive, actor = current.archive(), current.actor()
    return render_template(
        "stocktakes/every.html",
        found=stocktaking.every(archive, actor),
        places=locations.tree(archive, actor),
        place=request.args.get("place", ""),
    )


@blueprint.post("")
def begin() -> ResponseReturnValue:
    place = request.form.get("place", "")
    try:
        made = stocktaking.begin(current.archive(), current.actor(), place, request.form.get("second", ""))
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
        return redirect(url_for("stocktakes.every", place=place), 303)
    return redirect(url_for("stocktakes.show", id=made.id), 303)


@blueprint.get("/<id>")
def show(id: str) -> str:
    """`at` is the place scanned last, `last` the paper scanned last: both in the address, so that two may walk."""
    shown = stocktaking.show(current.archive(), current.actor(), id)
    last = next((line for line in shown.lines if line.record_id == request.args.get("last", "")), None)
    harmed = [line.record_id for line in shown.lines if line.harmed]
    return render_template(
        "stocktakes/show.html",
        shown=shown,
        going=shown.stocktake,
        cases=repairs.seen_at(current.archive(), current.actor(), harmed, stocktake=id),
        here=shown.places.get(request.args.get("at", "")),
        last=last,
        today=current.archive().now().astimezone().date(),
    )


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    at, record = form.get("at", ""), form.get("record", "")
    try:
        if deed == "scan":
            found = stocktaking.scan(archive, actor, id, form.get("label", ""), at)
            if found.line is None:
                return redirect(url_for("stocktakes.show", id=id, at=found.place.id), 303)
            return redirect(url_for("stocktakes.show", id=id, last=found.line.record_id, at=at or None), 303)
        if deed == "count":
            pages = form.get("pages", "").strip()
            condition = form.get("condition", "")
            stocktaking.count(archive, actor, id, record, pages=_number(pages), condition=condition)
        elif deed == "finish":
            stocktaking.finish(archive, actor, id)
        elif deed == "resume":
            stocktaking.resume(archive, actor, id)
        elif deed == "explain":
            why, owner = form.get("why", ""), form.get("owner", "")
            stocktaking.explain(archive, actor, id, record, why=why, owner=owner, due_on=_day(form.get("due_on", "")))
        elif deed == "settle":
            stocktaking.settle(archive, actor, id, record)
        elif deed == "sign":
            closed = stocktaking.sign(archive, actor, id).closed_at
            flash(gettext("Signed by both and filed.") if closed else gettext("Signed; the other one signs too."))
            return redirect(url_for("stocktakes.show", id=id), 303)
        else:
            raise Invalid("What was entered cannot be right.")
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
    else:
        answered.done(f"stocktakes.{deed}")
    return redirect(url_for("stocktakes.show", id=id, at=at or None), 303)


def _number(text: str) -> int | None:
    try:
        return int(text) if text else None
    except ValueError:
        raise Invalid("Count the pages.", "no-pages") from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid(f"{text!r} is no date; write it as 2026-03-01.", "not-a-date") from None
