"""The file plan: every class, one class with its past, changing it, and the plan as a table out and in."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import fileplan, naming, sheets
from archive.errors import Conflict, Invalid
from web import current, files, plan_words, sentences
from web.language import gettext

blueprint = Blueprint("classes", __name__, url_prefix="/classes")

WENT_WRONG = (Conflict, Invalid)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"plan": plan_words, "today": fileplan.today(current.archive())}


@blueprint.get("")
def plan() -> ResponseReturnValue:
    """Every class; `on` shows the plan as it was on a day."""
    archive, actor = current.archive(), current.actor()
    try:
        on, problem = naming.parsed_date(request.args.get("on", "")), ""
    except Invalid as error:
        on, problem = None, sentences.sentence(error)
    entries = fileplan.plan(archive, actor, on=on)
    page = render_template(
        "classes/plan.html", entries=entries, on=on, problem=problem, crosswalk=fileplan.crosswalk(archive, actor)
    )
    return page, 422 if problem else 200


@blueprint.get("/table")
def table() -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = fileplan.dump(current.archive(), workbook=workbook)
    return files.table(content, f"file-plan.{'xlsx' if workbook else 'csv'}")


@blueprint.route("/import", methods=["GET", "POST"])
def take() -> ResponseReturnValue:
    """A table is compared first; only what was seen is taken over."""
    archive, actor = current.archive(), current.actor()
    text, difference, problem, status = "", None, "", 200
    if request.method == "GET":
        fileplan.may_load(archive, actor)
    else:
        try:
            content = _handed()
            difference = fileplan.compare(archive, actor, content)
            if request.form.get("sure"):
                fileplan.load(archive, actor, content, reason=request.form.get("reason", ""))
                flash(gettext("The file plan is changed."))
                return redirect(url_for("classes.plan"), 303)
            rows = sheets.rows(content)
            lines = ([row.get(name, "") for name in fileplan.COLUMNS] for row in rows)
            text = sheets.as_csv(fileplan.COLUMNS, lines).decode("utf-8-sig")
        except WENT_WRONG as error:
            problem, status = sentences.sentence(error), 422
    return render_template("classes/import.html", text=text, difference=difference, problem=problem), status


def _handed() -> bytes:
    """The table of the form: the file, or the one that was looked at before."""
    file = request.files.get("table")
    if file is not None and file.filename:
        return file.stream.read(sheets.BYTES_MAX + 1)
    return request.form.get("text", "").encode()


@blueprint.get("/<code>")
def show(code: str) -> str:
    return render_template("classes/show.html", shown=fileplan.show(current.archive(), current.actor(), code))


@blueprint.route("/<code>/edit", methods=["GET", "POST"])
def edit(code: str) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    fileplan.may_change(actor)
    shown = fileplan.show(archive, actor, code)
    said, problem, status = fileplan.line(shown.entry.record_class), "", 200
    if request.method == "POST":
        said = {name: request.form.get(name, "") for name in said}
        said["required_documents"] = ";".join(filter(None, map(str.strip, said["required_documents"].splitlines())))
        reason, version = request.form.get("reason", ""), request.form.get("version", 0, int)
        try:
            fileplan.change(archive, actor, code, said, version=version, reason=reason)
        except WENT_WRONG as error:
            problem, status = sentences.sentence(error), 422
        else:
            flash(gettext("The class is changed."))
            return redirect(url_for("classes.show", code=code), 303)
    return render_template("classes/edit.html", shown=shown, said=said, problem=problem), status


@blueprint.post("/<code>/renumber")
def renumber(code: str) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    try:
        new = fileplan.renumber(archive, actor, code, request.form.get("code", ""), request.form.get("reason", ""))
    except WENT_WRONG as error:
        return _again(code, error)
    flash(gettext("Class %(new)s takes the place of %(old)s.", new=new.code, old=code))
    return redirect(url_for("classes.show", code=new.code), 303)


@blueprint.post("/<code>/review")
def review(code: str) -> ResponseReturnValue:
    fileplan.review(current.archive(), current.actor(), code, request.form.get("note", ""))
    flash(gettext("Reviewed."))
    return redirect(url_for("classes.show", code=code), 303)


def _again(code: str, error: Exception) -> ResponseReturnValue:
    shown = fileplan.show(current.archive(), current.actor(), code)
    return render_template("classes/show.html", shown=shown, problem=sentences.sentence(error)), 422
