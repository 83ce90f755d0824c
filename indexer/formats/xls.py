"""Excel workbooks as they were until 2003, also those of WPS: one page per sheet, with cells as people see them.

Reads the records one after the other as they stand in the file, so it costs what the cells cost, not the
rectangle between the first and the last.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from indexer import limits, ole, summary
from indexer.cells import BUILT_IN, EMBEDDED, packed_number, shown, without_codes
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.text import Caution, Text
from indexer.writing import Lines, Pages

MEDIA_TYPES = ("application/vnd.ms-excel",)
EXTENSIONS = ("xls", "xlt", "et", "ett", "xla", "xlw")
SAMPLE_PHRASE = "车位租赁登记表"


def sample() -> bytes:
    def record(kind: int, body: bytes) -> bytes:
        return struct.pack("<HH", kind, len(body)) + body

    def string(words: str) -> bytes:
        return struct.pack("<HB", len(words), 1) + words.encode("utf-16-le")

    begin = record(_BEGIN, struct.pack("<HHHH", _EXCEL_97, 5, 0, 0))
    name = struct.pack("<BB", 2, 1) + "一期".encode("utf-16-le")
    strings = record(_STRINGS, struct.pack("<II", 2, 2) + string(SAMPLE_PHRASE) + string("3号楼地下B-017"))
    offset = len(begin) + 4 + 6 + len(name) + len(strings) + 4
    sheet = record(_SHEET, struct.pack("<IBB", offset, 0, 0) + name)
    cells = record(_SHARED, struct.pack("<HHHI", 0, 0, 0, 0)) + record(_SHARED, struct.pack("<HHHI", 1, 0, 0, 1))
    cells += record(_NUMBER, struct.pack("<HHHd", 1, 1, 0, 386.4))
    end = record(_END, b"")
    return ole.packed({"Workbook": begin + sheet + strings + end + begin + cells + end})


_STREAMS = ("Workbook", "Book", "WORKBOOK", "BOOK")
_EXCEL_97 = 0x600
# Until version 4 a workbook was its records and nothing around them; each version had another first record.
_NAKED = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00\x00\x05")


def claims(seen: Seen) -> Claim | None:
    if seen.head.startswith(_NAKED) and not seen.textual:
        return Claim(MEDIA_TYPES[0], 0.9)
    if not seen.head.startswith(ole.MAGIC) or ole.opened(seen.path).names().isdisjoint(_STREAMS):
        return None
    return Claim(MEDIA_TYPES[0], 0.9)


def read(path: Path) -> Text:
    """A page per sheet, hidden ones and charts too: rows as lines, then text boxes and comments."""
    compound = ole.opened(path)
    if ole.locked(path):
        return Text((), (), summary.properties(compound), (), (Caution("encrypted"),))
    stream = next((name for name in _STREAMS if name in compound.names()), "")
    data = compound.read(stream) if stream else path.read_bytes()[: 64 << 20]
    book = Book(data)
    pages = Pages()
    names: list[str] = []
    for sheet in book.sheets:
        pages.add(_sheet_text(book, sheet.offset))
        names.append(sheet.name)
        pages.full = pages.full or limits.almost_over()
        if pages.full:
            break
    inside = ole.objects({name: one for name, one in compound.storages().items() if name.startswith("MBD")})
    if inside.labels:
        pages.add(inside.labels)
        names.append(EMBEDDED)
    kept = pages.done()
    if book.broken and not any(page.strip() for page in kept):
        raise Unreadable("The workbook is damaged; no sheet can be read.", "damaged")
    found = [*_cautions(compound, book), *pages.cautions()]
    if book.broken:
        found.append(Caution("partly-unreadable"))
    if inside.children:
        found.append(Caution("has-children", str(len(inside.children))))
    return Text(kept, tuple(names[: len(kept)]), summary.properties(compound), inside.children, tuple(found))


def _cautions(compound: ole.Compound, book: "Book") -> Iterator[Caution]:
    if "_VBA_PROJECT_CUR" in compound.names() or any(sheet.is_macro for sheet in book.sheets):
        yield Caution("active-content", "macros")
    if book.links:
        yield Caution("external-links", str(book.links))
    if "_signatures" in compound.names() or "_xmlsignatures" in compound.names():
        yield Caution("signed")


# ---- Records ----

_BEGIN, _END, _CONTINUED = 0x809, 0x0A, 0x3C
_SHEET, _STRINGS, _FORMAT, _STYLE, _DATE_MODE, _CODE_PAGE, _LINK = 0x85, 0xFC, 0x41E, 0xE0, 0x22, 0x42, 0x1AE
_SHARED, _NUMBER, _FORMULA, _FORMULA_TEXT = 0xFD, 0x203, 0x06, 0x207
_TEXT_BOX, _NOTE, _SERIES_TEXT = 0x1B6, 0x1C, 0x100D
_BEGINS = (0x009, 0x209, 0x409, _BEGIN)


def _records(data: bytes, at: int = 0) -> Iterator[tuple[int, int, int]]:
    """Kind, begin and end of each record's content, until the data is over or is none of ours any more."""
    length = len(data)
    while at + 4 <= length:
        kind, size = struct.unpack_from("<HH", data, at)
        yield kind, at + 4, min(at + 4 + size, length)
        at += 4 + size


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    offset: int
    is_macro: bool


@dataclass(slots=True)
class Book:
    """What all sheets share, out of the first part of the stream."""

    data: bytes
    sheets: list[_Sheet] = field(default_factory=list[_Sheet])
    strings: list[str] = field(default_factory=list[str])
    styles: list[str] = field(default_factory=list[str])
    """The number format of each cell style."""
    epoch: datetime = datetime(1899, 12, 30)
    codec: str = "cp1252"
    version: int = _EXCEL_97
    links: int = 0
    broken: bool = False

    def __post_init__(self) -> None:
        codes = dict(BUILT_IN)
        styles: list[int] = []
        try:
            self._globals(codes, styles)
        except (struct.error, IndexError):
            self.broken = True
        self.styles = [codes.get(number, "General") for number in styles]
        if not self.sheets:
            # A single sheet without a workbook around it, or a broken list: wherever a part begins.
            begins = [at - 4 for kind, at, _ in _records(self.data) if kind in _BEGINS]
            self.sheets = [_Sheet("", at, is_macro=False) for at in (begins[1:] or begins)[:1000]]
            self.broken = self.broken or not begins

    def _globals(self, codes: dict[int, str], styles: list[int]) -> None:
        data = self.data
        for kind, at, end in _records(data):
            if kind in _BEGINS:
                self.version = struct.unpack_from("<H", data, at)[0] if kind == _BEGIN else kind & 0xF00
            elif kind == _SHEET and end - at > 8:
                (offset,) = struct.unpack_from("<I", data, at)
                self.sheets.append(
                    _Sheet(self.short_string(data[at + 6 : end])[:200], offset, is_macro=data[at + 5] == 1)
                )
            elif kind == _STRINGS:
                self.strings = _shared_strings(_Pieces(data, at))
            elif kind == _FORMAT and end - at > 3:
                (number,) = struct.unpack_from("<H", data, at)
                codes[number] = (
                    self.string(data[at + 2 : end])
                    if self.version == _EXCEL_97
                    else self.short_string(data[at + 2 : end])
                )
            elif kind == _STYLE and end - at >= 4:
                styles.append(struct.unpack_from("<H", data, at + 2)[0])
            elif kind == _DATE_MODE and data[at : at + 2] == b"\1\0":
                self.epoch = datetime(1904, 1, 1)
            elif kind == _CODE_PAGE and end - at >= 2:
                self.codec = summary.code_page(struct.unpack_from("<H", data, at)[0]) or self.codec
            elif kind == _LINK and end - at >= 4:
                self.links += data[at + 2 : at + 4] not in (b"\1\4", b"\1\x3a")
            elif kind == _END:
                return

    def string(self, body: bytes) -> str:
        """Two bytes of length, in new files a flag, then the characters."""
        return self._characters(body[2:], int(struct.unpack_from("<H", body)[0]))

    def short_string(self, body: bytes) -> str:
        """The same with one byte of length."""
        return self._characters(body[1:], body[0])

    def _characters(self, body: bytes, length: int) -> str:
        if self.version != _EXCEL_97:
            return body[:length].decode(self.codec, "replace")
        if body[:1] and body[0] & 1:
            return body[1 : 1 + 2 * length].decode("utf-16-le", "replace")
        return body[1 : 1 + length].decode("latin-1")


class _Pieces:
    """The content of a record and of those that continue it, as one run of bytes that knows its seams."""

    def __init__(self, data: bytes, at: int) -> None:
        chunks: list[bytes] = []
        self.seams: list[int] = []
        length = 0
        for number, (kind, begin, end) in enumerate(_records(data, at - 4)):
            if number and kind != _CONTINUED:
                break
            chunks.append(data[begin:end])
            length += end - begin
            self.seams.append(length)
        self.content = b"".join(chunks)
        self._next = 0

    def characters(self, at: int, count: int, wide: bool) -> tuple[str, int]:
        """So many characters from here on; after each seam stands a flag anew. Returns where they end."""
        found: list[str] = []
        while count > 0 and at < len(self.content):
            while self._next < len(self.seams) and self.seams[self._next] < at:
                self._next += 1
            seam = self.seams[self._next] if self._next < len(self.seams) else len(self.content)
            take = min(count, max((seam - at) // (2 if wide else 1), 0))
            stop = at + take * (2 if wide else 1)
            found.append(self.content[at:stop].decode("utf-16-le" if wide else "latin-1", "replace"))
            count -= take
            at = stop
            if count > 0:
                at = seam + 1
                wide = seam < len(self.content) and bool(self.content[seam] & 1)
        return "".join(found), at


def _shared_strings(pieces: _Pieces) -> list[str]:
    """Each with a length and flags before it, and behind it the runs and phonetic guides that nobody needs here."""
    content = pieces.content
    found: list[str] = []
    room = limits.TEXT_CHARS_MAX
    at, end = 8, len(content)
    while at + 3 <= end:
        length, flags = struct.unpack_from("<HB", content, at)
        at += 3
        behind = 0
        try:
            if flags & 8:
                behind += 4 * int(struct.unpack_from("<H", content, at)[0])
                at += 2
            if flags & 4:
                behind += int(struct.unpack_from("<I", content, at)[0])
                at += 4
        except struct.error:
            break
        words, at = pieces.characters(at, length, bool(flags & 1))
        at += behind
        room -= len(words)
        # Past the limit the numbering must stay right, but no more text is kept.
        found.append(words if room >= 0 else "")
    return found


# ---- Cells ----


def _sheet_text(book: Book, offset: int) -> str:
    lines = Lines()
    beside: list[str] = []
    row = _Row()
    depth = 0
    waiting: tuple[int, int] | None = None
    data = book.data
    for kind, at, end in _records(data, offset):
        if kind in _BEGINS:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                break
        try:
            if kind == _FORMULA_TEXT and waiting is not None:
                row.put(*waiting, book.string(data[at:end]), lines)
                waiting = None
            elif kind in _CELLS:
                body = data[at:end]
                number, column = struct.unpack_from("<HH", body)
                for further, words in enumerate(_CELLS[kind](book, body)):
                    row.put(number, column + further, words, lines)
                waiting = (number, column) if kind == _FORMULA and _text_follows(body) else None
            elif kind == _TEXT_BOX:
                beside.append(_text_box(_Pieces(data, at)))
            elif kind in _BESIDE:
                beside.append(_BESIDE[kind](book, data[at:end]))
        except (struct.error, IndexError):
            book.broken = True
        if lines.full:
            break
    row.flush(lines)
    for words in beside:
        lines.add(words)
    return lines.text()


class _Row:
    """The cells of the row that is being read."""

    def __init__(self) -> None:
        self._number = -1
        self._cells: dict[int, str] = {}

    def put(self, number: int, column: int, words: str, lines: Lines) -> None:
        if number != self._number:
            self.flush(lines)
            self._number = number
        if words:
            self._cells[column] = words

    def flush(self, lines: Lines) -> None:
        lines.add("\t".join(words for _, words in sorted(self._cells.items())))
        self._cells = {}


def _styled(book: Book, style: int, number: float) -> str:
    return shown(repr(number), book.styles[style] if style < len(book.styles) else "General", book.epoch)


def _shared(book: Book, body: bytes) -> list[str]:
    (place,) = struct.unpack_from("<I", body, 6)
    return [book.strings[place]] if place < len(book.strings) else []


def _label(book: Book, body: bytes) -> list[str]:
    return [book.string(body[6:])]


def _old_label(book: Book, body: bytes) -> list[str]:
    return [body[8 : 8 + body[7]].decode(book.codec, "replace")]


def _number(book: Book, body: bytes) -> list[str]:
    style, number = struct.unpack_from("<Hd", body, 4)
    return [_styled(book, style, number)]


def _old_number(book: Book, body: bytes) -> list[str]:
    return [_styled(book, 1 << 16, struct.unpack_from("<d", body, 7)[0])]


def _old_integer(book: Book, body: bytes) -> list[str]:
    return [_styled(book, 1 << 16, struct.unpack_from("<H", body, 7)[0])]


def _rk(book: Book, body: bytes) -> list[str]:
    style, raw = struct.unpack_from("<Hi", body, 4)
    return [_styled(book, style, packed_number(raw))]


def _several(book: Book, body: bytes) -> list[str]:
    inner = body[4:-2]
    pairs = struct.iter_unpack("<Hi", inner[: len(inner) // 6 * 6])
    return [_styled(book, style, packed_number(raw)) for style, raw in pairs]


def _formula(book: Book, body: bytes) -> list[str]:
    raw = body[6:14]
    if raw[6:8] == b"\xff\xff":
        return [("FALSE", "TRUE")[raw[2] & 1]] if raw[0] == 1 else []
    style, number = struct.unpack_from("<Hd", body, 4)
    return [_styled(book, style, number)]


def _text_follows(body: bytes) -> bool:
    return body[12:14] == b"\xff\xff" and body[6] == 0


def _truth(_: Book, body: bytes) -> list[str]:
    value, is_error = body[6], body[7]
    return [] if is_error else [("FALSE", "TRUE")[value & 1]]


_CELLS: dict[int, Callable[[Book, bytes], list[str]]] = {
    _SHARED: _shared, 0x204: _label, 0xD6: _label, _NUMBER: _number, 0x27E: _rk, 0xBD: _several, _FORMULA: _formula,
    0x205: _truth, 0x206: _formula, 0x406: _formula, 0x004: _old_label, 0x003: _old_number, 0x002: _old_integer,
}  # fmt: skip
"""What to make of each kind of cell; the small numbers are those of the oldest versions."""


def _text_box(pieces: _Pieces) -> str:
    if len(pieces.seams) < 2 or len(pieces.content) <= pieces.seams[0]:
        return ""
    (length,) = struct.unpack_from("<H", pieces.content, 10)
    first = pieces.seams[0]
    return pieces.characters(first + 1, length, bool(pieces.content[first] & 1))[0]


def _note(book: Book, body: bytes) -> str:
    # In new files the comment's words are those of its text box.
    return "" if book.version == _EXCEL_97 else book.string(body[4:])


def _series_text(book: Book, body: bytes) -> str:
    return book.short_string(body[2:])


def _margin(book: Book, body: bytes) -> str:
    if len(body) < 2:
        return ""
    return without_codes(book.string(body) if book.version == _EXCEL_97 else book.short_string(body))


_BESIDE: dict[int, Callable[[Book, bytes], str]] = {
    _NOTE: _note,
    _SERIES_TEXT: _series_text,
    0x14: _margin,
    0x15: _margin,
}
"""What is written around the cells: text boxes, comments, chart titles, page headers and footers."""
