"""Retention: what is due, holds, and lists on their way from appraisal to certificate."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import disposal, holds, retention
from archive.errors import Conflict, Invalid, NotFound
from web import answered, current, forms, plan_words, retention_words, sentences
from web.language import gettext

blueprint = Blueprint("disposals", __name__, url_prefix="/disposals")

WENT_WRONG = (Conflict, Invalid)
PAGE = 100


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"plan": plan_words, "kept": retention_words, "now": current.archive().now()}


@blueprint.route("/due", methods=["GET", "POST"])
def due() -> ResponseReturnValue:
    """What may be appraised; what is ticked becomes a list, or comes under a hold."""
    archive, actor, form = current.archive(), current.actor(), request.form
    problem, status = "", 200
    if request.method == "POST":
        ids = form.getlist("record")
        try:
            if form.get("hold"):
                holds.place(archive, actor, ids, form.get("reason", ""))
                flash(gettext("The hold stands."))
                return redirect(url_for("disposals.every_hold"), 303)
            opened = disposal.open_list(archive, actor, ids, forms.people_named(form, "group"))
        except (*WENT_WRONG, NotFound) as error:
            problem, status = sentences.sentence(error), 422
        else:
            return redirect(url_for("disposals.show", id=opened.id), 303)
    page = max(request.args.get("page", 1, int), 1)
    found = retention.due(archive, actor, offset=(page - 1) * PAGE, limit=PAGE + 1)
    said = {"page": page, "more": len(found) > PAGE, "picked": set(form.getlist("record")), "problem": problem}
    return render_template("disposals/due.html", due=found[:PAGE], **said), status


@blueprint.get("")
def every() -> str:
    return render_template("disposals/every.html", shown=disposal.every(current.archive(), current.actor()))


@blueprint.get("/<id>")
def show(id: str) -> str:
    return render_template("disposals/show.html", shown=disposal.show(current.archive(), current.actor(), id))


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    said = form.get("said", "")
    try:
        if deed == "decide":
            disposal.decide(
                archive,
                actor,
                id,
                form.get("record", ""),
                form.get("decision", ""),
                years=form.get("years", 0, int),
                reason=said,
            )
        elif deed == "propose":
            disposal.propose(archive, actor, id, said, forms.people_named(form, "witnesses"))
        elif deed in ("approve", "send-back"):
            disposal.approve(archive, actor, id, yes=deed == "approve", reason=said)
        elif deed == "sign":
            disposal.sign(archive, actor, id, form.get("digest", ""))
        elif deed == "execute":
            disposal.execute(archive, actor, id)
        elif deed == "cancel":
            disposal.cancel(archive, actor, id, said)
        else:
            raise NotFound("There is no such page.")
    except (*WENT_WRONG, Denied) as error:
        shown = disposal.show(archive, actor, id)
        return render_template("disposals/show.html", shown=shown, problem=sentences.sentence(error)), 422
    answered.done(f"disposals.{deed}")
    return redirect(url_for("disposals.show", id=id), 303)


# ---- Holds ----


@blueprint.get("/holds")
def every_hold() -> ResponseReturnValue:
    return _holds("")


def _holds(problem: str) -> ResponseReturnValue:
    found = holds.every(current.archive(), current.actor())
    return render_template("disposals/holds.html", holds=found, problem=problem), 422 if problem else 200


@blueprint.post("/holds")
def place_hold() -> ResponseReturnValue:
    """A hold on the records whose numbers are typed or scanned, one per line."""
    ids = [line.rpartition("/")[2] for line in request.form.get("records", "").split()]
    try:
        holds.place(current.archive(), current.actor(), ids, request.form.get("reason", ""))
    except (*WENT_WRONG, NotFound) as error:
        return _holds(sentences.sentence(error))
    flash(gettext("The hold stands."))
    return redirect(url_for("disposals.every_hold"), 303)


@blueprint.post("/holds/<hold>/release")
def release_hold(hold: str) -> ResponseReturnValue:
    try:
        holds.release(current.archive(), current.actor(), hold, request.form.get("reason", ""))
    except (*WENT_WRONG, NotFound) as error:
        return _holds(sentences.sentence(error))
    answered.done("disposals.release")
    return redirect(url_for("disposals.every_hold"), 303)


@blueprint.post("/terms/<record>")
def terms(record: str) -> ResponseReturnValue:
    """Which case a record is, and the day its term runs from."""
    try:
        retention.state(
            current.archive(),
            current.actor(),
            record,
            case=request.form.get("case", ""),
            began_on=request.form.get("began", ""),
        )
    except WENT_WRONG as error:
        flash(sentences.sentence(error))
    else:
        answered.done("disposals.terms")
    return redirect(url_for("records.show", id=record), 303)
