"""A backup is made: what is new is copied, and the snapshot is written last.

Cut off at any moment, the previous snapshot is whole, and the next run uses what was copied. The order of steps
and why is in docs/backup-format.md. A run adds files and removes none: what it replaces, `forget.tidy` takes away.
"""

import errno
import hashlib
import logging
import os
import sqlite3
import tempfile
import time
from collections.abc import Collection, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import config, processes, status
from archive.app import Archive
from archive.backups import keys, slots
from archive.backups.copying import PIECE_BYTES, Copying
from archive.backups.packs import SEGMENT, Packed
from archive.backups.repository import (
    Loaded,
    Repository,
    Sizes,
    Snapshot,
    begin,
    exists,
    new_keystore_name,
    number_of,
    of,
    open_repository,
)
from archive.backups.targets import Target
from archive.backups.tidying import tidy
from archive.errors import ArchiveError, Conflict, Corrupt, Misconfigured, OutOfSpace, Stopped
from archive.tables import copies
from archive.tables.blob_ids import BlobIds
from archive.threads import GoesOn, Progress, silent, to_the_end

log = logging.getLogger("muniment.backup")


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did."""

    snapshot: str
    number: int
    taken_at: str
    """The moment it is of."""
    objects: int
    objects_new: int
    pieces_new: int
    bytes_written: int
    """What was put into the repository."""
    ledger_seq: int
    ledger_digest: str
    seconds: float
    missing: tuple[str, ...]
    """Addresses of objects that are damaged or gone in the archive and are in no snapshot."""
    warnings: tuple[str, ...]


def run(
    archive: Archive,
    actor: Actor,
    target: Target,
    *,
    anew: bool = False,
    append_only: bool = False,
    shortened: bool = False,
    distrusted: Collection[str] = (),
    progress: Progress = silent,
    goes_on: GoesOn = to_the_end,
) -> Run:
    """Back the archive up. Raises Conflict when another run is under way, OutOfSpace, Misconfigured, Corrupt or what
    `goes_on` raises, which is asked between all steps up to the snapshot; after it only tidying is left.

    Whatever it raises, earlier snapshots are whole, and the ledger says that it failed or was stopped. A repository
    that was there before and is not there now is only begun anew if that is asked for: its disk may not be connected.
    Where files may only be added (`append_only`), nothing is taken away either: that is left to `forget`. Nor is one
    written to that has lost its newest snapshots, unless that is known (`shortened`). What lies in `distrusted` packs,
    because they were found damaged, is copied once more.
    """
    rules.require(actor, Action.RUN)
    began = time.monotonic()
    with archive.read() as tx:
        # Not written down as failed: by such a clock nothing can be written down.
        tx.ledger.believe(archive.now())
    try:
        with _work(archive) as work:
            seen = None if anew else _seen(archive, target)
            if seen is None:
                target.prepare()
            with target.lock(exclusive=True):
                repository = _opened(archive, target, seen, shortened=shortened)
                target.clear()
                snapshot, run = _all(archive, repository, work, distrusted, progress, goes_on)
                if not append_only:
                    # There is a snapshot now, and the ledger is to say so: what is not tidied, the next run does.
                    with suppress(Stopped):
                        goes_on()
                        tidy(repository, slots.revoked(archive.settings.keys))
    except (Exception, KeyboardInterrupt) as error:
        _write_end(archive, actor, error)
        raise
    run = replace(run, seconds=round(time.monotonic() - began, 3))
    with archive.write() as tx:
        tx.meta.put(place(target), f"{repository.seals.repository_id} {run.number} {run.snapshot}")
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


def _all(
    archive: Archive,
    repository: Repository,
    work: Path,
    distrusted: Collection[str],
    progress: Progress,
    goes_on: GoesOn,
) -> tuple[Snapshot, Run]:
    """One run, from the copy of the catalogue to the snapshot."""
    sizes = repository.sizes()
    previous, troubles = repository.newest(sizes)
    loaded = repository.load(sizes)
    troubles += loaded.troubles + loaded.gone
    number = repository.next_number(sizes)
    copy = work / "catalogue.db"
    # The snapshot is of this moment: what comes in from here on is in the next one.
    goes_on()
    taken_at = archive.now().astimezone(UTC).isoformat(timespec="seconds")
    archive.tables.copy_to(copy)
    goes_on()
    about = copies.about(copy)
    _same_course(repository, copy, previous)
    trusted = (pack for pack in loaded.packs if f"packs/{pack.name}" not in distrusted)
    known = BlobIds(blob_id for pack in trusted for blob_id in pack.ids())
    copying = Copying(archive, repository, copy, known, progress, goes_on)
    with tempfile.TemporaryFile(dir=work) as keystore:
        copying.copy_objects(previous, keystore)
        goes_on()
        copies.strip(copy)
        catalogue_bytes, list_id = copying.copy_catalogue()
        goes_on()
        indexes = _index(repository, loaded, copying.packs, work)
        goes_on()
        keystore_name = new_keystore_name(number)
        keystore.seek(0)
        lines = iter(lambda: keystore.read(SEGMENT), b"")
        repository.target.put(keystore_name, repository.seals.seal(keystore_name, lines, work))
    slots.copy_to(archive.settings.keys, repository.target, sizes)
    goes_on()
    snapshot = repository.put_snapshot(
        Snapshot(
            number=number,
            previous=previous.id if previous else "",
            taken_at=taken_at,
            archive=about.archive,
            program=version("muniment"),
            schema=about.schema,
            ledger_seq=about.ledger_seq,
            ledger_digest=about.ledger_digest,
            catalogue_bytes=catalogue_bytes,
            catalogue_list=list_id.hex(),
            piece_bytes=PIECE_BYTES,
            objects=copying.objects,
            object_bytes=copying.object_bytes,
            missing=tuple(sorted(copying.missing)),
            keystore=keystore_name,
            indexes=tuple(sorted(indexes)),
            settings=_settings(archive),
        )
    )
    now = repository.sizes()
    _still_there(repository, sizes, now)
    return snapshot, Run(
        snapshot=snapshot.id,
        number=number,
        taken_at=taken_at,
        objects=copying.objects,
        objects_new=copying.objects_new,
        pieces_new=copying.pieces_new,
        bytes_written=sum(size for name, size in now.items() if name not in sizes),
        ledger_seq=snapshot.ledger_seq,
        ledger_digest=snapshot.ledger_digest,
        seconds=0.0,
        missing=snapshot.missing,
        warnings=(*(detail for _, detail in troubles), *_careless(archive, repository.target, sizes)),
    )


def _still_there(repository: Repository, before: Sizes, now: Sizes) -> None:
    """What the new snapshot builds on must be where it was written: an unmounted disk leaves an empty folder behind."""
    lost = next((name for name in before if name not in now), None)
    if lost is not None:
        raise Misconfigured(
            f"{lost} has gone from {repository.target.location} while the backup was made; connect its disk, remove "
            "what was written into its place meanwhile, and run the backup again. Earlier snapshots are whole.",
            "repository-gone",
        )


def _same_course(repository: Repository, copy: Path, previous: Snapshot | None) -> None:
    """Two copies of one archive must not write here in turn: each would replace the other's keystore."""
    if previous and copies.ledger_digest(copy, previous.ledger_seq) != previous.ledger_digest:
        raise Conflict(
            f"The newest snapshot in {repository.target.location} is not from this archive's past: another "
            "copy of it was backed up there, this one was restored to an earlier moment, or its ledger was "
            "rewritten. Find out which; then back up into another folder."
        )


def _index(repository: Repository, loaded: Loaded, written: Iterable[Packed], work: Path) -> list[str]:
    """Write the index of the new packs; return the names of the index files that count from now on.

    It takes in every other that is less than twice as large, so that there are never more than a few.
    """
    present = {pack.name for pack in loaded.packs}
    fresh = [*loaded.orphans, *written]
    kept = dict(loaded.indexes)
    damaged = any(name.startswith("index/") for name, _ in loaded.troubles)
    if not fresh and not damaged:
        return list(kept)
    for name, packs in sorted(loaded.indexes.items(), key=lambda item: _weight(item[1])):
        if _weight(packs) < 2 * _weight(fresh):
            fresh += [pack for pack in packs if pack.name in present]
            del kept[name]
    return [*kept, repository.put_index(list({pack.name: pack for pack in fresh}.values()), work)]


def _careless(archive: Archive, target: Target, sizes: Sizes) -> Iterable[str]:
    """What would make this backup useless on the day it is needed."""
    if Path(target.location).is_relative_to(archive.settings.home):
        yield "The repository lies in the home: what destroys one destroys both."
    if not slots.every(archive.settings.keys) and not of(sizes, "slots"):
        yield (
            "There is no way to the keys but the key folder on this machine: print recovery sheets with "
            "`muniment backup key shares`, or set a passphrase with `muniment backup key passphrase`."
        )


def _opened(archive: Archive, target: Target, seen: str | None, *, shortened: bool) -> Repository:
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
        if newest < int(number) and not shortened:
            raise Corrupt(
                f"The repository {target.location} has lost its newest snapshots (number {number} was written, "
                f"{newest} is the last there): somebody removed them or put back an older copy. If that is known: "
                "muniment backup repair --give-up"
            )
    return repository


def _seen(archive: Archive, target: Target) -> str | None:
    """What the archive remembers of the repository at this place: its id, its newest snapshot's number and id."""
    with archive.read() as tx:
        return tx.meta.get(place(target))


def place(target: Target) -> str:
    """Under which name the archive remembers the repository at this place."""
    return "backup-" + hashlib.sha256(target.location.encode()).hexdigest()[:24]


def _settings(archive: Archive) -> str:
    file = archive.settings.home / config.FILE_NAME
    try:
        return file.read_text("utf-8") if file.exists() else ""
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read ({error.strerror}); check its permissions.") from None


@contextmanager
def _work(archive: Archive) -> Generator[Path]:
    """A folder for what only this run needs, the copy of the catalogue above all: inside the home, where the catalogue
    lies itself, for its owner only, and gone when the run ends; killed, when the next one or the service begins."""
    try:
        archive.settings.work.mkdir(exist_ok=True, mode=0o700)
        processes.clear(archive.settings.work, "backup")
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


def _write_end(archive: Archive, actor: Actor, error: BaseException) -> None:
    """That there is no new snapshot: because somebody wanted no more of it, or why it failed."""
    try:
        with archive.write() as tx:
            if isinstance(error, Stopped | KeyboardInterrupt):
                tx.ledger.add(archive.now(), actor.id, "backup.broken-off", "backup", "")
                return
            reason = getattr(error, "code", type(error).__name__)
            tx.ledger.add(archive.now(), actor.id, "backup.failed", "backup", "", reason=reason)
    except (ArchiveError, OSError) as second:
        log.error("the end of the backup could not be written down: %s", second)


def _weight(packs: Iterable[Packed]) -> int:
    return sum(pack.weight for pack in packs)
