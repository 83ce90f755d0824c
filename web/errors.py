"""Which error becomes which answer: one table, for pages and for programs. The only place that knows both."""

import logging
import secrets
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_wtf.csrf import CSRFError  # pyright: ignore[reportMissingTypeStubs]
from werkzeug.exceptions import HTTPException

from access.rules import Denied
from archive import alerting
from archive.errors import (
    ArchiveError,
    Conflict,
    Corrupt,
    Invalid,
    Misconfigured,
    NotFound,
    NotSignedIn,
    OutOfSpace,
)
from indexer.errors import IndexerError, Unreadable
from web import again, current, sentences
from web.language import gettext
from web.language import lazy_gettext as _l

log = logging.getLogger("muniment.web")


class PasswordChangeNeeded(ArchiveError):
    """Somebody signed in with a password that was given to them; first they choose their own."""

    code = "password-change-needed"

    def __init__(self) -> None:
        super().__init__("Choose a password of your own first.")


class EnrolmentNeeded(ArchiveError):
    """One of somebody's roles needs a second factor: first they enrol their telephone."""

    code = "enrolment-needed"

    def __init__(self) -> None:
        super().__init__("Your role needs a second factor: set up your telephone first.")


STATUS: Mapping[type[Exception], int] = {
    NotSignedIn: 401,
    PasswordChangeNeeded: 403,
    EnrolmentNeeded: 403,
    Denied: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 422,
    OutOfSpace: 507,
    Corrupt: 500,
    Misconfigured: 503,
    Unreadable: 422,
    IndexerError: 503,
    CSRFError: 400,
}
"""The nearest of an error's classes decides."""

STATUS_BY_CODE: Mapping[str, int] = {
    "no-such-page": 404,
    "too-large": 413,
    "index-rebuilding": 503,
    "revision-missing": 428,
    "too-many-pages": 429,
}
"""Where a code says more than its class."""

TITLES: Mapping[int, LazyString] = {
    400: _l("The request was not understood"),
    401: _l("Please sign in"),
    403: _l("Not permitted"),
    404: _l("Not found"),
    405: _l("Not possible here"),
    409: _l("Not in this state"),
    413: _l("Too large"),
    415: _l("Unknown kind of content"),
    422: _l("That cannot be right"),
    428: _l("Which version?"),
    429: _l("Too fast"),
    500: _l("Something went wrong"),
    503: _l("Not available right now"),
    507: _l("The disk is full"),
}


NEXT: Mapping[int, LazyString] = {
    400: _l("Go back, reload the page, and send it again."),
    403: _l(
        "If your work needs it, ask the security officer: rights are given by two people. The handbook says who may do "
        "what."
    ),
    404: _l(
        "Look whether the address is whole, or search for what you need: what you may not see is not found either."
    ),
    405: _l("Go back and use the buttons of the page."),
    409: _l("Go back, reload the page, and look what changed meanwhile."),
    413: _l("Make the files fewer or smaller, or copy them into an inbox: from there large ones are taken in too."),
    422: _l("Go back: what you entered is still there. Correct it and send it again."),
    429: _l("Wait a minute, then go on. Nothing was lost."),
    500: _l("Try it once more. If it happens again, give the reference number to the system administrator."),
    503: _l("Wait a moment, then reload the page. If it lasts, tell the system administrator."),
    507: _l("Tell the system administrator: nothing can be written until there is room again."),
}
"""What somebody does next. Each ends where they can go on by themselves, or says whom to ask."""

RETRY_AFTER_S: Mapping[int, int] = {429: 60, 503: 30}
"""When a program, or a browser, may ask again."""


def install(app: Flask) -> None:
    app.register_error_handler(Exception, answer)


def status_of(error: Exception) -> int:
    by_code = STATUS_BY_CODE.get(sentences.code_of(error))
    if by_code is not None:
        return by_code
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return error.code or 500 if isinstance(error, HTTPException) else 500


def answer(error: Exception) -> ResponseReturnValue:
    """What is said when a use case raised instead of answering."""
    if isinstance(error, HTTPException) and error.code is not None and error.code < 400:
        return error
    status = status_of(error)
    if isinstance(error, Denied):
        _write_down(error)
    reference = ""
    if status == 500:
        reference = secrets.token_hex(4)
        # The text of an unexpected error may quote a document: only its kind and place are written down.
        log.error("error %s at %s: %s in %s", reference, request.endpoint, type(error).__name__, _place(error))
    if is_program():
        return problem(error, status, reference)
    if isinstance(error, NotSignedIn | CSRFError) and (entered := again.kept()) is not None:
        title = _l("Your sign-in has ended") if isinstance(error, NotSignedIn) else _l("This page was open too long")
        return render_template("again.html", again=entered, title=title), status
    if isinstance(error, NotSignedIn):
        wanted = request.full_path.rstrip("?") if request.method == "GET" and request.path != "/" else None
        return redirect(url_for("account.sign_in", next=wanted), 303)
    if isinstance(error, PasswordChangeNeeded):
        return redirect(url_for("account.change_password"), 303)
    if isinstance(error, EnrolmentNeeded):
        return redirect(url_for("account.telephone"), 303)
    title = TITLES.get(status, TITLES[500])
    said = detail(error, status)
    page = render_template(
        "error.html",
        status=status,
        title=title,
        detail=said,
        next=NEXT.get(status, ""),
        reference=reference,
        area=request.blueprint or "search",
    )
    return page, status, _headers(status)


def _headers(status: int) -> dict[str, str]:
    return {"Retry-After": str(RETRY_AFTER_S[status])} if status in RETRY_AFTER_S else {}


def _write_down(error: Denied) -> None:
    """That somebody was refused is worth a line: many of them are looked into."""
    subject = (request.view_args or {}).get("id", "") if request.blueprint == "records" else ""
    try:
        alerting.refused(current.archive(), current.actor(), error, subject)
    except ArchiveError as failed:
        # Refusing comes first: a ledger that cannot be written must not turn a refusal into anything else.
        log.error("a refusal could not be written down: %s", type(failed).__name__)


def problem(error: Exception, status: int, reference: str = "") -> Response:
    """An RFC 9457 problem document."""
    code = sentences.code_of(error)
    document: dict[str, Any] = {
        "type": f"urn:muniment:problem:{code}",
        "title": str(TITLES.get(status, TITLES[500])),
        "status": status,
        "detail": detail(error, status),
        "code": code,
    }
    also = getattr(error, "also", ())
    if also:
        document["also"] = [
            {"code": sentences.code_of(one), "detail": sentences.sentence(one), "field": one.field} for one in also
        ]
    if field := getattr(error, "field", ""):
        document["field"] = field
    if reference:
        document["reference"] = reference
    response = Response(json.dumps(document), status, mimetype="application/problem+json", headers=_headers(status))
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="muniment"'
    return response


def detail(error: Exception, status: int) -> str:
    """The sentence for a person, in their language. Nothing of an unexpected error is shown."""
    if isinstance(error, ArchiveError | IndexerError | Denied):
        return sentences.sentence(error)
    if isinstance(error, CSRFError):
        return gettext("This page was open too long or in another window; reload it and try again.")
    if status == 404:
        # The same words as for a record that is not there or not to be seen.
        return gettext("There is no such page, or none that you may see.")
    if status == 413:
        limit = current.archive().settings.file_size_max_mb
        return gettext("One upload may have at most %(limit)s MB; split it, or drop it into the inbox.", limit=limit)
    if isinstance(error, HTTPException) and status < 500:
        return gettext("This address does not understand such a request.")
    return gettext("This was our mistake and has been written down. Nothing that is kept has been lost.")


def is_program() -> bool:
    return request.path.startswith("/api/") or request.path in ("/metrics", "/healthz", "/readyz")


def _place(error: Exception) -> str:
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        frame = trace.tb_frame
        place = f"{frame.f_globals.get('__name__', '?')}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
