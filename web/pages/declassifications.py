"""Levels are lowered: proposed on the page of a record, decided by a second person on the board."""

from collections.abc import Callable, Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.declassification import Proposal
from access.rules import Action, Denied, require
from archive import declassifying, records
from archive.declassifying import Lowering
from archive.errors import Conflict, Invalid, NotFound
from web import answered, current, sentences
from web.language import gettext

blueprint = Blueprint("declassifications", __name__, url_prefix="/declassifications")

DEEDS: Mapping[str, Callable[[str, str], Proposal]] = {
    "agree": lambda one, said: declassifying.decide(current.archive(), current.actor(), one, yes=True, remark=said),
    "refuse": lambda one, said: declassifying.decide(current.archive(), current.actor(), one, yes=False, remark=said),
    "happened": lambda one, _said: declassifying.has_happened(current.archive(), current.actor(), one),
}


@blueprint.get("")
def board() -> str:
    return render_template(
        "declassifications/board.html", board=declassifying.board(current.archive(), current.actor()), problem=""
    )


@blueprint.route("/of/<record>", methods=["GET", "POST"])
def propose(record: str) -> ResponseReturnValue:
    archive, actor, problem, status = current.archive(), current.actor(), "", 200
    view = records.view(archive, actor, record)
    require(actor, Action.DECLASSIFY, view.record)
    if request.method == "POST":
        form = request.form
        try:
            lowering = Lowering(
                form.get("level", view.record.level, int),
                form.get("reason", ""),
                _day(form.get("due_on", "")),
                form.get("event", ""),
                form.get("pii", view.record.pii, int),
            )
            declassifying.propose(archive, actor, record, lowering)
        except (Conflict, Invalid) as error:
            problem, status = sentences.sentence(error), 422
        else:
            flash(gettext("Proposed. It takes a second person to agree."))
            return redirect(url_for("declassifications.board"), 303)
    past = declassifying.of_record(archive, actor, record)
    return (
        render_template("declassifications/propose.html", view=view, board=past, problem=problem, said=request.form),
        status,
    )


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    if deed not in DEEDS:
        raise NotFound("There is no such page.")
    try:
        DEEDS[deed](id, request.form.get("said", ""))
    except (Conflict, Invalid, Denied) as error:
        found = declassifying.board(current.archive(), current.actor())
        return render_template("declassifications/board.html", board=found, problem=sentences.sentence(error)), 422
    answered.done(f"declassifications.{deed}")
    return redirect(url_for("declassifications.board"), 303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("This is not a date; write 2026-03-01.", "not-a-date") from None
