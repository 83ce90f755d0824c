"""Set-up: what a company settles before work begins, on one page that can be left and come back to."""

from collections.abc import Callable, Mapping
from io import BytesIO

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import organisation, rosters, setting_up, sheets
from archive.backups import ceremony, escrow
from archive.backups.slots import Unlocking
from archive.errors import ArchiveError, NotFound
from archive.model import Department, Site
from web import answered, current, files, sentences, setup_words

blueprint = Blueprint("setup", __name__, url_prefix="/setup")


@blueprint.get("")
def show() -> str:
    return _page("")


def _page(problem: str, step: str = "") -> str:
    found = setting_up.of(current.archive(), current.actor())
    return render_template(
        "setup/show.html", set_up=found, told=setup_words, problem=problem, opened=step or found.next, said=request.form
    )


def _company() -> None:
    setting_up.name_company(current.archive(), current.actor(), request.form.get("company", ""))


def _site() -> None:
    form = request.form
    site = Site(*(form.get(name, "").strip() for name in ("code", "name", "name_en", "fonds")))
    deed = setting_up.change_site if form.get("known") else setting_up.add_site
    deed(current.archive(), current.actor(), site)


def _department() -> None:
    form = request.form
    department = Department(*(form.get(name, "").strip() for name in ("code", "name", "name_en")))
    deed = organisation.rename_department if form.get("known") else organisation.add_department
    deed(current.archive(), current.actor(), department)


def _confirm() -> None:
    setting_up.confirm(current.archive(), current.actor(), request.form.get("step", ""))


def _inbox() -> None:
    form = request.form
    setting_up.add_inbox(
        current.archive(),
        current.actor(),
        form.get("folder", ""),
        site=form.get("site", ""),
        level=form.get("level", 2, int),
        separators="separators" in form,
    )


def _no_inbox() -> None:
    setting_up.remove_inbox(current.archive(), current.actor(), request.form.get("gone", ""))


def _no_place() -> None:
    setting_up.remove_place(current.archive(), current.actor(), request.form.get("gone", ""))


def _place() -> None:
    form = request.form
    name, location = form.get("name", ""), form.get("location", "")
    setting_up.add_place(current.archive(), current.actor(), name, location, off_site="off_site" in form)


def _ceremony() -> None:
    ceremony.begin(current.archive(), current.actor(), request.form.getlist("holder"))


def _prove() -> None:
    shares = tuple(share for share in request.form.getlist("share") if share.strip())
    escrow.prove(current.archive(), current.actor(), Unlocking(shares=shares))


DEEDS: Mapping[str, tuple[str, Callable[[], None]]] = {
    "company": ("company", _company),
    "site": ("sites", _site),
    "department": ("sites", _department),
    "inbox": ("inboxes", _inbox),
    "place": ("place", _place),
    "no-inbox": ("inboxes", _no_inbox),
    "no-place": ("place", _no_place),
    "ceremony": ("keys", _ceremony),
    "prove": ("keys", _prove),
    "confirm": ("", _confirm),
}
"""Deed → the step it belongs to, and what it does."""


@blueprint.post("/<deed>")
def do(deed: str) -> ResponseReturnValue:
    if deed not in DEEDS:
        raise NotFound("There is no such page.")
    step, act = DEEDS[deed]
    try:
        act()
    except (ArchiveError, Denied) as error:
        return _page(sentences.sentence(error), step or request.form.get("step", "")), 422
    answered.done(f"setup.{deed}")
    return redirect(url_for("setup.show", _anchor=f"step-{step}" if step else None), 303)


@blueprint.route("/people", methods=["GET", "POST"])
def roster() -> ResponseReturnValue:
    """The table of people: looked at first, taken over then; new passwords are shown once."""
    archive, actor, text, problem, status = current.archive(), current.actor(), "", "", 200
    lines, taken = (), False
    setting_up.may_see(actor)
    if request.method == "POST":
        try:
            table = _handed()
            text = rosters.as_table(table)
            taken = bool(request.form.get("sure"))
            lines = (rosters.load if taken else rosters.compare)(archive, actor, table)
        except (ArchiveError, Denied) as error:
            problem, status = sentences.sentence(error), 422
    page = render_template("setup/people.html", text=text, lines=lines, taken=taken, problem=problem, told=setup_words)
    return page, status


def _handed() -> bytes:
    file = request.files.get("table")
    if file is not None and file.filename:
        return file.stream.read(sheets.BYTES_MAX + 1)
    return request.form.get("text", "").encode()


@blueprint.get("/people.xlsx")
def template() -> Response:
    return files.table(rosters.template(current.archive(), current.actor()), "people.xlsx")


@blueprint.route("/share", methods=["GET", "POST"])
def share() -> ResponseReturnValue:
    """One's own share of the backup keys, once."""
    archive, actor = current.archive(), current.actor()
    if request.method == "GET":
        return render_template("setup/share.html", waits=ceremony.waits_for(archive, actor))
    content = ceremony.take(archive, actor)
    return send_file(BytesIO(content), "application/pdf", as_attachment=True, download_name="muniment-share.pdf")
