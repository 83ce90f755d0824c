"""The ledger for the auditor: what happened, who read what, and whether it is still whole."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from archive import anchoring, auditing, printing, slips
from archive.auditing import Sought
from archive.errors import Invalid, NotFound
from web import current, ledger_words, rights_words, sentences
from web.language import gettext

blueprint = Blueprint("ledger", __name__, url_prefix="/ledger")

EXPORT_MAX = 50_000


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"rights": rights_words, "deeds": ledger_words}


@blueprint.get("")
def lines() -> str:
    sought = _sought(auditing.PAGE)
    found = auditing.lines(current.archive(), current.actor(), sought)
    # An id is repeated only where something was found: hidden and absent are the same answer.
    asked = _asked() | ({} if found.lines else {"what": ""})
    return render_template("ledger/lines.html", found=found, asked=asked)


@blueprint.get("/export.csv")
def export() -> Response:
    """What is shown, as a table for a spreadsheet."""
    found = auditing.lines(current.archive(), current.actor(), _sought(EXPORT_MAX))
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["seq", "at", "actor", "name", "action", "subject_kind", "subject", "site", "payload", "digest"])
    for event in found.lines:
        name = found.people.get(event.actor, "")
        told = [event.seq, event.at.isoformat(), event.actor, name, event.action, event.subject_kind, event.subject_id]
        table.writerow([_inert(cell) for cell in (*told, event.site, dict(event.payload), event.digest)])
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="ledger.csv"'
    return answer


def _inert(cell: object) -> str:
    """A spreadsheet must not take a cell for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in "=+-@\t" else text


@blueprint.get("/readings")
def readings() -> ResponseReturnValue:
    """Who read this record, or what this person read."""
    archive, actor = current.archive(), current.actor()
    record, login = request.args.get("record", "").strip().rpartition("/")[2], request.args.get("login", "").strip()
    first = _day("from") or auditing.a_day(archive.now())[0] - timedelta(days=30)
    last = _day("to") or auditing.a_day(archive.now())[0]
    found, problem = None, ""
    try:
        if record:
            found = auditing.who_read(archive, actor, record)
        elif login:
            found = auditing.what_they_read(archive, actor, login, first, last + timedelta(days=1))
        else:
            auditing.lines(archive, actor, Sought(limit=1))
    except NotFound as error:
        problem = sentences.sentence(error)
    return (
        render_template(
            "ledger/readings.html",
            found=found,
            record=record if found else "",
            login=login,
            first=first,
            last=last,
            problem=problem,
        ),
        404 if problem else 200,
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


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in ("who", "what", "action", "from", "to")}


def _sought(limit: int) -> Sought:
    asked = _asked()
    last = _day("to")
    return Sought(
        asked["what"].rpartition("/")[2],
        asked["who"],
        asked["action"],
        _day("from"),
        last + timedelta(days=1) if last else None,
        request.args.get("before", None, int),
        limit,
    )


def _day(name: str) -> datetime | None:
    try:
        return datetime.fromisoformat(request.args.get(name, "")).astimezone()
    except (ValueError, OverflowError):
        return None
