"""Excel workbooks: one page per sheet, with cells as people see them.

Reads cells one after the other as they stand in the file, so a sheet whose only cells are its first and its
last costs two cells, not the rectangle between them.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# lxml ships no types.

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from indexer import limits, office
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.package import Damaged, Package
from indexer.text import Caution, Text
from indexer.writing import Lines, Pages

MEDIA_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel.sheet.macroEnabled.12",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
    "application/vnd.ms-excel.template.macroEnabled.12",
    "application/vnd.ms-excel.addin.macroEnabled.12",
)
EXTENSIONS = ("xlsx", "xlsm", "xltx", "xltm", "xlam")
SAMPLE_PHRASE = "物业费收缴明细"


def sample() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "一期"
    sheet.append([SAMPLE_PHRASE, "日期", "金额"])
    sheet.append([1203, date(2026, 3, 1), 386.4])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_MAIN_TYPES = (
    (b"spreadsheetml.sheet.main", MEDIA_TYPES[0]),
    (b"ms-excel.sheet.macroEnabled", MEDIA_TYPES[1]),
    (b"spreadsheetml.template.main", MEDIA_TYPES[2]),
    (b"ms-excel.template.macroEnabled", MEDIA_TYPES[3]),
    (b"ms-excel.addin.macroEnabled", MEDIA_TYPES[4]),
)


def claims(seen: Seen) -> Claim | None:
    if seen.members is None:
        return None
    types = seen.part("[Content_Types].xml")
    for mark, media_type in _MAIN_TYPES:
        if mark in types:
            return Claim(media_type, 0.95)
    return Claim(MEDIA_TYPES[0], 0.9) if any(name.lower() == "xl/workbook.xml" for name in seen.members) else None


def read(path: Path) -> Text:
    """A page per sheet, hidden ones too: rows as lines, cells with tabs between, then comments and drawings."""
    with Package(path) as package:
        if package.encrypted:
            return Text((), cautions=(Caution("encrypted"),))
        book = _workbook(package)
        pages = Pages()
        names: list[str] = []
        broken = 0
        for sheet in book.sheets:
            lines = Lines()
            try:
                for row in _rows(package, sheet.part, book):
                    lines.add(row)
                    if lines.full:
                        break
            except Damaged:
                broken += 1
            for part in beside(package, sheet.part):
                lines.add(part)
            pages.add(lines.text())
            names.append(sheet.name)
            pages.full = pages.full or limits.almost_over()
            if pages.full:
                break
        inside = office.embeddings(package)
        if inside.labels:
            pages.add(inside.labels)
            names.append(EMBEDDED)
        if broken and broken == len(book.sheets) and not any(page.strip() for page in pages.done()):
            raise Unreadable("No sheet of the workbook can be read.", "damaged")
        found = [*office.cautions(package), *pages.cautions()]
        if broken or book.damaged:
            found.append(Caution("partly-unreadable", str(broken + book.damaged)))
        kept = pages.done()
        return Text(kept, tuple(names[: len(kept)]), office.properties(package), inside.children, tuple(found))


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    part: str


@dataclass(slots=True)
class _Workbook:
    sheets: list[_Sheet]
    strings: list[str] = field(default_factory=list[str])
    formats: list[str] = field(default_factory=list[str])
    """The number format of each cell style."""
    epoch: datetime = datetime(1899, 12, 30)
    damaged: int = 0


def _workbook(package: Package) -> _Workbook:
    main = next(
        (
            arrow.target
            for arrow in office.relationships(package, "").values()
            if arrow.kind == "officeDocument" and package.find(arrow.target)
        ),
        "xl/workbook.xml",
    )
    root = office.tree(package, main)
    if root is None:
        raise Unreadable("The workbook has no readable list of sheets.", "damaged")
    arrows = office.relationships(package, main)
    book = _Workbook([])
    for element in root.iter():
        word = office.local(element)
        if word == "sheet":
            identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
            arrow = arrows.get(identity)
            if arrow is not None and not arrow.external:
                book.sheets.append(_Sheet((element.get("name") or "")[:200], arrow.target))
        elif word == "workbookPr" and element.get("date1904") in ("1", "true"):
            book.epoch = datetime(1904, 1, 1)
    if not book.sheets:
        raise Unreadable("The workbook has no sheets.", "damaged")
    by_kind = {arrow.kind: arrow.target for arrow in arrows.values() if not arrow.external}
    try:
        book.strings.extend(_shared_strings(package, by_kind.get("sharedStrings", "xl/sharedStrings.xml")))
    except Damaged:
        book.damaged += "sharedStrings" in by_kind
    book.formats = _formats(package, by_kind.get("styles", "xl/styles.xml"))
    return book


def _shared_strings(package: Package, part: str) -> Iterator[str]:
    room = limits.TEXT_CHARS_MAX
    for _, element in office.events(package, part, ends_of=("si",)):
        text = _rich(element)
        room -= len(text)
        # Past the limit the numbering must stay right, but no more text is kept.
        yield text if room >= 0 else ""
        office.forget(element)


def _rich(element: Any) -> str:
    """The runs of a string without their phonetic guides."""
    if len(element) == 1 and office.local(element[0]) == "t":
        return _unescaped(element[0].text or "")
    runs = (part for part in element.iter() if office.local(part) == "t" and office.local(part.getparent()) != "rPh")
    return _unescaped("".join(part.text or "" for part in runs))


def _unescaped(text: str) -> str:
    """Excel writes characters that XML does not like, carriage returns above all, as `_x000D_`."""
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text


_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def _rows(package: Package, part: str, book: _Workbook) -> Iterator[str]:
    for _, element in office.events(package, part, ends_of=("row", *_MARGINS)):
        if office.local(element) != "row":
            if element.text:
                yield without_codes(element.text)
            continue
        cells = [seen for cell in element if len(cell) and (seen := _cell(cell, book))]
        if cells:
            yield "\t".join(cells)
        office.forget(element)


EMBEDDED = "嵌入文件 / embedded files"

_MARGINS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")
_MARGIN_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|\d+|[A-Za-z&])')


def without_codes(margin: str) -> str:
    """The words of a page header or footer."""
    return _MARGIN_CODES.sub(" ", margin).strip()


def _cell(cell: Any, book: _Workbook) -> str:
    kind = cell.get("t")
    if kind == "inlineStr":
        return "".join(_rich(part) for part in cell if office.local(part) == "is")
    # Last, after the formula; only extensions may follow.
    value = cell[-1].text if str(cell[-1].tag).endswith("}v") else cell.findtext("{*}v")
    if not value:
        return ""
    if kind == "s":
        at = int(value) if value.isdecimal() and len(value) < 10 else -1
        return book.strings[at] if 0 <= at < len(book.strings) else ""
    if kind == "b":
        return "TRUE" if value == "1" else "FALSE"
    if kind is None or kind == "n":
        style = cell.get("s")
        at = int(style) if style and style.isdecimal() and len(style) < 10 else 0
        return shown(value, book.formats[at] if at < len(book.formats) else "General", book.epoch)
    return value


def shown(value: str, code: str, epoch: datetime) -> str:
    """A number as its format shows it: dates in ISO order, percentages, fixed decimals, leading zeros.

    Without thousands separators, which nobody types when searching.
    """
    if code == "General" and _COUNT.fullmatch(value):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if number != number or abs(number) > 1e300:
        return value
    kind, digits = _kind(code)
    if kind == "general" and _LONG_NUMBER.fullmatch(value):
        # Longer than a spreadsheet counts, but the file has every digit of the account or identity card.
        return value
    if kind in ("date", "time", "datetime"):
        return _moment(number, kind, epoch) or _plain(number)
    if kind == "percent":
        return f"{number * 100:.{digits}f}%" if digits >= 0 else f"{_plain(number * 100)}%"
    if kind == "padded" and number == int(number):
        return f"{int(number):0{digits}d}"
    if kind == "fixed" and abs(number) < 1e15:
        return f"{number:.{digits}f}"
    return _plain(number)


_COUNT = re.compile(r"-?(?:0|[1-9]\d{0,29})")
_LONG_NUMBER = re.compile(r"-?[1-9]\d{15,29}")


def _plain(number: float) -> str:
    # Identity-card and account numbers are long integers; 15 digits is what a spreadsheet keeps of the rest.
    return str(int(number)) if number == int(number) and abs(number) < 1e21 else f"{number:.15g}"


def _moment(number: float, kind: str, epoch: datetime) -> str | None:
    if not 0 <= number < 2_958_466:
        return None
    # Excel believes that 29 February 1900 existed.
    days = number + 1 if number < 60 and epoch.year == 1899 and kind != "time" else number
    moment = epoch + timedelta(seconds=round(days * 86_400))
    clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
    if kind == "time" and number < 1:
        return clock
    day = moment.date().isoformat()
    return day if kind == "date" and not number % 1 else f"{day} {clock}"


BUILT_IN = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 14: "yyyy-mm-dd", 15: "d-mmm-yy", 16: "d-mmm",
    17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy-mm-dd h:mm",
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    **dict.fromkeys((*range(27, 32), 36, *range(50, 53), 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 53, 55, 56), "h:mm:ss"),
}  # fmt: skip
"""The number formats every program knows by number; 27 to 58 as in Chinese Excel."""

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


@lru_cache(maxsize=1024)
def _kind(code: str) -> tuple[str, int]:
    """What a format makes of a number, and with how many digits (-1: as many as it has)."""
    first = _LITERAL.sub("", code.split(";")[0]).lower()
    if "general" in first or first in ("", "@"):
        return "general", -1
    day, clock = re.search("[yd]", first) is not None, re.search("[hs]", first) is not None
    if day or clock or "m" in first:
        return ("datetime" if day and clock else "time" if clock else "date"), 0
    digits = len(re.findall("[0#?]", first.partition(".")[2]))
    if "%" in first:
        return "percent", digits
    if "e" in first or "/" in first:
        return "general", -1
    if re.fullmatch("0{2,15}", first):
        return "padded", len(first)
    return (
        ("fixed", digits)
        if re.search("[0#]", first) and digits <= 10 and not first.rstrip().endswith(",")
        else ("general", -1)
    )


def _formats(package: Package, part: str) -> list[str]:
    root = office.tree(package, part)
    if root is None:
        return []
    custom = {element.get("numFmtId"): element.get("formatCode") or "" for element in root.iter("{*}numFmt")}
    found: list[str] = []
    for styles in root.iter("{*}cellXfs"):
        for style in styles:
            number = style.get("numFmtId") or "0"
            known = BUILT_IN.get(int(number), "General") if number.isdecimal() and len(number) < 9 else "General"
            found.append(custom.get(number, known))
    return found


_BESIDE = frozenset(("comments", "threadedComment", "drawing"))
_FROM_DRAWING = frozenset(("chart", "chartEx", "diagramData"))


def beside(package: Package, sheet_part: str) -> Iterator[str]:
    """The words around the cells: comments, text boxes, charts, diagrams."""
    for arrow in office.relationships(package, sheet_part).values():
        if arrow.kind in _BESIDE and not arrow.external:
            yield from _words(package, arrow.target)
        if arrow.kind == "drawing" and not arrow.external:
            for further in office.relationships(package, arrow.target).values():
                if further.kind in _FROM_DRAWING and not further.external:
                    yield from _words(package, further.target)


def _words(package: Package, part: str) -> Iterator[str]:
    """Paragraph by paragraph, whatever the vocabulary: runs `t`, values `v`, threaded `text`."""
    pieces: list[str] = []
    try:
        for event, element in office.events(package, part):
            if event != "end":
                continue
            word = office.local(element)
            if word in ("t", "v", "text") and element.text:
                pieces.append(element.text)
            if word in ("p", "pt", "comment", "threadedComment", "sp") and pieces:
                yield "".join(pieces)
                pieces.clear()
                office.forget(element)
    except Damaged:
        return
    if pieces:
        yield "".join(pieces)
