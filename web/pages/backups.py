"""How the backups are, what can be done now, and the way back. Nobody sees a title or a name here."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive.backups import drill, keys, places, replacing, state, wanted
from archive.errors import ArchiveError, Conflict, NotFound
from web import backup_words, current, sentences
from web.language import gettext

blueprint = Blueprint("backups", __name__, url_prefix="/backups")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"told": backup_words, "now": current.archive().now()}


@blueprint.get("")
def show() -> str:
    archive, actor = current.archive(), current.actor()
    seen = state.of(archive, actor)
    return render_template(
        "backups/show.html",
        state=seen,
        uncovered=state.known_of(archive, actor, seen.uncovered),
        chart=backup_words.chart(seen.history, seen.at),
        waiting=wanted.waiting(archive),
        wishes=[one for one in replacing.wishes(archive, actor) if seen.at <= one.lapses_at],
        keys=keys.described(archive.settings.keys),
    )


@blueprint.post("/now")
def ask() -> ResponseReturnValue:
    """A backup, a check or a rehearsal, now. What was asked for, its place itself says, until it has ended."""
    try:
        wanted.ask(current.archive(), current.actor(), request.form.get("deed", ""), request.form.get("place", ""))
    except (ArchiveError, Denied) as error:
        flash(sentences.sentence(error), "problem")
    return redirect(url_for("backups.show"), 303)


@blueprint.post("/runs/<id>/stop")
def stop(id: str) -> ResponseReturnValue:
    try:
        places.stop(current.archive(), current.actor(), id)
    except (Conflict, NotFound) as error:
        flash(sentences.sentence(error), "problem")
    return redirect(url_for("backups.show"), 303)


@blueprint.route("/restore", methods=["GET", "POST"])
def restore() -> ResponseReturnValue:
    """The way back, step by step: what is wanted, from where, and the command that does it."""
    archive, actor = current.archive(), current.actor()
    seen = state.of(archive, actor)
    if request.method == "POST":
        try:
            form = request.form
            replacing.wish(archive, actor, form.get("place", ""), form.get("snapshot", ""), form.get("reason", ""))
            flash(gettext("Those who may agree have been told."), "done")
        except (ArchiveError, Denied) as error:
            flash(sentences.sentence(error), "problem")
        return redirect(url_for("backups.restore"), 303)
    place = request.args.get("place", "")
    if place:
        places.named(archive, place)
    return render_template(
        "backups/restore.html",
        state=seen,
        want=request.args.get("want", ""),
        place=place or seen.places[0].place.name,
        runs=[run for run in seen.history if run.kind == "run" and run.outcome == "done"],
        wishes=[one for one in replacing.wishes(archive, actor) if seen.at <= one.lapses_at],
        home=archive.settings.home,
    )


@blueprint.post("/restore/<id>")
def decide(id: str) -> ResponseReturnValue:
    """Agree, or refuse, that the live archive is put back."""
    deeds = {"agree": replacing.agree, "refuse": replacing.refuse}
    try:
        deed = deeds.get(request.form.get("said", ""))
        if deed is None:
            raise NotFound("There is no such answer.")
        deed(current.archive(), current.actor(), id)
    except (ArchiveError, Denied) as error:
        flash(sentences.sentence(error), "problem")
    return redirect(url_for("backups.restore"), 303)


@blueprint.get("/runs/<id>")
def found(id: str) -> str:
    """What a check found, or what a repair made of it."""
    run = state.one(current.archive(), current.actor(), id)
    return render_template("backups/found.html", run=run)


@blueprint.get("/drills/<id>")
def drilled(id: str) -> str:
    archive, actor = current.archive(), current.actor()
    run = state.one(archive, actor, id)
    report = run.details.get("report")
    genuine = drill.genuine(archive, actor, dict(report)) if report else False
    return render_template("backups/drill.html", run=run, report=report, genuine=genuine)
