"""Sheets that a company writes in its own words: all of them, and one to look at, change, take away, bring back."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import house_sheets, sheets
from archive.errors import Conflict, Invalid, NotFound
from web import current, files, sentences, sheet_words
from web.language import gettext

blueprint = Blueprint("sheets", __name__, url_prefix="/sheets")

WENT_WRONG = (Conflict, Invalid, NotFound)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"told": sheet_words}


@blueprint.get("")
def every() -> str:
    return render_template("sheets/every.html", offered=house_sheets.offered(current.actor()))


@blueprint.get("/<code>")
def show(code: str) -> str:
    return _shown(code)


def _shown(code: str, problem: str = "") -> str:
    shown = house_sheets.show(current.archive(), current.actor(), code)
    said: Mapping[str, str] = request.form if problem else {}
    return render_template("sheets/show.html", shown=shown, newest=shown.versions[0], problem=problem, said=said)


@blueprint.get("/<code>/table")
def table(code: str) -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = house_sheets.dump(current.archive(), current.actor(), code, workbook=workbook)
    return files.table(content, f"{code}.{'xlsx' if workbook else 'csv'}")


@blueprint.post("/<code>/<deed>")
def change(code: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    reason, seen = form.get("reason", ""), form.get("version", -1, int)
    house_sheets.open_sheet(code)
    if deed not in ("add", "line", "remove", "import"):
        raise NotFound("There is no such page.")
    try:
        if deed == "import":
            file = request.files.get("table")
            content = file.stream.read(sheets.BYTES_MAX + 1) if file is not None else b""
            house_sheets.load(archive, actor, code, content, version=seen, reason=reason)
        else:
            remove, new = deed == "remove", deed == "add"
            house_sheets.change(archive, actor, code, form, version=seen, reason=reason, remove=remove, new=new)
    except WENT_WRONG as error:
        return _shown(code, sentences.sentence(error)), 422
    flash(gettext("The sheet is changed."))
    return redirect(url_for("sheets.show", code=code), 303)
