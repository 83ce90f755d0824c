"""Packs: many blobs in one sealed file, with a directory at its end."""

# pyright: reportUnknownMemberType=false
# What targets open can readinto, and AES-GCM can decrypt_into: both are missing in the types used here.

import os
import struct
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import zstandard
from cryptography.exceptions import InvalidTag

from archive.backups.crypto import FORMAT, ID_BYTES, MARK_BYTES, Kind, Seals
from archive.errors import Corrupt

OBJECT, PIECE, LIST = 1, 2, 3
"""Kinds of blobs."""

VOID = bytes(ID_BYTES)
"""Id of bytes that were given up while writing."""

SEGMENT = 1 << 20
PACK = 16 << 20
"""A pack is closed when it has this size."""

TAG = 16
_TAIL = struct.Struct(">I4s")
_END = b"PACK"
ENTRY = struct.Struct(f">B{ID_BYTES}sQ")
_DIRECTORY = 0
_DIRECTORY_BYTES_MAX = 1 << 28


@dataclass(frozen=True, slots=True)
class Entry:
    """One blob in a directory. `length` is before sealing."""

    kind: int
    id: bytes
    length: int

    @property
    def sealed(self) -> int:
        """Bytes it takes in the pack."""
        return self.length + TAG * max(1, -(-self.length // SEGMENT))


class Spool:
    """Directories of packs, on disk while they are in use: there is an entry in them for every blob."""

    def __init__(self) -> None:
        # No name, so that nobody else has it and nothing is left of it.
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 — it lives as long as the packs that refer to it
        self._end = 0
        self._lock = threading.Lock()

    def __del__(self) -> None:
        self._file.close()

    def add(self, content: bytes) -> int:
        """Where it lies now."""
        with self._lock:
            at, self._end = self._end, self._end + len(content)
            self._file.seek(at)
            self._file.write(content)
            self._file.flush()
        return at

    def read(self, at: int, length: int) -> bytes:
        return os.pread(self._file.fileno(), length, at)


@dataclass(frozen=True, slots=True)
class Spooled:
    """A directory in a spool."""

    spool: Spool
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Packed:
    """A finished pack: name, size of its file, directory, and its first bytes (they say which key it has)."""

    name: str
    size: int
    listed: bytes | Spooled
    mark: bytes

    @property
    def directory(self) -> bytes:
        listed = self.listed
        return listed if isinstance(listed, bytes) else listed.spool.read(listed.at, listed.length)

    @property
    def weight(self) -> int:
        """Bytes of its directory."""
        return len(self.listed) if isinstance(self.listed, bytes) else self.listed.length

    def spooled(self, spool: Spool) -> "Packed":
        if isinstance(self.listed, Spooled):
            return self
        return replace(self, listed=Spooled(spool, spool.add(self.listed), len(self.listed)))

    def entries(self) -> Iterator[Entry]:
        return parse(self.directory)

    def ids(self) -> Iterator[bytes]:
        """The ids alone, many times faster than through entries."""
        directory = self.directory
        return (directory[at : at + ID_BYTES] for at in range(1, len(directory), ENTRY.size))


class Spoiled(Exception):
    """Raised by the pieces of a blob: what came so far is not to be used."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Something to put into a pack. All pieces but the last are SEGMENT bytes."""

    kind: int
    id: bytes
    pieces: Iterator[bytes]


class Writer:
    """Writes one pack. `packed` is there when `write` has been read to its end."""

    def __init__(self, seals: Seals, name: str = "") -> None:
        self.name = name or os.urandom(16).hex()
        self._mark = seals.mark(Kind.PACK)
        self._aead = seals.pack(self.name, self._mark)
        self._associated = _associated(self.name, self._mark)
        self._offset = 0
        self._directory = bytearray()
        self.packed: Packed | None = None

    def write(self, blobs: Iterable[Blob]) -> Iterator[bytes]:
        """The bytes of the pack. Takes blobs until it is full or there are no more."""
        self._offset = MARK_BYTES
        yield self._mark
        for blob in blobs:
            yield from self._blob(blob)
            if self._offset >= PACK:
                break
        plain = bytes(self._directory)
        sealed = self._seal(_DIRECTORY, zstandard.compress(plain, 3))
        yield sealed
        yield _TAIL.pack(len(sealed), _END)
        self.packed = Packed(self.name, self._offset + _TAIL.size, plain, self._mark)

    def _blob(self, blob: Blob) -> Iterator[bytes]:
        length, blob_id = 0, blob.id
        try:
            for piece in blob.pieces:
                yield self._seal(blob.kind, piece)
                length += len(piece)
        except Spoiled:
            if not length:
                return
            blob_id = VOID
        self._directory += ENTRY.pack(blob.kind, blob_id, length)

    def _seal(self, kind: int, plain: bytes) -> bytes:
        sealed = self._aead.encrypt(_nonce(kind, self._offset), plain, self._associated)
        self._offset += len(sealed)
        return sealed


class Reader:
    """Reads the segments of one pack from a file that stands at `offset`. Raises Corrupt, naming the pack."""

    def __init__(self, seals: Seals, name: str, mark: bytes, file: BinaryIO, offset: int = 0) -> None:
        self.name = name
        self._mark = mark
        self._aead = seals.pack(name, mark)
        self._associated = _associated(name, mark)
        self._file = file
        self._offset = offset
        self._plain = bytearray(SEGMENT)
        self._sealed = bytearray(SEGMENT + TAG)

    def seek(self, offset: int) -> None:
        if offset != self._offset:
            self._file.seek(offset - self._offset, 1)
            self._offset = offset

    def blob(self, entry: Entry) -> Iterator[memoryview]:
        """The pieces of the blob that begins here; each is only valid until the next is asked for."""
        left = entry.length
        while True:
            size = min(left, SEGMENT)
            yield self._segment(entry.kind, size)
            left -= size
            if not left:
                return

    def head(self) -> None:
        if self._take(MARK_BYTES) != self._mark:
            raise self._corrupt()

    def tail(self, expected: Packed) -> None:
        """The rest of the pack after its last blob must be the directory that is expected, and nothing more."""
        sealed = expected.size - self._offset - _TAIL.size
        if not TAG < sealed <= _DIRECTORY_BYTES_MAX or self._directory(sealed) != expected.directory:
            raise self._corrupt()
        if self._take(_TAIL.size) != _TAIL.pack(sealed, _END) or self._file.read(1):
            raise self._corrupt()

    def own_directory(self, size: int) -> bytes:
        """The directory of a pack whose file has this size, found from its end."""
        if size < MARK_BYTES + _TAIL.size:
            raise self._corrupt()
        self.seek(size - _TAIL.size)
        sealed, end = _TAIL.unpack(self._take(_TAIL.size))
        start = size - _TAIL.size - sealed
        if end != _END or not TAG < sealed <= _DIRECTORY_BYTES_MAX or start < MARK_BYTES:
            raise self._corrupt()
        self.seek(start)
        directory = self._directory(sealed)
        if MARK_BYTES + sum(entry.sealed for entry in parse(directory)) != start:
            raise self._corrupt()
        return directory

    def _directory(self, sealed: int) -> bytes:
        offset = self._offset
        content = self._take(sealed)
        try:
            return zstandard.decompress(self._aead.decrypt(_nonce(_DIRECTORY, offset), content, self._associated))
        except InvalidTag:
            raise self._corrupt() from None

    def _segment(self, kind: int, size: int) -> memoryview:
        sealed = memoryview(self._sealed)[: size + TAG]
        if self._file.readinto(sealed) != size + TAG:  # pyright: ignore[reportAttributeAccessIssue] — every target opens real binary files
            raise self._corrupt()
        plain = memoryview(self._plain)[:size]
        try:
            self._aead.decrypt_into(_nonce(kind, self._offset), sealed, self._associated, plain)  # pyright: ignore[reportAttributeAccessIssue] — AES-GCM has it
        except InvalidTag:
            raise self._corrupt() from None
        self._offset += size + TAG
        return plain

    def _take(self, size: int) -> bytes:
        content = self._file.read(size)
        if len(content) != size:
            raise self._corrupt()
        self._offset += size
        return content

    def _corrupt(self) -> Corrupt:
        return Corrupt(f"packs/{self.name} in the backup repository is damaged or not the file of that name.")


def parse(directory: bytes) -> Iterator[Entry]:
    return (Entry(*values) for values in ENTRY.iter_unpack(directory))


FIRST = MARK_BYTES
"""Offset of the first blob in every pack."""


def expand(content: bytes, limit: int) -> bytes:
    """The bytes behind a piece or list blob. They are genuine; the limit keeps a defect from eating all memory."""
    if zstandard.frame_content_size(content) > limit:
        raise Corrupt("A blob in the backup repository is larger than it may be.")
    return zstandard.decompress(content)


def _nonce(kind: int, offset: int) -> bytes:
    return bytes([kind, 0, 0, 0]) + offset.to_bytes(8, "big")


def _associated(name: str, mark: bytes) -> bytes:
    return f"muniment backup {FORMAT} pack {name} {mark.hex()}".encode()
