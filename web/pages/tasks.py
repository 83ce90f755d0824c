"""Tasks: what falls due, by urgency, as a month, and as a calendar to subscribe to."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.rules import CALENDAR
from archive import calendars, desk, dues, tokens
from web import current, language
from web.language import gettext

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")

FEED_LASTS_DAYS = 366


@blueprint.get("")
def every() -> str:
    return _page()


def _page(address: str = "") -> str:
    asked = _asked()
    when = request.args.get("when", "")
    if when in ("late", "near"):
        found = desk.tasks(current.archive(), current.actor(), when, language.language())
        return render_template("tasks/every.html", tasks=found, when=when, **_choices(asked))
    until = current.archive().now().astimezone().date() + timedelta(days=dues.FEED_DAYS)
    found = dues.every(current.archive(), current.actor(), until=until, **asked)
    near = [task for task in found if task.days <= dues.AHEAD_DAYS]
    return render_template("tasks/every.html", tasks=near, later=found[len(near) :], address=address, **_choices(asked))


@blueprint.get("/calendar")
def month() -> str:
    asked = _asked()
    shown = calendars.month(current.archive(), current.actor(), request.args.get("month", ""), **asked)
    today = current.archive().now().astimezone().date()
    return render_template("tasks/month.html", shown=shown, today=today, **_choices(asked))


@blueprint.post("/feed")
def make_feed() -> ResponseReturnValue:
    """A private address for a calendar program, shown once; it is ended where tokens are."""
    token = tokens.create_token(
        current.archive(),
        current.actor(),
        current.person().login,
        name=gettext("Calendar"),
        days=FEED_LASTS_DAYS,
        scope=CALENDAR,
    )
    return _page(url_for("tasks.feed", token=token, language=language.language(), _external=True))


@blueprint.get("/feed/<token>.ics")
def feed(token: str) -> ResponseReturnValue:
    wanted = request.args.get("language", "")
    content = calendars.feed(
        current.archive(),
        token,
        root=request.host_url,
        language=wanted if wanted in language.LANGUAGES else current.archive().settings.language,
        address=request.remote_addr or "",
    )
    return Response(content, mimetype="text/calendar")


def _asked() -> dict[str, Any]:
    kind = request.args.get("kind", "")
    return {
        "kind": kind if kind in dues.names() else "",
        "mine": request.args.get("of", "mine") != "all",
        "language": language.language(),
    }


def _choices(asked: dict[str, Any]) -> dict[str, Any]:
    return {"kinds": dues.kinds(current.actor(), language.language()), "kind": asked["kind"], "mine": asked["mine"]}
