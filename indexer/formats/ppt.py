"""PowerPoint presentations as they were until 2003, also those of WPS: one page per slide, with its notes."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer import limits, ole, summary
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.text import Caution, Text
from indexer.writing import Pages

MEDIA_TYPES = ("application/vnd.ms-powerpoint",)
EXTENSIONS = ("ppt", "pps", "pot", "dps", "dpt")
SAMPLE_PHRASE = "年度工作总结汇报"


def sample() -> bytes:
    def record(kind: int, body: bytes, version: int = 0) -> bytes:
        return struct.pack("<HHI", version, kind, len(body)) + body

    words = record(_CHARACTERS, f"{SAMPLE_PHRASE}\r第一部分".encode("utf-16-le"))
    slide = record(_SLIDE, record(_SLIDE_FACTS, bytes(24)) + words, 0xF)
    listed = record(_LIST, record(_SLIDE_PLACE, struct.pack("<IIIII", 2, 0, 0, 256, 0)), 0xF)
    document = record(_DOCUMENT, listed, 0xF)
    places = record(_PLACES, struct.pack("<III", 2 << 20 | 1, 0, len(document)))
    edit_at = len(document) + len(slide) + len(places)
    edit = record(_EDIT, struct.pack("<IIIIIII", 256, 0, 0, edit_at - len(places), 1, 3, 0))
    user = record(_USER, struct.pack("<III", 20, 0xE391C05F, edit_at) + bytes(8))
    return ole.packed({"PowerPoint Document": document + slide + places + edit, "Current User": user})


_STREAM = "PowerPoint Document"


def claims(seen: Seen) -> Claim | None:
    if not seen.head.startswith(ole.MAGIC) or _STREAM not in ole.opened(seen.path).names():
        return None
    return Claim(MEDIA_TYPES[0], 0.9)


def read(path: Path) -> Text:
    """A page per slide in the order of showing; what earlier savings left behind in the file is not read."""
    compound = ole.opened(path)
    facts = summary.properties(compound)
    if ole.locked(path):
        return Text((), (), facts, (), (Caution("encrypted"),))
    show = _Show(compound.read(_STREAM), compound.read("Current User", 100))
    pages = Pages()
    for slide in show.slides():
        pages.add(slide)
        pages.full = pages.full or limits.almost_over()
        if pages.full:
            break
    if not pages.done() and show.broken:
        raise Unreadable("The presentation is damaged; no slide can be read.", "damaged")
    storages = show.objects()
    inside = ole.objects(storages)
    if inside.labels:
        pages.add(inside.labels)
    found = list(pages.cautions())
    if any({"VBA", "PROJECT"} & one.names() for one in storages.values()):
        found.append(Caution("active-content", "macros"))
    if "_signatures" in compound.names() or "_xmlsignatures" in compound.names():
        found.append(Caution("signed"))
    if show.broken:
        found.append(Caution("partly-unreadable"))
    if inside.children:
        found.append(Caution("has-children", str(len(inside.children))))
    return Text(pages.done(), (), facts, inside.children, tuple(found))


# ---- Records: what they are, and how they lie inside one another ----

_DOCUMENT, _SLIDE, _SLIDE_FACTS, _NOTES, _SLIDE_PLACE = 1000, 1006, 1007, 1008, 1011
_LIST, _CHARACTERS, _LATIN, _STRING, _MARGINS, _COMMENT = 4080, 4000, 4008, 4026, 4057, 12000
_OBJECT, _EDIT, _PLACES, _USER = 4113, 4085, 6002, 4086
_OF_SLIDES, _OF_NOTES = 0, 2
_DEPTH_MAX = 30
_OBJECTS_MAX = 500


@dataclass(frozen=True, slots=True)
class _Record:
    kind: int
    instance: int
    begin: int
    end: int
    has_inner: bool


def _records(data: bytes, at: int, end: int) -> Iterator[_Record]:
    while at + 8 <= end:
        version, kind, length = struct.unpack_from("<HHI", data, at)
        stop = min(at + 8 + length, end)
        yield _Record(kind, version >> 4, at + 8, stop, version & 0xF == 0xF)
        at = stop


@dataclass(frozen=True, slots=True)
class _Listed:
    """A slide (or its notes) in a list: where it is kept, its number, and its outline."""

    place: int
    number: int
    words: tuple[str, ...]


class _Show:
    """A presentation as it was last saved."""

    def __init__(self, data: bytes, user: bytes) -> None:
        self._data = data
        self.broken = False
        self._places: dict[int, int] = {}
        if len(user) >= 20:
            self._follow(int(struct.unpack_from("<I", user, 16)[0]))
        if not any(record.kind == _DOCUMENT for record in self._kept()):
            self.broken = True
            self._places = {number: record.begin - 8 for number, record in enumerate(self._lying_about())}

    def slides(self) -> Iterator[str]:
        """The words of each slide; without a readable list, of every slide there is."""
        listed: dict[int, list[_Listed]] = {_OF_SLIDES: [], _OF_NOTES: []}
        for document in self._kept(_DOCUMENT):
            for record in _records(self._data, document.begin, document.end):
                if record.kind == _LIST and record.instance in listed:
                    listed[record.instance] += self._list(record)
        if not listed[_OF_SLIDES]:
            for record in self._kept(_SLIDE):
                self.broken = True
                yield _joined(self._words(record))
            return
        notes = {one.number: one for one in listed[_OF_NOTES]}
        for one in listed[_OF_SLIDES]:
            slide = self._at(one.place)
            self.broken = self.broken or slide is None
            words = list(one.words)
            if slide is not None:
                words += self._words(slide)
                words += self._words_of_notes(slide, notes)
            yield _joined(words)

    def objects(self) -> dict[str, ole.Compound]:
        """The embedded objects, unpacked."""
        found: dict[str, ole.Compound] = {}
        room = limits.CHILDREN_BYTES_MAX
        for number, record in enumerate(self._kept(_OBJECT)):
            content = self._data[record.begin : record.end]
            if record.instance == 1:
                content = _unpacked(content[4:], room)
            room -= len(content)
            if room <= 0 or number == _OBJECTS_MAX:
                self.broken = True
                break
            found[f"{number + 1}"] = ole.Compound(content)
        return found

    def _follow(self, edit_at: int) -> None:
        """From the last saving to the first: where each part lies; the later saving counts."""
        visited: set[int] = set()
        while edit_at not in visited:
            visited.add(edit_at)
            edit = self._record(edit_at)
            if edit is None or edit.kind != _EDIT or edit.end - edit.begin < 16:
                return
            edit_at, places_at = struct.unpack_from("<II", self._data, edit.begin + 8)
            places = self._record(places_at)
            if places is None or places.kind != _PLACES:
                return
            raw = self._data[places.begin : places.begin + (places.end - places.begin) // 4 * 4]
            numbers = iter(struct.unpack(f"<{len(raw) // 4}I", raw))
            for head in numbers:
                for step, place in zip(range(head >> 20), numbers, strict=False):
                    self._places.setdefault((head & 0xFFFFF) + step, place)

    def _lying_about(self) -> list[_Record]:
        """Every part that lies in the stream, in its order, whether or not it counts."""
        return list(_records(self._data, 0, len(self._data)))[:100_000]

    def _record(self, at: int) -> _Record | None:
        return next(_records(self._data, at, len(self._data)), None)

    def _at(self, place: int) -> _Record | None:
        return self._record(self._places[place]) if place in self._places else None

    def _kept(self, kind: int | None = None) -> Iterator[_Record]:
        for at in self._places.values():
            record = self._record(at)
            if record is not None and (kind is None or record.kind == kind):
                yield record

    def _list(self, record: _Record) -> Iterator[_Listed]:
        place = number = -1
        words: list[str] = []
        for inner in _records(self._data, record.begin, record.end):
            if inner.kind == _SLIDE_PLACE and inner.end - inner.begin >= 16:
                if place >= 0:
                    yield _Listed(place, number, tuple(words))
                place, number = struct.unpack_from("<I8xI", self._data, inner.begin)
                words = []
            else:
                words += self._said(inner)
        if place >= 0:
            yield _Listed(place, number, tuple(words))

    def _words_of_notes(self, slide: _Record, notes: dict[int, _Listed]) -> list[str]:
        for inner in _records(self._data, slide.begin, slide.end):
            if inner.kind == _SLIDE_FACTS and inner.end - inner.begin >= 20:
                (number,) = struct.unpack_from("<I", self._data, inner.begin + 16)
                record = self._at(notes[number].place) if number in notes else None
                return [*notes[number].words, *self._words(record)] if record is not None else []
        return []

    def _words(self, record: _Record, depth: int = 0) -> list[str]:
        """Whatever is said in a part, at any depth; strings only where they are comments or page margins."""
        found: list[str] = []
        for inner in _records(self._data, record.begin, record.end):
            if inner.has_inner and depth < _DEPTH_MAX:
                if inner.kind in (_MARGINS, _COMMENT):
                    found += self._strings(inner)
                else:
                    found += self._words(inner, depth + 1)
            elif inner.kind == _TEXT_BOX and depth < _DEPTH_MAX:
                found += self._words(inner, depth + 1)
            else:
                found += self._said(inner)
        return found

    def _strings(self, record: _Record) -> list[str]:
        inside = _records(self._data, record.begin, record.end)
        return [self._data[one.begin : one.end].decode("utf-16-le", "replace") for one in inside if one.kind == _STRING]

    def _said(self, record: _Record) -> list[str]:
        if record.kind == _CHARACTERS:
            return [self._data[record.begin : record.end].decode("utf-16-le", "replace")]
        return [self._data[record.begin : record.end].decode("latin-1")] if record.kind == _LATIN else []


_TEXT_BOX = 0xF00D


def _joined(words: list[str]) -> str:
    """The outline repeats what is on the slide; each text once, line by line."""
    lines = (line.strip() for text in dict.fromkeys(words) for line in text.replace("\x0b", "\r").split("\r"))
    return "\n".join(line for line in lines if line and line != "*")


def _unpacked(content: bytes, bytes_max: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, max(bytes_max, 1))
    except zlib.error:
        return b""
