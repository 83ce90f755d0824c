"""Long work that somebody asked for: begun, looked at while it goes on, stopped, and fetched when it is there."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import errands
from archive.errors import Conflict, Invalid
from web import current, errand_words, files, language, sentences
from web.language import gettext

blueprint = Blueprint("errands", __name__, url_prefix="/errands")


@blueprint.post("")
def begin() -> ResponseReturnValue:
    kind = request.form.get("kind", "")
    said: dict[str, Any] = {**request.form, "language": language.language()}
    try:
        begun = errands.begin(current.archive(), current.actor(), kind, said)
    except Invalid:
        # The page says beside the form what is wrong with what was entered: it is asked again, by what it is told.
        entered: dict[str, Any] = {name: request.form.get(name, "")[:40] for name in errand_words.ENTERED[kind]}
        return redirect(url_for(errand_words.FROM[kind], _anchor="work", **entered), 303)
    return redirect(url_for(".show", id=begun.id), 303)


@blueprint.get("/<id>")
def show(id: str) -> str:
    return render_template("errands/show.html", **_state(id))


@blueprint.get("/<id>/state")
def state(id: str) -> str:
    """The part of the page that changes while it goes on."""
    return render_template("errands/state.html", **_state(id))


@blueprint.post("/<id>/stop")
def stop(id: str) -> ResponseReturnValue:
    try:
        errands.stop(current.archive(), current.actor(), id)
    except Conflict as error:
        flash(sentences.sentence(error), "problem")
    else:
        flash(gettext("It is stopped; nothing of it is kept."))
    return redirect(url_for(".show", id=id), 303)


@blueprint.get("/<id>/result")
def result(id: str) -> Response:
    """What came of it, for whoever asked for it and nobody else."""
    name, media_type, pieces = errands.result(current.archive(), current.actor(), id)
    response = Response(pieces, mimetype=media_type)
    response.headers["Content-Disposition"] = files.disposition(name)
    return response


def _state(id: str) -> dict[str, Any]:
    return {"errand": errands.one(current.archive(), current.actor(), id), "told": errand_words}
