"""Looking into a compound file: the container of old Office files, of encrypted new ones, and of embedded objects."""

import struct
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PureWindowsPath

from indexer import limits
from indexer.text import Child

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_BYTES_MAX = 256 << 20
_MARK = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_ENTRY_BYTES = 128
_ENTRIES_MAX = 65_536
_STORAGE, _STREAM = 1, 2


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    left: int
    right: int
    child: int
    start: int
    size: int


class Compound:
    """The streams at the top of a compound file, and the storages beside them, which are the same once more.

    Whatever is damaged is simply not there; nothing is raised.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._entries: list[_Entry] = []
        self._top: dict[str, _Entry] = {}
        self._mini = b""
        self._mini_table: tuple[int, ...] = ()
        if len(data) < 512 or not data.startswith(MAGIC):
            return
        shift: int = struct.unpack_from("<H", data, 30)[0]
        self._size = 1 << shift if shift in (9, 12) else 512
        first_directory, self._mini_below, first_mini_table = struct.unpack_from("<I4xII", data, 48)
        self._table = self._read_table()
        raw = self._chain(first_directory, _ENTRIES_MAX * _ENTRY_BYTES)
        entries = [_entry(raw[at : at + _ENTRY_BYTES]) for at in range(0, len(raw) - _ENTRY_BYTES + 1, _ENTRY_BYTES)]
        if not entries:
            return
        self._mini_table = _words(self._chain(first_mini_table, _BYTES_MAX))
        self._mini = self._chain(entries[0].start, entries[0].size)
        self._entries = entries
        self._top = self._under(entries[0])

    def storages(self) -> dict[str, "Compound"]:
        """The storages directly under this one, in the order of their names."""
        inside = [entry for entry in self._top.values() if entry.kind == _STORAGE]
        return {entry.name: self._inner(entry) for entry in sorted(inside, key=lambda entry: entry.name)}

    def inside(self, name: str) -> "Compound | None":
        """The storage of this name, if there is one."""
        entry = self._top.get(name)
        return self._inner(entry) if entry is not None and entry.kind == _STORAGE else None

    def _inner(self, storage: _Entry) -> "Compound":
        inner = copy(self)
        inner._top = self._under(storage)
        return inner

    def _under(self, storage: _Entry) -> dict[str, _Entry]:
        """Siblings form a tree that hangs from the storage's child; damaged trees may loop."""
        found: dict[str, _Entry] = {}
        waiting, visited = [storage.child], set[int]()
        while waiting:
            number = waiting.pop()
            if number in visited or number >= len(self._entries):
                continue
            visited.add(number)
            entry = self._entries[number]
            found[entry.name] = entry
            waiting += (entry.left, entry.right)
        return found

    def names(self) -> frozenset[str]:
        """Streams and storages directly under the root."""
        return frozenset(self._top)

    def read(self, name: str, bytes_max: int = _BYTES_MAX) -> bytes:
        """The beginning of a stream; empty when there is none of this name."""
        entry = self._top.get(name)
        if entry is None or entry.kind != _STREAM:
            return b""
        size = min(entry.size, bytes_max)
        if entry.size >= self._mini_below:
            return self._chain(entry.start, size)
        pieces: list[bytes] = []
        sector, left = entry.start, size
        while left > 0 and sector < len(self._mini_table) and len(pieces) <= len(self._mini_table):
            pieces.append(self._mini[sector * 64 : sector * 64 + min(64, left)])
            left -= 64
            sector = self._mini_table[sector]
        return b"".join(pieces)

    def packed(self) -> bytes:
        """This storage as a compound file of its own: an embedded document as its program would have saved it."""
        return _Packing(self).file()

    def _read_table(self) -> tuple[int, ...]:
        """The file allocation table: for each sector the next one."""
        sectors = [sector for sector in struct.unpack_from("<109I", self._data, 76) if sector < _MARK]
        further, visited = struct.unpack_from("<I", self._data, 68)[0], set[int]()
        while further < _MARK and further not in visited:
            visited.add(further)
            numbers = _words(self._sector(further))
            if not numbers:
                break
            sectors += (sector for sector in numbers[:-1] if sector < _MARK)
            further = numbers[-1]
        # A table cannot have more sectors than the file.
        return _words(b"".join(self._sector(sector) for sector in sectors[: len(self._data) // self._size + 1]))

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _chain(self, sector: int, bytes_max: int) -> bytes:
        pieces: list[bytes] = []
        left = bytes_max
        while left > 0 and sector < len(self._table) and len(pieces) <= len(self._table):
            pieces.append(self._sector(sector)[:left])
            left -= self._size
            sector = self._table[sector]
        return b"".join(pieces)


_FREE, _END, _TABLE_SECTOR = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR_BYTES, _MINI_BYTES, _MINI_BELOW = 4096, 64, 4096


Streams = Mapping[str, "bytes | Streams"]


class _Loose:
    """Streams and storages that are not in a file yet."""

    def __init__(self, inside: Streams) -> None:
        self._streams = {name: value for name, value in inside.items() if isinstance(value, bytes)}
        self._storages = {name: _Loose(value) for name, value in inside.items() if not isinstance(value, bytes)}

    def names(self) -> frozenset[str]:
        return frozenset((*self._streams, *self._storages))

    def storages(self) -> "dict[str, _Loose]":
        return self._storages

    def read(self, name: str, bytes_max: int = _BYTES_MAX) -> bytes:
        return self._streams[name][:bytes_max]


def packed(streams: Streams) -> bytes:
    """A compound file of these streams and storages."""
    return _Packing(_Loose(streams)).file()


class _Packing:
    """Writes a storage as a compound file with large sectors: table, directory, small streams, large streams."""

    def __init__(self, storage: Compound | _Loose) -> None:
        self._rows: list[tuple[str, int, int, int, int, int]] = []
        """Name, kind, right sibling, child, start, size."""
        self._small, self._large = _Sectors(_MINI_BYTES), _Sectors(_SECTOR_BYTES)
        self._room = _BYTES_MAX
        self._add("Root Entry", 5, storage, 0)

    def _add(self, name: str, kind: int, storage: Compound | _Loose, depth: int) -> int:
        number = len(self._rows)
        self._rows.append((name, kind, _FREE, _FREE, _END, 0))
        inner = storage.storages() if depth < 20 else {}
        before = _FREE
        # A chain to the right, in the order the format demands: shorter names first.
        for word in sorted(storage.names(), key=lambda word: (len(word), word.upper()), reverse=True):
            if word in inner:
                at = self._add(word, _STORAGE, inner[word], depth + 1)
            else:
                at = len(self._rows)
                self._rows.append((word, _STREAM, _FREE, _FREE, *self._put(storage.read(word, self._room))))
            self._rows[at] = (*self._rows[at][:2], before, *self._rows[at][3:])
            before = at
        self._rows[number] = (name, kind, _FREE, before, _END, 0)
        return number

    def _put(self, content: bytes) -> tuple[int, int]:
        self._room -= len(content)
        sectors = self._small if len(content) < _MINI_BELOW else self._large
        return (sectors.put(content), len(content)) if content else (_END, 0)

    def file(self) -> bytes:
        mini, mini_bytes = self._large.put(self._small.content()), len(self._small.content())
        mini_table = self._large.put(_words_packed(self._small.table))
        self._rows[0] = (*self._rows[0][:4], mini, mini_bytes)
        directory = self._large.put(b"".join(_row(*row) for row in self._rows))
        table = self._large.table
        # The table has to name its own sectors too.
        own = -(-len(table) // (_SECTOR_BYTES // 4 - 1))
        first = len(table)
        table = [*table, *[_TABLE_SECTOR] * own]
        mini_sectors = -(-len(self._small.table) * 4 // _SECTOR_BYTES)
        head = MAGIC + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 4, 0xFFFE, 12, 6)
        head += struct.pack(
            "<IIIII", -(-len(self._rows) * _ENTRY_BYTES // _SECTOR_BYTES), own, directory, 0, _MINI_BELOW
        )
        head += struct.pack("<IIII", mini_table, mini_sectors, _END, 0)
        head += struct.pack("<109I", *[*range(first, first + own), *[_FREE] * 109][:109])
        packed_table = _words_packed(table).ljust(own * _SECTOR_BYTES, b"\xff")
        return head.ljust(_SECTOR_BYTES, b"\0") + self._large.content() + packed_table


class _Sectors:
    """Contents laid out in sectors of one size, with the table that chains them."""

    def __init__(self, size: int) -> None:
        self.table: list[int] = []
        self._size = size
        self._pieces: list[bytes] = []

    def put(self, content: bytes) -> int:
        """The first sector of these bytes."""
        if not content:
            return _END
        first, count = len(self.table), -(-len(content) // self._size)
        self.table += [*range(first + 1, first + count), _END]
        self._pieces.append(content.ljust(count * self._size, b"\0"))
        return first

    def content(self) -> bytes:
        return b"".join(self._pieces)


def _words_packed(numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _row(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")[:62] + b"\0\0"
    head = encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), kind, 1)
    return head + struct.pack("<III", _FREE, right, child) + bytes(36) + struct.pack("<IQ", start, size)


@lru_cache(maxsize=1)
def opened(path: Path) -> Compound:
    """The compound file at this path; of several questions about one file only the first reads it."""
    with path.open("rb") as stream:
        return Compound(stream.read(_BYTES_MAX))


def locked(path: Path) -> bool:
    """True when a password protects the text of an Office file, old or new."""
    compound = opened(path)
    names = compound.names()
    return "EncryptedPackage" in names or any(asks(compound) for name, asks in _LOCKS.items() if name in names)


def _word_locked(compound: Compound) -> bool:
    head = compound.read("WordDocument", 12)
    return len(head) == 12 and bool(head[11] & 1)


def _workbook_locked(name: str) -> Callable[[Compound], bool]:
    def asks(compound: Compound) -> bool:
        records = compound.read(name, 8192)
        at = 0
        while at + 4 <= len(records):
            kind, length = struct.unpack_from("<HH", records, at)
            if kind == _FILEPASS:
                return True
            at += 4 + length
        return False

    return asks


def _slides_locked(compound: Compound) -> bool:
    user = compound.read("Current User", 16)
    return len(user) == 16 and user[12:16] == b"\xdf\xc4\xd1\xf3"


_FILEPASS = 0x2F
_LOCKS: dict[str, Callable[[Compound], bool]] = {
    "WordDocument": _word_locked,
    "Workbook": _workbook_locked("Workbook"),
    "Book": _workbook_locked("Book"),
    "PowerPoint Document": _slides_locked,
}


@dataclass(frozen=True, slots=True)
class Embedded:
    """A file inside an embedded object. `origin` is the path it was taken from, as its author's machine called it."""

    name: str
    origin: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Embeddings:
    """The files inside a document; `labels` is what a person sees of them, and where they came from."""

    children: tuple[Child, ...]
    labels: str


_NATIVE = "\x01Ole10Native"
_WHOLE = {"Package": "", "CONTENTS": ".pdf", "EmbeddedOdf": ".odt"}
_DOCUMENTS = {
    "WordDocument": ".doc",
    "Workbook": ".xls",
    "Book": ".xls",
    "PowerPoint Document": ".ppt",
    "__properties_version1.0": ".msg",
}


def embedded(data: bytes, name: str) -> Embedded | None:
    """The file that an embedded object wraps; None when it is something only its own program understands."""
    compound = Compound(data)
    found = unwrapped(compound, name)
    if found is not None:
        return found
    stem = name.rpartition(".")[0] or name
    extension = document_extension(compound)
    return Embedded(stem + extension, "", data) if extension else None


def document_extension(compound: Compound) -> str:
    """`.doc`, `.xls`, …; empty when this is no Office document."""
    return next((extension for stream, extension in _DOCUMENTS.items() if stream in compound.names()), "")


def objects(storages: Mapping[str, Compound]) -> Embeddings:
    """The files inside the objects that an old Office file keeps in storages of their own."""
    found: list[Child] = []
    labels: dict[str, None] = {}
    room = limits.CHILDREN_BYTES_MAX
    for name, storage in storages.items():
        inner = unwrapped(storage, name)
        extension = document_extension(storage)
        if inner is None and extension:
            inner = Embedded(name + extension, "", storage.packed())
        if inner is None:
            continue
        room -= len(inner.content)
        if room < 0 or len(found) == limits.CHILDREN_MAX:
            break
        found.append(Child(inner.name[:1000], inner.content))
        if inner.origin:
            labels.update({inner.name: None, inner.origin: None})
    return Embeddings(tuple(found), "\n".join(labels))


def unwrapped(compound: Compound, name: str) -> Embedded | None:
    """The file that lies in one stream of an object; None when there is none."""
    names = compound.names()
    if _NATIVE in names:
        return native(compound.read(_NATIVE), name)
    stem = name.rpartition(".")[0] or name
    for stream, extension in _WHOLE.items():
        content = compound.read(stream) if stream in names else b""
        if (stream != "CONTENTS" and content) or content.startswith(b"%PDF"):
            return Embedded(stem + extension, "", content)
    return None


def native(raw: bytes, name: str) -> Embedded | None:
    """The file in the bytes of a dropped package: size, mark, label, origin, temporary path, content."""
    at = 6
    texts: list[str] = []
    for _ in range(2):
        end = raw.find(b"\0", at, at + 1024)
        if end < 0:
            return None
        texts.append(raw[at:end].decode("gb18030", "replace"))
        at = end + 1
    if len(raw) < at + 8:
        return None
    at += 8 + struct.unpack_from("<I", raw, at + 4)[0]
    if len(raw) < at + 4:
        return None
    size: int = struct.unpack_from("<I", raw, at)[0]
    label, origin = texts
    return Embedded(label or PureWindowsPath(origin).name or name, origin, raw[at + 4 : at + 4 + size])


def _words(raw: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])


def _entry(raw: bytes) -> _Entry:
    length = min(int(struct.unpack_from("<H", raw, 64)[0]), 64)
    left, right, child = struct.unpack_from("<III", raw, 68)
    start, size = struct.unpack_from("<II", raw, 116)
    name = raw[: max(length - 2, 0)].decode("utf-16-le", "replace")
    return _Entry(name, raw[66], left, right, child, start, size)
