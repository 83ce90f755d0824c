"""The register of laws: what holds, what is gone, who is bound, which documents name it."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import law_reading, laws, printing, sheets
from archive.errors import Conflict, Invalid, NotFound
from archive.laws import COLUMNS
from archive.model.laws import Law
from web import answered, current, files, forms, law_words, sentences
from web.language import gettext

blueprint = Blueprint("laws", __name__, url_prefix="/laws")

WENT_WRONG = (Conflict, Invalid, Denied)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"legal": law_words, "today": current.archive().now().astimezone().date()}


@blueprint.get("")
def every() -> str:
    return _every()


def _every(problem: str = "") -> str:
    status = request.args.get("status", "")
    known = laws.register(current.archive(), current.actor())
    lines = [line for line in known if status in ("", line.law.status)]
    names = {line.law.code: line.law.name for line in known}
    return render_template(
        "laws/every.html",
        lines=lines,
        names=names,
        status=status,
        problem=problem,
        said=request.form,
        forms=printing.forms(),
    )


@blueprint.get("/table")
def table() -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = laws.dump(current.archive(), current.actor(), workbook=workbook)
    return files.table(content, f"laws.{'xlsx' if workbook else 'csv'}")


@blueprint.post("/import")
def take() -> ResponseReturnValue:
    file = request.files.get("table")
    content = file.stream.read(sheets.BYTES_MAX + 1) if file is not None else b""
    try:
        changed = laws.load(current.archive(), current.actor(), content, reason=request.form.get("reason", ""))
    except WENT_WRONG as error:
        return _every(sentences.sentence(error)), 422
    flash(gettext("%(count)s laws are new or changed.", count=len(changed)))
    return redirect(url_for("laws.every"), 303)


@blueprint.post("")
def add() -> ResponseReturnValue:
    try:
        made = _stated()
    except WENT_WRONG as error:
        return _every(sentences.sentence(error)), 422
    answered.done("laws.add")
    return redirect(url_for("laws.show", code=made.code), 303)


@blueprint.get("/<code>")
def show(code: str) -> str:
    return _shown(code)


def _shown(code: str, problem: str = "") -> str:
    archive, actor = current.archive(), current.actor()
    shown = laws.show(archive, actor, code)
    readers = law_reading.lines(archive, actor, code=code)
    return render_template(
        "laws/show.html",
        shown=shown,
        problem=problem,
        readers=readers,
        asked=any(one.reader.person_id == actor.id and one.reader.read_at is None for one in readers),
        departments=law_reading.departments(archive, actor) if "keep" in shown.may else {},
    )


@blueprint.post("/<code>/<deed>")
def do(code: str, deed: str) -> ResponseReturnValue:
    form = request.form
    try:
        if deed == "state":
            _stated(code)
        elif deed == "review":
            laws.review(
                current.archive(),
                current.actor(),
                code,
                applies=form.get("applies", "") == "yes",
                note=form.get("said", ""),
                next_on=form.get("day", ""),
            )
        elif deed == "ask":
            law_reading.ask(
                current.archive(),
                current.actor(),
                code,
                forms.people_named(form, "people"),
                department=form.get("department", ""),
                again=form.get("again") == "yes",
                due_on=form.get("day", ""),
            )
        elif deed == "acknowledge":
            law_reading.acknowledge(current.archive(), current.actor(), code, version=form.get("version", -1, int))
        else:
            raise NotFound("There is no such page.")
    except WENT_WRONG as error:
        return _shown(code, sentences.sentence(error)), 422
    answered.done(f"laws.{deed}")
    return redirect(url_for("laws.show", code=code), 303)


def _stated(code: str = "") -> Law:
    said = {name: request.form.get(name, "") for name in COLUMNS} | ({"code": code} if code else {})
    version, reason = request.form.get("version", 0, int), request.form.get("reason", "")
    return laws.state(current.archive(), current.actor(), said, version=version, reason=reason)
