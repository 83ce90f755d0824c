"""7z archives: the names of their entries as text, the entries as files inside.

The standard library unpacks what 7z packs documents with (LZMA, LZMA2, Deflate, BZip2, and the filters before them);
read here is only where in the archive everything lies. Programs packed with BCJ2 and text packed with PPMd are counted
as unread.
"""

import bz2
import hashlib
import lzma
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from indexer import limits
from indexer.ciphers import BLOCK, aes_cbc
from indexer.claims import Claim, Seen
from indexer.errors import Exhausted, Unreadable
from indexer.expanding import Taken
from indexer.text import Caution, Text

MEDIA_TYPES = ("application/x-7z-compressed",)
EXTENSIONS = ("7z",)
SAMPLE_PHRASE = "监控录像备份清单"

_MAGIC = b"7z\xbc\xaf\x27\x1c"
_HEADER_BYTES_MAX = 64 << 20
_DICTIONARY_BYTES_MAX = 256 << 20
_PIECE = 256 << 10
_ROUNDS_MAX = 24
"""As a power of two; 7-Zip itself uses 19, and refuses more than this."""


def sample() -> bytes:
    content = "三月".encode()
    packed = lzma.compress(content, lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}])
    name = f"{SAMPLE_PHRASE}.txt".encode("utf-16-le") + b"\0\0"
    header = bytes(
        (
            *(1, 4, 6, 0, 1, 9, len(packed), 0),
            *(7, 11, 1, 0, 1, 0x21, 0x21, 1, 8, 12, len(content), 0),
            *(8, 10, 1, *struct.pack("<I", zlib.crc32(content)), 0, 0),
            *(5, 1, 17, len(name) + 1, 0, *name, 0, 0),
        )
    )
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return _MAGIC + b"\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def claims(seen: Seen) -> Claim | None:
    return Claim(MEDIA_TYPES[0], 0.95) if seen.head.startswith(_MAGIC) else None


class _Broken(Exception):
    """The archive contradicts itself."""


class _Unknown(Exception):
    """Packed in a way that is not read here."""


class _Hostile(Exception):
    """Made to keep whoever opens it busy for days."""


class _Locked(Exception):
    """Packed with a password."""


def read(path: Path) -> Text:
    """One page with the names. Locked entries are counted, names are only names."""
    try:
        with path.open("rb") as stream:
            return _read(stream)
    except _Locked:
        return Text((), cautions=(Caution("encrypted"),))
    except _Hostile:
        raise Unreadable("The archive asks for more work than any password is worth.", "damaged-archive") from None
    except _Unknown:
        raise Unreadable(
            "The archive is packed in a way that cannot be unpacked here.", "unsupported-archive"
        ) from None
    except (_Broken, lzma.LZMAError, zlib.error, OSError, EOFError, struct.error, ValueError) as error:
        raise Unreadable("The archive is damaged.", "damaged-archive") from error


def unlock(path: Path, password: str) -> bytes:
    """The same files in an archive without a lock. Raises Unreadable: `wrong-file-password`, `cannot-unlock`."""
    try:
        with path.open("rb") as stream:
            return _unlocked(stream, _Secret(password))
    except _Hostile:
        raise Unreadable("The archive asks for more work than any password is worth.", "damaged-archive") from None
    except _Unknown:
        raise Unreadable("The file is locked in a way that cannot be opened here.", "cannot-unlock") from None
    except (_Broken, lzma.LZMAError, zlib.error, OSError, EOFError, struct.error, ValueError) as error:
        # With another key everything looks damaged.
        raise Unreadable("The password does not open the file.", "wrong-file-password") from error


def _unlocked(stream: IO[bytes], secret: "_Secret") -> bytes:
    contents = _contents(stream, secret)
    names = iter(contents.names)
    entries: list[tuple[str, bytes]] = []
    room = limits.CHILDREN_BYTES_MAX
    for packed in contents.packings:
        unpacked = _Unpacked(stream, packed, secret)
        for size, checksum in zip(packed.sizes or (), packed.checksums, strict=True):
            room -= size
            if room < 0:
                raise Exhausted("The archive is larger than can be unlocked here.", "too-large")
            content = b"".join(unpacked.entry(size))
            if checksum not in (None, unpacked.checksum):
                raise _Broken
            entries.append((next(names, ""), content))
    if not secret.needed:
        raise Unreadable("The file is not locked.", "cannot-unlock")
    return _written(entries)


def _written(entries: Sequence[tuple[str, bytes]]) -> bytes:
    """An archive of these files, each as it is: whoever keeps it packs it."""
    names = b"".join(name.encode("utf-16-le", "replace") + b"\0\0" for name, _ in entries)
    count, sizes = _number(len(entries)), b"".join(_number(len(content)) for _, content in entries)
    checksums = b"".join(struct.pack("<I", zlib.crc32(content)) for _, content in entries)
    header = b"".join(
        (
            *(b"\1\4\6\0", count, b"\x09", sizes, b"\0"),
            *(b"\7\x0b", count, b"\0", b"\1\1\0" * len(entries)),
            *(b"\x0c", sizes, b"\x0a\1", checksums, b"\0\0"),
            *(b"\5", count, b"\x11", _number(len(names) + 1), b"\0", names, b"\0\0"),
        )
    )
    packed = b"".join(content for _, content in entries)
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return _MAGIC + b"\0\4" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def _number(value: int) -> bytes:
    """The other way round than `_Table.number`; in the longest form, where the short one does not do."""
    return bytes((value,)) if value < 0x80 else b"\xff" + value.to_bytes(8, "little")


def _read(stream: IO[bytes]) -> Text:
    contents = _contents(stream)
    taken = Taken()
    names = iter(contents.names)
    for packed in contents.packings:
        unpacked: _Unpacked | None = None
        try:
            unpacked = _Unpacked(stream, packed)
        except _Locked:
            taken.locked += len(packed.sizes or ())
        except _Unknown:
            taken.unread += len(packed.sizes or ())
        for size, checksum in zip(packed.sizes or (), packed.checksums, strict=True):
            name = taken.begin(next(names, ""))
            if unpacked is None:
                continue
            before = len(taken.children)
            try:
                if name:
                    taken.take(name, unpacked.entry(size))
                unpacked.finish()
            except (_Broken, lzma.LZMAError, zlib.error, OSError, EOFError):
                # What lies behind it in the same packing cannot be had either.
                taken.unread += 1
                unpacked = None
                continue
            if len(taken.children) > before and checksum not in (None, unpacked.checksum):
                taken.children.pop()
                taken.unread += 1
    return taken.text()


@dataclass(slots=True)
class _Packing:
    """Some files packed together: where they lie, how, and how long each is."""

    at: int = 0
    length: int = 0
    coders: list[tuple[bytes, bytes]] = field(default_factory=list[tuple[bytes, bytes]])
    """Method and properties, in the order of unpacking; empty where they are not one after the other."""
    streams: int = 1
    size: int = 0
    checksum: int | None = None
    sizes: list[int] | None = None
    checksums: list[int | None] = field(default_factory=list[int | None])


@dataclass(frozen=True, slots=True)
class _Contents:
    packings: list[_Packing]
    names: list[str]
    """Of the entries that have content, in the order of the packings."""


def _contents(stream: IO[bytes], secret: "_Secret | None" = None) -> _Contents:
    start = stream.read(32)
    offset, length = struct.unpack("<QQ", start[12:28])
    if length == 0:
        return _Contents([], [])
    header = _at(stream, 32 + offset, length)
    for _ in range(4):
        table = _Table(header)
        kind = table.byte()
        if kind == 0x01:
            return _named(table)
        if kind != 0x17:
            raise _Broken
        (packing,) = _streams(table) or [_Packing()]
        unpacked = _Unpacked(stream, packing, secret)
        header = b"".join(unpacked.entry(min(packing.size, _HEADER_BYTES_MAX)))
        if packing.checksum not in (None, unpacked.checksum):
            raise _Broken
    raise _Broken


def _at(stream: IO[bytes], offset: int, length: int) -> bytes:
    if length > _HEADER_BYTES_MAX:
        raise _Broken
    stream.seek(offset)
    found = stream.read(length)
    if len(found) < length:
        raise _Broken
    return found


class _Table:
    """The header, read from its start to its end."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def bytes(self, count: int) -> bytes:
        found = self._content[self._at : self._at + count]
        if count < 0 or len(found) < count:
            raise _Broken
        self._at += count
        return found

    def byte(self) -> int:
        return self.bytes(1)[0]

    def number(self) -> int:
        """As many bytes follow as the first has leading ones; its other bits are the highest of the number."""
        first = self.byte()
        following = 8 - (~first & 0xFF).bit_length()
        low = int.from_bytes(self.bytes(following), "little")
        return low if following == 8 else low | (first & (0x7F >> following)) << 8 * following

    def count(self) -> int:
        """A number of things, which cannot be more than there is header."""
        found = self.number()
        if found > len(self._content):
            raise _Broken
        return found

    def bits(self, count: int) -> list[bool]:
        found = self.bytes((count + 7) // 8)
        return [bool(found[at // 8] & 0x80 >> at % 8) for at in range(count)]

    def defined(self, count: int) -> list[bool]:
        return [True] * count if self.byte() else self.bits(count)

    def checksums(self, count: int) -> list[int | None]:
        return [int.from_bytes(self.bytes(4), "little") if known else None for known in self.defined(count)]

    def until(self, end: int = 0) -> Iterator[int]:
        while (kind := self.byte()) != end:
            yield kind


def _streams(table: _Table) -> list[_Packing]:
    packings: list[_Packing] = []
    lengths: list[int] = []
    base = 32
    for kind in table.until():
        if kind == 0x06:
            base += table.number()
            lengths = _lengths(table)
        elif kind == 0x07:
            packings = _packings(table)
        elif kind == 0x08:
            _divide(table, packings)
        else:
            raise _Broken
    for packing in packings:
        packing.at, packing.length = base, lengths[0] if lengths else 0
        base += sum(lengths[: packing.streams])
        lengths = lengths[packing.streams :]
        if packing.sizes is None:
            packing.sizes, packing.checksums = [packing.size], [packing.checksum]
    return packings


def _lengths(table: _Table) -> list[int]:
    count = table.count()
    lengths: list[int] = []
    for kind in table.until():
        if kind == 0x09:
            lengths = [table.number() for _ in range(count)]
        elif kind == 0x0A:
            table.checksums(count)
        else:
            raise _Broken
    return lengths


def _packings(table: _Table) -> list[_Packing]:
    if table.byte() != 0x0B:
        raise _Broken
    count = table.count()
    if table.byte():
        raise _Unknown
    found = [_packing(table) for _ in range(count)]
    packings = [packing for packing, _, _ in found]
    for kind in table.until():
        if kind == 0x0C:
            for packing, outputs, last in found:
                packing.size = [table.number() for _ in range(outputs)][last]
        elif kind == 0x0A:
            for packing, checksum in zip(packings, table.checksums(count), strict=True):
                packing.checksum = checksum
        else:
            raise _Broken
    return packings


def _packing(table: _Table) -> tuple[_Packing, int, int]:
    """One packing, how many outputs its coders have, and which of them is the content."""
    coders: list[tuple[bytes, bytes]] = []
    inputs = outputs = 0
    straight = True
    for _ in range(table.count()):
        flags = table.byte()
        method = table.bytes(flags & 0x0F)
        ins, outs = (table.count(), table.count()) if flags & 0x10 else (1, 1)
        straight &= ins == outs == 1
        inputs, outputs = inputs + ins, outputs + outs
        coders.append((method, table.bytes(table.count()) if flags & 0x20 else b""))
    if not coders or outputs < 1:
        raise _Broken
    bonds = [(table.count(), table.count()) for _ in range(outputs - 1)]
    streams = inputs - len(bonds)
    if streams < 1:
        raise _Broken
    if streams > 1:
        for _ in range(streams):
            table.number()
    fed = {output for _, output in bonds}
    last = next((output for output in range(outputs) if output not in fed), 0)
    packing = _Packing(streams=streams)
    if straight:
        # From the coder whose output is the content, backwards to the one that takes what is packed.
        feeds, chain = dict(bonds), [last]
        while chain[-1] in feeds and len(chain) <= len(coders):
            chain.append(feeds[chain[-1]])
        packing.coders = [coders[at] for at in reversed(chain) if at < len(coders)]
    elif any(method == _AES for method, _ in coders):
        packing.coders = [(_AES, b"")]
    return packing, outputs, last


def _divide(table: _Table, packings: list[_Packing]) -> None:
    """How many files are in each packing, how long each is, and their checksums."""
    counts = [1] * len(packings)
    sizes_said = False
    for kind in table.until():
        if kind == 0x0D:
            counts = [table.count() for _ in packings]
        elif kind == 0x09:
            sizes_said = True
            for packing, count in zip(packings, counts, strict=True):
                sizes = [table.number() for _ in range(count - 1)]
                packing.sizes = [*sizes, packing.size - sum(sizes)] if count else []
        elif kind == 0x0A:
            unknown = sum(
                count for packing, count in zip(packings, counts, strict=True) if count != 1 or packing.checksum is None
            )
            checksums = iter(table.checksums(unknown))
            for packing, count in zip(packings, counts, strict=True):
                known = count == 1 and packing.checksum is not None
                packing.checksums = [packing.checksum] if known else [next(checksums) for _ in range(count)]
        else:
            raise _Broken
    for packing, count in zip(packings, counts, strict=True):
        if not sizes_said:
            packing.sizes = [packing.size] if count == 1 else []
        sizes = packing.sizes or []
        if min(sizes, default=0) < 0 or sum(map(bool, sizes)) > limits.ZIP_MEMBERS_MAX:
            raise _Broken
        if len(packing.checksums) != len(sizes):
            packing.checksums = [None] * len(sizes)


def _named(table: _Table) -> _Contents:
    packings: list[_Packing] = []
    names: list[str] = []
    for kind in table.until():
        if kind == 0x04:
            packings = _streams(table)
        elif kind == 0x05:
            names = _names(table)
        elif kind == 0x02:
            for _ in table.until():
                table.bytes(table.count())
        else:
            raise _Broken
    return _Contents(packings, names)


def _names(table: _Table) -> list[str]:
    count = table.count()
    names: list[str] = [""] * count
    empty = [False] * count
    for kind in table.until():
        property_ = _Table(table.bytes(table.count()))
        if kind == 0x0E:
            empty = property_.bits(count)
        elif kind == 0x11:
            if property_.byte():
                raise _Unknown
            names = [_name(property_) for _ in range(count)]
    return [name for name, without in zip(names, empty, strict=True) if not without]


def _name(table: _Table) -> str:
    found = bytearray()
    while (unit := table.bytes(2)) != b"\0\0":
        found += unit
    return found.decode("utf-16-le", "replace")


# ---- Unpacking ----

_AES = b"\x06\xf1\x07\x01"
_FILTERS = {
    b"\x03\x03\x01\x03": lzma.FILTER_X86,
    b"\x03\x03\x02\x05": lzma.FILTER_POWERPC,
    b"\x03\x03\x04\x01": lzma.FILTER_IA64,
    b"\x03\x03\x05\x01": lzma.FILTER_ARM,
    b"\x03\x03\x07\x01": lzma.FILTER_ARMTHUMB,
    b"\x03\x03\x08\x05": lzma.FILTER_SPARC,
}
_Feed = Callable[[bytes], bytes]


class _Unpacked:
    """What a packing unpacks to, file by file, no more than a document can be."""

    def __init__(self, stream: IO[bytes], packing: _Packing, secret: "_Secret | None" = None) -> None:
        for method, properties in packing.coders:
            if method == _AES:
                if _ROUNDS_MAX < (properties or b"\0")[0] & 0x3F < 0x3F:
                    raise _Hostile
                if secret is None:
                    raise _Locked
        if not packing.coders:
            raise _Unknown
        self._stream = stream
        self._at, self._left = packing.at, packing.length
        self._packed = max(packing.length, 1)
        self._feed = _chain(packing.coders, secret)
        self._ready = b""
        self._total = 0
        self._rest = 0
        self.checksum = 0

    def entry(self, size: int) -> Iterator[bytes]:
        """The next file, of so many bytes."""
        self._rest, self.checksum = size, 0
        while self._rest > 0:
            if not self._ready:
                self._fill()
            piece, self._ready = self._ready[: self._rest], self._ready[self._rest :]
            self._rest -= len(piece)
            self.checksum = zlib.crc32(piece, self.checksum)
            yield piece

    def finish(self) -> None:
        """Go to the end of the file whose beginning was enough."""
        while self._rest > 0 and not limits.almost_over():
            for _ in self.entry(self._rest):
                pass

    def _fill(self) -> None:
        while not self._ready:
            if self._left <= 0:
                raise _Broken
            self._stream.seek(self._at)
            packed = self._stream.read(min(_PIECE, self._left))
            if not packed:
                raise _Broken
            self._at, self._left = self._at + len(packed), self._left - len(packed)
            self._ready = self._feed(packed)
            self._total += len(self._ready)
            free = limits.ZIP_RATIO_FREE_BYTES
            if self._total > limits.ZIP_BYTES_MAX or self._total > max(free, limits.ZIP_RATIO_MAX * self._packed):
                raise Exhausted("The archive unpacks to far more than a document can be.", "bomb")


class _Secret:
    """A password, the keys that were made of it, and whether any was needed."""

    def __init__(self, password: str) -> None:
        self.needed = False
        self._password = password.encode("utf-16-le", "surrogatepass")
        self._keys: dict[tuple[int, bytes], bytes] = {}

    def opener(self, properties: bytes) -> _Feed:
        """What undoes the lock that a coder says it has."""
        if len(properties) < 2:
            raise _Unknown
        self.needed = True
        first, second = properties[:2]
        rounds, salt_bytes, start_bytes = first & 0x3F, (first >> 7) + (second >> 4), (first >> 6 & 1) + (second & 0x0F)
        salt, start = properties[2 : 2 + salt_bytes], properties[2 + salt_bytes : 2 + salt_bytes + start_bytes]
        if (rounds, salt) not in self._keys:
            self._keys[rounds, salt] = self._key(rounds, salt)
        return aes_cbc(self._keys[rounds, salt], start.ljust(BLOCK, b"\0"))

    def _key(self, rounds: int, salt: bytes) -> bytes:
        if rounds == 0x3F:
            return (salt + self._password)[:32].ljust(32, b"\0")
        digest, beginning = hashlib.sha256(), salt + self._password
        for number in range(1 << rounds):
            digest.update(beginning + number.to_bytes(8, "little"))
        return digest.digest()


def _chain(coders: list[tuple[bytes, bytes]], secret: _Secret | None) -> _Feed:
    """One after the other; those that the standard library takes together are given to it together."""
    steps: list[_Feed] = []
    filters: list[dict[str, Any]] = []
    for method, properties in coders:
        if method == b"\x00":
            continue
        if method == _AES and secret is not None:
            # What is packed is locked last, so it is opened first.
            steps.append(secret.opener(properties))
            continue
        if method in (b"\x21", b"\x03\x01\x01", b"\x03") or method in _FILTERS:
            filters.insert(0, _filter(method, properties))
        elif method == b"\x04\x01\x08":
            steps.append(zlib.decompressobj(-15).decompress)
        elif method == b"\x04\x02\x02":
            steps.append(bz2.BZ2Decompressor().decompress)
        else:
            raise _Unknown
    if filters:
        if filters[-1]["id"] not in (lzma.FILTER_LZMA1, lzma.FILTER_LZMA2):
            raise _Unknown
        steps.append(lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters).decompress)

    def feed(packed: bytes) -> bytes:
        for step in steps:
            packed = step(packed)
        return packed

    return feed


def _filter(method: bytes, properties: bytes) -> dict[str, Any]:
    if method in _FILTERS:
        return {"id": _FILTERS[method]}
    if method == b"\x03":
        return {"id": lzma.FILTER_DELTA, "dist": (properties or b"\0")[0] + 1}
    if method == b"\x21" and len(properties) == 1 and properties[0] <= 40:
        bits = properties[0]
        size = 0xFFFFFFFF if bits == 40 else (2 | bits & 1) << bits // 2 + 11
        found: dict[str, Any] = {"id": lzma.FILTER_LZMA2}
    elif method == b"\x03\x01\x01" and len(properties) == 5 and properties[0] < 9 * 5 * 5:
        rest, literal = divmod(properties[0], 9)
        size = int.from_bytes(properties[1:], "little")
        found = {"id": lzma.FILTER_LZMA1, "lc": literal, "lp": rest % 5, "pb": rest // 5}
    else:
        raise _Broken
    if size > _DICTIONARY_BYTES_MAX:
        raise _Unknown
    return {**found, "dict_size": max(size, 4096)}
