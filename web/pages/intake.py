"""What came in today, what waits, what lies in quarantine; and handing in files."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import rules
from access.rules import Action
from archive import intake, reconciling, records
from archive.errors import Invalid
from web import current, handing_in, sentences
from web.language import gettext

blueprint = Blueprint("intake", __name__)


@blueprint.get("/intake")
def show() -> str:
    vocabulary = records.vocabulary(current.archive(), current.actor())
    return render_template("intake/show.html", vocabulary=vocabulary, **_state())


@blueprint.get("/intake/state")
def state() -> str:
    """The part of the page that changes by itself."""
    return render_template("intake/state.html", **_state())


@blueprint.post("/intake/<id>/retry")
def retry(id: str) -> ResponseReturnValue:
    intake.retry(current.archive(), current.actor(), id)
    flash(gettext("It is tried again."))
    return redirect(url_for("intake.show"), 303)


@blueprint.route("/upload", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Handing in without the intake page: for liaisons, and for browsers without scripts."""
    rules.require(current.actor(), Action.CAPTURE)
    results: list[dict[str, Any]] = []
    if request.method == "POST":
        claims = handing_in.claims(request.form)
        for file in request.files.getlist("file"):
            try:
                handed = handing_in.hand_in(file, replace(claims, title=""), door="upload")
                arrival = handed.arrival
                results.append(
                    {"name": arrival.name, "outcome": arrival.outcome, "id": handed.visible_id, "problem": ""}
                )
            except Invalid as error:
                results.append({"name": file.filename, "outcome": "", "id": "", "problem": sentences.sentence(error)})
    vocabulary = records.vocabulary(current.archive(), current.actor())
    return render_template("intake/upload.html", results=results, vocabulary=vocabulary)


def _state() -> dict[str, Any]:
    archive = current.archive()
    overview = intake.overview(archive, current.actor())
    books = reconciling.books(archive, current.actor())
    return {
        "books": books,
        "overview": overview,
        "seen": sum(overview.today.values()),
        "inboxes": archive.settings.inboxes,
    }
