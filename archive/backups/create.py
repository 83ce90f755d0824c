"""A backup is made: what is new is copied, and the snapshot is written last.

Cut off at any moment, the previous snapshot is whole, and the next run uses what was copied. The order of steps
and why is in docs/backup-format.md.
"""

import errno
import hashlib
import logging
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from importlib.metadata import version
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import zstandard

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import config, sealing, status
from archive.app import Archive
from archive.backups import keys
from archive.backups.packs import LIST, OBJECT, PACK, PIECE, SEGMENT, Blob, Packed, Spoiled, Writer
from archive.backups.repository import (
    Key,
    Loaded,
    Repository,
    Snapshot,
    begin,
    exists,
    new_keystore_name,
    number_of,
    of,
    open_repository,
)
from archive.backups.targets import Target
from archive.errors import ArchiveError, Conflict, Corrupt, Misconfigured, NotFound, OutOfSpace
from archive.tables import copies
from archive.tables.objects import StoredObject
from archive.threads import Progress, Shared, silent, together

log = logging.getLogger("muniment.backup")

PIECE_BYTES = 16384


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did."""

    snapshot: str
    number: int
    objects: int
    objects_new: int
    pieces_new: int
    bytes_written: int
    """What the repository grew by, replaced files included."""
    ledger_seq: int
    ledger_digest: str
    seconds: float
    missing: tuple[str, ...]
    """Addresses of objects that are damaged or gone in the archive and are in no snapshot."""
    warnings: tuple[str, ...]


def run(archive: Archive, actor: Actor, target: Target, *, anew: bool = False, progress: Progress = silent) -> Run:
    """Back the archive up. Raises Conflict when another run is under way, OutOfSpace, Misconfigured or Corrupt.

    Whatever it raises, earlier snapshots are whole, and the ledger says that it failed. A repository that was
    there before and is not there now is only begun anew if that is asked for: its disk may not be connected.
    """
    rules.require(actor, Action.RUN)
    began = time.monotonic()
    try:
        with _work(archive) as work:
            seen = None if anew else _seen(archive, target)
            if seen is None:
                target.prepare()
            with target.lock(exclusive=True):
                repository = _opened(archive, target, seen)
                target.clear()
                snapshot, run = _Copying(archive, repository, work, progress).all()
    except Exception as error:
        _write_failure(archive, actor, getattr(error, "code", type(error).__name__))
        raise
    run = replace(run, seconds=round(time.monotonic() - began, 3))
    with archive.write() as tx:
        tx.meta.put(_place(target), f"{repository.seals.repository_id} {run.number} {run.snapshot}")
        tx.meta.put(status.LAST_BACKUP, archive.now().isoformat())
        tx.ledger.add(
            archive.now(),
            actor.id,
            "backup.completed",
            "backup",
            run.snapshot,
            number=run.number,
            objects=run.objects,
            objects_new=run.objects_new,
            bytes_written=run.bytes_written,
            missing=len(run.missing),
            head=snapshot.ledger_seq,
            took_ms=round(run.seconds * 1000),
        )
    return run


class _Copying:
    """One run, from the copy of the catalogue to the snapshot."""

    def __init__(self, archive: Archive, repository: Repository, work: Path, progress: Progress) -> None:
        self._archive = archive
        self._repository = repository
        self._work = work
        self._progress = progress
        self._copy = work / "catalogue.db"
        self._lock = threading.Lock()
        self._known: set[bytes] = set()
        self._done_bytes = 0
        self._total_bytes = 0
        self._objects_new = 0
        self._missing: list[str] = []
        self._gone: set[str] = set()
        self._written: list[Packed] = []

    def all(self) -> tuple[Snapshot, Run]:
        repository, archive = self._repository, self._archive
        sizes = repository.sizes()
        previous, troubles = repository.newest(sizes)
        loaded = repository.load(sizes)
        troubles += loaded.troubles + loaded.gone
        self._known = {blob_id for pack in loaded.packs for blob_id in pack.ids()}
        number = 1 + max((number_of(name) for name in of(sizes, "snapshots")), default=0)
        archive.tables.copy_to(self._copy)
        about = copies.about(self._copy)
        self._same_course(previous)
        count, self._total_bytes = copies.totals(self._copy)

        with tempfile.TemporaryFile(dir=self._work) as keystore:
            objects = Shared(self._new_objects(previous, keystore))
            self._pack(lambda: iter(objects), self._total_bytes)
            copies.strip(self._copy)
            catalogue_bytes = self._copy.stat().st_size
            pieces_known = len(self._known)
            with self._copy.open("rb") as catalogue:
                list_id = self._pack_catalogue(catalogue, catalogue_bytes)
            indexes, replaced = self._index(loaded)
            keystore_name = new_keystore_name(number)
            keystore.seek(0)
            lines = iter(lambda: keystore.read(SEGMENT), b"")
            repository.target.put(keystore_name, repository.seals.seal(keystore_name, lines, self._work))

        snapshot = repository.put_snapshot(
            Snapshot(
                number=number,
                previous=previous.id if previous else "",
                taken_at=archive.now().astimezone(UTC).isoformat(timespec="seconds"),
                archive=about.archive,
                program=version("muniment"),
                schema=about.schema,
                ledger_seq=about.ledger_seq,
                ledger_digest=about.ledger_digest,
                catalogue_bytes=catalogue_bytes,
                catalogue_list=list_id.hex(),
                piece_bytes=PIECE_BYTES,
                objects=count,
                object_bytes=self._total_bytes,
                missing=tuple(sorted(self._missing)),
                keystore=keystore_name,
                indexes=tuple(sorted(indexes)),
                settings=_settings(archive),
            )
        )
        for name in (*replaced, *(name for name in of(sizes, "keystores") if name != keystore_name)):
            repository.target.remove(name)
        after = repository.sizes()
        if Path(repository.target.location).is_relative_to(archive.settings.home):
            troubles.append(("", "The repository lies in the home: what destroys one destroys both."))
        return snapshot, Run(
            snapshot=snapshot.id,
            number=number,
            objects=count,
            objects_new=self._objects_new,
            pieces_new=len(self._known) - pieces_known,
            bytes_written=sum(size for name, size in after.items() if name not in sizes),
            ledger_seq=snapshot.ledger_seq,
            ledger_digest=snapshot.ledger_digest,
            seconds=0.0,
            missing=snapshot.missing,
            warnings=tuple(detail for _, detail in troubles),
        )

    def _same_course(self, previous: Snapshot | None) -> None:
        """Two copies of one archive must not write here in turn: each would replace the other's keystore."""
        if previous and copies.ledger_digest(self._copy, previous.ledger_seq) != previous.ledger_digest:
            raise Conflict(
                f"The newest snapshot in {self._repository.target.location} is not from this archive's past: another "
                "copy of it was backed up there, this one was restored to an earlier moment, or its ledger was "
                "rewritten. Find out which; then back up into another folder."
            )

    # Objects

    def _new_objects(self, previous: Snapshot | None, keystore: BinaryIO) -> Iterator[Blob]:
        """The objects the repository does not have. On the way, the keystore gets a line for each there is.

        Both keystores are in order of address and are read side by side, so that memory does not grow with
        the archive, and no data key is unwrapped that was unwrapped before.
        """
        earlier = self._earlier(previous)
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
            if key.blob_id not in self._known:
                self._known.add(key.blob_id)
                self._objects_new += 1
                yield Blob(OBJECT, key.blob_id, self._object(held))
            else:
                self._advance(held.stored_bytes)

    def _earlier(self, previous: Snapshot | None) -> Iterator[Key]:
        if previous is None:
            return
        try:
            yield from self._repository.keys(previous.keystore)
        except (Corrupt, NotFound) as error:
            # It only saves unwrapping; this run writes a new one. `backup verify` reports it.
            log.warning("the keystore of the last backup cannot be read: %s", error)

    def _object(self, held: StoredObject) -> Iterator[bytes]:
        """The sealed bytes, verified on their way: what is not what was kept is not backed up as if it were."""
        digest, taken = hashlib.sha256(), bytearray()
        try:
            data_key = sealing.unwrap(self._archive.keys.wrapping, held.wrapped_key, held.address)
            with self._archive.objects.sealed(held) as sealed:
                if held.stored_bytes <= SEGMENT:
                    content = sealed.read(held.stored_bytes + 1)
                    taken += content
                    source: _Tee | BytesIO = BytesIO(content)
                else:
                    source = _Tee(sealed, taken)
                for piece in sealing.unseal(source, data_key, held.address):  # pyright: ignore[reportArgumentType] — unseal only reads
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
            self._objects_new -= 1
            if still is None:
                return  # destroyed while the backup was being made
            self._missing.append(held.address)
        log.error("object %s cannot be backed up: %s", held.address, error)

    def _advance(self, size: int) -> None:
        with self._lock:
            self._done_bytes += size
            self._progress(self._done_bytes, self._total_bytes)

    # The catalogue

    def _pack_catalogue(self, catalogue: BinaryIO, size: int) -> bytes:
        """Pack what is new of the catalogue's copy; return the id of the list of its pieces."""
        ids: list[bytes] = [b""] * -(-size // PIECE_BYTES)
        numbers = Shared(range(len(ids)))
        seals, handle = self._repository.seals, catalogue.fileno()

        def new_pieces() -> Iterator[Blob]:
            for n in numbers:
                content = os.pread(handle, PIECE_BYTES, n * PIECE_BYTES)
                ids[n] = seals.piece_id(content)
                if self._claim(ids[n]):
                    yield Blob(PIECE, ids[n], iter([zstandard.compress(content, 3)]))

        self._pack(new_pieces, size)
        content = b"".join(ids)
        list_id = seals.piece_id(content)
        if self._claim(list_id):
            blob = Blob(LIST, list_id, _segments(zstandard.compress(content, 3)))
            self._pack(lambda: iter([blob]), 0)
        return list_id

    def _claim(self, blob_id: bytes) -> bool:
        with self._lock:
            if blob_id in self._known:
                return False
            self._known.add(blob_id)
            return True

    # Packs

    def _pack(self, blobs: Callable[[], Iterator[Blob]], size: int) -> None:
        """Fill packs until there are no more blobs; as many at once as the amount is worth."""

        def fill(failed: Callable[[], bool]) -> None:
            mine = (blob for blob in blobs() if not failed())
            for first in mine:
                self._put_pack(chain([first], mine))

        together(fill, size // PACK)

    def _put_pack(self, blobs: Iterator[Blob]) -> None:
        writer = Writer(self._repository.seals, os.urandom(16).hex())
        self._repository.target.put(f"packs/{writer.name}", writer.write(blobs))
        assert writer.packed is not None
        with self._lock:
            self._written.append(writer.packed)

    def _index(self, loaded: Loaded) -> tuple[list[str], list[str]]:
        """Write the index of the new packs; return the names in use and those it replaces.

        It takes in every other that is less than twice as large, so that there are never more than a few.
        """
        present = {pack.name for pack in loaded.packs}
        fresh = [*loaded.orphans, *self._written]
        kept = dict(loaded.indexes)
        replaced = [name for name, _ in loaded.troubles if name.startswith("index/")]
        if not fresh and not replaced:
            return list(kept), replaced
        for name, packs in sorted(loaded.indexes.items(), key=lambda item: _weight(item[1])):
            if _weight(packs) < 2 * _weight(fresh):
                fresh += [pack for pack in packs if pack.name in present]
                replaced.append(name)
                del kept[name]
        return [*kept, self._repository.put_index(fresh, self._work)], replaced


class _Tee:
    """A file that also keeps what is read from it."""

    def __init__(self, file: BinaryIO, taken: bytearray) -> None:
        self._file = file
        self._taken = taken

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self._taken += content
        return content


def _opened(archive: Archive, target: Target, seen: str | None) -> Repository:
    """The repository, begun if there never was one here; the one that was seen here before if there was."""
    key = keys.load_or_create(archive.settings.keys)
    if not exists(target):
        if seen is None:
            return begin(target, key)
        raise Misconfigured(
            f"The repository that was used before is no longer at {target.location}: connect its disk, "
            "or begin a new one there with: muniment backup run --anew",
            "repository-gone",
        )
    repository = open_repository(target, key)
    if seen is not None:
        known, number, _ = seen.split(" ")
        if known != repository.seals.repository_id:
            raise Misconfigured(
                f"At {target.location} lies another repository than before; check which disk is connected."
            )
        newest = max((number_of(name) for name, _ in target.sizes() if name.startswith("snapshots/")), default=0)
        if newest < int(number):
            raise Corrupt(
                f"The repository {target.location} has lost its newest snapshots (number {number} was written, "
                f"{newest} is the last there): somebody removed them or put back an older copy."
            )
    return repository


def _seen(archive: Archive, target: Target) -> str | None:
    """What the archive remembers of the repository at this place: its id, its newest snapshot's number and id."""
    with archive.read() as tx:
        return tx.meta.get(_place(target))


def _place(target: Target) -> str:
    return "backup-" + hashlib.sha256(target.location.encode()).hexdigest()[:24]


def _settings(archive: Archive) -> str:
    file = archive.settings.home / config.FILE_NAME
    try:
        return file.read_text("utf-8") if file.exists() else ""
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read ({error.strerror}); check its permissions.") from None


@contextmanager
def _work(archive: Archive) -> Generator[Path]:
    """A folder for what only this run needs; gone when it ends. A worker that starts sees by its name whose it is."""
    try:
        archive.settings.work.mkdir(exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(dir=archive.settings.work, prefix=f"{os.getpid()}-backup-") as folder:
            yield Path(folder)
    except (OSError, sqlite3.Error) as error:
        # Whatever concerns the repository was given its own words; what is left happened in the home.
        code = error.errno if isinstance(error, OSError) else None
        if code in (errno.ENOSPC, errno.EDQUOT) or "full" in str(error):
            raise OutOfSpace(
                f"The disk of {archive.settings.home} is full: a backup needs room for a copy of the catalogue there; "
                "make room and try again. Earlier snapshots are whole."
            ) from error
        raise Misconfigured(
            f"The backup could not work in {archive.settings.work} ({error}); try again. Earlier snapshots are whole."
        ) from error


def _write_failure(archive: Archive, actor: Actor, reason: str) -> None:
    try:
        with archive.write() as tx:
            tx.ledger.add(archive.now(), actor.id, "backup.failed", "backup", "", reason=reason)
    except (ArchiveError, OSError) as second:
        log.error("the failed backup could not be written down: %s", second)


def _weight(packs: Iterable[Packed]) -> int:
    return sum(len(pack.directory) for pack in packs)


def _segments(content: bytes) -> Iterator[bytes]:
    return (content[at : at + SEGMENT] for at in range(0, len(content), SEGMENT))
