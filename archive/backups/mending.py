"""A damaged repository keeps what is whole: blobs go into new packs, index and tidying are written anew.

First what was saved is written, then what is damaged is removed: cut off anywhere, nothing is lost that could be read,
and it can be done again. Only under the exclusive lock.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from archive.backups.packs import FIRST, VOID, Blob, Entry, Packed, Reader, Spoiled, Writer
from archive.backups.repository import Forgotten, Loaded, Repository, Sizes, Snapshot, Tidying, of
from archive.backups.tidying import counting_indexes, reached
from archive.errors import Corrupt, NotFound
from archive.tables.blob_ids import BlobIds


@dataclass(frozen=True, slots=True)
class Salvaged:
    """A damaged or missing pack: how many of its blobs were carried over, how many could not be."""

    name: str
    saved: int
    lost: int


@dataclass(frozen=True, slots=True)
class Mended:
    packs: tuple[Salvaged, ...]
    lost: BlobIds
    """Blobs that are whole nowhere in the repository now."""
    removed: tuple[str, ...]


def mend(
    repository: Repository,
    work: Path,
    damaged: Collection[str],
    *,
    slots: Collection[str] = (),
    forgotten_here: Collection[str] = (),
) -> Mended:
    """Carry whole blobs out of the damaged packs, write the index anew, and remove what is damaged.

    `damaged` are the names of files found damaged; those of them that are `slots` of the archive are removed, for the
    next run puts them there again. `forgotten_here` are ids of snapshots which the archive knows to have forgotten:
    should the file that says so be damaged, they are not taken for stolen.
    """
    sizes = repository.sizes()
    loaded = repository.load(sizes)
    bad = {name.removeprefix("packs/") for name in damaged if name in of(sizes, "packs")}
    bad |= {name.removeprefix("packs/") for name, _ in loaded.gone}
    good = [pack for pack in loaded.packs if pack.name not in bad]
    salvage = _Salvage(repository, BlobIds(blob_id for pack in good for blob_id in pack.ids()))
    listed = _directories(loaded)
    fresh = list(salvage.packs([listed[name] for name in sorted(bad) if name in listed]))
    index = repository.put_index([*good, *fresh], work)
    said = _tidying(repository, sizes)
    kept = opening(repository, sizes)
    name = ""
    if kept:
        known = _linked(kept, said.forgotten, lambda one: one in forgotten_here)
        name = repository.put_tidying(kept[-1].number, [index], known)
    removed = [f"packs/{pack}" for pack in sorted(bad) if f"packs/{pack}" in sizes]
    removed += [other for other in of(sizes, "index") if other != index]
    removed += [other for other in of(sizes, "tidied") if other != name]
    removed += [other for other in of(sizes, "slots") if other in damaged and other in slots]
    for one in removed:
        repository.target.remove(one)
    unknown = [Salvaged(f"packs/{one}", 0, 0) for one in sorted(bad - set(listed))]
    return Mended((*salvage.done, *unknown), salvage.lost(), tuple(removed))


def give_up(repository: Repository, names: Collection[str]) -> None:
    """Forget these snapshots, which cannot be restored, and let the chain of those that stay lead over every gap."""
    sizes = repository.sizes()
    kept = [one for one in opening(repository, sizes) if one.file not in names]
    if not kept:
        raise Corrupt("No snapshot would be left; nothing was given up.")
    said = _tidying(repository, sizes)
    newest = kept[-1]
    indexes = counting_indexes(newest, said.number, said.indexes)
    known = _linked(kept, said.forgotten, lambda _one: True)
    name = repository.put_tidying(newest.number, indexes, known)
    for one in (*names, *(other for other in of(sizes, "tidied") if other != name)):
        repository.target.remove(one)


def without(repository: Repository, base: Snapshot, lost: Collection[str]) -> Snapshot:
    """Where there is no archive any more to copy from: a snapshot like `base` that says which objects are lost, so
    that everything else can be restored."""
    sizes = repository.sizes()
    newest = opening(repository, sizes)[-1]
    missing = tuple(sorted({*base.missing, *lost}))
    indexes = tuple(of(sizes, "index"))
    return repository.put_snapshot(
        replace(
            base,
            number=repository.next_number(sizes),
            previous=newest.id,
            missing=missing,
            keystore=newest.keystore,
            indexes=indexes,
            id="",
        )
    )


def opening(repository: Repository, sizes: Sizes) -> Sequence[Snapshot]:
    """The snapshots that open, oldest first."""
    found: list[Snapshot] = []
    for name in sorted(of(sizes, "snapshots")):
        try:
            found.append(repository.snapshot(name))
        except (Corrupt, NotFound):
            continue
    return found


def _directories(loaded: Loaded) -> Mapping[str, Packed]:
    """What every pack held, by its name, as an index or the pack itself says."""
    listed = {pack.name: pack for packs in loaded.indexes.values() for pack in packs}
    return {pack.name: pack for pack in loaded.packs} | listed


def _tidying(repository: Repository, sizes: Sizes) -> Tidying:
    try:
        return repository.tidying(sizes)
    except (Corrupt, NotFound):
        return Tidying()


def _linked(
    kept: Sequence[Snapshot], forgotten: Mapping[str, Forgotten], may: Callable[[str], bool]
) -> Mapping[str, Forgotten]:
    """What is known to be forgotten, and what lies in gaps of the chain, where that may be taken for forgotten."""
    known, before = dict(forgotten), ""
    for one in kept:
        previous = one.previous
        while previous in known:
            previous = known[previous].previous
        if previous not in ("", before) and may(previous):
            known[previous] = Forgotten(one.number - 1, previous, before)
        before = one.id
    return {one: value for one, value in known.items() if reached(one, kept, known)}


class _Salvage:
    """Whole blobs are read out of damaged packs, each once."""

    def __init__(self, repository: Repository, have: BlobIds) -> None:
        self._repository = repository
        self._have = have
        self._file: BinaryIO | None = None
        self._reader: Reader | None = None
        self._asked: list[tuple[Packed, int]] = []
        self._wanted = BlobIds()
        self.done: list[Salvaged] = []

    def packs(self, damaged: Sequence[Packed]) -> Iterator[Packed]:
        """Write new packs with what is whole in the damaged ones."""
        waiting = self._blobs(damaged)
        for first in waiting:
            writer = Writer(self._repository.seals)
            self._repository.target.put(f"packs/{writer.name}", writer.write(chain([first], waiting)))
            assert writer.packed is not None
            yield writer.packed.spooled(self._repository.spool)
        for pack, saved in self._asked:
            ids = [blob_id for blob_id in pack.ids() if blob_id != VOID]
            lost = sum(blob_id not in self._have for blob_id in ids)
            self.done.append(Salvaged(f"packs/{pack.name}", saved, lost))

    def lost(self) -> BlobIds:
        return BlobIds(one for one in self._wanted if one not in self._have)

    def _blobs(self, damaged: Sequence[Packed]) -> Iterator[Blob]:
        for pack in damaged:
            before, offset = len(self._have), FIRST
            for entry in pack.entries():
                if entry.id != VOID:
                    self._wanted.add(entry.id)
                    if entry.id not in self._have:
                        yield Blob(entry.kind, entry.id, self._pieces(pack, offset, entry))
                offset += entry.sealed
            self._close()
            self._asked.append((pack, len(self._have) - before))

    def _pieces(self, pack: Packed, offset: int, entry: Entry) -> Iterator[bytes]:
        try:
            if self._reader is None:
                self._file = self._repository.target.open(f"packs/{pack.name}", offset)
                self._reader = Reader(self._repository.seals, pack.name, pack.mark, self._file, offset)
            self._reader.seek(offset)
            for piece in self._reader.blob(entry):
                yield bytes(piece)
        except (Corrupt, NotFound) as error:
            # Where the file stands now is not known: the next blob is looked for anew.
            self._close()
            raise Spoiled from error
        self._have.add(entry.id)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._file = self._reader = None
