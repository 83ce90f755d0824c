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
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer import limits, office
from indexer.cells import BUILT_IN, EMBEDDED, shown, without_codes
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.package import Damaged, Package
from indexer.text import Caution, Text
from indexer.writing import Lines, Pages

if TYPE_CHECKING:
    from PIL import Image

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
            for part in office.beside(package, sheet.part):
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
        text = Text(kept, tuple(names[: len(kept)]), office.properties(package), inside.children, tuple(found))
        return office.with_pictures(text, package)


def picture(path: Path, page: int) -> "Image.Image":
    """A picture in the workbook."""
    with Package(path) as package:
        return office.picture(package, read(path), page)


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


_MARGINS = ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter")


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
