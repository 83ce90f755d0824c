"""Bytes are sealed so that nobody reads or changes them without the key: AEAD in chunks, algorithms as data.

The sealed form, used for objects and for backups alike:

    MUN1 | algorithm (1) | compression (1) | chunk size (4) | nonce prefix (7) | chunks…

Each chunk is compressed content of at most `chunk size` bytes plus a tag of 16 bytes. Its nonce is
prefix | counter (4) | last (1) — the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015): chunks
cannot be dropped, swapped or cut off unnoticed. Header and `context` are bound as associated data. A data key
seals one object only, so random 7-byte prefixes cannot collide for it.
"""

import secrets
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, BinaryIO, Protocol, cast

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from archive.errors import Corrupt

MAGIC = b"MUN1"
CHUNK = 1 << 20
KEY_BYTES = 32
_HEADER = struct.Struct(">4sBBI7s")
_TAG = 16
_PROBE = 16384


class Aead(Protocol):
    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...
    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A way to seal. `number` is written into every sealed object and never reused."""

    number: int
    name: str
    make: Callable[[bytes], Aead]


ALGORITHMS: Mapping[int, Algorithm] = {1: Algorithm(1, "AES-256-GCM", AESGCM)}
STANDARD = ALGORITHMS[1]
PLAIN, ZSTD = 0, 1


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def derive(key: bytes, purpose: str, *, length: int = KEY_BYTES) -> bytes:
    """An independent key for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(hashes.SHA256(), length, salt=None, info=b"muniment/" + purpose.encode()).derive(key)


def wrap(key: bytes, secret: bytes, context: str) -> bytes:
    """A short secret (a data key) sealed under a key; `context` must be repeated to open it."""
    nonce = secrets.token_bytes(12)
    return bytes([STANDARD.number]) + nonce + STANDARD.make(key).encrypt(nonce, secret, context.encode())


def unwrap(key: bytes, wrapped: bytes, context: str) -> bytes:
    """The secret behind `wrap`. Raises Corrupt for another key, context or changed bytes."""
    algorithm = ALGORITHMS.get(wrapped[0]) if wrapped else None
    if algorithm is None:
        raise Corrupt("A key is wrapped with an algorithm that this version does not know.")
    try:
        return algorithm.make(key).decrypt(wrapped[1:13], wrapped[13:], context.encode())
    except (InvalidTag, ValueError):
        raise Corrupt("A key cannot be unwrapped: it was changed, or the master key is another one.") from None


def _compressor(first: bytes) -> int:
    """ZSTD if the first bytes shrink by at least a tenth, else PLAIN: office files and images are small already."""
    probe = first[:_PROBE]
    return ZSTD if len(zstandard.compress(probe, 1)) < 0.9 * len(probe) else PLAIN


def seal(source: Iterator[bytes], target: BinaryIO, key: bytes, context: str) -> int:
    """Write the sealed form of the source's pieces to `target`; return how many bytes were written.

    Memory is bounded by the chunk size and the largest piece.
    """
    first = next(source, b"")
    compression = _compressor(first)
    header = _HEADER.pack(MAGIC, STANDARD.number, compression, CHUNK, secrets.token_bytes(7))
    aead, prefix, associated = STANDARD.make(key), header[-7:], header + context.encode()
    target.write(header)
    written = len(header)

    def packed() -> Iterator[bytes]:
        if compression == PLAIN:
            yield first
            yield from source
            return
        squeeze = zstandard.ZstdCompressor(level=3).compressobj()
        yield squeeze.compress(first)
        for piece in source:
            yield squeeze.compress(piece)
        yield squeeze.flush()

    buffer, counter = bytearray(), 0
    for piece in packed():
        buffer += piece
        # One byte is held back, so that the last chunk is known to be the last when it is sealed.
        while len(buffer) > CHUNK:
            chunk = aead.encrypt(_nonce(prefix, counter, last=False), bytes(buffer[:CHUNK]), associated)
            del buffer[:CHUNK]
            written += target.write(chunk)
            counter += 1
    written += target.write(aead.encrypt(_nonce(prefix, counter, last=True), bytes(buffer), associated))
    return written


def unseal(source: BinaryIO, key: bytes, context: str) -> Iterator[bytes]:
    """The pieces of what was sealed. Raises Corrupt at the first chunk that is not what was written.

    Pieces seen before the error are genuine; a caller that needs the whole must read to the end first.
    """
    header = source.read(_HEADER.size)
    if len(header) < _HEADER.size:
        raise Corrupt("A sealed object is cut off.")
    magic, number, compression, size, prefix = _HEADER.unpack(header)
    algorithm = ALGORITHMS.get(number)
    if magic != MAGIC or algorithm is None or compression not in (PLAIN, ZSTD) or not 0 < size <= 1 << 26:
        raise Corrupt("This is not a sealed object of a version known here.")
    aead, associated = algorithm.make(key), header + context.encode()

    def opened() -> Iterator[bytes]:
        counter, chunk = 0, source.read(size + _TAG)
        while True:
            following = source.read(size + _TAG)
            try:
                yield aead.decrypt(_nonce(prefix, counter, last=not following), chunk, associated)
            except (InvalidTag, ValueError):
                raise Corrupt("A sealed object was changed, cut off or sealed with another key.") from None
            if not following:
                return
            counter, chunk = counter + 1, following

    if compression == PLAIN:
        yield from opened()
        return
    # Read in bounded steps: a gigabyte of zeros is a kilobyte when compressed. Of a file only read() is called.
    expanded = zstandard.ZstdDecompressor().stream_reader(cast("IO[bytes]", _Joined(opened())))
    while piece := expanded.read(size):
        yield piece


class _Joined:
    """An iterator of pieces as a file to read from."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002 — see below
        # A shorter or longer answer than asked for is fine with the only caller, the decompressor.
        return next(self._pieces, b"")


def _nonce(prefix: bytes, counter: int, *, last: bool) -> bytes:
    return prefix + counter.to_bytes(4, "big") + bytes([last])


def self_test() -> None:
    """Raise Corrupt unless the ciphers give the published answers: a broken build must not seal anything.

    AES-256-GCM: McGrew & Viega, test case 14.
    """
    known = bytes.fromhex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919")
    if AESGCM(bytes(32)).encrypt(bytes(12), bytes(16), None) != known:
        raise Corrupt("The cipher self-test failed; this installation must not be used.")
