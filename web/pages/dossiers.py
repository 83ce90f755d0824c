"""Dossiers: the matrix by type and site, one dossier with what is there and what is missing, and the checklists."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import checklists, dossiers, fileplan, records, room_keys, sheets
from archive.dossiers import Folder, Missing, Opening
from archive.errors import Conflict, Invalid, NotFound
from archive.model.dossiers import Standing
from archive.model.room_keys import balances
from archive.room_keys import Counted
from web import answered, current, dossier_words, files, sentences, wrong
from web.language import gettext, ngettext

blueprint = Blueprint("dossiers", __name__, url_prefix="/dossiers")

ASKED = ("of", "type", "site", "overdue")
"""What the missing list is narrowed to."""
ROWS_MAX = 100
"""So many lines of it stand on a page, and are reminded of at once."""
WENT_WRONG = (Conflict, Invalid, Denied, NotFound)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"told": dossier_words, "today": fileplan.today(current.archive())}


@blueprint.get("")
def matrix() -> str:
    return _matrix()


def _matrix(problem: wrong.Wrong = wrong.NOTHING) -> str:
    archive, actor, asked = current.archive(), current.actor(), request.args
    site, closed = asked.get("site", ""), asked.get("closed", "") == "1"
    return render_template(
        "dossiers/matrix.html",
        found=dossiers.matrix(archive, actor, asked.get("type", ""), site, closed=closed),
        vocabulary=records.vocabulary(archive, actor),
        site=site,
        closed=closed,
        problem=problem,
        said=request.form,
    )


@blueprint.post("")
def open_one() -> ResponseReturnValue:
    form = request.form
    said = Opening(
        form.get("type", ""),
        form.get("site", ""),
        form.get("subject", ""),
        form.get("title", ""),
        owner=form.get("owner", ""),
        facts=frozenset(form.getlist("fact")),
    )
    try:
        made = dossiers.open_dossier(current.archive(), current.actor(), said)
    except WENT_WRONG as error:
        return _matrix(wrong.told(error)), 422
    flash(gettext("Opened: %(number)s", number=made.number))
    return redirect(url_for("dossiers.show", id=made.id), 303)


@blueprint.get("/missing")
def missing() -> str:
    return _missing([])


def _missing(problems: Sequence[str], *, ticked: Collection[str] = (), sure: bool = True) -> str:
    """A page of what is missing, with what is `ticked` on it; not `sure`, it asks whether to remind of all that."""
    archive, actor, asked = current.archive(), current.actor(), request.args
    found, every = _listed()
    pages = max(1, -(-len(every) // ROWS_MAX))
    page = min(max(1, asked.get("page", 1, int)), pages)
    rows = every[(page - 1) * ROWS_MAX : page * ROWS_MAX]
    if not sure:
        ticked = [_key(*each) for each in rows]
    return render_template(
        "dossiers/missing.html",
        found=found,
        rows=[(_key(*each), *each) for each in rows],
        count=len(every),
        page=page,
        pages=pages,
        ticked=ticked,
        sure=sure,
        bearers=len({one.owner_id for _, one in rows}),
        due_on=request.form.get("due_on", ""),
        owners=Counter(one.owner_id for _, one in found.rows),
        checklists=[one.checklist for one in checklists.every(archive, actor)],
        vocabulary=records.vocabulary(archive, actor),
        asked={name: asked.get(name, "") for name in ASKED},
        problems=problems,
    )


def _key(folder: Folder, one: Standing) -> str:
    return f"{folder.dossier.id}:{one.requirement.item}"


def _listed() -> tuple[Missing, Sequence[tuple[Folder, Standing]]]:
    """What is missing, and of it what was asked for: of one person, type or site, overdue."""
    archive, asked = current.archive(), request.args
    found = dossiers.missing(archive, current.actor(), site=asked.get("site", ""), kind=asked.get("type", ""))
    today = fileplan.today(archive)
    rows = found.of(asked.get("of", ""))
    return found, [each for each in rows if each[1].overdue(today)] if asked.get("overdue") else rows


@blueprint.post("/missing/chase")
def chase() -> ResponseReturnValue:
    form = request.form
    if form.get("what") == "listed":
        return _missing([], sure=False)
    ticked = form.getlist("one")
    named = [(dossier, item) for dossier, _, item in (one.partition(":") for one in ticked)]
    if not named:
        return _missing([gettext("Tick what you want to remind of.")]), 422
    try:
        done = dossiers.chase_all(current.archive(), current.actor(), named, form.get("due_on", ""))
    except Invalid as error:
        return _missing([sentences.sentence(error)], ticked=ticked), 422
    if done.sent:
        flash(ngettext("Reminded of %(num)s document.", "Reminded of %(num)s documents.", done.sent))
    if done.refused:
        return _missing([f"{number} {sentences.sentence(why)}".strip() for number, why in done.refused.items()]), 422
    asked = urlencode({name: request.args[name] for name in (*ASKED, "page") if request.args.get(name)})
    return redirect(f"{url_for('dossiers.missing')}?{asked}", 303)


@blueprint.get("/checklists")
def every_list() -> str:
    return _lists("")


def _lists(problem: str) -> str:
    return render_template(
        "dossiers/checklists.html", lists=checklists.every(current.archive(), current.actor()), problem=problem
    )


@blueprint.get("/checklists/table")
def table() -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = checklists.dump(current.archive(), current.actor(), workbook=workbook)
    return files.table(content, f"checklists.{'xlsx' if workbook else 'csv'}")


@blueprint.post("/checklists/import")
def take() -> ResponseReturnValue:
    file = request.files.get("table")
    content = file.stream.read(sheets.BYTES_MAX + 1) if file is not None else b""
    try:
        changed = checklists.load(current.archive(), current.actor(), content, reason=request.form.get("reason", ""))
    except WENT_WRONG as error:
        return _lists(sentences.sentence(error)), 422
    flash(gettext("Changed: %(codes)s", codes=", ".join(changed) or gettext("nothing")))
    return redirect(url_for("dossiers.every_list"), 303)


@blueprint.get("/checklists/<code>")
def checklist(code: str) -> str:
    return _list(code, "")


def _list(code: str, problem: str) -> str:
    shown = checklists.show(current.archive(), current.actor(), code)
    return render_template("dossiers/checklist.html", shown=shown, problem=problem)


@blueprint.post("/checklists/<code>")
def change_list(code: str) -> ResponseReturnValue:
    form = request.form
    try:
        checklists.change(
            current.archive(),
            current.actor(),
            code,
            form,
            version=form.get("version", -1, int),
            reason=form.get("reason", ""),
            remove=bool(form.get("remove")),
        )
    except WENT_WRONG as error:
        return _list(code, sentences.sentence(error)), 422
    flash(gettext("The checklist is changed."))
    return redirect(url_for("dossiers.checklist", code=code), 303)


@blueprint.get("/<id>")
def show(id: str) -> str:
    return _shown(id, "")


def _shown(id: str, problem: str) -> str:
    shown = dossiers.show(current.archive(), current.actor(), id)
    return render_template("dossiers/show.html", shown=shown, keys=balances(shown.keys), problem=problem)


def _counted() -> Counted:
    form = request.form
    number = form.get("number", 0, int)
    return Counted(form.get("what", ""), form.get("key", ""), number, form.get("holder", ""), form.get("note", ""))


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    item, said = form.get("item", ""), form.get("said", "")
    try:
        if deed == "state":
            dossiers.state(archive, actor, id, form.getlist("fact"), form.get("note", ""))
        elif deed == "put":
            dossiers.put(archive, actor, id, item, form.get("record", ""))
        elif deed == "take":
            dossiers.take(archive, actor, id, form.get("placed", ""), said)
        elif deed == "owe":
            dossiers.owe(
                archive,
                actor,
                id,
                item,
                owner=form.get("owner", ""),
                due_on=form.get("due_on", ""),
                promised_by=form.get("promised_by", ""),
            )
        elif deed == "hand-on":
            dossiers.hand_on(archive, actor, id, form.get("owner", ""))
        elif deed == "chase":
            dossiers.chase(archive, actor, id, [item], form.get("due_on", ""))
        elif deed == "ask-waiver":
            dossiers.ask_waiver(archive, actor, id, item, said)
        elif deed in ("grant", "refuse"):
            dossiers.decide_waiver(archive, actor, id, form.get("waiver", ""), yes=deed == "grant", answer=said)
        elif deed == "keys":
            room_keys.count(archive, actor, id, _counted())
        elif deed == "close":
            dossiers.close(archive, actor, id)
        else:
            raise NotFound("There is no such page.")
    except WENT_WRONG as error:
        return _shown(id, sentences.sentence(error)), 422
    answered.done(f"dossiers.{deed}")
    return redirect(url_for("dossiers.show", id=id), 303)
