"""What came in today, what waits, what lies in quarantine; and handing in files."""

from dataclasses import replace
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import rules
from access.rules import Action
from archive import importing, intake, naming, reconciling, records
from archive.errors import Invalid
from archive.model import new_id
from web import current, files, handing_in, sentences, words
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
    archive, actor = current.archive(), current.actor()
    rules.require(actor, Action.CAPTURE)
    if request.method == "POST":
        return redirect(_handed_in(), 303)
    results = [
        {
            "name": arrival.name,
            "outcome": arrival.outcome,
            "id": arrival.record_id,
            "problem": sentences.reason(arrival.reason_code, arrival.reason) if arrival.reason_code else "",
        }
        for arrival in (
            *intake.handed_in(archive, actor, request.args.get("together", "")),
            *intake.quarantined_of(archive, actor, request.args.get("arrival", "")),
        )
    ]
    for said in request.args.getlist("refused")[:REFUSED_SAID]:
        code, _, name = said.partition(":")
        results.append({"name": name, "outcome": "", "id": "", "problem": sentences.reason(code, "")})
    vocabulary = records.vocabulary(archive, actor)
    return render_template("intake/upload.html", results=results, vocabulary=vocabulary)


REFUSED_SAID = 20
"""So many files that were not taken in are named; nothing was kept of them, so the address of the page names them."""


def _handed_in() -> str:
    """Take in every file of the form; where what became of each can be read, and read again."""
    claims, together = replace(handing_in.claims(request.form), title=""), new_id()
    refused: list[str] = []
    handed = [file for file in request.files.getlist("file") if file.filename]
    if not handed:
        flash(gettext("Choose at least one file."), "problem")
    for file in handed:
        try:
            handing_in.hand_in(file, claims, door="upload", together=together)
        except Invalid as error:
            refused.append(f"{sentences.code_of(error)}:{naming.safe_name(file.filename or '')}")
    return url_for("intake.upload", together=together, refused=refused[:REFUSED_SAID] or None)


@blueprint.route("/intake/import", methods=["GET", "POST"])
def bulk() -> ResponseReturnValue:
    """Imports by a table: those under way, and a new one. It is tried out when it comes; nothing is taken in yet."""
    rules.require(current.actor(), Action.CAPTURE)
    problem, status = "", 200
    if request.method == "POST":
        table = request.files.get("table")
        try:
            if table is None or not table.filename:
                raise Invalid("There is no part named file.", "no-file")
            # One byte more than a table may have: it is refused then, and never read as a whole.
            content = table.stream.read(importing.TABLE_BYTES_MAX + 1)
            begun = importing.begin(current.archive(), current.actor(), content, table.filename)
            if left_out := importing.not_understood(content):
                flash(
                    gettext("These columns are not understood and left out: %(heads)s", heads=", ".join(left_out)),
                    "problem",
                )
            return redirect(url_for("intake.one_import", id=begun.id), 303)
        except Invalid as error:
            problem, status = sentences.sentence(error), 422
    columns = [(heads[1], heads[0], words.COLUMNS_OF_IMPORTS[name]) for name, heads in importing.COLUMNS.items()]
    under_way = importing.mine(current.archive(), current.actor())
    return render_template("intake/bulk.html", under_way=under_way, problem=problem, columns=columns), status


@blueprint.get("/intake/import/<id>")
def one_import(id: str) -> str:
    """How far an import is, row by row, and where its files are handed in."""
    archive, actor = current.archive(), current.actor()
    standing = importing.standing(archive, actor, id)
    lines = importing.first_lines(archive, actor, id, most=ROWS_SHOWN)
    return render_template("intake/import.html", standing=standing, lines=lines)


ROWS_SHOWN = 500
PROBLEMS_SAID = 20


@blueprint.get("/intake/import/<id>/awaited")
def awaited(id: str) -> ResponseReturnValue:
    """The names of the files that are still to come: a browser sends no others."""
    return jsonify(importing.awaited(current.archive(), current.actor(), id))


@blueprint.post("/intake/import/<id>/files")
def hand_in_import(id: str) -> ResponseReturnValue:
    """Files of an import, one or several; answered only when they are safe."""
    archive, actor = current.archive(), current.actor()
    importing.standing(archive, actor, id)
    to_a_program = request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"
    results: list[dict[str, Any]] = []
    for file in request.files.getlist("file"):
        name = request.form.get("path") or file.filename or ""
        try:
            lines = importing.take(archive, actor, id, cast(BinaryIO, file.stream), name)
        except Invalid as error:
            results.append({"name": name, "row": None, "outcome": "refused", "problem": sentences.sentence(error)})
            continue
        if name and not lines and not to_a_program:
            # A program asks first for which files the table still waits.
            problem = gettext("No row waits for a file of this name: it is taken in already, or the table names none.")
            results.append({"name": name, "row": None, "outcome": "refused", "problem": problem})
        results += (
            {
                "name": name,
                "row": one.row,
                "outcome": one.outcome,
                "problem": sentences.reason(one.code, one.reason) if one.code else "",
            }
            for one in lines
        )
    if to_a_program:
        return jsonify(results)
    taken = sum(one["outcome"] in ("captured", "duplicate", "quarantined") for one in results)
    if taken or not results:
        flash(gettext("%(count)s files of the table were taken in.", count=taken))
    wrong = [f"{one['name']}: {one['problem']}" for one in results if one["problem"]]
    for said in wrong[:PROBLEMS_SAID]:
        flash(said, "problem")
    if len(wrong) > PROBLEMS_SAID:
        flash(gettext("… and %(count)s more", count=len(wrong) - PROBLEMS_SAID), "problem")
    return redirect(url_for("intake.one_import", id=id), 303)


@blueprint.get("/intake/import/<id>/receipt.csv")
def receipt(id: str) -> Response:
    """What became of every row, to be kept with the delivery note, in the reader's words."""

    def said(one: importing.Line) -> tuple[str, str]:
        return str(words.IMPORTED[one.outcome]), sentences.reason(one.code, one.reason) if one.code else one.reason

    return files.table(importing.as_csv(importing.receipt(current.archive(), current.actor(), id), said), "receipt.csv")


@blueprint.get("/intake/import/blank.xlsx")
def blank_import() -> Response:
    """An empty table for an import, with the heads that are understood."""
    rules.require(current.actor(), Action.CAPTURE)
    return files.table(importing.blank(), "import.xlsx")


@blueprint.post("/intake/import/<id>/drop")
def drop_import(id: str) -> ResponseReturnValue:
    importing.drop(current.archive(), current.actor(), id)
    flash(gettext("The table is kept no longer. What was taken in stays."))
    return redirect(url_for("intake.bulk"), 303)


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
