"""Signing in and out, one's own password, language and colours."""

from urllib.parse import urlsplit

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import people, records
from archive.errors import Invalid, NotSignedIn
from web import current, language, sentences, session
from web.language import gettext

blueprint = Blueprint("account", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    wanted = _inside(request.values.get("next", ""))
    if request.method == "GET":
        if current.person_or_none() is not None:
            return redirect(wanted)
        return render_template("account/sign_in.html", wanted=wanted, login="", problem="")
    login = request.form.get("login", "")
    try:
        signed_in = people.sign_in(current.archive(), login, request.form.get("password", ""))
    except NotSignedIn as error:
        problem = sentences.sentence(error)
        return render_template("account/sign_in.html", wanted=wanted, login=login, problem=problem), 401
    response = redirect(wanted, 303)
    session.begin(response, signed_in.secret)
    return response


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    response = redirect(url_for("account.sign_in"), 303)
    session.end(response)
    return response


@blueprint.get("/account")
def show() -> str:
    return render_template(
        "account/show.html", vocabulary=records.vocabulary(current.archive(), current.actor()), theme=language.theme()
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("account/password.html", problem="")
    archive, person = current.archive(), current.person()
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        if new != request.form.get("again", ""):
            raise Invalid("The two new passwords differ.", "password-mismatch")
        people.change_password(archive, person, old, new)
    except Invalid as error:
        return render_template("account/password.html", problem=sentences.sentence(error)), 422
    # Every session has ended, this one too; whoever knows the new password goes on in a fresh one.
    signed_in = people.sign_in(archive, person.login, new)
    response = redirect(url_for("search.home"), 303)
    session.begin(response, signed_in.secret)
    flash(gettext("Your password is changed. You were signed out everywhere else."))
    return response


@blueprint.post("/preferences")
def choose() -> ResponseReturnValue:
    """Language or colours, in the cookie of this browser."""
    response = make_response(redirect(_inside(_referrer()), 303))
    if request.form.get("language") in language.LANGUAGES:
        language.remember(response, language.LANGUAGE_COOKIE, request.form["language"])
    if request.form.get("theme") in language.THEMES:
        language.remember(response, language.THEME_COOKIE, request.form["theme"])
    return response


def _referrer() -> str:
    came_from = urlsplit(request.referrer or "")
    if came_from.netloc != request.host:
        return "/"
    return came_from.path + (f"?{came_from.query}" if came_from.query else "")


def _inside(address: str) -> str:
    """An address of this site; anything else is the first page."""
    safe = address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable()
    return address if safe else url_for("search.home")
