"""Bytes are kept once, sealed under a key of their own, and read back before they count.

The order makes a kill at any moment harmless: first the digest, then the row that fixes address and key, then
the sealed bytes (the same key however often they are written), then the reading back; the caller's
transaction declares the object kept together with what refers to it.
"""

import errno
import hashlib
import hmac
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import BinaryIO

from archive import sealing
from archive.errors import Conflict, Corrupt, NotFound, OutOfSpace
from archive.keyring import Keyring
from archive.store import Store
from archive.tables import Tables, Transaction, checks
from archive.tables.objects import StoredObject

PIECE = 1 << 20
KEPT_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that are safe. `declare` belongs into the transaction of what refers to them."""

    digest: str
    size_bytes: int
    stored_bytes: int

    def declare(self, tx: Transaction) -> None:
        tx.objects.keep(self.digest, self.stored_bytes)


class ObjectStore:
    def __init__(self, tables: Tables, store: Store, keys: Keyring, now: Callable[[], datetime]) -> None:
        self._tables = tables
        self._store = store
        self._keys = keys
        self._now = now

    @property
    def at_once(self) -> int:
        """So many objects are worth reading at the same time."""
        return self._store.at_once

    def keep(self, source: BinaryIO, noted: Callable[[Transaction, str], None] = lambda _tx, _digest: None) -> Kept:
        """Keep what this file holds from its start. Raises Conflict if it changes while being read.

        New bytes are `noted` by their digest in the transaction that reserves them: of what is cut off before it is
        declared, and never comes again alike, somebody knows that it lies there.
        """
        digest, size = _digest(_pieces(source))
        with self._tables.read() as tx:
            row = tx.objects.get(digest)
        # Bytes that come again mend what the disk has spoilt meanwhile, so presence alone is not enough.
        if row is not None and row.kept and not self.intact(row):
            return Kept(digest, size, row.stored_bytes)
        if row is None:
            row = self._reserve(digest, size, noted)
        with _space_is_named():
            stored_bytes = self._write(source, row)
        if _digest(self._opened(row)) != (digest, size):
            raise Corrupt("What was just written reads back differently; check the disk. The source is untouched.")
        return Kept(digest, size, stored_bytes)

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The content, piece by piece; every piece is genuine.

        Raises NotFound if it is gone, Corrupt if it begins damaged; Corrupt at a later piece that is damaged.
        """
        with self._tables.read() as tx:
            row = tx.objects.get(digest)
        return self.pieces_of(row)

    def pieces_of(self, row: StoredObject | None) -> Iterator[bytes]:
        """The same for an object that the caller's transaction has looked for."""
        if row is None:
            raise NotFound("An object is not in the catalogue.", "object-missing")
        pieces = self._opened(row)
        # Opened now, not when somebody reads on: a door has to know before it begins to answer.
        return chain([next(pieces, b"")], pieces)

    def read(self, digest: str) -> bytes:
        """The whole content, compared with its digest."""
        return _whole(digest, self.pieces(digest))

    def content(self, row: StoredObject) -> bytes:
        """The same for an object that the caller's transaction has found: so many are read after one transaction."""
        return _whole(row.digest, self._opened(row))

    def intact(self, row: StoredObject) -> str:
        """Empty if the stored bytes are what was kept, else what is wrong with them (INV-02)."""
        try:
            return "" if _digest(self._opened(row)) == (row.digest, row.size_bytes) else "its digest differs"
        except (Corrupt, NotFound) as error:
            return str(error)

    def sweep_away(self, address: str) -> None:
        """Remove the sealed bytes of an object that is in the catalogue no more. Doing it again changes nothing.

        Bytes that came again meanwhile stay: they lie at the same address, under a key of their own. Nobody reserves
        the address between looking and removing, which is why that is one transaction.
        """
        with self._tables.write() as tx:
            if not tx.objects.has_address(address):
                self._store.remove(address)

    def strangers(self, known: frozenset[str]) -> Iterator[str]:
        """Addresses in the store that the catalogue does not know."""
        return (address for address in self._store.addresses() if address not in known)

    def address(self, digest: str) -> str:
        """The name of an object: a keyed digest, so that the folder tells nobody which files it holds."""
        return hmac.new(self._keys.address, digest.encode(), hashlib.sha256).hexdigest()

    def sealed(self, row: StoredObject) -> BinaryIO:
        """The sealed bytes as they lie in the store, for a backup to copy."""
        return self._store.open(row.address)

    def kept(self) -> Iterator[StoredObject]:
        """Every kept object, in parts, so that neither memory nor a transaction grows with the archive."""
        after = ""
        while True:
            with self._tables.read() as tx:
                rows = checks.kept_after(tx.connection, after, KEPT_AT_ONCE)
            if not rows:
                return
            yield from rows
            after = rows[-1].digest

    def stored_size(self, row: StoredObject) -> int:
        """How many sealed bytes lie in the store. Raises NotFound."""
        return self._store.size(row.address)

    def _reserve(self, digest: str, size: int, noted: Callable[[Transaction, str], None]) -> StoredObject:
        address = self.address(digest)
        wrapped = sealing.wrap(self._keys.wrapping, sealing.new_key(), address)
        with self._tables.write() as tx:
            row = tx.objects.get(digest) or tx.objects.reserve(digest, address, size, wrapped, self._now())
            noted(tx, digest)
        return row

    def _write(self, source: BinaryIO, row: StoredObject) -> int:
        staged = self._store.staging()
        check = hashlib.sha256()

        def checked() -> Iterator[bytes]:
            for piece in _pieces(source):
                check.update(piece)
                yield piece

        try:
            with staged.open("xb") as target:
                written = sealing.seal(checked(), target, self._key(row), row.address)
            if check.hexdigest() != row.digest:
                raise Conflict("The file changed while it was being read.", "source-changed")
            self._store.put(row.address, staged)
        finally:
            staged.unlink(missing_ok=True)
        return written

    def _opened(self, row: StoredObject) -> Iterator[bytes]:
        # The seal holds bytes to their address; that the address is of this digest, nothing else says.
        if not hmac.compare_digest(row.address, self.address(row.digest)):
            raise Corrupt("The catalogue leads from an object to the bytes of another; restore it from a backup.")
        with self._store.open(row.address) as sealed:
            yield from sealing.unseal(sealed, self._key(row), row.address)

    def _key(self, row: StoredObject) -> bytes:
        return sealing.unwrap(self._keys.wrapping, row.wrapped_key, row.address)


def _pieces(source: BinaryIO) -> Iterator[bytes]:
    source.seek(0)
    while piece := source.read(PIECE):
        yield piece


def _whole(digest: str, pieces: Iterator[bytes]) -> bytes:
    content = b"".join(pieces)
    if hashlib.sha256(content).hexdigest() != digest:
        raise Corrupt("An object does not have the digest it was kept under; restore it from a backup.")
    return content


def _digest(pieces: Iterator[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


@contextmanager
def _space_is_named() -> Generator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutOfSpace(
                f"The disk of the object store is full ({os.strerror(error.errno)}); make room and try again. "
                "Nothing was lost: the file is still where it was."
            ) from error
        raise
