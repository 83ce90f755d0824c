"""The register of forms: what each asks, its versions and copies; a form filled in on screen, blanks to print."""

from collections.abc import Sequence
from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from access import rules
from access.rules import Action, Denied
from archive import filling, forms, numbering, records, returning, sheets
from archive.errors import Conflict, Invalid, NotFound
from archive.model import new_id
from archive.model.forms import wrong
from web import answered, current, files, form_words, language, sentences
from web.language import gettext

blueprint = Blueprint("forms", __name__, url_prefix="/forms")

WENT_WRONG = (Conflict, Invalid, Denied)
ENTERED = "f-"
"""Before the name of a field: answers stay with their fields, wherever those stand on a newer version of the form."""


@blueprint.get("")
def every() -> str:
    return _every()


def _every(problem: str = "", given: Sequence[str] = ()) -> str:
    archive, actor = current.archive(), current.actor()
    return render_template(
        "forms/every.html",
        known=forms.every(archive, actor),
        vocabulary=records.vocabulary(archive, actor),
        given=given,
        problem=problem,
        told=form_words,
    )


@blueprint.post("/serials")
def serials() -> ResponseReturnValue:
    """Serials for forms that are printed elsewhere: shown once, to be printed on them."""
    form = request.form
    try:
        given = numbering.reserve(
            current.archive(),
            current.actor(),
            form.get("class", ""),
            form.get("site", ""),
            form.get("count", 0, int),
            to=form.get("to", ""),
        )
    except WENT_WRONG as error:
        return _every(sentences.sentence(error)), 422
    return _every(given=given)


@blueprint.get("/table")
def table() -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = forms.dump(current.archive(), current.actor(), workbook=workbook)
    return files.table(content, f"forms.{'xlsx' if workbook else 'csv'}")


@blueprint.post("/import")
def take() -> ResponseReturnValue:
    file = request.files.get("table")
    content = file.stream.read(sheets.BYTES_MAX + 1) if file is not None else b""
    try:
        changed = forms.load(current.archive(), current.actor(), content, reason=request.form.get("reason", ""))
    except WENT_WRONG as error:
        return _every(sentences.sentence(error)), 422
    flash(gettext("Changed: %(codes)s", codes=", ".join(changed) or gettext("nothing")))
    return redirect(url_for("forms.every"), 303)


@blueprint.get("/blanks.pdf")
def blanks() -> Response:
    """Blanks that are out, to be printed again as often as it takes."""
    serials = request.args.getlist("serial")[: filling.BLANKS_MAX]
    content = filling.printed(current.archive(), current.actor(), serials, language=language.language())
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name="blanks.pdf")


@blueprint.get("/<code>")
def show(code: str) -> str:
    return _shown(code)


def _shown(code: str, problem: str = "") -> str:
    archive, actor, state = current.archive(), current.actor(), request.args.get("state", "")
    state = state if state in form_words.TALLY else ""
    shown = forms.show(archive, actor, code)
    return render_template(
        "forms/show.html",
        shown=shown,
        copies=filling.copies(archive, actor, code, state=state),
        tally=filling.tally(archive, actor, code),
        state=state,
        vocabulary=records.vocabulary(archive, actor),
        problem=problem,
        told=form_words,
    )


@blueprint.post("/<code>")
def change(code: str) -> ResponseReturnValue:
    form = request.form
    try:
        forms.change(
            current.archive(),
            current.actor(),
            code,
            form,
            version=form.get("version", -1, int),
            reason=form.get("reason", ""),
            remove=bool(form.get("remove")),
        )
    except (*WENT_WRONG, NotFound) as error:
        return _shown(code, sentences.sentence(error)), 422
    flash(gettext("The form is changed."))
    return redirect(url_for("forms.show", code=code), 303)


@blueprint.post("/<code>/blanks")
def give_out(code: str) -> ResponseReturnValue:
    count, site = request.form.get("count", 0, int), request.form.get("site", "")
    try:
        given = filling.give_out(current.archive(), current.actor(), code, site, count, to=request.form.get("to", ""))
    except WENT_WRONG as error:
        return _shown(code, sentences.sentence(error)), 422
    return redirect(url_for("forms.blanks", serial=[one.serial for one in given]), 303)


@blueprint.get("/<code>/fill")
def fill(code: str) -> str:
    return _to_fill(code)


def _to_fill(code: str, problem: str = "") -> str:
    archive, actor = current.archive(), current.actor()
    newest = forms.show(archive, actor, code).versions[0]
    fields = newest.form.part(afterwards=False)
    return render_template(
        "forms/fill.html",
        form=newest.form,
        version=newest.version,
        fields=fields,
        said=_answers(fields),
        wrong=_wrong(fields),
        site=request.values.get("site", ""),
        once=request.form.get("once") or new_id(),
        vocabulary=records.vocabulary(archive, actor),
        problem=problem,
    )


@blueprint.post("/<code>/fill")
def filled_in(code: str) -> ResponseReturnValue:
    archive, actor, entered = current.archive(), current.actor(), request.form
    fields = forms.show(archive, actor, code).form.part(afterwards=False)
    try:
        made = filling.fill(
            archive,
            actor,
            code,
            entered.get("site", ""),
            _answers(fields),
            version=entered.get("version", -1, int),
            once=entered.get("once", ""),
            language=language.language(),
        )
    except WENT_WRONG as error:
        return _to_fill(code, sentences.sentence(error)), 422
    flash(gettext("Filled in: %(serial)s", serial=made.serial))
    return redirect(url_for("forms.sheet", serial=made.serial), 303)


@blueprint.get("/sheets/<serial>")
def sheet(serial: str) -> str:
    return _sheet(serial)


def _sheet(serial: str, problem: str = "") -> str:
    line, version = filling.sheet(current.archive(), current.actor(), serial)
    fields = version.form.part(afterwards=True)
    return render_template(
        "forms/sheet.html",
        line=line,
        version=version,
        may_take_off=rules.may(current.actor(), Action.ACCESSION),
        fields=fields,
        said=_answers(fields),
        wrong=_wrong(fields),
        problem=problem,
        told=form_words,
    )


@blueprint.post("/sheets/<serial>")
def complete(serial: str) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    fields = filling.sheet(archive, actor, serial)[1].form.part(afterwards=True)
    try:
        filling.complete(archive, actor, serial, _answers(fields), language=language.language())
    except WENT_WRONG as error:
        return _sheet(serial, sentences.sentence(error)), 422
    answered.done("forms.complete")
    return redirect(url_for("forms.sheet", serial=serial), 303)


@blueprint.post("/sheets/<serial>/take-off")
def take_off(serial: str) -> ResponseReturnValue:
    """The scan is no copy of this form."""
    try:
        record = returning.take_off(current.archive(), current.actor(), serial, request.form.get("why", ""))
    except WENT_WRONG as error:
        return _sheet(serial, sentences.sentence(error)), 422
    flash(gettext("The serial %(serial)s is out again. See whether the description still fits.", serial=serial))
    return redirect(url_for("records.show", id=record.id), 303)


def _answers(fields: filling.Fields) -> dict[str, str]:
    """What was entered, by name of the field."""
    return {one.name: request.form.get(f"{ENTERED}{one.name}", "") for one in fields}


def _wrong(fields: filling.Fields) -> set[str]:
    """Names of the fields whose answers cannot be so; none before anything was entered."""
    if request.method != "POST":
        return set()
    return {one.name for one in fields if one.kind != "sign" and wrong(one, _answers(fields)[one.name].strip())}
