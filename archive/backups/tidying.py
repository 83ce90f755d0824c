"""What a run has replaced and what was forgotten is taken away: old keystores above all, for they hold keys.

Nothing that a snapshot needs is ever touched. Cut off at any step, the repository is whole; the next tidying goes on.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from archive.backups.packs import FIRST, LIST, Blob, Packed, Reader, Writer, expand
from archive.backups.repository import Forgotten, Repository, Sizes, Snapshot, of, places, snapshot_name
from archive.errors import Corrupt
from archive.tables.blob_ids import BlobIds

SMALL = 4 << 20
"""Packs below this size are joined when there are more than MANY of them."""
MANY = 8
LIST_BYTES_MAX = 1 << 30


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was taken away."""

    snapshots: int
    packs: int
    bytes: int


def tidy(repository: Repository, revoked: Collection[str] = ()) -> Tidied:
    """Remove replaced keystores, index files and slots, which no snapshot needs. Only under the exclusive lock.

    Raises Corrupt before anything is removed when the newest snapshot, or what it names, does not open.
    """
    sizes = repository.sizes()
    newest, troubles = repository.newest(sizes)
    if newest is None or troubles:
        return Tidied(0, 0, 0)
    said = repository.tidying(sizes)
    wanted = {newest.keystore, said.name, *counting_indexes(newest, said.number, said.indexes)}
    if not wanted - {""} <= set(sizes):
        # Something that counts is missing: what it replaced may be what saves the day.
        return Tidied(0, 0, 0)
    replaced = [name for kind in ("index", "keystores", "tidied") for name in of(sizes, kind) if name not in wanted]
    return _remove(repository, sizes, [*replaced, *_old_slots(sizes, revoked)], 0, 0)


def drop(repository: Repository, work: Path, forgotten: Iterable[Snapshot], *, revoked: Collection[str] = ()) -> Tidied:
    """Forget these snapshots, and remove what only they needed. Only under the exclusive lock.

    First it is written down, signed, which snapshots were forgotten; then they are removed, and then the packs that
    nothing refers to any more. Packs that are mostly unneeded are rewritten.
    """
    sizes = repository.sizes()
    chosen = {one.id: Forgotten(one.number, one.id, one.previous) for one in forgotten}
    kept = [
        repository.snapshot(name) for name in sorted(of(sizes, "snapshots")) if name.rpartition("-")[2] not in chosen
    ]
    if not kept:
        raise Corrupt("Nothing would be left: the newest snapshot is never forgotten.")
    newest = kept[-1]
    loaded = repository.load(sizes)
    if loaded.troubles or loaded.gone:
        name = (loaded.troubles + loaded.gone)[0][0]
        raise Corrupt(
            f"{name} is damaged or missing; nothing is forgotten before that is clear: muniment backup verify"
        )
    said = repository.tidying(sizes)
    needed = _needed(repository, kept, loaded.packs, newest)
    gone = [pack for pack in loaded.packs if not any(blob_id in needed for blob_id in pack.ids())]
    gone_names = {pack.name for pack in gone}
    left = [pack for pack in loaded.packs if pack.name not in gone_names]
    thinned = list(_worth_rewriting(left, needed))
    fresh = list(_rewritten(repository, thinned, needed))
    thinned_names = {pack.name for pack in thinned}
    left = [pack for pack in left if pack.name not in thinned_names] + fresh
    if gone or thinned:
        indexes = [repository.put_index(left, work)]
    else:
        indexes = list(counting_indexes(newest, said.number, said.indexes))
    still = {one: value for one, value in said.forgotten.items() if reached(one, kept, {**said.forgotten, **chosen})}
    name = repository.put_tidying(newest.number, indexes, {**still, **chosen})
    removed = [snapshot_name(one.number, one.id) for one in chosen.values()]
    removed += [other for other in of(sizes, "index") if other not in indexes]
    removed += [other for other in of(sizes, "tidied") if other != name]
    removed += [other for other in of(sizes, "keystores") if other != newest.keystore]
    removed += [f"packs/{pack.name}" for pack in (*gone, *thinned)]
    return _remove(repository, sizes, [*removed, *_old_slots(sizes, revoked)], len(chosen), len(gone) + len(thinned))


def counting_indexes(newest: Snapshot, tidied_at: int, tidied: Iterable[str]) -> tuple[str, ...]:
    """The index files that count: those of the newest snapshot, or those of a tidying after it."""
    return tuple(tidied) if tidied_at == newest.number else newest.indexes


def _remove(repository: Repository, sizes: Sizes, names: list[str], snapshots: int, packs: int) -> Tidied:
    for name in names:
        repository.target.remove(name)
    return Tidied(snapshots, packs, sum(sizes.get(name, 0) for name in names))


def _old_slots(sizes: Sizes, revoked: Collection[str]) -> Iterator[str]:
    """Slots that are in use no more; of each other one, all but the newest generation."""
    newest: dict[str, str] = {}
    for name in sorted(of(sizes, "slots")):
        slot = name.partition("/")[2].partition("-")[0]
        if slot in revoked:
            yield name
            continue
        if slot in newest:
            yield newest[slot]
        newest[slot] = name


def _needed(repository: Repository, kept: Iterable[Snapshot], packs: list[Packed], newest: Snapshot) -> BlobIds:
    """Every blob that a kept snapshot refers to and that can still be opened."""
    needed = BlobIds(key.blob_id for key in repository.keys(newest.keystore))
    lists = places(packs, frozenset({LIST}))
    for snapshot in kept:
        list_id = bytes.fromhex(snapshot.catalogue_list)
        found = lists.get(list_id)
        if not found:
            raise Corrupt(f"The list of the catalogue's pieces of snapshot {snapshot.id} is missing.")
        ids = expand(repository.read(found), LIST_BYTES_MAX)
        needed.add(list_id)
        needed.update(ids[at : at + 16] for at in range(0, len(ids), 16))
    return needed


def _worth_rewriting(packs: Iterable[Packed], needed: BlobIds) -> Iterator[Packed]:
    """Packs that are mostly not needed any more; and small ones, once they are many."""
    small: list[Packed] = []
    for pack in packs:
        live = sum(entry.sealed for entry in pack.entries() if entry.id in needed)
        if 2 * live < pack.size - FIRST:
            yield pack
        elif pack.size < SMALL:
            small.append(pack)
    if len(small) > MANY:
        yield from small


def _rewritten(repository: Repository, packs: Iterable[Packed], needed: BlobIds) -> Iterator[Packed]:
    """New packs with what is needed of these, authenticated on the way and sealed under the newest key."""
    done = BlobIds()

    def blobs() -> Iterator[Blob]:
        for pack in packs:
            with repository.target.open(f"packs/{pack.name}", FIRST) as file:
                reader, offset = Reader(repository.seals, pack.name, pack.mark, file, FIRST), FIRST
                for entry in pack.entries():
                    if entry.id in needed and done.add(entry.id):
                        reader.seek(offset)
                        yield Blob(entry.kind, entry.id, (bytes(piece) for piece in reader.blob(entry)))
                    offset += entry.sealed

    waiting = blobs()
    for first in waiting:
        writer = Writer(repository.seals)
        repository.target.put(f"packs/{writer.name}", writer.write(_with(first, waiting)))
        assert writer.packed is not None
        yield writer.packed.spooled(repository.spool)


def _with(first: Blob, others: Iterator[Blob]) -> Iterator[Blob]:
    yield first
    yield from others


def reached(one: str, kept: Iterable[Snapshot], forgotten: Mapping[str, Forgotten]) -> bool:
    """Does the chain from a kept snapshot lead over this forgotten one?"""
    for snapshot in kept:
        previous = snapshot.previous
        while previous in forgotten:
            if previous == one:
                return True
            previous = forgotten[previous].previous
    return False
