"""Sheets that a company writes in its own words: lines with their sources, every change a version.

One file per sheet in this folder; the file name is its code.

A sheet has

    TITLE      what it is called, in zh and en
    DUTY       the action whose roles may look at it
    COLUMNS    the columns of its table
    KEY        by which of them a line is known
    FILE       the table in `archive/data/` that is shipped: it holds until a company writes its own in its place
    check(line) -> object
               raises Invalid for a line that cannot be; whoever uses the sheet may want what it makes of the line

and is a page, a table to take away and bring back, and an operation of the API.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol, cast

from access import rules
from access.actors import OPERATOR, Actor
from access.rules import Action
from archive import naming, sheets
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.tables import Transaction
from archive.tables.house_sheets import Line, SheetVersion

DATA = Path(__file__).parent.parent / "data"
SHIPPED_AT = datetime(2026, 1, 1, tzinfo=UTC)
LINES_MAX = 600
TEXT_MAX = 1000


class Sheet(Protocol):
    TITLE: Mapping[str, str]
    DUTY: Action
    COLUMNS: tuple[str, ...]
    KEY: tuple[str, ...]
    FILE: str

    def check(self, line: Line) -> object: ...


@dataclass(frozen=True, slots=True)
class Shown:
    code: str
    sheet: Sheet
    versions: Sequence[SheetVersion]
    """Newest first; the one that is shipped is version 0."""
    people: Mapping[str, str]
    may_change: bool


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_sheet(code: str) -> Sheet:
    """Raises NotFound."""
    if code not in names():
        raise NotFound("There is no such sheet.", "no-such-checklist")
    return cast("Sheet", import_module(f"{__name__}.{code}"))


def offered(actor: Actor) -> Mapping[str, Sheet]:
    """The sheets this person may look at."""
    every = {code: open_sheet(code) for code in names()}
    return {code: sheet for code, sheet in every.items() if rules.may(actor, sheet.DUTY)}


def lines(tx: Transaction, code: str) -> Sequence[Line]:
    """The sheet as it holds now."""
    return newest(tx, code).rows


def newest(tx: Transaction, code: str) -> SheetVersion:
    """The sheet as it holds now, with its version."""
    return _versions(tx, code)[0]


def held_at(tx: Transaction, code: str, moments: Iterable[datetime]) -> Mapping[datetime, Sequence[Line]]:
    """The sheet as it held at each of these moments: what was filled in then keeps the words of then."""
    versions = _versions(tx, code)
    return {at: next((one for one in versions if one.changed_at <= at), versions[-1]).rows for at in set(moments)}


@cache
def shipped(code: str) -> tuple[Line, ...]:
    return tuple(sheets.rows((DATA / open_sheet(code).FILE).read_bytes()))


def show(archive: Archive, actor: Actor, code: str) -> Shown:
    rules.require(actor, open_sheet(code).DUTY)
    with archive.read() as tx:
        versions = _versions(tx, code)
        people = tx.people.names(one.changed_by for one in versions)
    return Shown(code, open_sheet(code), versions, people, rules.may(actor, Action.MANAGE_FILE_PLAN))


def change(
    archive: Archive, actor: Actor, code: str, said: Line, *, version: int, reason: str, remove: bool = False,
    new: bool = False,
) -> None:  # fmt: skip
    """Add a line, put it in the place of the one known by the same, or remove that.

    `version` is the one that was seen. Raises Conflict when there is a newer one, or when a line that is meant to be
    `new` is known already.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    sheet = open_sheet(code)
    line = _clean(sheet, said)
    with archive.write() as tx:
        known = {_key(sheet, one): one for one in _seen(tx, code, version).rows}
        if remove:
            if known.pop(_key(sheet, line), None) is None:
                raise NotFound("There is no such line in the sheet.", "no-such-item")
        else:
            if new and _key(sheet, line) in known:
                raise Conflict(f"There is a line {' '.join(_key(sheet, line))} already; change that.", "line-known")
            known[_key(sheet, line)] = line
        _put(archive, tx, actor, code, list(known.values()), reason)


def load(archive: Archive, actor: Actor, code: str, table: bytes, *, version: int, reason: str) -> int:
    """Take the whole sheet from a CSV or Excel table with its columns; how many lines it has now.

    `version` is the one that was seen. Raises Conflict when there is a newer one, Invalid with the line and what is
    wrong with it.
    """
    rules.require(actor, Action.MANAGE_FILE_PLAN)
    sheet = open_sheet(code)
    found = sheets.rows(table)
    missing = set(sheet.COLUMNS) - set(found[0] if found else ())
    if missing:
        raise Invalid(f"The table lacks the columns: {', '.join(sorted(missing))}.", "columns-missing")
    with archive.write() as tx:
        _seen(tx, code, version)
        _put(archive, tx, actor, code, [_clean(sheet, row) for row in found], reason)
    return len(found)


def dump(archive: Archive, actor: Actor, code: str, *, workbook: bool = False) -> bytes:
    """The sheet as it holds now, as a table that `load` takes again."""
    shown = show(archive, actor, code)
    columns = shown.sheet.COLUMNS
    held = [[line.get(name, "") for name in columns] for line in shown.versions[0].rows]
    return sheets.as_xlsx(columns, held, title=code) if workbook else sheets.as_csv(columns, held)


def _clean(sheet: Sheet, said: Line) -> Line:
    return {name: naming.clean(said.get(name) or "")[:TEXT_MAX] for name in sheet.COLUMNS}


def _put(archive: Archive, tx: Transaction, actor: Actor, code: str, held: Sequence[Line], reason: str) -> None:
    sheet = open_sheet(code)
    if not reason.strip():
        raise Invalid("Say why the sheet is changed: it stands with the version.", "no-change-reason")
    if not 0 < len(held) <= LINES_MAX:
        raise Invalid(f"Such a sheet has 1 to {LINES_MAX} lines.", "bad-checklist")
    for number, line in enumerate(held, 2):
        try:
            naming.checked_code(line["code"])
            sheet.check(line)
        except Invalid as error:
            raise Invalid(f"Line {number}: {error}", error.code) from None
    if len({_key(sheet, line) for line in held}) != len(held):
        raise Invalid(f"Two lines have the same {' and '.join(sheet.KEY)}.", "bad-checklist")
    tx.house_sheets.add(code, held, archive.now(), actor.id, reason.strip()[:500])
    tx.ledger.add(archive.now(), actor.id, "sheet.changed", "sheet", code, lines=len(held))


def _key(sheet: Sheet, line: Line) -> tuple[str, ...]:
    return tuple(line.get(name, "") for name in sheet.KEY)


def _seen(tx: Transaction, code: str, version: int) -> SheetVersion:
    found = newest(tx, code)
    if found.version != version:
        raise Conflict("Somebody else has changed this sheet meanwhile; reload it.", "checklist-changed")
    return found


def _versions(tx: Transaction, code: str) -> Sequence[SheetVersion]:
    return [*tx.house_sheets.every(code), SheetVersion(0, SHIPPED_AT, OPERATOR.id, "", shipped(code))]
