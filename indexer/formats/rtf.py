"""Rich text, as WordPad, old Word, WPS and Outlook write it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from indexer import limits, ole, summary
from indexer.claims import Claim, Seen
from indexer.formats import html, plain
from indexer.text import Caution, Child, Text
from indexer.writing import Pages, metadata

MEDIA_TYPES = ("application/rtf",)
EXTENSIONS = ("rtf", "doc", "wps")
SAMPLE_PHRASE = "保安巡逻签到表"


def sample() -> bytes:
    ansi = "".join(f"\\'{byte:02x}" for byte in SAMPLE_PHRASE.encode("gb18030"))
    wide = "".join(f"\\u{ord(char)}?" for char in "夜班")
    return (
        f"{{\\rtf1\\ansi\\ansicpg936{{\\fonttbl{{\\f0\\fcharset134 SimSun;}}}}\\f0 {ansi}\\par {wide}\\par}}".encode()
    )


_OPENING = re.compile(rb"[\s\0\xef\xbb\xbf]*\{\\rt(?:f|\d)")


def claims(seen: Seen) -> Claim | None:
    # Bytes of a picture may follow at once, so that the head is no text by its look.
    return Claim(MEDIA_TYPES[0], 0.9) if _OPENING.match(seen.head[:200]) else None


def read(path: Path) -> Text:
    """One page: the text in the order of the file, with headers and notes where they stand in it."""
    return from_bytes(plain.load(path))


def from_bytes(data: bytes) -> Text:
    """As `read`, from memory."""
    reader = _Reader(data)
    reader.run()
    words = _whole(reader.text())
    if reader.from_web:
        # Outlook hides the page it was given between the formatting.
        inner = html.from_bytes(words.encode("utf-8", "replace"), declared="utf-8")
        return Text(inner.pages, (), metadata(**reader.facts), reader.children(), inner.cautions)
    pages = Pages()
    pages.add("\n".join(line.rstrip() for line in words.split("\n") if line.strip()))
    found = [*pages.cautions()]
    if reader.truncated and not pages.full:
        found.append(Caution("truncated"))
    if _FETCHING_FIELD.search(reader.fields()):
        found.append(Caution("active-content", "fields"))
    children = reader.children()
    if children:
        found.append(Caution("has-children", str(len(children))))
    return Text(pages.done(), (), metadata(**reader.facts), children, tuple(found))


_FETCHING_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON)\b", re.IGNORECASE)


def _whole(text: str) -> str:
    """Characters beyond the basic plane are written as two halves."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)", re.DOTALL
)

# What is between these braces is not text; `\*` says the same of what a reader does not know.
_SILENT = frozenset(
    b"colortbl stylesheet info pict object objdata objclass objname datafield nonshppict themedata colorschememapping "
    b"datastore xmlnstbl rsidtbl generator listtable listoverridetable revtbl filetbl xe tc rxe bkmkstart bkmkend "
    b"fontemb panose falt sp sn sv latentstyles mmathPr wgrffmtfilter atnid atnref atndate".split()
)
_HEARD = frozenset(b"title author annotation shptxt shpinst shp fldinst htmltag atnauthor footnote".split())
"""Destinations that are listened to even where they stand inside, or are marked as, something to skip."""

_SIGNS = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"row": "\n", b"nestrow": "\n", b"column": "\n",
    b"tab": "\t", b"cell": "\t", b"nestcell": "\t", b"emdash": "—", b"endash": "–", b"bullet": "•",
    b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”",
    b"emspace": "\u2003", b"enspace": "\u2002", b"qmspace": "\u2005",
}  # fmt: skip
_SYMBOLS = {b"~": "\u00a0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n", b"\t": "\t"}
_CHARACTER_SETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5hkscs", 161: "cp1253", 162: "cp1254",
    163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_DEPTH_MAX = 1000
_CHECK_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds between two braces: where the words go, how bytes are read, how much a character is followed by."""

    goes_to: bytes = b"text"
    codec: str = ""
    fallback: int = 1
    hidden: bool = False


class _Reader:
    """Walks through the file once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.from_web = self.truncated = False
        self.facts: dict[str, str] = {}
        self._out: list[str] = []
        self._room = limits.TEXT_CHARS_MAX + 1
        self._fields: list[str] = []
        self._objects: list[list[bytes]] = []
        self._codec = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = self._first_font = 0
        self._bytes = bytearray()
        self._group = _Group()
        self._stack: list[_Group] = []
        self._too_deep = 0
        self._to_skip = 0
        self._starred = False

    def text(self) -> str:
        return "".join(self._out)

    def fields(self) -> str:
        return "\n".join(self._fields)

    def children(self) -> tuple[Child, ...]:
        """The files inside embedded objects."""
        found = filter(None, (_embedded(_unhexed(pieces)) for pieces in self._objects[: limits.CHILDREN_MAX]))
        return tuple(Child(one.name[:1000], one.content) for one in found)

    def run(self) -> None:
        at, count = 0, 0
        while (token := _TOKEN.search(self._data, at)) is not None:
            at = token.end()
            count += 1
            if self._room < 0 or (count % _CHECK_EVERY == 0 and limits.almost_over()):
                self.truncated = True
                break
            word, number, byte, symbol, brace, words = token.groups()
            if words is not None:
                self._raw(words)
            elif word is not None:
                if word == b"bin":
                    at += max(int(number or 0), 0)
                else:
                    self._word(word, int(number) if number else None)
            elif byte is not None:
                self._raw(bytes((int(byte, 16),)))
            elif brace is not None:
                self._brace(brace)
            elif symbol == b"*":
                self._starred = True
            elif symbol is not None and symbol in _SYMBOLS:
                self._say(_SYMBOLS[symbol])
        self._flush()

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._to_skip = 0
        self._starred = False
        if brace == b"{":
            if len(self._stack) >= _DEPTH_MAX:
                self._too_deep += 1
            else:
                self._stack.append(self._group)
        elif self._too_deep:
            self._too_deep -= 1
        elif self._stack:
            self._group = self._stack.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"u" and number is not None:
            self._flush()
            self._say(chr(number & 0xFFFF))
            self._to_skip = self._group.fallback
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif word == b"uc":
            self._group = replace(self._group, fallback=max(0, min(number or 0, 100)))
        elif word == b"f" and number is not None:
            self._flush()
            self._font = number
            self._group = replace(self._group, codec=self._fonts.get(number, ""))
        elif word == b"fcharset" and number in _CHARACTER_SETS:
            self._fonts[self._font] = _CHARACTER_SETS[number]
        elif word == b"ansicpg" and number:
            self._codec = summary.code_page(number) or self._codec
        elif word == b"deff" and number is not None:
            self._first_font = number
        elif word == b"plain":
            self._flush()
            self._group = replace(self._group, codec=self._fonts.get(self._first_font, ""))
        elif word == b"mac":
            self._codec = "mac-roman"
        elif word == b"fromhtml":
            self.from_web = True
        elif word == b"htmlrtf":
            self._flush()
            self._group = replace(self._group, hidden=number != 0)
        elif word in _HEARD or word in _SILENT or starred:
            self._flush()
            self._destination(word)
        elif word == b"fonttbl":
            self._flush()
            self._destination(b"fonttbl")
        elif word == b"result" or word == b"fldrslt":
            self._group = replace(self._group, goes_to=b"text")

    def _destination(self, word: bytes) -> None:
        if word in (b"shp", b"shpinst"):
            return
        if word in (b"shptxt", b"annotation", b"footnote"):
            goes_to = b"text"
            self._say("\n")
        elif word == b"htmltag":
            goes_to = b"text" if self.from_web else word
        else:
            goes_to = word
        if word == b"objdata":
            self._objects.append([])
        self._group = replace(self._group, goes_to=goes_to)

    def _raw(self, words: bytes) -> None:
        """Bytes in whatever character set holds here; double-byte characters may come in halves."""
        if self._to_skip:
            cut = min(self._to_skip, len(words))
            self._to_skip -= cut
            words = words[cut:]
        if self._group.goes_to == b"objdata" and self._objects:
            self._objects[-1].append(words)
        elif words:
            self._bytes += words

    def _flush(self) -> None:
        if self._bytes:
            words = self._bytes.decode(self._group.codec or self._codec, "replace")
            self._bytes.clear()
            self._put(words)

    def _say(self, words: str) -> None:
        if self._to_skip and len(words) == 1 and words not in "\n\t":
            self._to_skip -= 1
            return
        self._flush()
        self._put(words)

    def _put(self, words: str) -> None:
        where = self._group.goes_to
        if where == b"text":
            if not self._group.hidden:
                self._out.append(words)
                self._room -= len(words)
        elif where == b"fldinst":
            self._fields.append(words[:200])
        elif where in (b"title", b"author"):
            name = where.decode()
            self.facts[name] = (self.facts.get(name, "") + words)[:2000]


# ---- Embedded objects ----


def _unhexed(pieces: list[bytes]) -> bytes:
    digits = _NO_DIGIT.sub(b"", b"".join(pieces))
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))


_NO_DIGIT = re.compile(rb"[^0-9a-fA-F]+")


def _embedded(raw: bytes) -> ole.Embedded | None:
    """The file inside the bytes of an object: a compound file, or what was dropped as a package."""
    begin = raw.find(ole.MAGIC, 0, 4096)
    if begin >= 0:
        return ole.embedded(raw[begin:], "object")
    strings = list(_strings(raw, 8))
    if len(strings) == 3 and strings[0][0].rstrip(b"\0") == b"Package":
        return ole.native(raw[strings[-1][1] :], "object")
    return None


def _strings(raw: bytes, at: int) -> Iterator[tuple[bytes, int]]:
    """The three strings before the data of an object, each with where it ends."""
    for _ in range(3):
        length = int.from_bytes(raw[at : at + 4], "little")
        if length > 1000 or at + 4 + length > len(raw):
            return
        yield raw[at + 4 : at + 4 + length], at + 4 + length
        at += 4 + length
