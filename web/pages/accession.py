"""Accession: what is filed is accepted into the archive and numbered; the batches; the numbers that are missing."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import numbering, properties, records
from archive.errors import Conflict, Invalid, NotFound
from archive.numbering import HandOver
from web import answered, current, plan_words, sentences
from web.language import gettext

blueprint = Blueprint("accession", __name__, url_prefix="/accession")

WENT_WRONG = (Conflict, Invalid, NotFound)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"plan": plan_words}


@blueprint.route("", methods=["GET", "POST"])
def queue() -> ResponseReturnValue:
    """One class at one site at a time: that is what a batch holds."""
    archive, actor = current.archive(), current.actor()
    said = request.values
    problem, refused, status = "", {}, 200
    if request.method == "POST":
        try:
            done = numbering.accept(archive, actor, said.getlist("record"), _hand_over())
        except WENT_WRONG as error:
            problem, status = sentences.sentence(error), 422
        else:
            refused = {one.record_id: sentences.sentence(one.problem) for one in done.outcomes if one.problem}
            if done.accession is not None and not refused:
                flash(gettext("Accepted: %(number)s.", number=done.accession.number))
                return redirect(url_for("accession.batch", id=done.accession.id), 303)
            accepted = len(done.outcomes) - len(refused)
            problem = gettext(
                "%(accepted)s accepted, %(refused)s not; why stands beside each.",
                accepted=accepted,
                refused=len(refused),
            )
            status = 422
    waiting = numbering.waiting(archive, actor, said.get("class", ""), said.get("site", ""))
    chosen = (waiting.record_class.code if waiting.record_class else "", said.get("site", ""))
    if not chosen[1] and waiting.places:
        chosen = waiting.places[0][:2]
    page = render_template(
        "accession/queue.html",
        waiting=waiting,
        chosen=chosen,
        said=said,
        picked=set(said.getlist("record")),
        refused=refused,
        problem=problem,
        vocabulary=records.vocabulary(archive, actor),
    )
    return page, status


def _hand_over() -> HandOver:
    form = request.form
    return HandOver(
        giver=form.get("giver", ""),
        case=form.get("case", ""),
        volume_id=form.get("volume", ""),
        volume_title=form.get("title", ""),
        project=form.get("project", ""),
        serials={key.removeprefix("serial-"): value for key, value in form.items() if key.startswith("serial-")},
        note=form.get("note", ""),
    )


@blueprint.get("/batches")
def batches() -> str:
    return render_template("accession/batches.html", batches=numbering.batches(current.archive(), current.actor()))


@blueprint.get("/batches/<id>")
def batch(id: str) -> str:
    archive, actor = current.archive(), current.actor()
    batch = numbering.batch(archive, actor, id)
    return render_template("accession/batch.html", batch=batch, tests=properties.of_subject(archive, actor, id))


@blueprint.get("/gaps")
def gaps() -> ResponseReturnValue:
    return _gaps()


def _gaps(problem: str = "") -> ResponseReturnValue:
    found = numbering.gaps(current.archive(), current.actor())
    return render_template("accession/gaps.html", gaps=found, problem=problem), 422 if problem else 200


@blueprint.post("/gaps/void")
def void() -> ResponseReturnValue:
    try:
        numbering.void(current.archive(), current.actor(), request.form.get("code", ""), request.form.get("reason", ""))
    except WENT_WRONG as error:
        return _gaps(sentences.sentence(error))
    answered.done("accession.void")
    return redirect(url_for("accession.gaps"), 303)
