"""The ledger for the auditor: what happened, who read what, and whether it is still whole."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from access import rules
from access.rules import Action
from archive import anchoring, auditing, people, printing, slips
from archive.auditing import Readings, Sought
from archive.errors import Invalid, NotFound
from web import current, ledger_details, ledger_words, rights_words, sentences, words
from web.language import gettext
from web.language import lazy_gettext as _l

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")

EXPORT_MAX = 50_000


FIELDS = ("who", "what", "action", "from", "to")


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"rights": rights_words, "deeds": ledger_words, "details": ledger_details}


@blueprint.get("")
def lines() -> ResponseReturnValue:
    sought, wrong = _sought(auditing.PAGE)
    found = auditing.NOTHING if sought is None else auditing.lines(current.archive(), current.actor(), sought)
    return (
        render_template(
            "ledger/lines.html",
            found=found,
            asked=_asked() | _unsaid(wrong),
            wrong=wrong,
            everybody=people.everybody(current.archive(), current.actor()),
        ),
        422 if wrong else 200,
    )


@blueprint.get("/export.csv")
def export() -> Response:
    """What is shown, as a table for a spreadsheet: in words, and behind them each line as it was recorded."""
    sought, _ = _sought(EXPORT_MAX)
    if sought is None:
        raise Invalid("Put right what was asked, then fetch the table again.", "bad-question")
    found = auditing.lines(current.archive(), current.actor(), sought)
    logins = {one.id: one.login for one in people.everybody(current.archive(), current.actor())}
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(str(head) for head in HEADS)
    for event in found.lines:
        told = (
            event.seq,
            words.moment(event.at),
            words.who(event.actor, found.people),
            logins.get(event.actor, ""),
            ledger_words.action(event.action),
            ledger_details.subject(event, found),
            words.place(event.site) if event.site else "",
            ledger_details.in_a_line(event, found),
            event.at.isoformat(),
            event.actor,
            event.action,
            event.subject_kind,
            event.subject_id,
            gettext("above your clearance") if event.seq in found.withheld else ledger_details.recorded(event),
            event.digest,
        )
        table.writerow([printing.harmless(cell) for cell in told])
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="ledger.csv"'
    return answer


HEADS = (
    _l("No."),
    _l("When"),
    _l("Who"),
    _l("Login name"),
    _l("Deed"),
    _l("About"),
    _l("Site"),
    _l("Details"),
    _l("Time as recorded"),
    _l("Person as recorded"),
    _l("Deed as recorded"),
    _l("Kind of subject as recorded"),
    _l("Subject as recorded"),
    _l("Details as recorded"),
    _l("Digest of the line"),
)


@blueprint.get("/readings")
def readings() -> ResponseReturnValue:
    """Who read this record, or what this person read."""
    archive, actor = current.archive(), current.actor()
    record, login = _address("record"), request.args.get("login", "").strip()
    found, wrong = None, dict[str, str]()
    first = _checked(wrong, "from", lambda: _day("from")) or auditing.a_day(archive.now())[0] - timedelta(days=30)
    last = _checked(wrong, "to", lambda: _day("to")) or auditing.a_day(archive.now())[0]
    if first > last and not wrong:
        wrong["to"] = str(sentences.SENTENCES["not-a-period"])
    known = people.everybody(archive, actor)
    rules.require(actor, Action.SEE_LEDGER)
    if wrong:
        pass
    elif record:
        given = (
            first if request.args.get("from") else None,
            last + timedelta(days=1) if request.args.get("to") else None,
        )
        found = _checked(wrong, "record", lambda: auditing.who_read(archive, actor, _record(record), *given))
    elif login:
        found = _checked(wrong, "login", lambda: _read_by(login, first, last))
    return (
        render_template(
            "ledger/readings.html",
            found=found,
            asked={name: request.args[name] for name in ("from", "to") if request.args.get(name)},
            record=record if found or not _ID.fullmatch(record) else "",
            login=login,
            first=first,
            last=last,
            wrong=wrong,
            everybody=known,
        ),
        422 if wrong else 200,
    )


@blueprint.route("/proof", methods=["GET", "POST"])
def proof() -> ResponseReturnValue:
    """Follow the chain and hold it against every anchor, with those that somebody types or scans in."""
    archive, actor, problem = current.archive(), current.actor(), ""
    typed = request.form.get("slip", "")
    notes = anchoring.read_note(typed, gettext("typed in"))
    if typed.strip() and not notes:
        problem = gettext("This is not what stands on a slip; it begins with MUNIMENT-ANCHOR.")
    try:
        found = anchoring.verify(archive, actor, notes)
    except Invalid as error:
        found, problem = anchoring.verify(archive, actor), sentences.sentence(error)
    return render_template("ledger/proof.html", proof=found, problem=problem, typed=typed), 422 if problem else 200


@blueprint.post("/anchors")
def anchor() -> ResponseReturnValue:
    """A slip to print, sign and put into a safe."""
    made, _ = anchoring.as_slip(current.archive(), current.actor())
    return redirect(url_for("ledger.slip", id=made.id), 303)


@blueprint.get("/anchors/<id>.pdf")
def slip(id: str) -> Response:
    note = anchoring.slip_of(current.archive(), current.actor(), id)
    if note is None:
        raise NotFound("There is no such page.")
    sheet = slips.printout(note, current.archive().settings.company)
    answer = Response(printing.render(sheet, "pdf"), mimetype=printing.media_type("pdf"))
    answer.headers["Content-Disposition"] = f'inline; filename="anchor-{note.seq}.pdf"'
    return answer


T = TypeVar("T")
_ID = re.compile(r"[0-9a-z]{16}")


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in FIELDS}


def _unsaid(wrong: Mapping[str, str]) -> dict[str, str]:
    """What is not repeated: an id of which nothing was found, so that hidden and absent are the same answer."""
    return {"what": ""} if "what" in wrong and _ID.fullmatch(_address("what")) else {}


def _address(name: str) -> str:
    """What was asked about; of an address of this archive, the id at its end."""
    said = request.args.get(name, "").strip()
    # What follows an id in an address: the words that found it, the page of it that is open.
    return _path(said).rstrip("/").rpartition("/")[2] if "/records/" in said else said


def _path(address: str) -> str:
    try:
        return urlsplit(address).path
    except ValueError:
        return address


def _sought(limit: int) -> tuple[Sought | None, Mapping[str, str]]:
    """The question, or None and what is wrong with each field of it."""
    archive, actor, asked, wrong = current.archive(), current.actor(), _asked(), dict[str, str]()
    rules.require(actor, Action.SEE_LEDGER)
    what, action = _address("what"), asked["action"]
    first = _checked(wrong, "from", lambda: _day("from"))
    last = _checked(wrong, "to", lambda: _day("to"))
    if first and last and first > last:
        wrong["to"] = str(sentences.SENTENCES["not-a-period"])
    who = _checked(wrong, "who", lambda: auditing.whom(archive, actor, _machine(asked["who"]))) if asked["who"] else ""
    subjects = _checked(wrong, "what", lambda: auditing.about(archive, actor, what)) if what else ()
    group = ledger_words.GROUPS.get(action)
    known = not action or group is not None or action in ledger_words.ACTIONS
    if not known and not auditing.was_ever_done(archive, actor, action):
        wrong["action"] = gettext("There is no such deed in the ledger: choose one of the list.")
    if wrong:
        return None, wrong
    return Sought(
        actor=who or "",
        subjects=subjects or (),
        actions=() if group is not None or not action else (action,),
        families=group[1] if group is not None else (),
        first=first,
        last=last + timedelta(days=1) if last else None,
        before=request.args.get("before", None, int),
        limit=limit,
    ), wrong


def _machine(said: str) -> str:
    """The operator and the service have names of their own on these pages."""
    return next((str(role) for role in auditing.MACHINES if said == str(words.ROLES[role])), said)


def _checked(wrong: dict[str, str], field: str, ask: Callable[[], T]) -> T | None:
    """An answer, or None and what is wrong with this field."""
    try:
        return ask()
    except (Invalid, NotFound) as error:
        wrong[field] = sentences.sentence(error)
        return None


def _record(said: str) -> str:
    """The one record that is called so."""
    return auditing.the_record(current.archive(), current.actor(), said)


def _read_by(login: str, first: datetime, last: datetime) -> Readings:
    archive, actor = current.archive(), current.actor()
    return auditing.what_they_read(
        archive, actor, auditing.whom(archive, actor, login), first, last + timedelta(days=1)
    )


def _day(name: str) -> datetime | None:
    said = request.args.get(name, "").strip()
    if not said:
        return None
    try:
        return datetime.fromisoformat(said).astimezone()
    except (ValueError, OverflowError) as error:
        raise Invalid("This is not a date; write 2026-03-01.", "not-a-date") from error
