"""Handover: planned, counted label by label, explained, signed; who keeps what; and who may leave."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, BinaryIO, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import rules
from access.handovers import Found, Kind, Outside, Part
from access.rules import Action, Denied
from archive import custody, handover, handover_counting, handover_desk, handover_packages, handover_signing, records
from archive.errors import Conflict, Invalid, NotFound
from archive.handover import Plan
from web import current, files, handover_words, sentences
from web.language import gettext

blueprint = Blueprint("handovers", __name__, url_prefix="/handovers")

WENT_WRONG = (Conflict, Invalid, Denied)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"said": handover_words}


@blueprint.get("/")
def every() -> str:
    archive, actor = current.archive(), current.actor()
    return render_template(
        "handovers/every.html",
        found=handover_desk.listed(archive, actor),
        confirmations=handover_desk.confirmations(archive, actor),
    )


@blueprint.route("/plan", methods=["GET", "POST"])
def plan() -> ResponseReturnValue:
    archive, actor, problem, status = current.archive(), current.actor(), "", 200
    rules.require(actor, Action.PLAN_HANDOVER)
    entered = {name: request.values.get(name, "").strip() for name in _ENTERED}
    entered["kind"] = entered["kind"] if entered["kind"] in list(Kind) else Kind.CUSTODIAN.value
    if request.method == "POST":
        try:
            planned = handover.plan(archive, actor, _plan(entered))
        except WENT_WRONG as error:
            problem, status = sentences.sentence(error), 422
        else:
            flash(gettext("Planned: %(number)s.", number=planned.number))
            return redirect(url_for("handovers.show", id=planned.id), 303)
    else:
        entered["giver"] = entered["giver"] or current.called(current.person())
        entered["rights_end"] = "1"
    return (
        render_template(
            "handovers/plan.html",
            entered=entered,
            problem=problem,
            vocabulary=records.vocabulary(archive, actor),
            without_giver=handover.plans_without_giver(actor),
        ),
        status,
    )


_ENTERED = (
    "kind", "giver", "receiver", "supervisor", "witness", "approver", "name", "organisation", "letter",
    "giver_absent", "site", "class_code", "department", "location", "rights_end", "reason", "due_on",
)  # fmt: skip


def _plan(entered: Mapping[str, str]) -> Plan:
    kind = Kind(entered["kind"])
    outside = None
    if kind in (Kind.TAKEOVER, Kind.EXIT):
        outside = Outside(entered["name"], entered["organisation"], entered["letter"])
    return Plan(
        kind,
        giver=entered["giver"],
        receiver=entered["receiver"],
        supervisor=entered["supervisor"],
        witness=entered["witness"],
        approver=entered["approver"],
        outside=outside,
        giver_absent=bool(entered["giver_absent"]),
        site=entered["site"],
        class_code=entered["class_code"],
        department=entered["department"],
        location=entered["location"],
        rights_end=bool(entered["rights_end"]),
        reason=entered["reason"],
        due_on=_day(entered["due_on"]) if entered["due_on"] else None,
    )


@blueprint.get("/<id>")
def show(id: str) -> str:
    return _shown(id)


def _shown(id: str, problem: str = "") -> str:
    which = request.values.get("which", "")
    sheet = handover_desk.show(
        current.archive(), current.actor(), id, which=which or "all", page=request.args.get("page", 1, int)
    )
    which = which if which in handover_words.WHICH else "all"
    return render_template(
        "handovers/show.html",
        sheet=sheet,
        which=which,
        page=max(request.args.get("page", 1, int), 1),
        pages=-(-sheet.total // handover_desk.LINES_SHOWN),
        problem=problem,
    )


def _freeze(id: str, _form: Mapping[str, str]) -> str:
    handover.freeze(current.archive(), current.actor(), id)
    return gettext("The list is frozen.")


def _list(id: str, form: Mapping[str, str]) -> str:
    handover.add_line(
        current.archive(),
        current.actor(),
        id,
        form.get("title", ""),
        thing=form.get("thing", ""),
        pieces=_number(form.get("pieces", "")),
        number=form.get("number", ""),
    )
    return gettext("Put on the list.")


def _unlist(id: str, form: Mapping[str, str]) -> str:
    handover.remove_line(current.archive(), current.actor(), id, _number(form.get("line", "")))
    return gettext("Taken off the list.")


def _take_in(id: str, _form: Mapping[str, str]) -> str:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("There is no part named file.", "no-file")
    lines = handover_packages.take_in(current.archive(), current.actor(), id, cast("BinaryIO", file.stream))
    return gettext("The package is whole; %(lines)s files of it stand on the list.", lines=len(lines))


def _scan(id: str, form: Mapping[str, str]) -> str:
    pages = form.get("pages", "").strip()
    line = handover_counting.scan(
        current.archive(),
        current.actor(),
        id,
        form.get("label", ""),
        pages=_number(pages) if pages else None,
        location=form.get("location", ""),
    )
    return gettext("Counted: line %(line)s.", line=line.position)


def _count(id: str, form: Mapping[str, str]) -> str:
    found = form.get("found", "")
    if found not in list(Found):
        raise Invalid("Say what was found.", "no-note")
    handover_counting.count(
        current.archive(),
        current.actor(),
        id,
        _number(form.get("line", "")),
        Found(found),
        pieces=_number(form.get("pieces", "")) if found not in (Found.MISSING, Found.ON_LOAN) else 0,
        note=form.get("note", ""),
    )
    return gettext("Counted: line %(line)s.", line=form.get("line", ""))


def _surplus(id: str, form: Mapping[str, str]) -> str:
    handover_counting.surplus(current.archive(), current.actor(), id, form.get("label", ""), form.get("note", ""))
    return gettext("Written down as surplus.")


def _explain(id: str, form: Mapping[str, str]) -> str:
    handover_counting.explain(
        current.archive(),
        current.actor(),
        id,
        _number(form.get("line", "")),
        form.get("explanation", ""),
        form.get("owner", ""),
        _day(form.get("settle_by", "")),
    )
    return gettext("The difference is explained, with who puts it right and by when.")


def _confirm(id: str, form: Mapping[str, str]) -> str:
    handover_counting.confirm(current.archive(), current.actor(), id, _number(form.get("line", "")))
    return gettext("Thank you: it is confirmed.")


def _password(id: str, form: Mapping[str, str]) -> str:
    handover_counting.password_changed(current.archive(), current.actor(), id, _number(form.get("line", "")))
    return gettext("Written down: the password was changed.")


def _sign(id: str, form: Mapping[str, str]) -> str:
    part = form.get("part", "")
    if part not in list(Part):
        raise Invalid("The giver signs first, then the receiver, then the supervisor.", "not-your-turn")
    handover_signing.sign(
        current.archive(),
        current.actor(),
        id,
        Part(part),
        form.get("password", ""),
        seen=form.get("seen", ""),
        factor=form.get("factor", ""),
        code=form.get("code", ""),
    )
    return gettext("Signed.")


def _complete(id: str, _form: Mapping[str, str]) -> str:
    handover_signing.complete(current.archive(), current.actor(), id)
    return gettext("Completed: custody has changed hands.")


def _cancel(id: str, form: Mapping[str, str]) -> str:
    handover.cancel(current.archive(), current.actor(), id, form.get("reason", ""))
    return gettext("Given up: nothing is frozen any more.")


DEEDS: Mapping[str, Callable[[str, Mapping[str, str]], str]] = {
    "freeze": _freeze,
    "list": _list,
    "unlist": _unlist,
    "take-in": _take_in,
    "scan": _scan,
    "count": _count,
    "surplus": _surplus,
    "explain": _explain,
    "confirm": _confirm,
    "password": _password,
    "sign": _sign,
    "complete": _complete,
    "cancel": _cancel,
}
"""What can be done with a handover: each deed is one use case and the sentence that says it was done."""


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    if deed not in DEEDS:
        raise NotFound("There is no such page.")
    try:
        done = DEEDS[deed](id, request.form)
    except (NotFound, *WENT_WRONG) as error:
        # Whoever may not know of the handover is told that there is none, before anything of it is shown.
        return _shown(id, sentences.sentence(error)), 404 if isinstance(error, NotFound) else 422
    flash(done)
    if deed == "confirm":
        return redirect(url_for("handovers.every"), 303)
    return redirect(url_for("handovers.show", id=id, which=request.form.get("which") or None), 303)


@blueprint.get("/<id>/package")
def package(id: str) -> Response:
    """The package of what goes to others, made while it is sent."""
    made = handover_packages.give(current.archive(), current.actor(), id)
    response = Response(made.pieces, mimetype="application/zip")
    response.headers["Content-Disposition"] = files.disposition(made.file_name)
    return response


# ---- Custody ----


@blueprint.route("/custody", methods=["GET", "POST"])
def keeping() -> ResponseReturnValue:
    archive, actor, problem, status = current.archive(), current.actor(), "", 200
    if request.method == "POST":
        try:
            taken = custody.take_charge(archive, actor, request.form.get("site", ""))
        except WENT_WRONG as error:
            problem, status = sentences.sentence(error), 422
        else:
            flash(gettext("You keep %(records)s more records from now on.", records=taken))
            return redirect(url_for("handovers.keeping"), 303)
    seen = custody.overview(archive, actor)
    return render_template("handovers/custody.html", keeping=seen, problem=problem), status


@blueprint.get("/leaving/<login>")
def leaving(login: str) -> str:
    """离岗检查: what stands in the way of closing an account."""
    return render_template("handovers/leaving.html", leaving=custody.leaving(current.archive(), current.actor(), login))


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid("This is not a date; write 2026-03-01.", "not-a-date") from None
