"""Excel workbooks saved in binary form: one page per sheet, with cells as people see them.

Reads the records of each part one after the other, so it costs what the cells cost.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from indexer import limits, office
from indexer.cells import BUILT_IN, EMBEDDED, packed_number, shown, without_codes
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.package import Damaged, Package, packed
from indexer.text import Caution, Text
from indexer.writing import Lines, Pages

MEDIA_TYPES = ("application/vnd.ms-excel.sheet.binary.macroEnabled.12",)
EXTENSIONS = ("xlsb",)
SAMPLE_PHRASE = "公共能耗分摊明细"


def sample() -> bytes:
    def record(kind: int, body: bytes = b"") -> bytes:
        encoded = bytes((kind,)) if kind < 128 else bytes((kind & 0x7F | 0x80, kind >> 7))
        return encoded + bytes((len(body),)) + body

    def wide(words: str) -> bytes:
        return struct.pack("<I", len(words)) + words.encode("utf-16-le")

    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    sheet = record(_SHEET, struct.pack("<II", 0, 1) + wide("r1") + wide("一期"))
    cells = record(_ROW, struct.pack("<I", 0)) + record(_SHARED, struct.pack("<III", 0, 0, 0))
    cells += record(_REAL, struct.pack("<IId", 1, 0, 386.4))
    return packed(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/xl/workbook.bin" ContentType="{MEDIA_TYPES[0]}.main"/></Types>',
            "_rels/.rels": f'{rels}<Relationship Id="r1" Type="{types}/officeDocument" Target="xl/workbook.bin"/>'
            "</Relationships>",
            "xl/workbook.bin": sheet,
            "xl/_rels/workbook.bin.rels": f'{rels}<Relationship Id="r1" Type="{types}/worksheet" '
            f'Target="worksheets/sheet1.bin"/><Relationship Id="r2" Type="{types}/sharedStrings" '
            'Target="sharedStrings.bin"/></Relationships>',
            "xl/worksheets/sheet1.bin": cells,
            "xl/sharedStrings.bin": record(_STRING, b"\0" + wide(SAMPLE_PHRASE)),
        }
    )


def claims(seen: Seen) -> Claim | None:
    if seen.members is None or "xl/workbook.bin" not in {name.lower() for name in seen.members}:
        return None
    return Claim(MEDIA_TYPES[0], 0.95)


def read(path: Path) -> Text:
    """A page per sheet, hidden ones too: rows as lines, cells with tabs between, then comments and drawings."""
    with Package(path) as package:
        if package.encrypted:
            return Text((), cautions=(Caution("encrypted"),))
        book = _workbook(package)
        pages = Pages()
        names: list[str] = []
        for name, part in book.sheets:
            pages.add(_sheet_text(package, part, book))
            names.append(name)
            pages.full = pages.full or limits.almost_over()
            if pages.full:
                break
        inside = office.embeddings(package)
        if inside.labels:
            pages.add(inside.labels)
            names.append(EMBEDDED)
        if book.broken and not any(page.strip() for page in pages.done()):
            raise Unreadable("No sheet of the workbook can be read.", "damaged")
        found = [*office.cautions(package), *pages.cautions()]
        if book.broken:
            found.append(Caution("partly-unreadable", str(book.broken)))
        if _calls_programs(package) and all(caution.code != "active-content" for caution in found):
            found.append(Caution("active-content", "dde"))
        kept = pages.done()
        return Text(kept, tuple(names[: len(kept)]), office.properties(package), inside.children, tuple(found))


# ---- Records: a kind and a length in as few bytes as they need, then the content ----

_ROW, _REAL, _SHARED, _STRING = 0, 5, 7, 19
_FORMAT, _STYLE, _BOOK_FACTS, _SHEET = 44, 47, 153, 156
_STYLES_BEGIN, _STYLES_END, _MARGINS, _COMMENT, _SUPPLIER = 617, 618, 479, 637, 360

_RECORD_BYTES_MAX = 16 << 20


def _records(package: Package, part: str) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each record as the part unpacks. Raises Damaged where it breaks."""
    buffer = b""
    for chunk in package.chunks(part):
        buffer = buffer + chunk if buffer else chunk
        at = 0
        while (found := _record(buffer, at)) is not None:
            kind, begin, end = found
            yield kind, buffer[begin:end]
            at = end
        buffer = buffer[at:]


def _record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, begin and end of the record here; None when it is not all there."""
    if at >= len(data):
        return None
    kind = data[at]
    at += 1
    if kind & 0x80:
        if at >= len(data):
            return None
        kind = kind & 0x7F | (data[at] & 0x7F) << 7
        at += 1
    length = 0
    for shift in (0, 7, 14, 21):
        if at >= len(data):
            return None
        byte = data[at]
        at += 1
        length |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    if length > _RECORD_BYTES_MAX:
        raise Damaged("a record that no program writes")
    return (kind, at, at + length) if at + length <= len(data) else None


def _wide(body: bytes, at: int = 0) -> tuple[str, int]:
    """A string with its length before it, and where it ends. A length of -1 means that there is none."""
    (length,) = struct.unpack_from("<I", body, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = min(at + 4 + 2 * length, len(body))
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


@dataclass(slots=True)
class _Workbook:
    sheets: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Name and part of each."""
    strings: list[str] = field(default_factory=list[str])
    styles: list[str] = field(default_factory=list[str])
    """The number format of each cell style."""
    epoch: datetime = datetime(1899, 12, 30)
    broken: int = 0


def _workbook(package: Package) -> _Workbook:
    main = next(
        (
            arrow.target
            for arrow in office.relationships(package, "").values()
            if arrow.kind == "officeDocument" and package.find(arrow.target)
        ),
        "xl/workbook.bin",
    )
    arrows = office.relationships(package, main)
    by_kind = {arrow.kind: arrow.target for arrow in arrows.values() if not arrow.external}
    book = _Workbook()
    try:
        for kind, body in _records(package, main):
            if kind == _SHEET:
                identity, at = _wide(body, 8)
                arrow = arrows.get(identity)
                if arrow is not None and not arrow.external:
                    book.sheets.append((_wide(body, at)[0][:200], arrow.target))
            elif kind == _BOOK_FACTS and body[:1] and body[0] & 1:
                book.epoch = datetime(1904, 1, 1)
    except (Damaged, struct.error):
        book.broken += 1
    if not book.sheets:
        raise Unreadable("The workbook has no readable list of sheets.", "damaged")
    for kind, take in (("sharedStrings", _take_strings), ("styles", _take_styles)):
        if kind in by_kind:
            try:
                take(package, by_kind[kind], book)
            except (Damaged, struct.error):
                book.broken += 1
    return book


def _take_strings(package: Package, part: str, book: _Workbook) -> None:
    room = limits.TEXT_CHARS_MAX
    for kind, body in _records(package, part):
        if kind == _STRING:
            words = _wide(body, 1)[0]
            room -= len(words)
            # Past the limit the numbering must stay right, but no more text is kept.
            book.strings.append(words if room >= 0 else "")


def _take_styles(package: Package, part: str, book: _Workbook) -> None:
    codes = dict(BUILT_IN)
    within = False
    for kind, body in _records(package, part):
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _wide(body, 2)[0]
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            within = kind == _STYLES_BEGIN
        elif kind == _STYLE and within:
            book.styles.append(codes.get(struct.unpack_from("<H", body, 2)[0], "General"))


def _sheet_text(package: Package, part: str, book: _Workbook) -> str:
    lines = Lines()
    margins: list[str] = []
    row: list[str] = []
    try:
        for kind, body in _records(package, part):
            if kind == _ROW:
                lines.add("\t".join(row))
                row.clear()
                if lines.full:
                    break
            elif kind in _CELLS:
                words = _CELLS[kind](book, body)
                if words:
                    row.append(words)
            elif kind == _MARGINS:
                margins += _strings(body, 2)
    except (Damaged, struct.error):
        book.broken += 1
    lines.add("\t".join(row))
    for words in (*map(without_codes, margins), *_comments(package, part), *office.beside(package, part)):
        lines.add(words)
    return lines.text()


def _strings(body: bytes, at: int) -> Iterator[str]:
    while at + 4 <= len(body):
        words, at = _wide(body, at)
        yield words


def _comments(package: Package, part: str) -> Iterator[str]:
    for arrow in office.relationships(package, part).values():
        if arrow.kind == "comments" and not arrow.external:
            try:
                yield from (_wide(body, 1)[0] for kind, body in _records(package, arrow.target) if kind == _COMMENT)
            except (Damaged, struct.error):
                continue


def _calls_programs(package: Package) -> bool:
    """True when a part outside is another program rather than another workbook."""
    for part in package.matching(r"xl/externalLinks/[^/]+\.bin")[:100]:
        try:
            if any(kind == _SUPPLIER and body[:2] != b"\0\0" for kind, body in _records(package, part)):
                return True
        except Damaged:
            continue
    return False


# ---- Cells ----


def _styled(book: _Workbook, body: bytes, number: float) -> str:
    style = int.from_bytes(body[4:7], "little")
    return shown(repr(number), book.styles[style] if style < len(book.styles) else "General", book.epoch)


def _small(book: _Workbook, body: bytes) -> str:
    return _styled(book, body, packed_number(struct.unpack_from("<i", body, 8)[0]))


def _real(book: _Workbook, body: bytes) -> str:
    return _styled(book, body, struct.unpack_from("<d", body, 8)[0])


def _truth(_: _Workbook, body: bytes) -> str:
    return ("FALSE", "TRUE")[body[8] & 1] if len(body) > 8 else ""


def _shared(book: _Workbook, body: bytes) -> str:
    (place,) = struct.unpack_from("<I", body, 8)
    return book.strings[place] if place < len(book.strings) else ""


def _plain(_: _Workbook, body: bytes) -> str:
    return _wide(body, 8)[0]


def _rich(_: _Workbook, body: bytes) -> str:
    return _wide(body, 9)[0]


_CELLS: dict[int, Callable[[_Workbook, bytes], str]] = {
    2: _small,
    4: _truth,
    _REAL: _real,
    6: _plain,
    _SHARED: _shared,
    8: _plain,
    9: _real,
    10: _truth,
    62: _rich,
}
"""What to make of each kind of cell; errors and blanks show nothing."""
