"""What the law says of contracts and what makes one valid is data: two sheets with source and dates, every change a
version.

What is shipped holds until a company writes its own in its place. Each line says between which days it holds: a notice
is reckoned by the law of the day on which a contract ends, a contract is checked by the list of the day it was signed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from access import rules
from access.actors import OPERATOR, Actor
from access.rules import Action
from archive import naming, sheets
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model.contracts import KINDS, PROVISIONS, CheckItem, Provision
from archive.tables import Transaction
from archive.tables.contracts import SheetVersion

DATA = Path(__file__).parent / "data"
SHIPPED_AT = datetime(2026, 1, 1, tzinfo=UTC)
DAYS_MAX = 3660
LINES_MAX = 300

Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet people may edit: its columns, by which of them a line is known, and the file it is shipped in."""

    code: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    file: str
    check: Callable[[Line], object]


def provisions(tx: Transaction) -> Sequence[Provision]:
    """What the law says, each with the days between which it holds."""
    return [_provision(one) for one in _lines(tx, "deadlines")]


def shipped_provisions() -> Sequence[Provision]:
    """What the law said when this was shipped."""
    return [_provision(one) for one in _shipped(SHEETS["deadlines"].file)]


def checklist(tx: Transaction) -> Sequence[CheckItem]:
    """The validity checklist (2.12), those of its lines that hold no more included."""
    return [_item(one) for one in _lines(tx, "validity")]


@dataclass(frozen=True, slots=True)
class Shown:
    sheet: Sheet
    versions: Sequence[SheetVersion]
    """Newest first; the one that is shipped is version 0."""
    people: Mapping[str, str]
    may_change: bool


def show(archive: Archive, actor: Actor, code: str) -> Shown:
    rules.require(actor, Action.SEE_CONTRACTS)
    with archive.read() as tx:
        versions = _versions(tx, code)
        people = tx.people.names(one.changed_by for one in versions)
    return Shown(_sheet(code), versions, people, rules.may(actor, Action.MANAGE_FILE_PLAN))


def change(
    archive: Archive, actor: Actor, code: str, said: Line, *, version: int, reason: str, remove: bool = False
) -> None:
    """Add a line, put it in the place of the one known by the same, or remove that. `version` is the one that was seen.

    A law that changes gets a second line from the day on which it holds; the first one gets its last day.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    sheet = _sheet(code)
    line = {name: naming.clean(said.get(name, "")) for name in sheet.columns}
    with archive.write() as tx:
        newest = _versions(tx, code)[0]
        if newest.version != version:
            raise Conflict("Somebody else has changed this sheet meanwhile; reload it.", "checklist-changed")
        known = {_key(sheet, one): one for one in newest.rows}
        if remove:
            if known.pop(_key(sheet, line), None) is None:
                raise NotFound("There is no such line in the sheet.", "no-such-item")
        else:
            known[_key(sheet, line)] = line
        _put(archive, tx, actor, sheet, list(known.values()), reason)


def load(archive: Archive, actor: Actor, code: str, table: bytes, *, reason: str) -> int:
    """Take the whole sheet from a CSV or Excel table with its columns; how many lines it has now.

    Raises Invalid with the line and what is wrong with it.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    sheet = _sheet(code)
    found = sheets.rows(table)
    missing = set(sheet.columns) - set(found[0] if found else ())
    if missing:
        raise Invalid(f"The table lacks the columns: {', '.join(sorted(missing))}.", "columns-missing")
    lines = [{name: naming.clean(row.get(name) or "") for name in sheet.columns} for row in found]
    with archive.write() as tx:
        _put(archive, tx, actor, sheet, lines, reason)
    return len(lines)


def dump(archive: Archive, actor: Actor, code: str, *, workbook: bool = False) -> bytes:
    """The sheet as it holds now, as a table that `load` takes again."""
    shown = show(archive, actor, code)
    columns = shown.sheet.columns
    lines = [[line.get(name, "") for name in columns] for line in shown.versions[0].rows]
    return sheets.as_xlsx(columns, lines, title=code) if workbook else sheets.as_csv(columns, lines)


def _put(archive: Archive, tx: Transaction, actor: Actor, sheet: Sheet, lines: Sequence[Line], reason: str) -> None:
    if not reason.strip():
        raise Invalid("Say why the sheet is changed: it stands with the version.", "no-change-reason")
    if not 0 < len(lines) <= LINES_MAX:
        raise Invalid(f"Such a sheet has 1 to {LINES_MAX} lines.", "bad-checklist")
    for number, line in enumerate(lines, 2):
        try:
            sheet.check(line)
        except Invalid as error:
            raise Invalid(f"Line {number}: {error}", error.code) from None
    if len({_key(sheet, line) for line in lines}) != len(lines):
        raise Invalid(f"Two lines have the same {' and '.join(sheet.key)}.", "bad-checklist")
    tx.contracts.add_sheet(sheet.code, lines, archive.now(), actor.id, reason.strip()[:500])
    tx.ledger.add(
        archive.now(), actor.id, "contract-rules.changed", "contract-rules", sheet.code, lines=len(lines)
    )  # fmt: skip


def _provision(line: Line) -> Provision:
    if line["code"] not in PROVISIONS:
        raise Invalid(f"A provision is one of: {', '.join(PROVISIONS)}.", "bad-checklist")
    days = line["days"]
    if days and (not days.isascii() or not days.isdigit() or int(days) > DAYS_MAX):
        raise Invalid("A number of days is expected.", "bad-checklist")
    if not line["law"] or not line["source"]:
        raise Invalid("A provision names its law and where it was read.", "bad-checklist")
    first, last = _between(line)
    return Provision(
        line["code"],
        line["law"],
        line["article"],
        int(days) if days else None,
        first,
        last,
        line["source"],
        line["says"],
    )


def _item(line: Line) -> CheckItem:
    kinds = frozenset(line["kinds"].split())
    if not line["code"] or len(line["code"]) > 20 or not line["zh"] or not line["source"]:
        raise Invalid("A line needs a code of at most 20 characters, a name and its source.", "bad-checklist")
    if not kinds or not kinds <= {"*", *KINDS}:
        raise Invalid(f"Kinds are * or some of: {', '.join(KINDS)}.", "bad-checklist")
    first, last = _between(line)
    return CheckItem(line["code"], kinds, line["zh"], line["en"] or line["zh"], first, last, line["source"])


def _between(line: Line) -> tuple[date, date | None]:
    first, last = naming.parsed_date(line["valid_from"]), naming.parsed_date(line["valid_to"])
    if first is None or (last is not None and last < first):
        raise Invalid("Say from which day it holds, and until when where it holds no more.", "bad-checklist")
    return first, last


SHEETS: Mapping[str, Sheet] = {
    one.code: one
    for one in (
        Sheet(
            "deadlines",
            ("code", "law", "article", "days", "valid_from", "valid_to", "source", "says"),
            ("code", "valid_from"),
            "statutory_deadlines.csv",
            _provision,
        ),
        Sheet(
            "validity",
            ("code", "kinds", "zh", "en", "valid_from", "valid_to", "source"),
            ("code", "valid_from"),
            "validity_checklist.csv",
            _item,
        ),
    )
}


def _sheet(code: str) -> Sheet:
    if code not in SHEETS:
        raise NotFound("There is no such sheet.", "no-such-checklist")
    return SHEETS[code]


def _key(sheet: Sheet, line: Line) -> tuple[str, ...]:
    return tuple(line.get(name, "") for name in sheet.key)


def _lines(tx: Transaction, code: str) -> Sequence[Line]:
    return _versions(tx, code)[0].rows


def _versions(tx: Transaction, code: str) -> Sequence[SheetVersion]:
    sheet = _sheet(code)
    return [*tx.contracts.sheet(code), SheetVersion(0, SHIPPED_AT, OPERATOR.id, "", _shipped(sheet.file))]


@lru_cache(maxsize=len(SHEETS))
def _shipped(file: str) -> tuple[Line, ...]:
    return tuple(sheets.rows((DATA / file).read_bytes()))
