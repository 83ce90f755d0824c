"""The classification scheme is data: read from a table, changed class by class, every change a version with its date.

A class is never deleted and never means something else tomorrow: it is closed to new records, and what takes its
place is a new class with a line in the crosswalk.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import house_sheets, naming, sheets
from archive.app import Archive
from archive.errors import Conflict, Corrupt, Invalid, NotFound
from archive.house_sheets import plan_words
from archive.model import PII, RecordClass
from archive.model.retention import Rule, parse_deadline
from archive.model.retention import parse as parse_schedule
from archive.tables import Transaction
from archive.tables.fileplan import ClassVersion, Renumbering

SHIPPED = Path(__file__).parent / "data" / "file_plan.csv"
"""45 classes for a property-management company (domain §4); another plan is imported in its place."""

REQUIRED = ("code", "name_zh", "name_en", "retention", "level", "pii", "pattern")
COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    "retention",
    "mandate",
    "level",
    "pii",
    "responsible_post",
    "required_documents",
    "pattern",
    "review_cycle",
    "filing_deadline",
    "vital",
    "closed_on",
    "standard_clause",
)

PATTERNS = ("I", "V", "S", "V+S")
"""How a class numbers: by item 件, by volume 卷, by form serial, or volumes with serials for the daily forms."""

CYCLES: Mapping[str, int | None] = {"月": 1, "季": 3, "半年": 6, "年": 12, "年(≥1次)": 12, "事件": None, "": None}
"""Review cycle → months between two reviews; None: when something happens."""

YES = frozenset({"是", "y", "yes", "true", "1", "√"})
LETTERS = {number: letter for letter, number in PII.items()}


# ---- Looking ----


@dataclass(frozen=True, slots=True)
class Entry:
    """A class as the file plan shows it: its rules, how many records this person may find in it, and its review."""

    record_class: RecordClass
    rules: tuple[Rule, ...]
    records: int
    review_due: date | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One class with its past."""

    entry: Entry
    version: int
    versions: Sequence[tuple[ClassVersion, Mapping[str, tuple[str, str]]]]
    """Newest first, each with what it changed: field → before and after."""
    renumberings: Sequence[Renumbering]
    people: Mapping[str, str]
    may_change: bool


def plan(archive: Archive, actor: Actor, *, on: date | None = None) -> Sequence[Entry]:
    """Every class, as it is or as it was on a day."""
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        classes = tx.file_plan.every() if on is None else tx.file_plan.as_of(on)
        counts, reviews = tx.records.counted_by_class(scope), tx.file_plan.last_reviews()
    return [_entry(one, counts, reviews) for one in classes]


def show(archive: Archive, actor: Actor, code: str) -> Shown:
    scope = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        record_class = _known(tx, code)
        versions = tx.file_plan.versions(code)
        before: RecordClass | None = None
        told: list[tuple[ClassVersion, Mapping[str, tuple[str, str]]]] = []
        for version in versions:
            told.append((version, differences(before, version.record_class)))
            before = version.record_class
        if not versions:
            raise Corrupt(f"Class {code} has no version.")
        return Shown(
            entry=_entry(record_class, tx.records.counted_by_class(scope), tx.file_plan.last_reviews()),
            version=versions[-1].version,
            versions=list(reversed(told)),
            renumberings=tx.file_plan.renumberings(code),
            people=tx.people.names(version.changed_by for version in versions),
            may_change=bool(actor.roles & rules.DUTIES[Action.MANAGE_FILE_PLAN]),
        )


def english(archive: Archive) -> Mapping[str, str]:
    """What the plan says in Chinese (cases, triggers, sources, required documents) → its English where it has one.
    Known to everybody, as sites and departments are."""
    with archive.read() as tx:
        phrases = [plan_words.check(line) for line in house_sheets.lines(tx, "plan_words")]
    return {one.zh: one.en for one in phrases}


def spelt(period: str, english: Mapping[str, str]) -> str:
    """A retention period in English, as in `major: the day it ended → 30 years`; one that cannot be read as it is."""
    try:
        return "; ".join(_spelt(rule, english) for rule in parse_schedule(period))
    except Invalid:
        return period


def phrase(text: str, english: Mapping[str, str]) -> str:
    """What the plan says in Chinese, in English; its parts, with signs between, where the whole is not known. What
    nobody has put into English stays as it was written."""
    whole = plan_words.plain(text)
    parts = [whole] if whole in english else [plan_words.plain(part) for part in re.split("[;；]", text)]
    return "; ".join(english.get(part, part) for part in parts)


def _spelt(rule: Rule, english: Mapping[str, str]) -> str:
    case = f"{phrase(rule.case, english)}: " if rule.case else ""
    trigger = f"{phrase(rule.trigger, english)} → " if rule.trigger else ""
    term = "permanent" if rule.years is None else f"{rule.years} year{'s' * (rule.years != 1)}"
    return f"{case}{trigger}{term}{f' ({phrase(rule.remark, english)})' if rule.remark else ''}"


def crosswalk(archive: Archive, actor: Actor) -> Sequence[Renumbering]:
    """Every class that took another's place, oldest first."""
    rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        return tx.file_plan.renumberings()


def differences(before: RecordClass | None, after: RecordClass) -> Mapping[str, tuple[str, str]]:
    """What differs between two states of a class, as its table writes it; nothing for its first."""
    if before is None:
        return {}
    old, new = line(before), line(after)
    return {name: (old[name], new[name]) for name in COLUMNS if old[name] != new[name]}


# ---- Changing ----


def may_change(actor: Actor) -> None:
    """Pass silently, or raise Denied: for a page that begins to change something."""
    rules.require(actor, Action.MANAGE_FILE_PLAN)


def may_load(archive: Archive, actor: Actor) -> None:
    """Pass silently, or raise Denied: whoever sets the archive up may bring a plan as long as nothing came in."""
    if rules.may(actor, Action.SET_UP):
        with archive.read() as tx:
            if not any(tx.records.by_lifecycle().values()):
                return
    rules.require(actor, Action.MANAGE_FILE_PLAN)


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing a table would do."""

    new: Sequence[RecordClass]
    changed: Sequence[tuple[RecordClass, Mapping[str, tuple[str, str]]]]
    same: int


def compare(archive: Archive, actor: Actor, table: bytes) -> Plan:
    """What `load` would do with this table. Raises Invalid with the line and what is wrong with it."""
    may_load(archive, actor)
    with archive.read() as tx:
        return _compared(tx, parse(table))


def load(archive: Archive, actor: Actor, table: bytes, *, reason: str = "") -> Plan:
    """Take classes from a CSV or Excel table with the columns above; all of them or none.

    Classes that the table does not name stay as they are. Raises Invalid with the line and what is wrong with it.
    """
    may_load(archive, actor)
    classes = parse(table)
    with archive.write() as tx:
        done = _compared(tx, classes)
        for record_class in (*done.new, *(one for one, _ in done.changed)):
            _put(archive, tx, actor, record_class, reason)
        tx.ledger.add(
            archive.now(),
            actor.id,
            "file-plan.imported",
            "file-plan",
            "classes",
            classes=len(classes),
            new=len(done.new),
            changed=[one.code for one, _ in done.changed],
        )
    return done


def change(archive: Archive, actor: Actor, code: str, said: Mapping[str, str], *, version: int, reason: str) -> None:
    """Change one class; the reason stands with the version. `version` is the one the person saw."""
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    if not reason.strip():
        raise Invalid("Say why the class is changed: it stands with the version.", "no-change-reason")
    with archive.write() as tx:
        record_class = _known(tx, code)
        if tx.file_plan.versions(code)[-1].version != version:
            raise Conflict("Somebody else has changed this class meanwhile; reload it.", "class-changed")
        changed = of_row({**line(record_class), **said, "code": code}, "")
        if changed != record_class:
            _put(archive, tx, actor, changed, reason)
            fields = list(differences(record_class, changed))
            tx.ledger.add(archive.now(), actor.id, "class.changed", "class", code, fields=fields)


def renumber(archive: Archive, actor: Actor, code: str, new_code: str, reason: str) -> RecordClass:
    """Give a class another code: a new class that begins like the old one, which is closed to new records.

    What stands in the old class stays there under its reference codes; the crosswalk leads from one to the other.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    new_code = new_code.strip().upper()
    if not reason.strip():
        raise Invalid("Say why the class is changed: it stands with the version.", "no-change-reason")
    with archive.write() as tx:
        old = _known(tx, code)
        if old.closed_on is not None:
            raise Conflict("This class is closed already.", "class-closed")
        if tx.file_plan.get(new_code) is not None:
            raise Conflict("There is a class of this code already.", "class-exists")
        new = of_row({**line(old), "code": new_code}, "")
        _put(archive, tx, actor, new, reason)
        _put(archive, tx, actor, replace(old, closed_on=today(archive)), reason)
        tx.file_plan.add_renumbering(Renumbering(code, new_code, archive.now(), actor.id, reason.strip()))
        tx.ledger.add(archive.now(), actor.id, "class.renumbered", "class", code, successor=new_code)
        return new


def review(archive: Archive, actor: Actor, code: str, note: str = "") -> None:
    """Write down that a class was looked at and still fits."""
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    with archive.write() as tx:
        _known(tx, code)
        tx.file_plan.add_review(code, today(archive), actor.id, note.strip())
        tx.ledger.add(archive.now(), actor.id, "class.reviewed", "class", code)


# ---- The table ----


def parse(table: bytes) -> Sequence[RecordClass]:
    rows = sheets.rows(table)
    missing = set(REQUIRED) - set(rows[0] if rows else ())
    if missing:
        raise Invalid(f"The file plan lacks the columns: {', '.join(sorted(missing))}.", "columns-missing")
    classes = [of_row(row, f"Line {number} of the file plan: ") for number, row in enumerate(rows, 2)]
    codes = [one.code for one in classes]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise Invalid(f"The file plan names a class twice: {', '.join(twice)}.", "class-twice")
    return classes


def dump(archive: Archive, *, workbook: bool = False) -> bytes:
    """The file plan as a table that `load` takes again."""
    with archive.read() as tx:
        lines = [tuple(line(one).values()) for one in tx.file_plan.every()]
    return sheets.as_xlsx(COLUMNS, lines, title="file plan") if workbook else sheets.as_csv(COLUMNS, lines)


def line(one: RecordClass) -> dict[str, str]:
    """A class as its line in the table."""
    return {
        "code": one.code,
        "name_zh": one.name_zh,
        "name_en": one.name_en,
        "retention": one.retention,
        "mandate": one.mandate,
        "level": str(one.level),
        "pii": LETTERS[one.pii],
        "responsible_post": one.responsible_post,
        "required_documents": ";".join(one.required_documents),
        "pattern": one.pattern,
        "review_cycle": one.review_cycle,
        "filing_deadline": one.filing_deadline,
        "vital": "是" if one.vital else "",
        "closed_on": one.closed_on.isoformat() if one.closed_on else "",
        "standard_clause": one.standard_clause,
    }


def of_row(row: Mapping[str, str], place: str) -> RecordClass:
    """A class out of a line of the table; `place` begins the sentence that says what is wrong."""
    said = {name: naming.clean(row.get(name) or "") for name in COLUMNS}
    naming.checked_code(said["code"], place)
    if not said["name_zh"]:
        raise Invalid(f"{place}A class needs a code and a name.", "no-class-code")
    # "1(图2)" and "1→0" start with the level that holds unless something else is decided.
    level = said["level"][:1]
    if level not in "0123" or not level or said["pii"] not in PII:
        raise Invalid(f"{place}The level is 0–3 and personal information is -, P or S.", "bad-class")
    if said["pattern"] not in PATTERNS:
        raise Invalid(f"{place}The numbering is one of {', '.join(PATTERNS)}.", "bad-class")
    if said["review_cycle"] not in CYCLES:
        raise Invalid(f"{place}The review cycle is one of {', '.join(filter(None, CYCLES))}.", "bad-class")
    try:
        parse_schedule(said["retention"])
        parse_deadline(said["filing_deadline"])
        closed_on = naming.parsed_date(said["closed_on"])
    except Invalid as error:
        raise Invalid(f"{place}{error}", error.code) from None
    return RecordClass(
        code=said["code"],
        name_zh=said["name_zh"],
        name_en=said["name_en"] or said["name_zh"],
        retention=said["retention"],
        level=int(level),
        pii=PII[said["pii"]],
        responsible_post=said["responsible_post"],
        required_documents=tuple(filter(None, map(str.strip, said["required_documents"].replace(";", ";").split(";")))),
        pattern=said["pattern"],
        review_cycle=said["review_cycle"],
        standard_clause=said["standard_clause"],
        mandate=said["mandate"],
        filing_deadline=said["filing_deadline"],
        vital=said["vital"].lower() in YES,
        closed_on=closed_on,
    )


def today(archive: Archive) -> date:
    """The day it is where the server stands."""
    return archive.now().astimezone().date()


def _known(tx: Transaction, code: str) -> RecordClass:
    record_class = tx.file_plan.get(code)
    if record_class is None:
        raise NotFound("There is no such class in the file plan.", "no-such-class")
    return record_class


def _compared(tx: Transaction, classes: Sequence[RecordClass]) -> Plan:
    known = {one.code: one for one in tx.file_plan.every()}
    new = [one for one in classes if one.code not in known]
    pairs = [(one, differences(known[one.code], one)) for one in classes if one.code in known]
    changed = [(one, what) for one, what in pairs if what]
    return Plan(new, changed, len(classes) - len(new) - len(changed))


def _put(archive: Archive, tx: Transaction, actor: Actor, record_class: RecordClass, reason: str) -> None:
    tx.file_plan.put(record_class)
    tx.file_plan.add_version(record_class, today(archive), archive.now(), actor.id, reason.strip())


def _entry(one: RecordClass, counts: Mapping[str, int], reviews: Mapping[str, date]) -> Entry:
    months, last = CYCLES[one.review_cycle], reviews.get(one.code)
    due = None
    if months is not None and last is not None and one.closed_on is None:
        due = last + timedelta(days=round(months * 365.25 / 12))
    return Entry(one, schedule_of(one), counts.get(one.code, 0), due)


def schedule_of(one: RecordClass) -> tuple[Rule, ...]:
    """The rules of a class; none where its schedule is of a time before they were read, and has to be written anew."""
    try:
        return parse_schedule(one.retention)
    except Invalid:
        return ()
