"""Notices: what I was told, and how I want to be told."""

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from archive import notice_wishes, outbox, reminding, telling
from archive.dues import Task
from archive.errors import Conflict, Invalid
from archive.model.notices import DIGEST_AT, HERE, Hours, Way
from archive.notify import Undelivered
from web import current, notice_words, sentences, words
from web.language import gettext, language

blueprint = Blueprint("notices", __name__, url_prefix="/notices")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"told": notice_words, "HERE": HERE, "Way": Way}


@blueprint.get("")
def every() -> str:
    archive, actor = current.archive(), current.actor()
    fresh = telling.inbox(archive, actor, unread=True)
    # Of each kind the newest says what it is about; what the others were about is in it, or done.
    newest = {one.kind: one.id for one in reversed(fresh) if one.kind in reminding.KINDS}
    return render_template(
        "notices/every.html",
        fresh=fresh,
        about=_about(newest),
        seen=telling.inbox(archive, actor, unread=False),
    )


def _about(newest: Mapping[str, str]) -> Mapping[str, Sequence[Task]]:
    """Id of each of these notices, given by kind → what it is about."""
    if not newest:
        return {}
    found = reminding.about(current.archive(), current.actor(), language())
    return {newest[kind]: tasks for kind, tasks in found.items() if kind in newest}


@blueprint.post("")
def read_all() -> ResponseReturnValue:
    telling.read_all(current.archive(), current.actor())
    return redirect(url_for("notices.every"), 303)


@blueprint.get("/<id>")
def follow(id: str) -> ResponseReturnValue:
    """Where a notice leads; it counts as read from now on."""
    notice = telling.read_one(current.archive(), current.actor(), id)
    # Who runs the archive is told that a test was not passed, and may not see of which records.
    seen = notice.kind != "properties.failed" or words.may("see-archive")
    return redirect((telling.link(notice) if seen else "") or url_for("notices.every"))


@blueprint.route("/wishes", methods=["GET", "POST"])
def wishes() -> ResponseReturnValue:
    if request.method == "GET":
        return _wishes_page()
    form = request.form
    chosen = {
        (topic, channel): way
        for name, way in form.items()
        if name.startswith("way/") and name.count("/") == 2
        for _, topic, channel in (name.split("/"),)
    }
    try:
        hours = _hours()
        notice_wishes.choose(current.archive(), current.actor(), chosen, hours)
    except Invalid as error:
        return _wishes_page(sentences.sentence(error)), 422
    flash(gettext("Kept. From now on you are told like this."))
    return redirect(url_for("notices.wishes"), 303)


@blueprint.post("/test/<channel>")
def test(channel: str) -> ResponseReturnValue:
    try:
        outbox.test(current.archive(), current.actor(), channel)
    except (Conflict, Undelivered) as error:
        flash(sentences.sentence(error), "problem")
    except OSError:
        flash(gettext("It is not clear whether the message arrived: the other side did not answer."), "problem")
    else:
        flash(gettext("A test message has left. Look whether it arrived."))
    return redirect(url_for("notices.wishes"), 303)


def _wishes_page(problem: str = "") -> str:
    """As it is kept; after a problem as it was entered, so that nothing has to be chosen again."""
    wishes = notice_wishes.of(current.archive(), current.actor())
    entered = request.form if problem else MultiDict[str, str]()
    return render_template(
        "notices/wishes.html",
        wishes=wishes,
        entered=entered,
        problem=problem,
        address=current.person().email,
    )


def _hours() -> Hours:
    digest_at = _time("digest_at")
    return Hours(
        DIGEST_AT if digest_at is None else digest_at,
        _time("quiet_from"),
        _time("quiet_until"),
        _days("quiet_day"),
        _days("rest_day"),
    )


def _time(name: str) -> time | None:
    said = request.form.get(name, "").strip()
    try:
        return time.fromisoformat(said).replace(second=0, microsecond=0, tzinfo=None) if said else None
    except ValueError:
        raise Invalid("Hours are written as 08:30.", "no-such-hour") from None


def _days(name: str) -> frozenset[int]:
    return frozenset(int(day) for day in request.form.getlist(name) if day in set("0123456"))
