"""Letters, appointments and contacts as Outlook saves them."""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

from indexer import letters, limits, ole, summary
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.formats import html, rtf
from indexer.letters import Letter
from indexer.text import Caution, Child, Text
from indexer.writing import Pages, metadata

MEDIA_TYPES = ("application/vnd.ms-outlook",)
EXTENSIONS = ("msg", "oft")
SAMPLE_PHRASE = "关于地下车库漏水的回复"


def sample() -> bytes:
    def text(number: int, words: str) -> tuple[str, bytes]:
        return f"__substg1.0_{number:04X}001F", words.encode("utf-16-le")

    return ole.packed(
        {
            _FACTS: bytes(32),
            **dict((text(_SUBJECT, "回复"), text(_BODY, f"{SAMPLE_PHRASE}：已安排堵漏。"))),
            "__attach_version1.0_#00000000": {
                _FACTS: bytes(8),
                **dict((text(_LONG_NAME, "照片.txt"),)),
                f"__substg1.0_{_DATA:04X}0102": b"photo",
            },
        }
    )


_FACTS = "__properties_version1.0"


def claims(seen: Seen) -> Claim | None:
    if not seen.head.startswith(ole.MAGIC) or _FACTS not in ole.opened(seen.path).names():
        return None
    return Claim(MEDIA_TYPES[0], 0.9)


def read(path: Path) -> Text:
    """One page: the header lines people look at, then the body."""
    letter = _letter(ole.opened(path))
    pages = Pages()
    pages.add(letter.page())
    if not letter.page().strip() and not letter.children:
        raise Unreadable("The letter is damaged; nothing of it can be read.", "damaged")
    facts = metadata(title=letter.subject, author=letter.sender, created=letter.date)
    return Text(pages.done(), (), facts, letter.children, (*letter.cautions, *pages.cautions()))


# ---- Properties: a number each, kept in a stream named after it, or in the table of small ones ----

_CLASS, _SUBJECT, _SENT, _ARRIVED, _BODY, _WEB_BODY, _RICH_BODY = 0x1A, 0x37, 0x39, 0xE06, 0x1000, 0x1013, 0x1009
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP, _TO, _CC = 0xC1A, 0xC1F, 0x5D01, 0xE04, 0xE03
_NAME, _ADDRESS, _SMTP, _KIND = 0x3001, 0x3003, 0x39FE, 0xC15
_DATA, _SHORT_NAME, _LONG_NAME = 0x3701, 0x3704, 0x3707
_MESSAGE_PAGE, _INTERNET_PAGE = 0x3FFD, 0x3FDE
_CARD = range(0x3A00, 0x3B00)
"""Telephone numbers, addresses, offices: what a contact is made of."""

_STREAM = re.compile(r"__substg1\.0_([0-9A-Fa-f]{4})([0-9A-Fa-f]{4})")
_WIDE, _NARROW, _BYTES = 0x1F, 0x1E, 0x102
_TO_ONE, _CC_ONE = 1, 2
_PEOPLE_MAX = 500


class _Item:
    """A letter, one of its recipients, or one of its attachments."""

    def __init__(self, storage: ole.Compound, *, page: str | None = None) -> None:
        self.storage = storage
        self.names = {
            int(match.group(1), 16): (int(match.group(2), 16), name)
            for name in sorted(storage.names())
            if (match := _STREAM.fullmatch(name))
        }
        self._small = _small(storage.read(_FACTS, 1 << 20))
        found = (summary.code_page(self.number(key)) for key in (_INTERNET_PAGE, _MESSAGE_PAGE) if self.number(key))
        self.page = page or next((one for one in found if one and not one.startswith("utf-16")), None)

    def text(self, *keys: int) -> str:
        """The first of these properties that has words."""
        for key in keys:
            kind, name = self.names.get(key, (0, ""))
            content = self.storage.read(name) if kind in (_WIDE, _NARROW) else b""
            if kind == _WIDE:
                words = content.decode("utf-16-le", "replace")
            else:
                # A zero at the end would make Latin letters look like characters of two bytes.
                words = letters.decode_bytes(content.rstrip(b"\0"), self.page)
            if words.strip("\0 "):
                return words.strip("\0")
        return ""

    def content(self, key: int) -> bytes:
        kind, name = self.names.get(key, (0, ""))
        return self.storage.read(name) if kind in (_BYTES, _NARROW, _WIDE) else b""

    def number(self, key: int) -> int:
        return struct.unpack_from("<I", self._small.get(key, bytes(8)))[0]

    def moment(self, *keys: int) -> str:
        return next(
            (summary.moment(struct.unpack("<Q", self._small[key])[0]) for key in keys if key in self._small), ""
        )


def _small(raw: bytes) -> dict[int, bytes]:
    """The table begins after 8, 24 or 32 bytes: with a recipient, a letter inside a letter, or by itself."""
    start = next((at for at in (8, 24) if raw[at : at + 4].strip(b"\0") and (len(raw) - at) % 16 == 0), 32)
    rows = raw[start : start + (len(raw) - start) // 16 * 16]
    return {tag >> 16: value for tag, value in struct.iter_unpack("<I4x8s", rows)} if len(raw) > start else {}


def _letter(storage: ole.Compound) -> Letter:
    item = _Item(storage)
    inner = storage.storages()
    people = [_Item(one, page=item.page) for name, one in inner.items() if name.startswith("__recip_version1.0")]
    children, unread = _children(inner, item.page)
    card = [item.text(key) for key in sorted(item.names) if key in _CARD]
    found: list[Caution] = []
    kind = item.text(_CLASS).lower()
    if "smime" in kind:
        found.append(Caution("signed" if "signed" in kind else "encrypted"))
    if children:
        found.append(Caution("has-children", str(len(children))))
    if unread:
        found.append(Caution("partly-unreadable", "attachments"))
    return Letter(
        subject=item.text(_SUBJECT).strip(),
        sender=_person(item.text(_SENDER), item.text(_SENDER_SMTP, _SENDER_ADDRESS)),
        to=_people(people, _TO_ONE) or item.text(_TO),
        cc=_people(people, _CC_ONE) or item.text(_CC),
        date=item.moment(_SENT, _ARRIVED),
        text="\n".join((_body(item), *filter(None, card))),
        children=children,
        cautions=tuple(found),
    )


def _people(people: list[_Item], kind: int) -> str:
    fitting = (one for one in people[:_PEOPLE_MAX] if one.number(_KIND) & 0xF == kind)
    return "; ".join(filter(None, (_person(one.text(_NAME), one.text(_SMTP, _ADDRESS)) for one in fitting)))


def _person(name: str, address: str) -> str:
    """Addresses inside a company are paths that nobody ever types."""
    if not address or address.startswith("/") or address == name:
        return name
    return f"{name} <{address}>" if name else address


def _body(item: _Item) -> str:
    """Of several bodies that say the same the one that says most; the formatted one only for want of others."""
    bodies = [item.text(_BODY)]
    web = item.content(_WEB_BODY)
    if web:
        kind, _ = item.names[_WEB_BODY]
        page = (
            html.from_text(web.decode("utf-16-le", "replace"))
            if kind == _WIDE
            else html.from_bytes(web, declared=item.page)
        )
        bodies += page.pages
    best = max(bodies, key=lambda text: len("".join(text.split())))
    packed = item.content(_RICH_BODY)
    return best if best.strip() or not packed else "\n".join(rtf.from_bytes(unpacked(packed)).pages)


def _children(inner: dict[str, ole.Compound], page: str | None) -> tuple[tuple[Child, ...], int]:
    """The attached files, and how many could not be taken out."""
    found: list[Child] = []
    unread = 0
    room = limits.CHILDREN_BYTES_MAX
    for storage_name, storage in inner.items():
        if not storage_name.startswith("__attach_version1.0"):
            continue
        attachment = _Item(storage, page=page)
        name = attachment.text(_LONG_NAME, _SHORT_NAME, _NAME).strip()
        content = attachment.content(_DATA)
        within = storage.inside(f"__substg1.0_{_DATA:04X}000D")
        if not content and within is not None:
            content = within.packed()
            name = name if "." in name else (name or "letter") + (ole.document_extension(within) or ".bin")
        room -= len(content)
        if room < 0 or len(found) == limits.CHILDREN_MAX:
            unread += 1
        elif content:
            found.append(Child((name or f"part-{len(found) + 1}")[:1000], content))
    return tuple(found), unread


# ---- Packed rich text ----

_PACKED, _STORED = 0x75465A4C, 0x414C454D
_DICTIONARY = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20"
    b"\\b\\i\\u\\tab\\tx"
)
"""What every packing begins with; references may point into it."""


def unpacked(packed: bytes) -> bytes:
    """The rich text in a packed body; as much of it as is whole."""
    if len(packed) < 16:
        return b""
    size, kind = struct.unpack_from("<4xII", packed)
    if kind == _STORED:
        return packed[16 : 16 + size]
    return b"".join(_runs(packed, min(size, 4 * limits.TEXT_CHARS_MAX))) if kind == _PACKED else b""


def _runs(packed: bytes, size: int) -> Iterator[bytes]:
    """Flags, eight at a time: a byte as it is, or a place in the last 4096 bytes and a length."""
    window = bytearray(_DICTIONARY.ljust(4096, b" "))
    write, at, length = len(_DICTIONARY), 16, 0
    while at < len(packed) and length < size:
        flags = packed[at]
        at += 1
        for bit in range(8):
            if at >= len(packed):
                return
            if flags >> bit & 1:
                if at + 2 > len(packed):
                    return
                pair = packed[at] << 8 | packed[at + 1]
                at += 2
                place, count = pair >> 4, (pair & 0xF) + 2
                if place == write:
                    return
            else:
                place, count = -1, 1
            run = bytearray()
            for step in range(count):
                byte = window[(place + step) % 4096] if place >= 0 else packed[at]
                window[write] = byte
                write = (write + 1) % 4096
                run.append(byte)
            at += place < 0
            length += count
            yield bytes(run)
