"""Many files with one table that says what each is: tried out first, taken in row by row, and answered by a receipt.

A row is taken in once, however often the same table is given again: it is known by the digest of the table and its
number. So an import that was cut off goes on where it stopped, by doing it again.
"""

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import intake, naming, sheets
from archive.app import Archive
from archive.errors import ArchiveError, Invalid
from archive.intake import Claims
from archive.model import RecordClass, checked_level
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
"""What a column says → how its head may be called."""

LEVELS: Mapping[str, int] = {"公开": 0, "内部": 1, "普通商密": 2, "核心商密": 3}
READY, PROBLEM, REFUSED = "ready", "problem", "refused"

Opener = Callable[[str], BinaryIO]
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
        classes = {one.code: one for one in tx.file_plan.every()}
        sites = {key: one.code for one in tx.organisation.sites() for key in (one.code, one.name)}
        known = tx.intake.by_path(_prefix(digest))
    lines: list[Line] = []
    for number, row in enumerate(rows, 2):
        before = known.get(_key(digest, number))
        if before is not None:
            seen = _visible(archive, actor, before.record_id, before.outcome)
            lines.append(replace(seen, row=number, file=row.get("file", ""), before=True))
        else:
            lines.append(_one(archive, actor, number, row, opened, classes, sites, key=_key(digest, number), dry=dry))
        if progress is not None:
            progress(number - 1, len(rows))
    receipt = Receipt(digest, lines, dry)
    if not dry:
        with archive.write() as tx:
            tx.ledger.add(
                archive.now(),
                actor.id,
                "import.ended",
                "import",
                digest,
                rows=len(lines),
                captured=receipt.count("captured"),
                duplicate=receipt.count("duplicate"),
                refused=receipt.count(REFUSED),
            )
    return receipt


def as_csv(receipt: Receipt) -> bytes:
    """The receipt as a table, to be kept with the delivery note."""
    heads = ("行 row", "文件 file", "结果 outcome", "档案 record", "代码 code", "原因 reason")
    return sheets.as_csv(
        heads, ((one.row, one.file, one.outcome, one.record_id, one.code, one.reason) for one in receipt.lines)
    )


def folder(path: Path) -> Opener:
    """Files below a folder, by the way that leads to them; never outside it, never through a link."""

    def opened(name: str) -> BinaryIO:
        relative = Path(name.replace("\\", "/"))
        if relative.is_absolute() or ".." in relative.parts or not relative.parts or "\0" in name:
            raise Invalid("The table names a file outside its folder.", "outside")
        return intake.opened_source(path / relative, below=path)

    return opened


def _read(table: bytes) -> Sequence[Mapping[str, str]]:
    known = {head.lower(): column for column, heads in COLUMNS.items() for head in heads}
    rows = [
        {known[head.strip().lower()]: cell for head, cell in row.items() if head.strip().lower() in known}
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
    return Line(0, "", outcome if found else "captured", record_id if found else "")


def _claims(row: Mapping[str, str], classes: Mapping[str, RecordClass], sites: Mapping[str, str]) -> Claims:
    class_code, site, level = (row.get(name, "").strip() for name in ("class", "site", "level"))
    if class_code and class_code not in classes:
        raise Invalid(f"There is no class {class_code!r} in the file plan.", "no-such-class")
    if site and site not in sites:
        raise Invalid(f"There is no site {site!r}.", "no-such-site")
    if level and level not in LEVELS and level not in ("0", "1", "2", "3"):
        raise Invalid("A confidentiality level is 0, 1, 2 or 3.", "no-level")
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
