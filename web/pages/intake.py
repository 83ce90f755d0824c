"""What came in today, what waits, what lies in quarantine; and handing in files."""

import io
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from access import rules
from access.rules import Action
from archive import importing, intake, naming, reconciling, records
from archive.errors import Invalid, NotFound
from web import current, handing_in, sentences
from web.files import disposition
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
                    {
                        "name": arrival.name,
                        "outcome": arrival.outcome,
                        "id": handed.visible_id,
                        "problem": sentences.reason(arrival.reason_code, arrival.reason) if arrival.reason_code else "",
                    }
                )
            except Invalid as error:
                results.append({"name": file.filename, "outcome": "", "id": "", "problem": sentences.sentence(error)})
    vocabulary = records.vocabulary(current.archive(), current.actor())
    return render_template("intake/upload.html", results=results, vocabulary=vocabulary)


@blueprint.route("/intake/import", methods=["GET", "POST"])
def bulk() -> ResponseReturnValue:
    """Many files with a table that says what each is: tried out first, then taken in, answered row by row."""
    rules.require(current.actor(), Action.CAPTURE)
    receipt, problem, status = None, "", 200
    if request.method == "POST":
        table = request.files.get("table")
        files = {file.filename or "": file for file in request.files.getlist("file") if file.filename}
        try:
            if table is None or not table.filename:
                raise Invalid("There is no part named file.", "no-file")
            receipt = importing.run(
                current.archive(), current.actor(), table.stream.read(), _handed(files), dry="dry" in request.form
            )
        except Invalid as error:
            problem, status = sentences.sentence(error), 422
        if receipt is not None and "receipt" in request.form:
            response = Response(importing.as_csv(receipt), mimetype="text/csv; charset=utf-8")
            response.headers["Content-Disposition"] = disposition("receipt.csv")
            return response
    columns = [(heads[1], heads[0]) for heads in importing.COLUMNS.values()]
    return render_template("intake/bulk.html", receipt=receipt, problem=problem, columns=columns), status


def _handed(files: Mapping[str, FileStorage]) -> importing.Opener:
    """Files that came with the request, by the last part of the name the table gives them."""
    by_name = {naming.safe_name(name): file for name, file in files.items()}

    def opened(name: str) -> BinaryIO:
        file = by_name.get(naming.safe_name(name))
        if file is None:
            raise NotFound("The file has gone again.", "source-gone")
        return cast(BinaryIO, io.BytesIO(file.stream.read()))

    return opened


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
