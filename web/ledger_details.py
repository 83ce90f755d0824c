"""What a line of the ledger says of its deed, in words: fields by their names, codes and ids as what they stand for.

The line itself is never changed by this: beside the words it stands as it was recorded.
"""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, cast

from flask_babel import LazyString

from archive.auditing import Lines
from archive.model import Event
from web import (
    backup_words,
    contract_words,
    document_words,
    dossier_words,
    form_words,
    handover_words,
    language,
    law_words,
    ledger_words,
    loan_words,
    measure_words,
    plan_words,
    property_words,
    retention_words,
    rights_words,
    room_words,
    selection_words,
    sentences,
    setup_words,
    words,
)
from web.language import gettext
from web.language import lazy_gettext as _l

NAMES: Mapping[str, LazyString] = {
    "absent": _l("Giver is absent"),
    "accession": _l("Accession number"),
    "agreed_by": _l("Agreed by"),
    "all_bytes": _l("Every byte was read"),
    "amendment": _l("Amendment"),
    "apart": _l("Papers that could not be placed"),
    "applies": _l("Binds this company"),
    "bad": _l("Not in order"),
    "became": _l("Results"),
    "before": _l("Level before"),
    "began_on": _l("Term runs from"),
    "begins_on": _l("Holds from"),
    "borrower": _l("Borrower"),
    "bytes": _l("Size"),
    "bytes_written": _l("Bytes written"),
    "capacity": _l("Capacity"),
    "captured": _l("How many captured"),
    "changed": _l("Changed"),
    "classes": _l("Classes"),
    "clearance": _l("Clearance"),
    "code": _l("Code"),
    "condition": _l("Condition"),
    "contract": _l("Contract"),
    "copied": _l("Objects copied"),
    "copied_again": _l("Copied again"),
    "count": _l("How many"),
    "custodian": _l("Custody ended too"),
    "damaged": _l("Files that differ"),
    "days": _l("Days"),
    "decision": _l("Decision"),
    "deed": _l("Deed"),
    "department": _l("Department"),
    "departments": _l("Departments"),
    "destroyed": _l("Destroyed again"),
    "difference": _l("Difference"),
    "disposal": _l("Disposal list"),
    "document": _l("Controlled document"),
    "dossier": _l("Dossier"),
    "drawn": _l("Items drawn"),
    "due": _l("By which day"),
    "due_on": _l("By which day"),
    "duplicate": _l("How many here already"),
    "edition": _l("Edition"),
    "effective_from": _l("Effective from"),
    "effective_until": _l("Effective until"),
    "ends": _l("Valid until"),
    "entries": _l("Records in it"),
    "external": _l("For somebody outside"),
    "factor": _l("Second factor"),
    "facts": _l("What holds"),
    "failed": _l("Records that failed"),
    "field": _l("Field changed"),
    "fields": _l("Fields changed"),
    "files": _l("Number of files"),
    "findings": _l("Serious findings"),
    "first": _l("First number"),
    "form": _l("Form"),
    "found": _l("Damage found"),
    "given_up": _l("Objects given up"),
    "giver": _l("Giver"),
    "grade": _l("Grade"),
    "granted": _l("Granted"),
    "group": _l("Group for appraisal"),
    "handover": _l("Handover"),
    "hold": _l("Hold"),
    "input": _l("Input"),
    "instrument": _l("Instrument"),
    "into": _l("Merged into"),
    "item": _l("Line of its checklist"),
    "items": _l("Number of items"),
    "kept": _l("Snapshots kept"),
    "kind": _l("Kind"),
    "known": _l("How many known"),
    "label": _l("Edition"),
    "last": _l("Last number"),
    "level": _l("Confidentiality level"),
    "lifecycle": _l("State"),
    "line": _l("Line of the list"),
    "loan": _l("Loan"),
    "lines": _l("Lines"),
    "location": _l("Storage place"),
    "locked": _l("Account is locked"),
    "lost_snapshots": _l("Lost snapshots"),
    "matrix": _l("Version of the approval matrix"),
    "means": _l("Where to"),
    "media": _l("Media"),
    "missing": _l("Missing"),
    "new": _l("How many new"),
    "next_on": _l("Next review"),
    "number": _l("Number"),
    "objects": _l("Objects"),
    "objects_new": _l("New objects"),
    "occasion": _l("Occasion"),
    "occasions": _l("Occasions"),
    "of": _l("Pages handed out"),
    "on": _l("Day it was held"),
    "on_behalf": _l("On behalf of"),
    "on_paper": _l("Signed on paper"),
    "outcome": _l("Outcome"),
    "outstanding": _l("Keys outstanding"),
    "owner": _l("Who answers for it"),
    "packs": _l("Packs removed"),
    "page": _l("Page number"),
    "pages": _l("Number of pages"),
    "papers": _l("Number of papers"),
    "part": _l("Part taken"),
    "parties": _l("Taking part"),
    "passed": _l("Passed"),
    "people": _l("How many people"),
    "person": _l("Person"),
    "pieces": _l("Pieces counted"),
    "pii": _l("Personal information"),
    "places": _l("Places labelled"),
    "position": _l("Step"),
    "post": _l("Post that decided"),
    "problems": _l("Problems found"),
    "reason": _l("Why"),
    "record": _l("Record"),
    "record_class": _l("Class"),
    "records": _l("How many records"),
    "refused": _l("Not taken in"),
    "removed": _l("Removed"),
    "renewal": _l("Renewal no."),
    "replayed": _l("Deeds done again"),
    "right": _l("By right of"),
    "rights_end": _l("Rights of the giver end"),
    "roles": _l("Roles"),
    "round": _l("Round"),
    "rows": _l("Number of rows"),
    "rpo_s": _l("Lost at most"),
    "rto_s": _l("Restored within"),
    "rung": _l("Days overdue"),
    "said": _l("What the clock said"),
    "saved": _l("Packs saved"),
    "scope": _l("What it is for"),
    "second": _l("Second stocktaker"),
    "serial": _l("Serial"),
    "settle_by": _l("To be put right by"),
    "share": _l("Share"),
    "sites": _l("Sites"),
    "slot": _l("Way to the keys"),
    "slots": _l("Ways to the keys"),
    "snapshots": _l("Snapshots"),
    "source": _l("Found at"),
    "starts": _l("Valid from"),
    "status": _l("State"),
    "successor": _l("Successor"),
    "to": _l("Moved to"),
    "took_ms": _l("Took"),
    "type": _l("Kind of dossier"),
    "unproved": _l("Not proved"),
    "until": _l("Valid until"),
    "version": _l("Version"),
    "wanted": _l("Wanted to"),
    "way": _l("How"),
    "weight": _l("Weight"),
    "were": _l("Void signatures"),
    "what": _l("What"),
    "why": _l("Why"),
    "within": _l("Stands in"),
    "years": _l("Years longer"),
    "temperature_min": _l("Temperature from"),
    "temperature_max": _l("Temperature to"),
    "humidity_min": _l("Humidity from"),
    "humidity_max": _l("Humidity to"),
    "swing_temperature": _l("Temperature, change within a day"),
    "swing_humidity": _l("Humidity, change within a day"),
    "a_day": _l("Readings a day"),
    "flat_hours": _l("Hours standing still"),
    "inspect_days": _l("Days between inspections"),
    "act_days": _l("Days to put it right"),
    "record.part": _l("File no."),
    "record.accessioned.code": _l("Reference code"),
    "declassification.to": _l("To level"),
    "record.moved.before": _l("Place before"),
    "location.moved.before": _l("Place before"),
    "handover.found": _l("Result of the count"),
    "handover.lines": _l("Lines of the list"),
    "ledger.line": _l("Line of the ledger"),
    "ledger.clock-corrected.first": _l("First line"),
    "ledger.clock-corrected.last": _l("Last line"),
    "delegation.first": _l("Valid from"),
    "delegation.last": _l("Valid until"),
    "backup.number": _l("Number of the snapshot"),
    "archive.number": _l("Number of the snapshot"),
    "evidence.to": _l("Last day of the period"),
    "drill.items": _l("Items asked"),
    "drill.closed.passed": _l("Items passed"),
    "stocktake.items": _l("Number of items"),
    "loan.items": _l("Records"),
    "loan.renewed.due": _l("Due back on"),
    "loan.due": _l("Due back on"),
    "repair.due": _l("Due back on"),
    "class.fields": _l("Fields changed"),
    "disposal.records": _l("How many records"),
    "room-action.item": _l("Item of the inspection"),
    "contract.successor": _l("Following contract"),
    "contract.item": _l("Line of the validity checklist"),
    "room-action.number": _l("Number of the action"),
    "report.printed.form": _l("Format"),
    "loan.form": _l("Kind of loan"),
    "loan.days": _l("Term in days"),
    "token.created.days": _l("Valid for days"),
    "review.closed.missing": _l("Missing inputs"),
    "dossier.closed.version": _l("Version of the checklist"),
    "law.version": _l("Version of its entry"),
    "document.copy-handed-out.number": _l("Number of the copy"),
    "document.copy-received.number": _l("Number of the copy"),
    "document.copy-called-back.number": _l("Number of the copy"),
    "dossier.keys-counted.number": _l("How many"),
    "backup.code": _l("Alarm"),
}  # fmt: skip
"""What a field of a line is called; with its action, or the first word of that, before it where that says more."""

UNSAID = frozenset(
    {
        "alert", "by", "component", "copy", "delegation", "digest", "generation", "grant", "head", "proposal",
        "reading", "reservation", "revision", "seed", "selection", "sha256", "signature", "snapshot", "token",
        "voucher", "waited_at",
    }
)  # fmt: skip
"""Ties to other rows, digests and counters, which say nothing to a reader; as recorded, they are there."""
UNSAID_OF = frozenset({"hold.hold", "loan.item", "loan.position", "loan.round"})

_ID = re.compile(r"[0-9a-z]{16}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d:\d\d")
"""As this archive writes an instant down."""
UNREADABLE = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
"""What the reading of a value fails with when the value is not what an archive of today writes."""

Say = Callable[[Any, Lines], str]


def told(event: Event, lines: Lines) -> list[tuple[str, str]]:
    """Name and value of everything that a line says beyond who, what and when; what is empty is not said."""
    family = event.action.partition(".")[0]
    found: list[tuple[str, str]] = []
    for key, value in event.payload.items():
        if key in UNSAID or f"{family}.{key}" in UNSAID_OF or value in ("", None, [], {}):
            continue
        if key == "edition" and "label" in event.payload:
            continue
        try:
            said = _value(event, key, value, lines)
        except UNREADABLE:
            # A line cannot be taken back: whatever it holds, the page with it and all others must stand.
            said = _as_it_is(value)
        found.append((name(event.action, key), said))
    return found


def _as_it_is(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def name(action: str, key: str) -> str:
    family = action.partition(".")[0]
    said = NAMES.get(f"{action}.{key}") or NAMES.get(f"{family}.{key}") or NAMES.get(key)
    return str(said) if said is not None else key


def in_a_line(event: Event, lines: Lines) -> str:
    """The same as text, for a cell of a table."""
    return gettext("; ").join(
        gettext("%(name)s: %(value)s", name=name, value=value) for name, value in told(event, lines)
    )


def subject(event: Event, lines: Lines) -> str:
    """What a line is about: its kind, and what it is called as far as the reader may know."""
    kind = str(ledger_words.KINDS.get(event.subject_kind, event.subject_kind))
    if event.seq in lines.withheld:
        return gettext("above your clearance")
    if event.subject_kind == "archive" and event.subject_id in SET_UP:
        return str(SET_UP[event.subject_id])
    if event.subject_kind in UNNUMBERED or event.subject_id in WHOLE or not event.subject_id:
        return kind
    if event.subject_kind == "person":
        return words.who(event.subject_id, lines.people)
    if event.subject_kind == "record":
        return lines.titles.get(event.subject_id, f"{kind} {event.subject_id}")
    if event.subject_kind == "site":
        return f"{kind} {words.place(event.subject_id)}"
    return f"{kind} {_called(event.subject_id, lines, event.subject_kind)}"


SET_UP: Mapping[str, LazyString] = {
    **setup_words.STEPS,
    "inbox": _l("Inboxes"),
    "backup-place": _l("A place for backups outside the house"),
}
UNNUMBERED = frozenset({"archive", "file-plan", "index", "backup", "ledger", "job"})
"""Kinds of which there is one, or whose ids say nothing to a reader."""
WHOLE = frozenset({"every", "every-room", "table", "classes"})
"""Subjects that stand for all of their kind."""


def recorded(event: Event) -> str:
    """The details letter by letter as they were hashed."""
    return json.dumps(dict(event.payload), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _value(event: Event, key: str, value: object, lines: Lines) -> str:
    family = event.action.partition(".")[0]
    say = next((VALUES[one] for one in (f"{event.action}.{key}", f"{family}.{key}", key) if one in VALUES), NO_TABLE)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if not isinstance(say, Mapping):
        return say(value, lines)
    table = cast("Mapping[Any, object]", say)
    if isinstance(value, list):
        return gettext(", ").join(_one(one, table, lines, key) for one in cast("list[object]", value))
    if isinstance(value, dict):
        pairs = cast("dict[object, object]", value).items()
        return gettext(", ").join(
            gettext("%(name)s: %(value)s", name=_one(one, table, lines, key), value=_one(other, {}, lines, key))
            for one, other in pairs
        )
    return _one(value, table, lines, key)


def _one(value: object, table: Mapping[Any, object], lines: Lines, key: str) -> str:
    if value in table:
        return str(table[value])
    text = str(value)
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return words.moment(datetime.fromisoformat(value))
    return _called(text, lines, key)


def _called(text: str, lines: Lines, kind: str = "") -> str:
    """An id as what it stands for; a code as its name. What is known of neither stays as it is."""
    if text in lines.titles:
        return gettext("“%(title)s”", title=lines.titles[text])
    if text in lines.people or text in ("operator", "service"):
        return words.who(text, lines.people)
    if text in lines.numbers:
        return lines.numbers[text]
    both = lines.names.get((kind, text))
    if both is not None:
        named = words.on_form(both[0]) if kind == "form" else both[0 if language.language() == "zh" else 1]
        return f"{text} {named}"
    return text


def _typed(value: Any, _lines: Lines) -> str:
    """What somebody wrote is theirs, and no code of ours even where it looks like one."""
    return _as_it_is(value)


def _of(kind: str) -> Say:
    """Codes of a kind that the lines came with names for, one or several."""

    def say(value: Any, lines: Lines) -> str:
        codes = cast("list[object]", value) if isinstance(value, list) else [value]
        return gettext(", ").join(_named(str(code), kind, lines) for code in codes)

    return say


def _named(code: str, kind: str, lines: Lines) -> str:
    both = lines.names.get((kind, code))
    return code if both is None else both[0 if language.language() == "zh" else 1]


def _places(value: Any, _lines: Lines) -> str:
    codes = cast("list[object]", value) if isinstance(value, list) else [value]
    return gettext(", ").join(words.place(str(code)) for code in codes)


def _level_and_pii(value: Any, _lines: Lines) -> str:
    level, pii = value
    return gettext(", ").join(
        (str(words.LEVELS[level]), gettext("%(name)s: %(value)s", name=NAMES["pii"], value=words.PII[pii]))
    )


def _loan_items(value: Any, lines: Lines) -> str:
    return gettext(", ").join(
        gettext("%(name)s (%(value)s)", name=_called(str(record_id), lines), value=loan_words.FORMS[form])
        for _, record_id, form in value
    )


def _parties(value: Any, lines: Lines) -> str:
    return gettext(", ").join(
        gettext(
            "%(name)s: %(value)s",
            name=handover_words.PARTS[part],
            value=gettext("somebody outside") if person == "outside" else _called(str(person), lines),
        )
        for part, person in value.items()
    )


def _wanted(value: Any, _lines: Lines) -> str:
    return str(rights_words.ACTIONS.get(value, value))


def _reason(value: Any, _lines: Lines) -> str:
    return str(REASONS[value]) if value in REASONS else sentences.reason(value, "")


def _right(value: Any, _lines: Lines) -> str:
    return str(rights_words.RULES[value][0]) if value in rights_words.RULES else str(value)


def _seconds(value: Any, _lines: Lines) -> str:
    return words.lasting(float(value))


def _milliseconds(value: Any, _lines: Lines) -> str:
    return words.lasting(float(value) / 1000)


def _size(value: Any, _lines: Lines) -> str:
    return words.size(int(value))


def _tenths(value: Any, _lines: Lines) -> str:
    return f"{int(value) / 10:g}"


def _fields_of_class(value: Any, _lines: Lines) -> str:
    return gettext(", ").join(str(plan_words.COLUMNS.get(one, one)) for one in value)


def _alarm(value: Any, _lines: Lines) -> str:
    return str(backup_words.ALARMS.get(value, value)).replace("%(place)s", gettext("one place"))


def _count(value: Any, _lines: Lines) -> str:
    return str(len(cast("list[object]", value))) if isinstance(value, list) else str(value)


NO_TABLE: Mapping[Any, object] = {}
REASONS: Mapping[str, LazyString] = {
    "not-your-duty": _l("not the duty of this person"),
    "not-in-scope": _l("outside of what this person may do or see"),
    "encrypted": words.CAUTIONS["encrypted"],
}
"""Codes for which nothing is said to whoever meets them: the sentence is made anew for each, or it is a caution."""


VALUES: Mapping[str, Mapping[Any, object] | Say] = {
    "level": words.LEVELS,
    "clearance": words.LEVELS,
    "pii": words.PII,
    "lifecycle": words.LIFECYCLES,
    "roles": words.ROLES,
    "department": _places,
    "departments": _places,
    "sites": _places,
    "record_class": _of("class"),
    "file-plan.changed": _of("class"),
    "class.successor": _of("class"),
    "grant.classes": _of("class"),
    "fields": words.FIELDS,
    "class.changed.fields": _fields_of_class,
    "bytes": _size,
    "bytes_written": _size,
    "took_ms": _milliseconds,
    "rto_s": _seconds,
    "rpo_s": _seconds,
    "wanted": _wanted,
    "access.refused.reason": _reason,
    "file.refused.reason": _reason,
    "record.quarantined.reason": _reason,
    "backup.failed.reason": _reason,
    "right": _right,
    "record.declassified.before": _level_and_pii,
    "declassification.to": _level_and_pii,
    "items": _count,
    "loan.requested.items": _loan_items,
    "parties": _parties,
    "apart": _count,
    "review.records": _count,
    "alert.kind": rights_words.ALERTS,
    "means": rights_words.MEANS,
    "scope": rights_words.SCOPES,
    "grant.kind": {"grant": _l("for a while"), "emergency": _l("emergency")},
    "emergency.kind": {"grant": _l("for a while"), "emergency": _l("emergency")},
    "backup.kind": backup_words.KINDS,
    "backup.deed": backup_words.KINDS,
    "backup.code": _alarm,
    "slot": backup_words.SLOTS,
    "slots": backup_words.SLOTS,
    "form.changed.field": _typed,
    "media": _typed,
    "objects.moved.to": {"local": _l("folder of this machine"), "s3": _l("S3 object store")},
    "database.moved.to": {"sqlite": "SQLite", "postgresql": "PostgreSQL"},
    "why": _typed,
    "reason": _typed,
    "contract.ended.why": contract_words.GROUNDS,
    "contract.item": _of("validity"),
    "unproved": _of("validity"),
    "input": _of("review_inputs"),
    "missing": _count,
    "bad": _of("protections"),
    "room-action.item": _of("protections"),
    "room-action.kind": {**room_words.FINDINGS, "inspection": _l("found by an inspection")},
    "location.kind": room_words.KINDS,
    "way": {"hand": _l("read by hand"), "sensor": _l("sensor"), "table": _l("from a table")},
    "stocktake.difference": room_words.DIFFERENCES,
    "temperature_min": _tenths,
    "temperature_max": _tenths,
    "humidity_min": _tenths,
    "humidity_max": _tenths,
    "swing_temperature": _tenths,
    "swing_humidity": _tenths,
    "document.outcome": {**document_words.CHECKS, **document_words.OUTCOMES},
    "facts": dossier_words.CONDITIONS,
    "type": _of("dossier"),
    "dossier.what": dossier_words.KEY_MOVES,
    "record.form-not-bound.outcome": form_words.SQUARES,
    "handover.kind": handover_words.KINDS,
    "handover.found": handover_words.FOUND,
    "handover.part": handover_words.PARTS,
    "law.status": law_words.STATUSES,
    "law.successor": _of("law"),
    "loan.form": loan_words.FORMS,
    "loan.condition": loan_words.PAPER,
    "post": loan_words.POSTS,
    "review.kind": measure_words.KINDS,
    "grade": measure_words.GRADES,
    "occasion": property_words.OCCASIONS,
    "occasions": property_words.OCCASIONS,
    "weight": property_words.WEIGHTS,
    "decision": retention_words.DECISIONS,
    "disposal.records": _count,
    "selection.deed": selection_words.DEEDS,
    "became": selection_words.STATES,
    "repair.source": {"hand": _l("seen by somebody"), "loan": _l("returned damaged"), "stocktake": _l("a stocktake")},
    "factor": {
        "none": _l("none"), "telephone": _l("telephone"), "recovery": _l("code for the day it is gone"),
        "vouched": _l("by the company’s sign-in"),
    },
}  # fmt: skip
"""How the value of a field is read: a table of its codes, or what makes words of it; looked up as NAMES are."""
