"""Looking into a compound file: the container of old Office files, of encrypted new ones, and of embedded objects."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PureWindowsPath

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_BYTES_MAX = 256 << 20
_MARK = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_ENTRY_BYTES = 128
_ENTRIES_MAX = 65_536
_STREAM = 2


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
    """The streams at the top of a compound file. Whatever is damaged is simply not there; nothing is raised."""

    def __init__(self, data: bytes) -> None:
        self._data = data
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
        # Siblings form a tree that hangs from the root's child; damaged trees may loop.
        waiting, visited = [entries[0].child], set[int]()
        while waiting:
            number = waiting.pop()
            if number in visited or number >= len(entries):
                continue
            visited.add(number)
            entry = entries[number]
            self._top[entry.name] = entry
            waiting += (entry.left, entry.right)

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


_NATIVE = "\x01Ole10Native"
_WHOLE = {"Package": "", "CONTENTS": ".pdf", "EmbeddedOdf": ".odt"}
_DOCUMENTS = {"WordDocument": ".doc", "Workbook": ".xls", "PowerPoint Document": ".ppt"}


def embedded(data: bytes, name: str) -> Embedded | None:
    """The file that an embedded object wraps; None when it is something only its own program understands."""
    compound = Compound(data)
    names = compound.names()
    if _NATIVE in names:
        return _native(compound.read(_NATIVE), name)
    stem = name.rpartition(".")[0] or name
    for stream, extension in _WHOLE.items():
        content = compound.read(stream) if stream in names else b""
        if (stream != "CONTENTS" and content) or content.startswith(b"%PDF"):
            return Embedded(stem + extension, "", content)
    for stream, extension in _DOCUMENTS.items():
        if stream in names:
            return Embedded(stem + extension, "", data)
    return None


def _native(raw: bytes, name: str) -> Embedded | None:
    """Label, origin, temporary path, then the bytes, each with its length or a zero behind it."""
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
