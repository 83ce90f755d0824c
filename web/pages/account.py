"""Signing in and out, one's own password, language and colours."""

from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import segno
from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask import session as form_cookie
from flask.typing import ResponseReturnValue

from access.rules import Denied
from archive import passwords, records, second_factor, setting_up, signing_in, tokens
from archive.errors import Conflict, Invalid, NotFound, NotSignedIn
from archive.signing_in import SecondFactorNeeded
from web import answered, current, language, provider, rights_words, sentences, session
from web.language import gettext

HALF_LASTS = timedelta(minutes=5)
"""How long after the password the code may be entered."""

blueprint = Blueprint("account", __name__)


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    wanted = _inside(request.values.get("next", ""))
    if request.method == "GET":
        if current.person_or_none() is not None:
            return redirect(wanted)
        return _sign_in_page(wanted, "", "")
    login, ceiling = request.form.get("login", ""), request.form.get("ceiling", "")
    try:
        signed_in = signing_in.sign_in(
            current.archive(), login, request.form.get("password", ""), browser=session.browser(ceiling)
        )
    except SecondFactorNeeded as half:
        form_cookie["half"] = {
            "login": login.strip(),
            "proof": half.proof,
            "wanted": wanted,
            "ceiling": ceiling,
            "until": (current.archive().now() + HALF_LASTS).timestamp(),
        }
        return redirect(url_for("account.enter_code"), 303)
    except NotSignedIn as error:
        return _sign_in_page(wanted, login, sentences.sentence(error)), 401
    response = redirect(wanted, 303)
    session.begin(response, signed_in.secret)
    return response


def _sign_in_page(wanted: str, login: str, problem: str) -> str:
    vouched = provider.configured(current.archive().settings)
    return render_template("account/sign_in.html", wanted=wanted, login=login, problem=problem, vouched=vouched)


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def enter_code() -> ResponseReturnValue:
    """The second step: the code that the telephone shows, or one from the paper."""
    half = cast("dict[str, Any]", form_cookie.get("half") or {})
    if not half or half["until"] < current.archive().now().timestamp():
        form_cookie.pop("half", None)
        return redirect(url_for("account.sign_in"), 303)
    if request.method == "GET":
        return render_template("account/code.html", problem="")
    try:
        signed_in = signing_in.sign_in_with_code(
            current.archive(),
            half["login"],
            half["proof"],
            request.form.get("code", ""),
            browser=session.browser(half["ceiling"]),
        )
    except NotSignedIn as error:
        return render_template("account/code.html", problem=sentences.sentence(error)), 401
    response = redirect(_inside(half["wanted"]), 303)
    session.begin(response, signed_in.secret)
    return response


@blueprint.post("/sign-in/provider")
def go_to_provider() -> ResponseReturnValue:
    """To the company's own sign-in service."""
    settings = current.archive().settings
    if not provider.configured(settings):
        raise NotFound("There is no such page.")
    here = url_for("account.come_from_provider", _external=True)
    attempt, address = provider.begin(settings, here, _inside(request.form.get("next", "")))
    form_cookie["vouching"] = provider.remember(attempt)
    return redirect(address, 303)


@blueprint.get("/sign-in/vouched")
def come_from_provider() -> ResponseReturnValue:
    """And back from there, with its word for who it is."""
    archive = current.archive()
    if not provider.configured(archive.settings):
        raise NotFound("There is no such page.")
    remembered = form_cookie.pop("vouching", None)
    try:
        login, wanted = provider.finish(archive.settings, remembered, request.args)
        signed_in = signing_in.sign_in_vouched(archive, login, archive.settings.oidc_issuer, browser=session.browser())
    except NotSignedIn as error:
        return _sign_in_page("", "", sentences.sentence(error)), 401
    response = redirect(_inside(wanted), 303)
    session.begin(response, signed_in.secret)
    return response


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    response = redirect(url_for("account.sign_in"), 303)
    session.end(response)
    return response


@blueprint.get("/account")
def show() -> str:
    return _account_page()


def _account_page(token: str = "", problem: str = "") -> str:
    archive, person = current.archive(), current.person()
    return render_template(
        "account/show.html",
        vocabulary=records.vocabulary(archive, current.actor()),
        theme=language.theme(),
        sessions=signing_in.sessions(archive, person),
        here=signing_in.mark_of(session.secret()),
        tokens=tokens.tokens(archive, current.actor(), person.login),
        scopes=rights_words.SCOPES,
        factor=second_factor.state(archive, person),
        token=token,
        problem=problem,
        days_max=tokens.TOKEN_DAYS_MAX,
    )


@blueprint.post("/account/sessions")
def sessions() -> ResponseReturnValue:
    """Sign out somewhere else, or let this session reach less high."""
    archive, person = current.archive(), current.person()
    if "lower" in request.form:
        signing_in.lower_session(archive, person, session.secret(), request.form.get("lower", 0, int))
    else:
        signing_in.end_session(archive, person, request.form.get("end", ""))
    answered.done("account.lower" if "lower" in request.form else "account.end")
    return redirect(url_for("account.show"), 303)


@blueprint.post("/account/tokens", endpoint="tokens")
def make_or_revoke_token() -> ResponseReturnValue:
    """Make a token for a program, shown once; or revoke one."""
    archive, actor, form = current.archive(), current.actor(), request.form
    try:
        if revoked := form.get("revoke", ""):
            tokens.revoke_token(archive, actor, revoked)
            answered.done("account.revoke")
            return redirect(url_for("account.show"), 303)
        token = tokens.create_token(
            archive,
            actor,
            current.person().login,
            name=form.get("name", ""),
            days=form.get("days", 0, int),
            scope=form.get("scope", ""),
        )
    except (Invalid, Denied) as error:
        return _account_page(problem=sentences.sentence(error)), 422
    return _account_page(token=token)


@blueprint.route("/account/telephone", methods=["GET", "POST"])
def telephone() -> ResponseReturnValue:
    """Set up the second factor: scan, show a code, keep the recovery codes; or take it away."""
    archive, person, problem, codes, status = current.archive(), current.person(), "", (), 200
    if request.method == "POST":
        code = request.form.get("code", "")
        try:
            if request.form.get("deed") == "remove":
                passwords.remove_second_factor(archive, person, code)
                return redirect(url_for("account.show"), 303)
            if request.form.get("deed") == "begin":
                second_factor.begin(archive, person)
            else:
                codes = second_factor.finish(archive, person, code)
        except (Invalid, Conflict) as error:
            problem, status = sentences.sentence(error), 422
    enrolment = second_factor.waiting(archive, person)
    return (
        render_template(
            "account/telephone.html",
            factor=second_factor.state(archive, person),
            enrolment=enrolment,
            square=_square(enrolment.address) if enrolment else "",
            codes=codes,
            problem=problem,
        ),
        status,
    )


def _square(text: str) -> str:
    """A QR code as a picture in the page itself: its words are a secret and must not be fetched or kept."""
    return str(segno.make(text, error="m", micro=False).svg_inline(scale=5, border=2, dark="#000", light="#fff"))


@blueprint.route("/account/password", methods=["GET", "POST"])
def change_password() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("account/password.html", problem="")
    archive, person = current.archive(), current.person()
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        if new != request.form.get("again", ""):
            raise Invalid("The two new passwords differ.", "password-mismatch")
        passwords.change_password(archive, person, old, new)
    except Invalid as error:
        return render_template("account/password.html", problem=sentences.sentence(error)), 422
    # Every session has ended, this one too; whoever knows the new password goes on in a fresh one.
    try:
        signed_in = signing_in.sign_in(archive, person.login, new, browser=session.browser())
    except SecondFactorNeeded:
        return redirect(url_for("account.sign_in"), 303)
    first = person.must_change_password and setting_up.unfinished(archive, current.actor())
    response = redirect(url_for("setup.show" if first else "search.home"), 303)
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
