"""Where papers stand: the tree of places, one place, and moving by scanning what and where."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from access.rules import Denied
from archive import location_sheets, locations, records, sheets
from archive.errors import Conflict, Invalid, NotFound
from archive.locations import Entry, NewPlace
from web import answered, charts, current, files, room_words, sentences
from web.charts import Bar
from web.language import gettext

blueprint = Blueprint("rooms", __name__, url_prefix="/rooms")

WENT_WRONG = (Conflict, Invalid, Denied, NotFound)
BARS_MAX = 12
PLAIN_MAX = 60
"""Of more places than these, a room shows what is in it when it is opened."""


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"rooms": room_words, "occupancy": occupancy}


@blueprint.get("")
def tree() -> str:
    return _tree()


def _tree(problem: str = "") -> str:
    archive, actor = current.archive(), current.actor()
    site = request.args.get("site", "")
    entries = locations.tree(archive, actor, site)
    return render_template(
        "rooms/tree.html",
        entries=entries,
        by_room=_by_room(entries),
        folded=len(entries) > PLAIN_MAX,
        unplaced=locations.unplaced(archive, actor),
        vocabulary=records.vocabulary(archive, actor),
        site=site,
        problem=problem,
    )


@blueprint.post("")
def add() -> ResponseReturnValue:
    form = request.form
    said = NewPlace(
        site=form.get("site", ""),
        kind=form.get("kind", ""),
        code=form.get("code", ""),
        parent_id=form.get("parent", ""),
        name=form.get("name", ""),
        media=form.get("media", ""),
        capacity=form.get("capacity", 0, int),
    )
    try:
        made = locations.add(current.archive(), current.actor(), said)
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
        return redirect(_back(said.parent_id), 303)
    flash(gettext("Set up: %(address)s", address=made.address))
    return redirect(url_for("rooms.show", id=made.parent_id or made.id), 303)


@blueprint.get("/table")
def table() -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = location_sheets.dump(current.archive(), current.actor(), workbook=workbook)
    return files.table(content, f"locations.{'xlsx' if workbook else 'csv'}")


@blueprint.post("/import")
def take() -> ResponseReturnValue:
    file = request.files.get("table")
    content = file.stream.read(sheets.BYTES_MAX + 1) if file is not None else b""
    try:
        new, known = location_sheets.load(current.archive(), current.actor(), content)
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
    else:
        flash(gettext("%(new)s places are new, %(known)s were known.", new=new, known=known))
    return redirect(url_for("rooms.tree"), 303)


@blueprint.get("/scan")
def scan() -> ResponseReturnValue:
    """Without `to`, what is scanned is looked up: a place becomes where things go, a paper says where it is."""
    archive, actor = current.archive(), current.actor()
    label, to = request.args.get("label", ""), request.args.get("to", "")
    target, record, problem = None, None, ""
    try:
        if label:
            found = locations.scanned(archive, actor, label)
            record = found.record
            to = found.location.id if found.location else to
        if to:
            target = locations.show(archive, actor, locations.place_called(archive, actor, to).id)
    except WENT_WRONG as error:
        problem = sentences.sentence(error)
    return render_template("rooms/scan.html", target=target, record=record, problem=problem)


@blueprint.post("/scan")
def move() -> ResponseReturnValue:
    what, to = request.form.get("label", ""), request.form.get("to", "")
    try:
        thing, target = locations.move(current.archive(), current.actor(), what, to)
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
        return redirect(url_for("rooms.scan", to=to), 303)
    name = thing.record.title if thing.record else thing.location.address if thing.location else ""
    flash(gettext("Now in %(place)s: %(thing)s", place=target.address, thing=name))
    return redirect(url_for("rooms.scan", to=target.id), 303)


@blueprint.get("/<id>")
def show(id: str) -> str:
    return render_template("rooms/place.html", place=locations.show(current.archive(), current.actor(), id))


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    try:
        if deed == "change":
            capacity = form.get("capacity", -1, int)
            locations.change(
                archive, actor, id, name=form.get("name", ""), media=form.get("media", ""), capacity=capacity
            )
        elif deed == "rename":
            locations.rename(archive, actor, id, form.get("code", ""))
        elif deed in ("label", "unlabel"):
            locations.label(archive, actor, id, on=deed == "label")
        elif deed == "close":
            locations.close(archive, actor, id)
        else:
            raise Invalid("What was entered cannot be right.")
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
    else:
        answered.done(f"rooms.{deed}")
    return redirect(url_for("rooms.show", id=id), 303)


def _back(location_id: str) -> str:
    return url_for("rooms.show", id=location_id) if location_id else url_for("rooms.tree")


def _by_room(entries: Sequence[Entry]) -> Sequence[Sequence[Entry]]:
    """Every room, each with what is in it."""
    begins = [at for at, one in enumerate(entries) if not one.depth]
    return [entries[at:end] for at, end in pairwise((*begins, len(entries)))]


def occupancy(entries: Sequence[Entry]) -> Markup:
    """How full places are, the fullest first: those whose capacity somebody has said, or else the uppermost ones."""
    said = [one for one in entries if one.location.capacity] or [one for one in entries if not one.depth]
    rows = [
        Bar(one.location.address, one.directly if one.location.capacity else one.records, one.location.capacity)
        for one in said
    ]
    rows.sort(key=lambda row: row.count / (row.most or 1), reverse=True)
    picture = charts.bars(rows[:BARS_MAX], gettext("How full the places are"))
    if len(rows) <= BARS_MAX:
        return picture
    shown = gettext("The %(count)s fullest of %(total)s places.", count=BARS_MAX, total=len(rows))
    return Markup('{}<p class="muted small">{}</p>').format(picture, shown)
