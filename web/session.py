"""Who is asking: the session cookie or the bearer token, and nobody gets past the door without one.

Closed by default: a route is open only if its endpoint stands in PUBLIC.
"""
# Flask-WTF carries no types:
# pyright: reportUnknownMemberType=false

from flask import Flask, g, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect  # pyright: ignore[reportMissingTypeStubs]
from werkzeug.wrappers import Response as AnyResponse

from access.rules import CALENDAR
from archive import second_factor, signing_in, tokens
from archive.app import Archive
from archive.errors import NotSignedIn
from archive.model import Person
from web import current
from web.errors import EnrolmentNeeded, PasswordChangeNeeded

COOKIE = "muniment_session"

PUBLIC = frozenset(
    {
        "static",
        "verify.copy",  # whoever holds a copy may ask whether it is genuine
        "account.sign_in",
        "account.enter_code",  # the second step, with the proof of the first
        "account.go_to_provider",  # signing in at the company's own service
        "account.come_from_provider",
        "account.choose",  # language and theme, also before signing in
        "tasks.feed",  # asks for itself: the address holds a token that was made for calendars
        "probes.alive",
        "probes.ready",
        "probes.metrics",  # asks for itself: this machine, or a token that may see the status
        "api.description",  # what can be asked is no secret; every answer is
    }
)

WITH_AN_OLD_PASSWORD = frozenset({"account.change_password", "account.sign_out"})
"""Where somebody may go whose password has to be changed first."""

WITHOUT_A_SECOND_FACTOR = WITH_AN_OLD_PASSWORD | {"account.telephone"}
"""Where somebody may go whose role needs a second factor that they have not enrolled yet."""

_csrf = CSRFProtect()


def install(app: Flask, archive: Archive) -> None:
    app.config.update(
        SECRET_KEY=archive.keys.session,
        SESSION_COOKIE_NAME="muniment_form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=archive.settings.tls_proxy,
        # Checked by guard() below, which knows whether a browser or a program asks.
        WTF_CSRF_CHECK_DEFAULT=False,
        # A form token lasts as long as the browser session it is signed for.
        WTF_CSRF_TIME_LIMIT=None,
    )
    _csrf.init_app(app)
    app.before_request(guard)


def guard() -> ResponseReturnValue | None:
    """Runs before every request: who is it, may they come in at all, and was the form one of ours?"""
    if request.endpoint == "static":
        return None
    g.person = _identified()
    public = request.endpoint in PUBLIC
    if not public:
        person = current.person()
        if person.must_change_password and request.endpoint not in WITH_AN_OLD_PASSWORD:
            raise PasswordChangeNeeded
        if (
            not current.by_token()
            and request.endpoint not in WITHOUT_A_SECOND_FACTOR
            and second_factor.lacking(current.archive(), person)
        ):
            raise EnrolmentNeeded
    if request.method not in ("GET", "HEAD", "OPTIONS") and not current.by_token():
        _csrf.protect()
    return None


def begin(response: AnyResponse, secret: str) -> None:
    """Hand the browser its session. The session of whoever was here before ends, and forms signed for it are void."""
    before = request.cookies.get(COOKIE)
    if before:
        signing_in.sign_out(current.archive(), before)
    session.clear()
    response.set_cookie(
        COOKIE, secret, httponly=True, samesite="Lax", secure=current.archive().settings.tls_proxy, path="/"
    )


def end(response: AnyResponse) -> None:
    secret = request.cookies.get(COOKIE)
    if secret:
        signing_in.sign_out(current.archive(), secret)
    session.clear()
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="Lax", secure=current.archive().settings.tls_proxy)


def secret() -> str:
    """The secret of this browser's session; empty for a program."""
    return request.cookies.get(COOKIE, "")


def browser(ceiling: str = "") -> signing_in.Browser:
    """Where this request comes from, as somebody sees it in the list of their sessions."""
    agent = request.user_agent.string[:200]
    return signing_in.Browser(request.remote_addr or "", agent, int(ceiling) if ceiling in ("0", "1", "2") else None)


def for_programs() -> bool:
    """True where a program may ask with a token, and is answered in JSON."""
    return request.path.startswith("/api/") or request.endpoint == "probes.metrics"


def _identified() -> Person | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if for_programs() and scheme.lower() == "bearer":
        g.by_token = True
        bearer = tokens.bearer(current.archive(), token.strip(), request.remote_addr or "")
        if bearer.scope == CALENDAR:
            raise NotSignedIn("This token opens a calendar and nothing else.")
        g.only = bearer.only
        return bearer.person
    secret = request.cookies.get(COOKIE)
    if not secret:
        return None
    g.session_mark = signing_in.mark_of(secret)
    try:
        return signing_in.of_session(current.archive(), secret, request.remote_addr or "")
    except NotSignedIn:
        return None
