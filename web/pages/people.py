"""Accounts: opened by the system administrator, given rights by the security officer, on the page of one person."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access.actors import ADMINISTRATORS, PEOPLE_ROLES
from access.rules import Denied
from archive import passwords, people, records, tokens
from archive.errors import Conflict, Invalid, NotFound
from archive.people import NewPerson, Rights
from web import answered, current, sentences, wrong

blueprint = Blueprint("people", __name__, url_prefix="/people")

WENT_WRONG = (Conflict, Invalid, Denied)


@blueprint.get("")
def everybody() -> str:
    found = people.everybody(current.archive(), current.actor())
    asked = passwords.resets(current.archive(), current.actor())
    return render_template("people/everybody.html", everybody=found, resets=asked, **_vocabulary())


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """The system administrator's part: an account that may nothing yet."""
    archive, actor, problem, status = current.archive(), current.actor(), wrong.NOTHING, 200
    people.may_open(actor)
    if request.method == "POST":
        form = request.form
        wanted = NewPerson(
            form.get("login", ""),
            form.get("name", ""),
            frozenset(),
            department=form.get("department", ""),
            sites=frozenset(form.getlist("site")),
            employee_no=form.get("employee_no", ""),
            email=form.get("email", ""),
        )
        try:
            person, password = people.open_account(archive, actor, wanted)
        except WENT_WRONG as error:
            problem, status = wrong.told(error), 422
        else:
            return render_template("people/handed.html", login=person.login, secret=password, what="opened")
    return render_template("people/new.html", problem=problem, said=request.form, **_vocabulary()), status


@blueprint.route("/<login>", methods=["GET", "POST"])
def one(login: str) -> ResponseReturnValue:
    """The security officer's part: what somebody may."""
    archive, actor, problem, status = current.archive(), current.actor(), "", 200
    if request.method == "POST":
        form = request.form
        wanted = Rights(
            frozenset(form.getlist("role")),
            form.get("clearance", 0, int),
            form.get("department", ""),
            frozenset(form.getlist("site")),
        )
        try:
            people.change_rights(archive, actor, login, wanted)
        except WENT_WRONG as error:
            problem, status = sentences.sentence(error), 422
        else:
            answered.done("people.rights")
            return redirect(url_for("people.one", login=login), 303)
    found = next((one for one in people.everybody(archive, actor) if one.login == login), None)
    if found is None:
        raise NotFound("There is no such page.")
    return (
        render_template(
            "people/one.html",
            one=found,
            problem=problem,
            asked=found.id in passwords.resets(archive, actor),
            tokens=tokens.tokens(archive, actor, login),
            **_vocabulary(),
        ),
        status,
    )


@blueprint.post("/<login>/<deed>")
def do(login: str, deed: str) -> ResponseReturnValue:
    archive, actor = current.archive(), current.actor()
    try:
        if deed == "ask-reset":
            half = passwords.ask_reset(archive, actor, login)
            return render_template("people/handed.html", login=login, secret=half, what="first-half")
        if deed == "confirm-reset":
            lost = bool(request.form.get("telephone_lost"))
            half = passwords.confirm_reset(archive, actor, login, telephone_lost=lost)
            return render_template("people/handed.html", login=login, secret=half, what="second-half")
        if deed == "close":
            people.deactivate(archive, actor, login)
        elif deed == "revoke":
            tokens.revoke_token(archive, actor, request.form.get("token", ""))
        else:
            raise NotFound("There is no such page.")
    except (Conflict, Invalid) as error:
        flash(sentences.sentence(error))
    else:
        answered.done(f"people.{deed}")
    return redirect(url_for("people.one", login=login), 303)


def _vocabulary() -> dict[str, Any]:
    return {
        "vocabulary": records.vocabulary(current.archive(), current.actor()),
        "ROLES": PEOPLE_ROLES,
        "ADMINISTRATORS": ADMINISTRATORS,
    }
