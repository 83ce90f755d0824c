"""Retrieval drills: begin one, answer its questions against the clock, close it; how fast searches are beside it."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import drills, latency, records
from archive.errors import Conflict, Invalid
from web import current, sentences, words
from web.language import gettext

blueprint = Blueprint("drills", __name__, url_prefix="/evidence/drill")

WENT_WRONG = (Conflict, Invalid)


@blueprint.get("")
def every() -> str:
    archive, actor = current.archive(), current.actor()
    return render_template(
        "drills/every.html",
        shown=drills.every(archive, actor),
        searched=latency.of(archive, actor) if words.may("see-status") else None,
        vocabulary=records.vocabulary(archive, actor),
        each_max=drills.EACH_MAX,
        limit_s=drills.LIMIT_S,
    )


@blueprint.post("")
def begin() -> ResponseReturnValue:
    form = request.form
    try:
        drill = drills.begin(
            current.archive(),
            current.actor(),
            login=form.get("person", "").strip(),
            site=form.get("site", ""),
            each=form.get("each", 5, int),
            seed=form.get("seed", ""),
            limit_s=form.get("limit_s", drills.LIMIT_S, int),
        )
    except WENT_WRONG as error:
        flash(sentences.sentence(error))
        return redirect(url_for("drills.every"), 303)
    return redirect(url_for("drills.one", id=drill.id), 303)


@blueprint.get("/<id>")
def one(id: str) -> str:
    archive, actor = current.archive(), current.actor()
    vocabulary = records.vocabulary(archive, actor)
    classes = {one.code: words.class_name(one) for one in vocabulary.classes}
    return render_template(
        "drills/one.html", shown=drills.one(archive, actor, id), class_names=classes, now=archive.now()
    )


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    deeds = {"start": drills.start, "give-up": drills.give_up}
    try:
        if deed not in (*deeds, "close"):
            raise Invalid("What was entered cannot be right.")
        if deed == "close":
            drill = drills.close(current.archive(), current.actor(), id, early="early" in request.form)
        else:
            drill = deeds[deed](current.archive(), current.actor(), id)
    except WENT_WRONG as error:
        flash(sentences.sentence(error))
        return redirect(url_for("drills.one", id=id), 303)
    if deed == "close":
        flash(gettext("The drill is closed; its report is filed."))
    return redirect(url_for("drills.one", id=drill.id), 303)
