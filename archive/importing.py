"""Many files with one table that says what each is: tried out first, taken in row by row, and answered by a receipt.

A row is taken in once, however often the same table is given again: it is known by the digest of the table and its
number. So an import that was cut off goes on where it stopped, by doing it again: at a command that has all files at
hand (`run`), or file by file as they come (`begin`, `take`), for as many days as that takes.
"""

import hashlib
import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import intake, locations, naming, sheets
from archive.app import Archive
from archive.errors import ArchiveError, Invalid
from archive.intake import Claims
from archive.model import Arrival, RecordClass, checked_level, new_id
from archive.tables import Transaction
from archive.tables.imports import Import, ImportRow
from archive.tables.jobs import BULK

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "file": ("file", "文件", "文件名", "file name"),
    "title": ("title", "题名", "标题"),
    "class": ("class", "类目", "类目代码", "分类号"),
    "level": ("level", "密级"),
    "site": ("site", "项目", "项目代码"),
    "department": ("department", "部门", "部门代码"),
    "number": ("number", "文号", "编号", "文件编号"),
    "issuer": ("issuer", "责任者", "发文单位"),
    "parties": ("parties", "当事人", "相对方"),
    "date": ("date", "日期", "成文日期"),
    "location": ("location", "存放位置", "架位"),
}
"""What a column says → how its head may be called: for programs, and on the table that is given to people."""

_KNOWN = {head.lower(): column for column, heads in COLUMNS.items() for head in heads}

LEVELS: Mapping[str, int] = {"公开": 0, "内部": 1, "普通商密": 2, "核心商密": 3}
KEPT_FOR = timedelta(days=90)
"""So long a table waits for its files, and its receipt can be had."""
TABLE_BYTES_MAX = sheets.BYTES_MAX
READY, PROBLEM, REFUSED, TAKEN = "ready", "problem", "refused", "taken"

Shelves = Mapping[str, Mapping[str, str]]
"""Site → what may be written of its places → their address."""
NO_SHELVES: Shelves = {}
Opener = Callable[[str], AbstractContextManager[BinaryIO]]
"""Opens a file of the import by the name the table gives it. Raises NotFound, or Invalid for what is no file."""


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of one row of the table; rows count from 2, as a spreadsheet shows them."""

    row: int
    file: str
    outcome: str
    """ready or problem before it is taken in; captured, duplicate or refused after."""
    record_id: str = ""
    code: str = ""
    reason: str = ""
    before: bool = False
    """It was taken in by an earlier run of the same import."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The whole import, row by row."""

    digest: str
    """SHA-256 of the table."""
    lines: Sequence[Line]
    dry: bool

    def count(self, *outcomes: str) -> int:
        return sum(one.outcome in outcomes for one in self.lines)


def run(
    archive: Archive,
    actor: Actor,
    table: bytes,
    opened: Opener,
    *,
    dry: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Receipt:
    """Take in what the table lists, or with `dry` only say what would happen. Safe to repeat.

    Raises Invalid when the table cannot be read or names no files. A row that cannot be taken in costs only itself.
    """
    rules.require(actor, Action.CAPTURE)
    digest = hashlib.sha256(table).hexdigest()
    rows = _read(table)
    with archive.read() as tx:
        classes, sites = _vocabulary(tx)
        shelves = _shelves(tx, rows, sites) if dry else NO_SHELVES
        known = tx.intake.by_path(_prefix(digest))
    lines: list[Line] = []
    for number, row in enumerate(rows, 2):
        before = known.get(_key(digest, number))
        if before is not None:
            seen = _visible(archive, actor, before.record_id, before.outcome)
            lines.append(replace(seen, row=number, file=row.get("file", ""), before=True))
        else:
            key = _key(digest, number)
            lines.append(_one(archive, actor, number, row, opened, classes, sites, shelves, key=key, dry=dry))
        if progress is not None:
            progress(number - 1, len(rows))
    receipt = Receipt(digest, lines, dry)
    if not dry:
        with archive.write() as tx:
            _end(archive, tx, actor, receipt)
    return receipt


def _vocabulary(tx: Transaction) -> tuple[Mapping[str, RecordClass], Mapping[str, str]]:
    """The classes by code; the sites by code and by name."""
    classes = {one.code: one for one in tx.file_plan.every()}
    return classes, {key: one.code for one in tx.organisation.sites() for key in (one.code, one.name)}


def _shelves(tx: Transaction, rows: Sequence[Mapping[str, str]], sites: Mapping[str, str]) -> Shelves:
    """Those of the sites for which an address is written: asked for once, however long the table is."""
    return tx.rooms.labels({sites.get(row.get("site", "").strip(), "") for row in rows if row.get("location")})


def _end(archive: Archive, tx: Transaction, actor: Actor, receipt: Receipt) -> None:
    tx.ledger.add(
        archive.now(),
        actor.id,
        "import.ended",
        "import",
        receipt.digest,
        rows=len(receipt.lines),
        captured=receipt.count("captured"),
        duplicate=receipt.count("duplicate"),
        refused=receipt.count(REFUSED),
    )


# ---- File by file: an import that lasts ----


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an import is."""

    about: Import
    ready: int
    """Rows that wait for their file."""
    problem: int
    refused: int
    taken: int

    @property
    def rows(self) -> int:
        return self.ready + self.problem + self.refused + self.taken


def begin(archive: Archive, actor: Actor, table: bytes, name: str) -> Import:
    """Keep what the table says until its files come; nothing is taken in by it. The same table is the same import.

    Raises Invalid when the table cannot be read or names no files. What is wrong with a row stands in its receipt.
    """
    rules.require(actor, Action.CAPTURE)
    digest = hashlib.sha256(table).hexdigest()
    rows = _read(table)
    with archive.read() as tx:
        classes, sites = _vocabulary(tx)
        shelves = _shelves(tx, rows, sites)
    with archive.write() as tx:
        there = tx.imports.of_table(digest, actor.id)
        if there is not None:
            # What was wrong with a row may have been put right since: a class opened, a site added.
            for row in tx.imports.rows(there.id, outcome=PROBLEM):
                again = _looked_at(row.row, {**row.said, "file": row.file}, classes, sites, shelves, taken=False)
                tx.imports.say(there.id, row.row, again.outcome, again.code, again.reason)
            return there
        one = Import(new_id(), digest, naming.safe_name(name), actor.id, archive.now())
        known = tx.intake.by_path(_prefix(digest))
        looked = (
            _looked_at(n, row, classes, sites, shelves, taken=_key(digest, n) in known) for n, row in enumerate(rows, 2)
        )
        tx.imports.add(one, looked)
        tx.ledger.add(archive.now(), actor.id, "import.begun", "import", digest, rows=len(rows))
    return one


def take(archive: Archive, actor: Actor, import_id: str, source: BinaryIO, name: str) -> Sequence[Line]:
    """Take in one file for every row that names it; a row that has its file already stays as it is.

    `name` may carry folders, which tell files of one name apart. No line: the table does not name this file.
    """
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        one = tx.imports.get(import_id, actor.id)
        rows = _named(tx.imports.called(import_id, naming.safe_name(name)), name)
        classes, sites = _vocabulary(tx)
    lines: list[Line] = []
    for row in rows:
        if row.outcome not in (READY, REFUSED):
            continue
        said, key = {**row.said, "file": row.file}, _key(one.digest, row.row)
        # Whoever lends the file closes it: it may be named by another row as well.
        line = _one(
            archive, actor, row.row, said, lambda _: nullcontext(source), classes, sites, NO_SHELVES, key=key, dry=False
        )
        lines.append(line)
        with archive.write() as tx:
            outcome = REFUSED if line.outcome == REFUSED else TAKEN
            was_ready = tx.imports.say(import_id, row.row, outcome, line.code, line.reason)
            if was_ready and not tx.imports.waits(import_id):
                _end(archive, tx, actor, _receipt(tx, actor, one))
    return lines


def standing(archive: Archive, actor: Actor, import_id: str) -> Standing:
    """How far one of this person's own imports is."""
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        return Standing(tx.imports.get(import_id, actor.id), **tx.imports.counts(import_id))


def mine(archive: Archive, actor: Actor) -> Sequence[Standing]:
    """The imports this person has begun, newest first."""
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        return [Standing(one, **counts) for one, counts in tx.imports.of_person(actor.id)]


def awaited(archive: Archive, actor: Actor, import_id: str) -> Sequence[str]:
    """The names of the files that have still to come, so that no other is sent."""
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        tx.imports.get(import_id, actor.id)
        return tx.imports.awaited(import_id)


def receipt(archive: Archive, actor: Actor, import_id: str) -> Receipt:
    """What became of every row so far."""
    rules.require(actor, Action.CAPTURE)
    with archive.read() as tx:
        return _receipt(tx, actor, tx.imports.get(import_id, actor.id))


def first_lines(archive: Archive, actor: Actor, import_id: str, *, most: int) -> Sequence[Line]:
    """Some rows of the receipt: those with a problem first, then those that wait, then the others."""
    rules.require(actor, Action.CAPTURE)
    lines: list[Line] = []
    with archive.read() as tx:
        one = tx.imports.get(import_id, actor.id)
        for outcome in (REFUSED, PROBLEM, READY, TAKEN):
            rows = tx.imports.rows(import_id, outcome=outcome, most=most - len(lines))
            arrivals = tx.intake.at_paths([_key(one.digest, row.row) for row in rows])
            lines += _lines(tx, actor, one, rows, arrivals)
    return lines


def _receipt(tx: Transaction, actor: Actor, one: Import) -> Receipt:
    rows, arrivals = tx.imports.rows(one.id), tx.intake.by_path(_prefix(one.digest))
    return Receipt(one.digest, _lines(tx, actor, one, rows, arrivals), dry=False)


def _lines(
    tx: Transaction, actor: Actor, one: Import, rows: Sequence[ImportRow], arrivals: Mapping[str, Arrival]
) -> list[Line]:
    found = tx.records.admitted([one.record_id for one in arrivals.values()], rules.scope(actor, Action.FIND))
    lines: list[Line] = []
    for row in rows:
        arrival = arrivals.get(_key(one.digest, row.row))
        if arrival is None:
            lines.append(Line(row.row, row.file, row.outcome, code=row.code, reason=row.reason))
        else:
            seen = _seen(arrival.record_id, arrival.outcome, arrival.record_id in found)
            lines.append(replace(seen, row=row.row, file=row.file, code=row.code, reason=row.reason))
    return lines


def drop(archive: Archive, actor: Actor, import_id: str) -> None:
    """Keep its table no longer. What was taken in stays; given again, the table goes on behind it."""
    rules.require(actor, Action.CAPTURE)
    with archive.write() as tx:
        one = tx.imports.get(import_id, actor.id)
        counts = tx.imports.counts(import_id)
        tx.imports.drop(import_id)
        if counts["ready"]:
            tx.ledger.add(archive.now(), actor.id, "import.dropped", "import", one.digest, rows=counts["ready"])


def forget_old(archive: Archive) -> None:
    """Drop the tables that were given long ago, whether or not all their files came. Safe to repeat."""
    with archive.write() as tx:
        tx.imports.drop_before(archive.now() - KEPT_FOR)


def _looked_at(
    number: int,
    row: Mapping[str, str],
    classes: Mapping[str, RecordClass],
    sites: Mapping[str, str],
    shelves: Shelves,
    *,
    taken: bool,
) -> ImportRow:
    file = row.get("file", "").strip()
    about = {name: value for name, value in row.items() if name != "file" and value}
    one = ImportRow(number, file, naming.safe_name(file), {} if taken else about, TAKEN if taken else READY)
    try:
        if not file:
            raise Invalid("The row names no file.", "no-file")
        claims = _claims(row, classes, sites)
        naming.parsed_date(claims.document_date)
        if not taken:
            locations.check_written(shelves.get(claims.site, {}), claims.shelf_location)
    except Invalid as error:
        return replace(one, outcome=PROBLEM, code=error.code, reason=str(error))
    return one


def _named(rows: Sequence[ImportRow], name: str) -> Sequence[ImportRow]:
    """Those that mean the file that lies there. Raises Invalid where its folder is needed to know."""
    given = _parts(name)
    fitting = [row for row in rows if _parts(row.file)[-len(given) :] == given[-len(_parts(row.file)) :]]
    if len({_parts(row.file) for row in fitting}) > 1:
        raise Invalid(
            "Several rows name a file of this name; choose its folder, so that it is known which.", "which-file"
        )
    return fitting or rows


def _parts(name: str) -> tuple[str, ...]:
    whole = unicodedata.normalize("NFC", name).replace("\\", "/")
    return tuple(part for part in whole.split("/") if part not in ("", "."))


def as_csv(receipt: Receipt, said: Callable[[Line], tuple[str, str]] = lambda one: (one.outcome, one.reason)) -> bytes:
    """The receipt as a table, to be kept with the delivery note; `said` puts outcome and reason in a reader's words."""
    heads = ("行 row", "文件 file", "结果 outcome", "档案 record", "代码 code", "原因 reason")
    worded = ((one, *said(one)) for one in receipt.lines)
    return sheets.as_csv(
        heads, ((one.row, one.file, outcome, one.record_id, one.code, why) for one, outcome, why in worded)
    )


def blank() -> bytes:
    """A workbook with the heads of all columns, to be filled."""
    return sheets.as_xlsx([heads[1] for heads in COLUMNS.values()], ())


def folder(path: Path) -> Opener:
    """Files below a folder, by the way that leads to them; never outside it, never through a link."""

    def opened(name: str) -> BinaryIO:
        relative = Path(name.replace("\\", "/"))
        if relative.is_absolute() or ".." in relative.parts or not relative.parts or "\0" in name:
            raise Invalid("The table names a file outside its folder.", "outside")
        return intake.opened_source(path / relative, below=path)

    return opened


def not_understood(table: bytes) -> Sequence[str]:
    """Heads of columns that are left out, because nothing here is called so: a slip of the pen would lose a class.

    Raises Invalid when the table cannot be read.
    """
    heads = dict.fromkeys(head.strip() for row in sheets.rows(table)[:1] for head in row)
    return [head for head in heads if head and head.lower() not in _KNOWN]


def _read(table: bytes) -> Sequence[Mapping[str, str]]:
    rows = [
        {_KNOWN[head.strip().lower()]: cell for head, cell in row.items() if head.strip().lower() in _KNOWN}
        for row in sheets.rows(table)
    ]
    if not rows or "file" not in rows[0]:
        raise Invalid("The table needs a column that names the files: file, or 文件.", "no-file-column")
    return rows


def _one(
    archive: Archive,
    actor: Actor,
    number: int,
    row: Mapping[str, str],
    opened: Opener,
    classes: Mapping[str, RecordClass],
    sites: Mapping[str, str],
    shelves: Shelves,
    *,
    key: str,
    dry: bool,
) -> Line:
    file = row.get("file", "").strip()
    try:
        if not file:
            raise Invalid("The row names no file.", "no-file")
        claims = _claims(row, classes, sites)
        naming.parsed_date(claims.document_date)
        with opened(file) as source:
            if dry:
                locations.check_written(shelves.get(claims.site, {}), claims.shelf_location)
                intake.check_size(archive, source.seek(0, os.SEEK_END))
                return Line(number, file, READY)
            arrival = intake.hand_in(archive, actor, source, file, claims, door="import", once=key, priority=BULK)
    except (ArchiveError, OSError) as error:
        code = error.code if isinstance(error, ArchiveError) else "unreadable"
        reason = str(error) if isinstance(error, ArchiveError) else os.strerror(error.errno or 0)
        return Line(number, file, PROBLEM if dry else REFUSED, code=code, reason=reason)
    return replace(_visible(archive, actor, arrival.record_id, arrival.outcome), row=number, file=file)


def _visible(archive: Archive, actor: Actor, record_id: str, outcome: str) -> Line:
    """What whoever imports may learn of it: a twin that they may not find is answered like a new file."""
    with archive.read() as tx:
        found = tx.records.admitted([record_id], rules.scope(actor, Action.FIND))
    return _seen(record_id, outcome, bool(found))


def _seen(record_id: str, outcome: str, may_find: bool) -> Line:
    return Line(0, "", outcome, record_id) if may_find else Line(0, "", "captured")


def _claims(row: Mapping[str, str], classes: Mapping[str, RecordClass], sites: Mapping[str, str]) -> Claims:
    class_code, site, level = (row.get(name, "").strip() for name in ("class", "site", "level"))
    if class_code and class_code not in classes:
        raise Invalid(f"There is no class {class_code!r} in the file plan.", "no-such-class")
    if site and site not in sites:
        raise Invalid(f"There is no site {site!r}.", "no-such-site")
    if level and level not in LEVELS and level not in ("0", "1", "2", "3"):
        raise Invalid("A confidentiality level is 0, 1, 2 or 3.", "no-such-level")
    stated = LEVELS.get(level, int(level) if level.isdigit() else None)
    default = classes[class_code].level if class_code else Claims().level
    return Claims(
        title=row.get("title", ""),
        class_code=class_code,
        level=checked_level(default if stated is None else stated),
        site=sites.get(site, ""),
        department=row.get("department", ""),
        doc_number=row.get("number", ""),
        issuer=row.get("issuer", ""),
        parties=tuple(filter(None, (one.strip() for one in row.get("parties", "").replace("；", ";").split(";")))),
        document_date=row.get("date", ""),
        shelf_location=row.get("location", ""),
    )


def _prefix(digest: str) -> str:
    return f"import:{digest[:32]}:"


def _key(digest: str, number: int) -> str:
    return f"{_prefix(digest)}{number}"
