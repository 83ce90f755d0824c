"""The ledger for an auditor's programs: lines, who read what, who could see it, whether it is whole."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Response

from archive import anchoring, auditing
from archive.auditing import Readings, Sought
from archive.errors import Invalid
from archive.model import Event
from web import current
from web.api import Answer, Given, Operation, Parameter, said, shapes
from web.api.schemas import Schema, ref

LIMIT_MAX = 1000
DAYS = 30
AT: Schema = {"type": "string", "format": "date-time"}
TEXT: Schema = {"type": "string"}
FIRST = Parameter("from", AT, "Not before this moment.")
LAST = Parameter("until", AT, "Before this moment.")


def get_ledger(given: Given) -> Response:
    sought = Sought(
        given.get("subject", ""),
        given.get("actor", ""),
        given.get("action", ""),
        _moment(given, "from"),
        _moment(given, "until"),
        given.get("before"),
        given["size"],
    )
    found = auditing.lines(current.archive(), current.actor(), sought)
    return said({"lines": [_line(one) for one in found.lines], "more": found.more})


def get_readings(given: Given) -> Response:
    archive, actor = current.archive(), current.actor()
    record, login = given.get("record", ""), given.get("login", "")
    if bool(record) == bool(login):
        raise Invalid("Say either which record or whose readings.", "bad-parameter")
    if record:
        return said(_readings(auditing.who_read(archive, actor, record)))
    last = _moment(given, "until") or archive.now()
    first = _moment(given, "from") or last - timedelta(days=DAYS)
    return said(_readings(auditing.what_they_read(archive, actor, login, first, last)))


def get_seers(given: Given) -> Response:
    found = auditing.who_could_see(current.archive(), current.actor(), given["record"], _moment(given, "at"))
    return said(
        {
            "record": found.record.id,
            "at": shapes.moment(found.at),
            "people": [
                {
                    "login": one.person.login,
                    "find": [right.rule for right in one.find],
                    "read": [right.rule for right in one.read],
                }
                for one in found.seers
            ],
        }
    )


def get_proof(_given: Given) -> Response:
    found = anchoring.verify(current.archive(), current.actor())
    faults = [{"seq": one.seq, "what": one.kind, "detail": one.detail} for one in found.faults]
    return said(
        {"whole": found.whole, "lines": found.lines, "head": found.head, "says": found.sentence, "faults": faults}
    )


def _line(one: Event) -> Mapping[str, Any]:
    return {
        "seq": one.seq,
        "at": shapes.moment(one.at),
        "actor": one.actor,
        "action": one.action,
        "subject_kind": one.subject_kind,
        "subject": one.subject_id,
        "site": one.site,
        "payload": dict(one.payload),
        "digest": one.digest,
    }


def _readings(found: Readings) -> Mapping[str, Any]:
    return {
        "readings": [
            {
                "day": one.day,
                "person": one.person_id,
                "record": one.record_id,
                "times": one.times,
                "pages": one.pages,
                "first": shapes.moment(one.first),
                "last": shapes.moment(one.last),
                "rights": list(one.rights),
            }
            for one in found.readings
        ],
        "truncated": found.truncated,
    }


def _moment(given: Given, name: str) -> datetime | None:
    if not given.get(name):
        return None
    try:
        at = datetime.fromisoformat(given[name].replace(" ", "+"))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(f"{name} must be a moment with its zone, as 2026-03-01T09:00:00+08:00.", "bad-parameter")
    return at


OPERATIONS = (
    Operation(
        "GET",
        "/ledger",
        "Lines of the ledger, the latest first.",
        get_ledger,
        {200: Answer("Lines.", ref("LedgerLines"))},
        (
            Parameter("subject", TEXT, "Id of what it happened to."),
            Parameter("actor", TEXT, "Who did it: id or login name."),
            Parameter("action", TEXT, "Action, or how it begins."),
            FIRST,
            LAST,
            Parameter("before", {"type": "integer", "minimum": 1}, "Only lines before this number."),
            Parameter("size", {"type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": 100}, "How many."),
        ),
    ),
    Operation(
        "GET",
        "/ledger/readings",
        "Who read a record, or what somebody read (the last thirty days unless said), by day and item.",
        get_readings,
        {200: Answer("Readings.", ref("Readings"))},
        (Parameter("record", TEXT, "Id of a record."), Parameter("login", TEXT, "Login name."), FIRST, LAST),
    ),
    Operation(
        "GET",
        "/ledger/seers/{record}",
        "Who could see a record at a moment, now unless said, and by which rule.",
        get_seers,
        {200: Answer("People.", ref("Seers"))},
        (Parameter("record", TEXT, "Id of the record.", "path"), Parameter("at", AT, "When.")),
    ),
    Operation(
        "GET",
        "/ledger/proof",
        "Follow the whole chain, and hold it against every anchor.",
        get_proof,
        {200: Answer("What is proven.", ref("Proof"))},
    ),
)
