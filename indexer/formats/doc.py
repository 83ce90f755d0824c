"""Word documents as they were until 2003, also those of WPS: body, notes, headers, comments and text boxes."""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer import charset, limits, ole, summary
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.text import Caution, Text
from indexer.writing import Pages

MEDIA_TYPES = ("application/msword",)
EXTENSIONS = ("doc", "dot", "wps", "wpt")
SAMPLE_PHRASE = "房屋装饰装修管理协议"


def sample() -> bytes:
    words = f"{SAMPLE_PHRASE}\r甲方：阳光花园物业服务中心\r"
    head = bytearray(_TEXT_AT)
    struct.pack_into("<HH", head, 0, _WORD_97, 193)
    struct.pack_into("<H", head, 10, 0x200)
    struct.pack_into("<H", head, 32, 14)
    struct.pack_into("<H", head, 62, 22)
    struct.pack_into("<I", head, 64 + 4 * _BODY_LENGTH, len(words))
    struct.pack_into("<H", head, 64 + 88, 93)
    pieces = struct.pack("<II", 0, len(words)) + struct.pack("<HIH", 0, _TEXT_AT, 0)
    table = b"\2" + struct.pack("<I", len(pieces)) + pieces
    struct.pack_into("<II", head, 64 + 88 + 2 + 8 * _PIECES, 0, len(table))
    return ole.packed({"WordDocument": bytes(head) + words.encode("utf-16-le"), "1Table": table})


def claims(seen: Seen) -> Claim | None:
    if not seen.head.startswith(ole.MAGIC) or "WordDocument" not in ole.opened(seen.path).names():
        return None
    return Claim(MEDIA_TYPES[0], 0.9)


def read(path: Path) -> Text:
    """One page: the body, then what stands beside it. Numbers that Word counts by itself are not in the text."""
    compound = ole.opened(path)
    facts = summary.properties(compound)
    if ole.locked(path):
        return Text((), (), facts, (), (Caution("encrypted"),))
    story = _story(compound)
    inside = ole.objects(_objects(compound))
    pages = Pages()
    pages.add("\n".join(part for part in (*story.parts, inside.labels) if part.strip()))
    found = [*_cautions(compound, story), *pages.cautions()]
    if inside.children:
        found.append(Caution("has-children", str(len(inside.children))))
    return Text(pages.done(), (), facts, inside.children, tuple(found))


def _objects(compound: ole.Compound) -> dict[str, ole.Compound]:
    pool = compound.inside("ObjectPool")
    return pool.storages() if pool is not None else {}


def _cautions(compound: ole.Compound, story: "_Story") -> Iterator[Caution]:
    if "Macros" in compound.names():
        yield Caution("active-content", "macros")
    elif _FETCHING_FIELD.search(story.fields):
        yield Caution("active-content", "fields")
    if "_signatures" in compound.names() or "_xmlsignatures" in compound.names():
        yield Caution("signed")
    if story.broken:
        yield Caution("partly-unreadable")
    if story.guessed:
        yield Caution("guessed-encoding", story.guessed)


# ---- The file information block and the pieces it leads to ----

_WORD_97 = 0xA5EC
_BODY_LENGTH = 3
_PIECES = 33
_TEXT_AT = 2048
_COUNTS = 8
"""The lengths of body, footnotes, headers, macros, comments, endnotes, text boxes, and text boxes of headers."""
_MACROS = 3


@dataclass(frozen=True, slots=True)
class _Story:
    parts: tuple[str, ...]
    fields: str
    broken: bool
    guessed: str = ""


def _story(compound: ole.Compound) -> _Story:
    data = compound.read("WordDocument")
    if len(data) < 64:
        raise Unreadable("The document has no readable beginning.", "damaged")
    magic, flags = struct.unpack_from("<H8xH", data)
    try:
        if magic == _WORD_97:
            return _from_pieces(data, compound, flags)
        return _from_one_run(data)
    except (struct.error, IndexError) as error:
        raise Unreadable("The document's map of its text is damaged.", "damaged") from error


def _from_pieces(data: bytes, compound: ole.Compound, flags: int) -> _Story:
    words_at = 34
    numbers_at = words_at + 2 * int(struct.unpack_from("<H", data, 32)[0]) + 2
    places_at = numbers_at + 4 * int(struct.unpack_from("<H", data, numbers_at - 2)[0]) + 2
    lengths = struct.unpack_from(f"<{_COUNTS}I", data, numbers_at + 4 * _BODY_LENGTH)
    at, size = struct.unpack_from("<II", data, places_at + 8 * _PIECES)
    names = ("1Table", "0Table") if flags & 0x200 else ("0Table", "1Table")
    table = next((name for name in names if name in compound.names()), "")
    raw = compound.read(table)[at : at + size]
    text, broken = _text_of_pieces(data, _piece_table(raw))
    parts: list[str] = []
    fields: list[str] = []
    begin = 0
    for number, length in enumerate(lengths):
        part = text[begin : begin + length]
        begin += length
        if number != _MACROS:
            parts.append(_readable(part, fields))
    if begin > len(text) + 1 or not any(lengths):
        # The lengths lie; the text is there all the same.
        parts, broken = [_readable(text, fields)], True
    return _Story(tuple(parts), "\n".join(fields), broken)


def _piece_table(raw: bytes) -> bytes:
    """Behind any number of formatting records stands the table itself, marked by a 2."""
    at = 0
    while at < len(raw) and raw[at] == 1:
        at += 3 + int(struct.unpack_from("<H", raw, at + 1)[0])
    if at >= len(raw) or raw[at] != 2:
        raise Unreadable("The document's map of its text is damaged.", "damaged")
    (size,) = struct.unpack_from("<I", raw, at + 1)
    return raw[at + 5 : at + 5 + size]


def _text_of_pieces(data: bytes, table: bytes) -> tuple[str, bool]:
    """Each piece is characters of two bytes, or of one in the Windows character set of the West."""
    count = (len(table) - 4) // 12
    if count < 1:
        raise Unreadable("The document's map of its text is empty.", "damaged")
    borders = struct.unpack_from(f"<{count + 1}I", table)
    found: list[str] = []
    room = limits.TEXT_CHARS_MAX + 1
    broken = False
    for number in range(count):
        length = borders[number + 1] - borders[number]
        if length <= 0 or room <= 0:
            broken = broken or length < 0
            continue
        length = min(length, room)
        (place,) = struct.unpack_from("<I", table, 4 * (count + 1) + 8 * number + 2)
        if place & 0x40000000:
            at = (place & 0x3FFFFFFF) // 2
            words = data[at : at + length].decode("cp1252", "replace")
        else:
            at = place & 0x3FFFFFFF
            words = data[at : at + 2 * length].decode("utf-16-le", "surrogatepass")
        broken = broken or len(words) < length
        # What is missing in the middle must not shift what comes behind it.
        found.append(words.ljust(length, "\0") if len(words) < length and length < 1 << 20 else words)
        room -= length
    return "".join(found), broken


def _from_one_run(data: bytes) -> _Story:
    """Before Word 97 the text lay in one run of bytes; its character set is nowhere said."""
    begin, end = struct.unpack_from("<II", data, 24)
    raw = data[begin : min(end, begin + limits.TEXT_CHARS_MAX)]
    if not 0 < begin < end or not raw:
        raise Unreadable("The document holds no text that can be found.", "damaged")
    # The marks between words are no characters of any set.
    decoded = charset.decode(_MARKS.sub(b"\n", raw))
    fields: list[str] = []
    return _Story((_readable(decoded.text, fields),), "", False, decoded.encoding if decoded.guessed else "")


_MARKS = re.compile(rb"[\x00-\x08\x0b-\x1f]+")

# ---- From Word's characters to text ----

_FETCHING_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON)\b", re.IGNORECASE)
_FIELD_BEGIN, _FIELD_MIDDLE, _FIELD_END = "\x13", "\x14", "\x15"
_FIELD_SIGN = re.compile(f"([{_FIELD_BEGIN}{_FIELD_MIDDLE}{_FIELD_END}])")
_SIGNS = str.maketrans(
    {
        "\x07": "\t",
        "\x0b": "\n",
        "\x0c": "\n",
        "\r": "\n",
        "\x0e": "\n",
        "\x1e": "-",
        "\x1f": "",
        **dict.fromkeys((*map(chr, range(7)), "\x08", *map(chr, range(0x10, 0x1E))), ""),
    }
)


def _readable(text: str, fields: list[str]) -> str:
    """Cells become tabs, fields show what they came to; the instructions of fields go to `fields`."""
    depth: list[bool] = []
    out: list[str] = []
    for piece in _FIELD_SIGN.split(text):
        if piece == _FIELD_BEGIN:
            depth.append(True)
        elif piece == _FIELD_MIDDLE:
            if depth:
                depth[-1] = False
        elif piece == _FIELD_END:
            if depth:
                depth.pop()
        elif any(depth):
            fields.append(piece[:200])
        else:
            out.append(piece)
    # Two cell marks in a row: an empty cell, or the end of the row; a new line is right for reading either way.
    plain = "".join(out).replace("\x07\x07", "\x07\n").translate(_SIGNS)
    return "\n".join(line.rstrip() for line in plain.split("\n") if line.strip())
