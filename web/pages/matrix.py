"""The approval matrix: the table that holds, the version that waits, changing it line by line or as a table."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import rules
from access.approvals import Condition, Matrix, Post, Row, Terms
from access.rules import Action, Denied
from archive import approval_matrix, sheets
from archive.errors import Conflict, Invalid
from web import current, files, loan_words, sentences
from web.language import gettext

blueprint = Blueprint("matrix", __name__, url_prefix="/matrix")

WENT_WRONG = (Conflict, Invalid, Denied)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"lent": loan_words, "Post": Post, "Condition": Condition}


@blueprint.get("")
def show() -> ResponseReturnValue:
    return _page()


@blueprint.get("/table")
def table() -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = approval_matrix.dump(current.archive(), current.actor(), workbook=workbook)
    return files.table(content, f"approval-matrix.{'xlsx' if workbook else 'csv'}")


@blueprint.route("/edit", methods=["GET", "POST"])
def edit() -> ResponseReturnValue:
    """Every line with its posts, days and conditions; or a whole table in its place."""
    archive, actor = current.archive(), current.actor()
    rules.require(actor, Action.CHANGE_MATRIX)
    shown = approval_matrix.show(archive, actor)
    matrix, problem, status = shown.matrix, "", 200
    if request.method == "POST":
        try:
            matrix = _entered(shown.matrix)
            version = approval_matrix.propose(archive, actor, matrix, reason=request.form.get("reason", ""))
        except WENT_WRONG as error:
            problem, status = sentences.sentence(error), 422
        else:
            flash(gettext("Version %(number)s is proposed; somebody else has to agree.", number=version))
            return redirect(url_for("matrix.show"), 303)
    return render_template("matrix/edit.html", shown=shown, matrix=matrix, problem=problem), status


@blueprint.post("/<int:version>/<any(agree, drop):deed>")
def decide(version: int, deed: str) -> ResponseReturnValue:
    try:
        approval_matrix.decide(current.archive(), current.actor(), version, yes=deed == "agree")
    except WENT_WRONG as error:
        return _page(sentences.sentence(error), 422)
    flash(gettext("The matrix is in force.") if deed == "agree" else gettext("Dropped."))
    return redirect(url_for("matrix.show"), 303)


def _page(problem: str = "", status: int = 200) -> tuple[str, int]:
    archive, actor = current.archive(), current.actor()
    shown = approval_matrix.show(archive, actor)
    kept = request.args.get("version", type=int)
    past = None if kept is None else approval_matrix.of_version(archive, actor, kept)
    page = render_template("matrix/show.html", shown=shown, kept=kept, past=past, problem=problem)
    return page, status


def _entered(before: Matrix) -> Matrix:
    """What the form says: a table where one was chosen, else every line with what was ticked."""
    file = request.files.get("table")
    if file is not None and file.filename:
        return approval_matrix.parse(file.stream.read(sheets.BYTES_MAX + 1))
    return tuple(_line(number, row) for number, row in enumerate(before))


def _line(number: int, row: Row) -> Row:
    def ticked(name: str) -> Sequence[str]:
        return request.form.getlist(f"{name}-{number}")

    posts, conditions = ticked("posts"), ticked("conditions")
    place = f"Line {number + 1}: "
    terms = Terms(
        tuple(post for post in Post if post in posts),
        approval_matrix.number(request.form.get(f"days-{number}", ""), place),
        approval_matrix.number(request.form.get(f"renewals-{number}", ""), place),
        tuple(condition for condition in Condition if condition in conditions),
    )
    return replace(row, terms=terms)
