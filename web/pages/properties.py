"""四性检测: the runs and what fails now, one run with every test, and what is tested when."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import properties, property_rules, sheets
from archive.errors import Conflict, Invalid, NotFound
from archive.model.properties import OCCASIONS, PROPERTIES, WEIGHTS
from web import answered, current, files, property_words, sentences
from web.language import gettext

blueprint = Blueprint("properties", __name__, url_prefix="/properties")

WENT_WRONG = (Conflict, Invalid, Denied)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"properties": property_words, "OCCASIONS": OCCASIONS, "PROPERTIES": PROPERTIES, "WEIGHTS": WEIGHTS}


@blueprint.get("")
def every() -> str:
    occasion = request.args.get("occasion", "")
    occasion = occasion if occasion in OCCASIONS else ""
    board = properties.board(current.archive(), current.actor(), occasion)
    return render_template("properties/every.html", board=board, occasion=occasion)


@blueprint.get("/items")
def items() -> str:
    archive = current.archive()
    held = property_rules.every(archive, current.actor())
    return render_template("properties/items.html", held=held, today=archive.now().astimezone().date())


@blueprint.post("/items")
def set_item() -> ResponseReturnValue:
    form = request.form
    said = {name: form.get(name, "") for name in ("code", "weight", "begins_on", "source")}
    said["occasions"] = " ".join(form.getlist("occasion"))
    try:
        property_rules.set_item(current.archive(), current.actor(), said)
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
    else:
        answered.done("properties.item")
    return redirect(url_for("properties.items"), 303)


@blueprint.get("/items/table")
def table() -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = property_rules.dump(current.archive(), current.actor(), workbook=workbook)
    return files.table(content, f"property-tests.{'xlsx' if workbook else 'csv'}")


@blueprint.post("/items/table")
def take() -> ResponseReturnValue:
    file = request.files.get("table")
    content = file.stream.read(sheets.BYTES_MAX + 1) if file is not None else b""
    try:
        new = property_rules.load(current.archive(), current.actor(), content)
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
    else:
        flash(gettext("%(new)s rules are new.", new=new))
    return redirect(url_for("properties.items"), 303)


@blueprint.get("/<id>")
def show(id: str) -> str:
    return render_template("properties/show.html", shown=properties.show(current.archive(), current.actor(), id))


@blueprint.post("/records/<id>")
def test(id: str) -> ResponseReturnValue:
    """One record is tested now, bytes and all."""
    try:
        run = properties.look_at(current.archive(), current.actor(), id)
    except NotFound as error:
        flash(sentences.sentence(error), "problem")
        return redirect(url_for("properties.every"), 303)
    flash(gettext("Passed.") if run.passed else gettext("Not passed; what failed stands below."))
    return redirect(url_for("properties.show", id=run.id), 303)
