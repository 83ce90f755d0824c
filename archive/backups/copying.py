"""What is new goes into packs: objects as they lie in the store, verified on their way; the catalogue in pieces."""

import hashlib
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import zstandard

from archive import sealing
from archive.app import Archive
from archive.backups.crypto import ID_BYTES
from archive.backups.packs import LIST, OBJECT, PACK, PIECE, SEGMENT, Blob, Packed, Spoiled, Writer
from archive.backups.repository import Key, Repository, Snapshot
from archive.errors import Corrupt, NotFound
from archive.tables import copies
from archive.tables.blob_ids import BlobIds
from archive.tables.objects import StoredObject
from archive.threads import GoesOn, Progress, Shared, ahead, together

log = logging.getLogger("muniment.backup")

PIECE_BYTES = 16384
ASKED_EVERY = 4096
"""So many pieces of the catalogue are looked at before it is asked again whether the run goes on."""


class Copying:
    """One run's copying into a repository that has the blobs `known`."""

    def __init__(
        self, archive: Archive, repository: Repository, copy: Path, known: BlobIds, progress: Progress, goes_on: GoesOn
    ) -> None:
        self._archive = archive
        self._repository = repository
        self._copy = copy
        self._known = known
        self._progress = progress
        self._goes_on = goes_on
        self._lock = threading.Lock()
        self._done_bytes = 0
        self.objects, self.object_bytes = copies.totals(copy)
        self.objects_new = 0
        self.pieces_new = 0
        self.missing: list[str] = []
        """Addresses of objects that are damaged or gone in the archive."""
        self.packs: list[Packed] = []
        """Those that were written."""

    def copy_objects(self, previous: Snapshot | None, keystore: BinaryIO) -> None:
        """Copy the objects that the repository does not have, and write the lines of the new keystore."""
        new = self._new_objects(previous, keystore)
        with closing(ahead(new, lambda one: self._small(one[0]), self._archive.objects.at_once)) as begun:
            objects = Shared(Blob(OBJECT, key.blob_id, self._object(held, small)) for (held, key), small in begun)
            self._pack(lambda: iter(objects), self.object_bytes)

    def copy_catalogue(self) -> tuple[int, bytes]:
        """Copy what is new of the catalogue's copy; its size, and the id of the list of its pieces."""
        size = self._copy.stat().st_size
        with self._copy.open("rb") as catalogue:
            list_id = self._pack_catalogue(catalogue.fileno(), size)
        return size, list_id

    def _new_objects(self, previous: Snapshot | None, keystore: BinaryIO) -> Iterator[tuple[StoredObject, Key]]:
        """The objects the repository does not have. On the way, the keystore gets a line for each there is.

        Both keystores are in order of address and are read side by side, so that memory does not grow with
        the archive, and no data key is unwrapped that was unwrapped before.
        """
        earlier, passed = self._earlier(previous), 0
        before = next(earlier, None)
        for held in copies.objects(self._copy):
            address = bytes.fromhex(held.address)
            while before is not None and before.address < address:
                before = next(earlier, None)
            if before is not None and before.address == address and before.wrapped == held.wrapped_key:
                key = before
            else:
                data_key = sealing.unwrap(self._archive.keys.wrapping, held.wrapped_key, held.address)
                key = Key(address, self._repository.seals.object_id(address, data_key), held.wrapped_key)
            keystore.write(key.line())
            if self._known.add(key.blob_id):
                self.objects_new += 1
                yield held, key
                continue
            passed += held.stored_bytes
            if passed > PACK:
                self._advance(passed)
                passed = 0
        self._advance(passed)

    def _earlier(self, previous: Snapshot | None) -> Iterator[Key]:
        if previous is None:
            return
        try:
            yield from self._repository.keys(previous.keystore)
        except (Corrupt, NotFound) as error:
            # It only saves unwrapping; this run writes a new one. `backup verify` reports it.
            log.warning("the keystore of the last backup cannot be read: %s", error)

    def _small(self, held: StoredObject) -> BinaryIO | None:
        """The sealed bytes of a small object. A large one is opened when its turn comes: no connection lies idle."""
        if held.stored_bytes > SEGMENT:
            return None
        with self._archive.objects.sealed(held) as sealed:
            return BytesIO(sealed.read(held.stored_bytes + 1))

    def _object(self, held: StoredObject, small: Callable[[], BinaryIO | None]) -> Iterator[bytes]:
        """The sealed bytes, verified on their way: what is not what was kept is not backed up as if it were."""
        digest, taken = hashlib.sha256(), bytearray()
        try:
            data_key = sealing.unwrap(self._archive.keys.wrapping, held.wrapped_key, held.address)
            with small() or self._archive.objects.sealed(held) as sealed:
                for piece in sealing.unseal(_Tee(sealed, taken), data_key, held.address):  # pyright: ignore[reportArgumentType] — unseal only reads
                    digest.update(piece)
                    while len(taken) > SEGMENT:
                        yield bytes(taken[:SEGMENT])
                        del taken[:SEGMENT]
            if digest.hexdigest() != held.digest:
                raise Corrupt("its digest differs")
        except (Corrupt, NotFound, OSError) as error:
            self._spoil(held, error)
            raise Spoiled from error
        while taken:
            yield bytes(taken[:SEGMENT])
            del taken[:SEGMENT]
        self._advance(held.stored_bytes)

    def _spoil(self, held: StoredObject, error: Exception) -> None:
        with self._archive.read() as tx:
            still = tx.objects.get(held.digest)
        with self._lock:
            self.objects_new -= 1
            if still is None:
                return  # destroyed while the backup was being made
            self.missing.append(held.address)
        log.error("object %s cannot be backed up: %s", held.address, error)

    def _advance(self, size: int) -> None:
        with self._lock:
            self._done_bytes += size
            self._progress(self._done_bytes, self.object_bytes)

    # The catalogue

    def _pack_catalogue(self, catalogue: int, size: int) -> bytes:
        """Pack what is new of the catalogue's copy, and the list of its pieces last; return the id of the list."""
        count = -(-size // PIECE_BYTES)
        ids, new = bytearray(count * ID_BYTES), bytearray(count)
        numbers, seals = Shared(range(count)), self._repository.seals

        def look(failed: Callable[[], bool]) -> None:
            for n in numbers:
                if failed():
                    return
                if n % ASKED_EVERY == 0:
                    self._goes_on()
                piece_id = seals.piece_id(os.pread(catalogue, PIECE_BYTES, n * PIECE_BYTES))
                ids[n * ID_BYTES : (n + 1) * ID_BYTES] = piece_id
                new[n] = self._claim(piece_id)

        def squeezed(n: int) -> Iterator[bytes]:
            yield zstandard.compress(os.pread(catalogue, PIECE_BYTES, n * PIECE_BYTES), 3)

        def blobs() -> Iterator[Blob]:
            for n in range(count):
                if new[n]:
                    yield Blob(PIECE, bytes(ids[n * ID_BYTES : (n + 1) * ID_BYTES]), squeezed(n))
            if self._claim(list_id):
                yield Blob(LIST, list_id, _segments(zstandard.compress(content, 3)))

        together(look, size // PACK)
        content = bytes(ids)
        list_id = seals.piece_id(content)
        waiting = Shared(blobs())
        self._pack(lambda: iter(waiting), sum(new) * PIECE_BYTES)
        return list_id

    def _claim(self, blob_id: bytes) -> bool:
        new = self._known.add(blob_id)
        with self._lock:
            self.pieces_new += new
        return new

    # Packs

    def _pack(self, blobs: Callable[[], Iterator[Blob]], size: int) -> None:
        """Fill packs until there are no more blobs; as many at once as the amount is worth."""

        def fill(failed: Callable[[], bool]) -> None:
            mine = (blob for blob in blobs() if not failed())
            for first in mine:
                self._goes_on()
                self._put_pack(chain([first], mine))

        together(fill, size // PACK)

    def _put_pack(self, blobs: Iterator[Blob]) -> None:
        writer = Writer(self._repository.seals)
        self._repository.target.put(f"packs/{writer.name}", writer.write(blobs))
        assert writer.packed is not None
        with self._lock:
            self.packs.append(writer.packed.spooled(self._repository.spool))


class _Tee:
    """A file that also keeps what is read from it."""

    def __init__(self, file: BinaryIO, taken: bytearray) -> None:
        self._file = file
        self._taken = taken

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._taken += content
        return content


def _segments(content: bytes) -> Iterator[bytes]:
    return (content[at : at + SEGMENT] for at in range(0, len(content), SEGMENT))
