"""Tables that people edit in a spreadsheet: rows out of a CSV or Excel file, and back into one.

A file from outside is hostile: its size is bounded, nothing in it is computed, and what begins like a formula is
written so that a spreadsheet shows it instead of running it.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import python_calamine
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from archive.errors import Invalid

BYTES_MAX = 8 << 20
UNPACKED_MAX = 64 << 20
ROWS_MAX = 50_000

_UNREADABLE = "This file cannot be read as a table; save it as CSV or XLSX and try again."
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def rows(content: bytes) -> Sequence[Mapping[str, str]]:
    """The rows below the heads, each by head. Raises Invalid when it is no table, too large, or has no heads."""
    if len(content) > BYTES_MAX:
        raise Invalid("The table is larger than may be imported at once.", "table-too-large")
    lines = _workbook(content) if content[:2] == b"PK" else _text(content)
    filled = [line for line in lines if any(line)]
    if not filled:
        raise Invalid(_UNREADABLE, "bad-table")
    if len(filled) > ROWS_MAX:
        raise Invalid("The table is larger than may be imported at once.", "table-too-large")
    heads = [head.strip() for head in filled[0]]
    return [dict(zip(heads, (*line, *("",) * len(heads)), strict=False)) for line in filled[1:]]


def as_csv(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> bytes:
    """With the mark by which Excel knows that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    for line in lines:
        writer.writerow([_harmless(value) for value in line])
    return out.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class Beside:
    """A second sheet, which nobody fills in: what may be written into the first."""

    title: str
    heads: Sequence[str]
    lines: Sequence[Sequence[object]]


def as_xlsx(
    heads: Sequence[str], lines: Iterable[Sequence[object]], *, title: str = "", beside: Beside | None = None
) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    _filled(sheet, title[:31] or "1", heads, lines)
    if beside is not None:
        _filled(book.create_sheet(), beside.title, beside.heads, beside.lines)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _filled(sheet: Worksheet, title: str, heads: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    sheet.title = title
    sheet.append(list(heads))
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for line in lines:
        sheet.append(
            [value if isinstance(value, int | float | date | datetime) else _harmless(value) for value in line]
        )
    sheet.freeze_panes = "A2"


def _harmless(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) and text != "-" else text


def _text(content: bytes) -> list[list[str]]:
    for charset in ("utf-8-sig", "gb18030"):
        try:
            return [[_plain(cell) for cell in line] for line in csv.reader(io.StringIO(content.decode(charset)))]
        except (UnicodeDecodeError, csv.Error):
            continue
    raise Invalid(_UNREADABLE, "bad-table")


def _workbook(content: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(member.file_size for member in package.infolist()) > UNPACKED_MAX:
                raise Invalid("The table is larger than may be imported at once.", "table-too-large")
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [[_cell(cell) for cell in line] for line in book.get_sheet_by_index(0).to_python()]
    except (zipfile.BadZipFile, python_calamine.CalamineError, IndexError, ValueError, OverflowError):
        raise Invalid(_UNREADABLE, "bad-table") from None


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _plain(str(value))


def _plain(cell: str) -> str:
    """A cell as it was meant: without the apostrophe that keeps a spreadsheet from running it."""
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
