"""A home is put together from a snapshot: catalogue, objects, what was destroyed since, and the keys last.

What fails authentication is refused and named. Until its end the new home does not pass for an archive.
"""

import errno
import os
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from access.actors import OPERATOR
from archive import config, keyring, sealing
from archive.app import SCRATCH, Clock
from archive.backups import keys, slots
from archive.backups.packs import FIRST, LIST, OBJECT, PIECE, SEGMENT, Entry, Packed, Reader, expand
from archive.backups.repository import Key, Repository, Snapshot, of, places
from archive.config import Settings
from archive.errors import Corrupt, Invalid, Misconfigured, NotFound, OutOfSpace
from archive.store.local import LocalStore, sync_folder
from archive.tables import Tables, copies
from archive.tables.blob_ids import BlobIds
from archive.threads import Progress, Shared, together

MARK = "restore-in-progress"
_LIST_BYTES_MAX = 1 << 30

Write = Callable[[Entry, Iterator[memoryview], bytes], None]
"""Takes a blob, its pieces, and what was said of it when it was wanted."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back."""

    snapshot: str
    number: int
    taken_at: str
    objects: int
    bytes: int
    destroyed: int
    """Objects of that time that were destroyed in the archive since; they stay destroyed."""
    replayed: int
    """Holds, ends of records and of people that came after the snapshot and count all the same."""
    missing: tuple[str, ...]
    """Addresses of objects that the archive had lost before the snapshot was taken."""
    ledger_seq: int
    ledger_digest: str
    indexed: int
    seconds: float
    index_seconds: float
    warnings: tuple[str, ...]


class Rebuilding:
    """One restore, up to the catalogue in its place."""

    def __init__(
        self,
        repository: Repository,
        master: keyring.Keyring,
        keys_folder: Path,
        home: Path,
        progress: Progress,
        *,
        scratch: bool,
    ) -> None:
        self._scratch = scratch
        self._repository = repository
        self._master = master
        self._keys_folder = keys_folder
        self._home = home
        self._progress = progress
        self._warnings: list[str] = []
        self._damage: list[str] = []
        """Those of the warnings that may be why something cannot be restored."""
        self._lock = threading.Lock()
        self._under_way: set[bytes] = set()
        self._done_bytes = 0

    def all(
        self,
        snapshot: Snapshot,
        newest: Snapshot,
        now: Clock,
        agreed_by: Sequence[str],
        notes: Mapping[int, str],
    ) -> Restored:
        try:
            return self._all(snapshot, newest, now, agreed_by, notes)
        except (OSError, sqlite3.Error) as error:
            code = error.errno if isinstance(error, OSError) else None
            if code in (errno.ENOSPC, errno.EDQUOT) or "full" in str(error):
                raise OutOfSpace(f"The disk of {self._home} is full; make room and restore again.") from error
            raise Misconfigured(f"{self._home} cannot be written ({error}); correct that and restore again.") from error

    def _all(
        self,
        snapshot: Snapshot,
        newest: Snapshot,
        now: Clock,
        agreed_by: Sequence[str],
        notes: Mapping[int, str],
    ) -> Restored:
        sizes = self._repository.sizes()
        loaded = self._repository.load(sizes)
        self._damage = [detail for _, detail in loaded.troubles + loaded.gone]
        self._warnings += self._damage
        settings = self._prepare(snapshot)
        work = settings.work
        copy = work / "catalogue.db"
        self.catalogue(snapshot, loaded.packs, copy)
        keystore = self.fill(copy, sizes)
        wanted, count, total, destroyed = self._wanted(copy, keystore, snapshot)
        self._objects(wanted, loaded.packs, settings, total)
        self._finish_catalogue(copy, snapshot, notes)
        replayed = self._replay(copy, snapshot, newest, loaded.packs)
        self._write_down(copy, snapshot, now, destroyed, replayed, agreed_by)
        self._put_in_place(settings, copy)
        return Restored(
            snapshot=snapshot.id,
            number=snapshot.number,
            taken_at=snapshot.taken_at,
            objects=count,
            bytes=total,
            destroyed=destroyed,
            replayed=replayed,
            missing=snapshot.missing,
            ledger_seq=snapshot.ledger_seq,
            ledger_digest=snapshot.ledger_digest,
            indexed=0,
            seconds=0.0,
            index_seconds=0.0,
            warnings=tuple(self._warnings),
        )

    def _prepare(self, snapshot: Snapshot) -> Settings:
        home, mark = self._home, self._home / MARK
        if home.exists() and not home.is_dir():
            raise Invalid(f"{home} is not a folder; restore into a new or an empty one.", "not-empty")
        if home.exists() and any(home.iterdir()) and not mark.exists():
            raise Invalid(f"{home} is not empty; restore into a new or an empty folder.", "not-empty")
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(mark, f"Restoring snapshot {snapshot.id}. Until this file is gone, this is no archive.\n".encode())
        for name in ("keys", "objects", "work", "index"):
            shutil.rmtree(home / name, ignore_errors=True)
        text, warnings = _settings_for(snapshot.settings, scratch=self._scratch)
        self._warnings += warnings
        _write(home / config.FILE_NAME, text.encode())
        settings = config.load(home, {})
        for folder in (settings.objects, settings.index, settings.logs, settings.work, home / "backups"):
            folder.mkdir(exist_ok=True, mode=0o700)
        for inbox in settings.inboxes:
            if not inbox.path.is_relative_to(home):
                self._warnings.append(
                    f"The inbox {inbox.path} lies outside the home and is watched as soon as the service starts; "
                    f"change it in {config.FILE_NAME} if the old archive still uses it."
                )
                continue
            for folder in (inbox.path, inbox.done, inbox.quarantine):
                folder.mkdir(parents=True, exist_ok=True)
        return settings

    def fill(self, copy: Path, sizes: Mapping[str, int]) -> str:
        """Put the keys of the newest keystore into a catalogue's copy; its name. What it does not hold is destroyed."""
        keystore = self._keystore(sizes)
        copies.fill(copy, ((key.address.hex(), key.wrapped) for key in self._repository.keys(keystore)))
        return keystore

    def catalogue(self, snapshot: Snapshot, packs: Sequence[Packed], copy: Path) -> None:
        """Put the catalogue's copy together from its pieces."""
        size, piece = snapshot.catalogue_bytes, snapshot.piece_bytes
        list_id = bytes.fromhex(snapshot.catalogue_list)
        found = places(packs, frozenset({LIST})).get(list_id)
        if not found:
            raise Corrupt(f"The list of the catalogue's pieces of snapshot {snapshot.id} is missing{self._because()}.")
        ids = expand(self._repository.read(found), _LIST_BYTES_MAX)
        positions: dict[bytes, list[int]] = {}
        for n, at in enumerate(range(0, len(ids), 16)):
            positions.setdefault(ids[at : at + 16], []).append(n)
        with copy.open("wb") as file:
            handle = file.fileno()
            os.truncate(handle, size)

            def write(entry: Entry, pieces: Iterator[memoryview], _said: bytes) -> None:
                content = expand(b"".join(pieces), piece)
                for n in positions[entry.id]:
                    os.pwrite(handle, content, n * piece)

            self._copy_blobs(packs, PIECE, BlobIds(positions), write)

    def _keystore(self, sizes: Mapping[str, int]) -> str:
        """The newest keystore, read to its end once: what it does not hold was destroyed."""
        names = sorted(of(dict(sizes), "keystores"), reverse=True)
        if not names:
            raise Corrupt("The keystore is missing in the backup repository: without it no object can be opened.")
        for _ in self._repository.keys(names[0]):
            pass
        return names[0]

    def _wanted(self, copy: Path, keystore: str, snapshot: Snapshot) -> tuple[BlobIds, int, int, int]:
        """The blobs to write, each with its object's address and size; how many there are, their size together, and
        how many objects were destroyed since."""
        wanted, count, total = BlobIds(), 0, 0
        lost, destroyed = set(snapshot.missing), 0
        lines = self._repository.keys(keystore)
        line: Key | None = next(lines, None)
        for held in copies.objects(copy):
            address = bytes.fromhex(held.address)
            while line is not None and line.address < address:
                line = next(lines, None)
            if line is None or line.address != address:
                destroyed += 1
                continue
            self._check_key(line, held.address)
            if held.address not in lost:
                wanted.add(line.blob_id, address + held.stored_bytes.to_bytes(8, "big"))
                count, total = count + 1, total + held.stored_bytes
        return wanted, count, total, destroyed

    def _check_key(self, key: Key, address: str) -> None:
        """The key must be that of the blob: its id covers the data key."""
        try:
            data_key = sealing.unwrap(self._master.wrapping, key.wrapped, address)
        except Corrupt:
            raise Misconfigured(
                f"The master key in {self._keys_folder} is not that of the archive in this repository.", "wrong-key"
            ) from None
        if self._repository.seals.object_id(key.address, data_key) != key.blob_id:
            raise Corrupt(f"The key of object {address} does not belong to what was backed up.")

    def _objects(self, wanted: BlobIds, packs: Sequence[Packed], settings: Settings, total: int) -> None:
        store = _Filling(settings.objects)

        def write(_entry: Entry, pieces: Iterator[memoryview], said: bytes) -> None:
            address, size = said[:32].hex(), int.from_bytes(said[32:], "big")
            staged = store.place(address)
            try:
                handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                try:
                    for piece in pieces:
                        while piece:
                            piece = piece[os.write(handle, piece) :]
                    if size > SEGMENT:
                        # Large files are on their way to the disk while others are written: the sync has less to do.
                        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
                finally:
                    os.close(handle)
            except BaseException:
                staged.unlink(missing_ok=True)
                raise
            with self._lock:
                self._done_bytes += size
                self._progress(self._done_bytes, total)

        self._copy_blobs(packs, OBJECT, wanted, write)

    def _copy_blobs(
        self,
        packs: Sequence[Packed],
        kind: int,
        wanted: BlobIds,
        write: Write,
    ) -> None:
        """Write each wanted blob once. A blob that is in two packs survives the loss of one of them."""
        useful = Shared([p for p in packs if any(e.kind == kind and e.id in wanted for e in p.entries())])
        troubles: list[str] = []

        def work(failed: Callable[[], bool]) -> None:
            for pack in useful:
                if failed():
                    return
                try:
                    self._copy_pack(pack, kind, wanted, write)
                except (Corrupt, NotFound) as error:
                    troubles.append(str(error))

        together(work)
        if wanted.any():
            # What was passed over because another pack was just being read for it, and that one is damaged.
            useful = Shared([p for p in packs if any(e.kind == kind and e.id in wanted for e in p.entries())])
            work(lambda: False)
        self._damage += dict.fromkeys(troubles)
        self._warnings += dict.fromkeys(troubles)
        if wanted.any():
            what = {OBJECT: "objects", PIECE: "pieces of the catalogue"}[kind]
            raise Corrupt(f"{len(wanted)} {what} cannot be restored{self._because()}. Nothing was put in place.")

    def _copy_pack(self, pack: Packed, kind: int, wanted: BlobIds, write: Write) -> None:
        with self._repository.target.open(f"packs/{pack.name}", FIRST) as file:
            reader, offset = Reader(self._repository.seals, pack.name, pack.mark, file, FIRST), FIRST
            for entry in pack.entries():
                said = self._takes_on(entry, wanted) if entry.kind == kind else None
                if said is not None:
                    try:
                        reader.seek(offset)
                        write(entry, reader.blob(entry), said)
                        wanted.discard(entry.id)
                    finally:
                        self._under_way.discard(entry.id)
                offset += entry.sealed

    def _takes_on(self, entry: Entry, wanted: BlobIds) -> bytes | None:
        """What is said of it, if it is still wanted and no other thread writes it from another pack at this moment."""
        with self._lock:
            said = wanted.get(entry.id)
            if said is None or entry.id in self._under_way:
                return None
            self._under_way.add(entry.id)
            return said

    def _finish_catalogue(self, copy: Path, snapshot: Snapshot, notes: Mapping[int, str]) -> None:
        """The ledger must be whole, end where the snapshot says, and agree with what was written down outside."""
        if not copies.whole(copy):
            raise Corrupt("The restored catalogue is damaged, although every byte is what was backed up.")
        tables = Tables(f"sqlite:///{copy}")
        try:
            with tables.read() as tx:
                head, fault = tx.ledger.head(), next(tx.ledger.faults(), None)
            if fault is not None or head != (snapshot.ledger_seq, snapshot.ledger_digest):
                what = f"{fault.kind}: line {fault.seq}: {fault.detail}" if fault else "its end is not the snapshot's"
                # The backup is genuine, so the archive was tampered with before it was made.
                self._warnings.append(f"The ledger in this backup is not whole ({what}).")
            current, newest = tables.version()
            if current is None or current > newest:
                raise Misconfigured(
                    f"The backup was made by a newer version ({snapshot.program}); restore it with that version."
                )
            if current < newest:
                tables.migrate()
        finally:
            tables.close()
        self._hold_against(copy, snapshot, notes)

    def _hold_against(self, copy: Path, snapshot: Snapshot, notes: Mapping[int, str]) -> None:
        """Anchors that the copy knows, and those that somebody kept elsewhere."""
        for seq, digest in sorted({**copies.anchors(copy), **notes}.items()):
            if seq > snapshot.ledger_seq:
                self._warnings.append(f"An anchor is of line {seq}; this snapshot ends at line {snapshot.ledger_seq}.")
            elif copies.ledger_digest(copy, seq) != digest:
                self._warnings.append(
                    f"The ledger in this backup is not the one that was anchored: line {seq} differs."
                )

    def _replay(self, copy: Path, snapshot: Snapshot, newest: Snapshot, packs: Sequence[Packed]) -> int:
        """What has been put on hold, destroyed or ended since the snapshot is so again before anybody is served."""
        if newest.id == snapshot.id:
            return 0
        later = copy.with_name("newest.db")
        try:
            self.catalogue(newest, packs, later)
            tables = Tables(f"sqlite:///{later}")
            tables.migrate()
            tables.close()
            return copies.replay(copy, later)
        except Corrupt as error:
            raise Corrupt(
                f"The newest snapshot cannot be read ({error}), so holds and destructions since are not known; "
                "mend the repository first, or restore the newest snapshot that opens."
            ) from None
        finally:
            later.unlink(missing_ok=True)

    def _write_down(
        self, copy: Path, snapshot: Snapshot, now: Clock, destroyed: int, replayed: int, agreed_by: Sequence[str]
    ) -> None:
        tables = Tables(f"sqlite:///{copy}")
        try:
            with tables.write() as tx:
                if self._scratch:
                    tx.meta.put(SCRATCH, snapshot.id)
                tx.ledger.add(
                    now(),
                    OPERATOR.id,
                    "archive.restored",
                    "backup",
                    snapshot.id,
                    number=snapshot.number,
                    head=snapshot.ledger_seq,
                    destroyed=destroyed,
                    missing=len(snapshot.missing),
                    replayed=replayed,
                    agreed_by=list(agreed_by),
                )
        finally:
            tables.close()

    def _put_in_place(self, settings: Settings, copy: Path) -> None:
        """The catalogue, and then, in one step, the keys: without them the new home opens for nobody."""
        keys_aside = settings.work / "keys"
        keys_aside.mkdir(mode=0o700)
        for name in (keyring.FILE_NAME, keys.FILE_NAME):
            _write(keys_aside / name, (self._keys_folder / name).read_bytes())
        if (self._keys_folder / slots.FOLDER).is_dir():
            shutil.copytree(self._keys_folder / slots.FOLDER, keys_aside / slots.FOLDER)
        os.sync()
        os.rename(copy, settings.home / "catalogue.db")
        sync_folder(settings.home)
        os.rename(keys_aside, settings.keys)
        (settings.home / MARK).unlink()
        shutil.rmtree(settings.work, ignore_errors=True)
        sync_folder(settings.home)

    def _because(self) -> str:
        return f": {self._damage[-1]}" if self._damage else ""


class _Filling(LocalStore):
    """A local store while it is being filled: one sync at the end of the restore stands for one per object."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._made: set[str] = set()

    def place(self, address: str) -> Path:
        """Where the object belongs. Written there directly: a home in which a restore was cut off is no archive."""
        if address[:2] not in self._made:
            (self._root / address[:2]).mkdir(exist_ok=True, mode=0o700)
            self._made.add(address[:2])
        return self._path(address)


def _settings_for(text: str, *, scratch: bool) -> tuple[str, list[str]]:
    """The settings of the new home: as they were, but for a catalogue outside it, which may still be in use, and
    for messages: a copy must not remind people of what the archive it was copied from has dealt with since. The same
    goes for a bucket with its objects."""
    if scratch:
        # Nothing of what it was set up with: neither inboxes nor places, channels or schedules.
        return "# A copy for a rehearsal.\nnotify = false\nrounds = false\n", []
    warnings: list[str] = []
    changed = re.sub(r"(?m)^(\s*database\s*=.*)$", r"# set aside when restored: \1", text)
    if changed != text:
        warnings.append(f"The setting database was set aside in {config.FILE_NAME}: the catalogue is now in the home.")
    before, changed = changed, re.sub(r"(?m)^(\s*store\s*=.*)$", r"# set aside when restored: \1", changed)
    if changed != before:
        warnings.append(
            f"The setting store was set aside in {config.FILE_NAME}: the objects are now in the home; "
            "move them with: muniment move-objects"
        )
    if re.search(r"(?m)^\s*\[channels\b", changed):
        changed = re.sub(r"(?m)^(\s*notify\s*=.*)$", r"# set aside when restored: \1", changed)
        changed = f"# Restored: nobody is told anything until this line is removed.\nnotify = false\n{changed}"
        warnings.append(f"No message leaves this archive until notify = false is removed from {config.FILE_NAME}.")
    return changed, warnings


def _write(path: Path, content: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
