"""Who may do what, and why: the one table that decides, printed for everybody; and who may see what, for overseers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from access import rules
from access.actors import PEOPLE_ROLES, Actor, Role
from access.rules import DUTIES, POLICY, Action
from archive import auditing
from archive.errors import NotFound
from web import current, rights_words, sentences

blueprint = Blueprint("policy", __name__)


@dataclass(frozen=True, slots=True)
class Example:
    """A record as the rules see it."""

    level: int
    site: str
    department: str
    id: str = ""
    pii: int = 0
    lifecycle: str = "filed"
    class_code: str = ""


@blueprint.get("/policy")
def show() -> str:
    return render_template(
        "policy/show.html",
        rights=rights_words,
        actions={action: [rules.name_of(rule) for rule in POLICY[action]] for action in POLICY},
        reach={role: {action: tuple(_reach(role, action)) for action in POLICY} for role in PEOPLE_ROLES},
        duties={duty: [role for role in PEOPLE_ROLES if role in DUTIES[duty]] for duty in DUTIES},
    )


def _reach(role: Role, action: Action) -> Iterator[int]:
    """The highest level the role reaches in its own department, at its own sites, and elsewhere; -1 for none."""
    actor = Actor("x", "x", frozenset({role}), clearance=3, department="own", sites=frozenset({"own"}))
    scope = rules.scope(actor, action)
    for site, department in (("own", "own"), ("own", "other"), ("other", "other")):
        yield max((level for level in range(4) if scope.admits(Example(level, site, department))), default=-1)


@blueprint.get("/access")
def access() -> ResponseReturnValue:
    """Who could see a record on a day, or what somebody may see today."""
    archive, actor = current.archive(), current.actor()
    rules.require(actor, Action.SEE_ACCESS)
    record, login = request.args.get("record", "").strip().rpartition("/")[2], request.args.get("login", "").strip()
    day, problem, seers, seen = request.args.get("day", ""), "", None, None
    try:
        if record:
            seers = auditing.who_could_see(archive, actor, record, _end_of(day))
        elif login:
            seen = auditing.what_may_they_see(archive, actor, login)
    except NotFound as error:
        problem = sentences.sentence(error)
    return (
        render_template(
            "policy/access.html",
            rights=rights_words,
            seers=seers,
            seen=seen,
            record=record if seers else "",
            login=login,
            day=day,
            problem=problem,
        ),
        404 if problem else 200,
    )


def _end_of(day: str) -> datetime | None:
    """The last instant of that day at the server; None for today, which has not ended."""
    try:
        last = auditing.a_day(datetime.fromisoformat(day).astimezone())[1]
    except (ValueError, OverflowError):
        return None
    return min(last, current.archive().now())
