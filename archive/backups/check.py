"""Is a repository whole? Every file is accounted for and, if asked, every byte is authenticated.

Needs the repository key only: whoever checks can read the catalogue but opens no object.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.backups import keys, slots
from archive.backups.keys import Keys
from archive.backups.packs import LIST, Packed, Reader, expand
from archive.backups.repository import (
    HEADER,
    NAMES,
    Loaded,
    Repository,
    Sizes,
    Snapshot,
    Tidying,
    number_of,
    of,
    open_repository,
    places,
    snapshot_name,
)
from archive.backups.targets import Target
from archive.backups.tidying import LIST_BYTES_MAX, counting_indexes
from archive.errors import Corrupt, Misconfigured, NotFound
from archive.tables.blob_ids import BlobIds
from archive.threads import GoesOn, Progress, Shared, silent, to_the_end, together

ASKED_EVERY = 100_000
"""So many keys are looked at before it is asked again whether the check goes on."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with which file. `kind`: missing, damaged, foreign, incomplete."""

    kind: str
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class Checked:
    newest: str
    """Id of the newest snapshot; empty if there is none."""
    number: int
    taken_at: str
    keystores_since: str
    """The moment of the oldest keystore there: what was destroyed before it can be opened from nowhere here."""
    snapshots: int
    packs: int
    bytes: int
    objects: int
    """Objects of the newest snapshot, each accounted for."""
    leftovers: int
    """Files of a run that was cut off; the next run uses or removes them."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A snapshot in the list, or the name of one that does not open."""

    name: str
    snapshot: Snapshot | None
    problem: str = ""


def snapshots(target: Target, key: Keys) -> Sequence[Listed]:
    """Every snapshot, oldest first."""
    repository = open_repository(target, key)
    result: list[Listed] = []
    for name in sorted(of(repository.sizes(), "snapshots")):
        try:
            result.append(Listed(name, repository.snapshot(name)))
        except (Corrupt, NotFound, Misconfigured) as error:
            result.append(Listed(name, None, str(error)))
    return result


def check(
    target: Target,
    key: Keys,
    *,
    all_bytes: bool = True,
    share: tuple[int, int] | None = None,
    progress: Progress = silent,
    goes_on: GoesOn = to_the_end,
) -> Checked:
    """Look for everything that could be wrong; return what is.

    Without `all_bytes`, packs are checked by name, size and directory only; of a `share` (which one, of how many)
    every byte is read all the same, and who goes through all shares in turn has read everything.
    Raises Misconfigured when there is no repository or the key is another, Conflict while a run is under way.
    """
    repository = open_repository(target, key)
    with target.lock(exclusive=False):
        return look(repository, (0, 1) if all_bytes else share, progress, goes_on)


def look(
    repository: Repository, share: tuple[int, int] | None, progress: Progress, goes_on: GoesOn = to_the_end
) -> Checked:
    """The check itself, for whoever holds the lock; of this share of the packs every byte is read."""
    return _Checking(repository, progress, goes_on).all(share)


def verify(
    archive: Archive,
    actor: Actor,
    target: Target,
    *,
    all_bytes: bool = True,
    share: tuple[int, int] | None = None,
    progress: Progress = silent,
    goes_on: GoesOn = to_the_end,
) -> Checked:
    """`check` the archive's own repository, and write into the ledger that it was done and what was found."""
    rules.require(actor, Action.RUN)
    key = keys.load(archive.settings.keys)
    checked = check(target, key, all_bytes=all_bytes, share=share, progress=progress, goes_on=goes_on)
    with archive.write() as tx:
        tx.ledger.add(
            archive.now(),
            actor.id,
            "backup.verified",
            "backup",
            checked.newest,
            all_bytes=all_bytes,
            snapshots=checked.snapshots,
            objects=checked.objects,
            bytes=checked.bytes,
            problems=len(checked.problems),
        )
    return checked


class _Checking:
    def __init__(self, repository: Repository, progress: Progress, goes_on: GoesOn) -> None:
        self._repository = repository
        self._progress = progress
        self._goes_on = goes_on
        self._problems: list[Problem] = []
        self._lock = threading.Lock()
        self._leftovers = 0

    def all(self, share: tuple[int, int] | None) -> Checked:
        sizes = self._repository.sizes()
        self._foreign(sizes)
        tidying = self._tidying(sizes)
        self._slots(sizes)
        chain = self._chain(sizes, tidying)
        self._goes_on()
        loaded = self._repository.load(sizes)
        self._goes_on()
        newest = chain[-1] if chain else None
        self._load_troubles(loaded)
        self._indexes(sizes, loaded, newest, tidying)
        where = BlobIds(blob_id for pack in loaded.packs for blob_id in pack.ids())
        self._catalogues(chain, loaded.packs, where)
        objects = self._keystores(sizes, newest, where)
        if share is not None:
            which, among = share
            self._bytes([pack for pack in loaded.packs if int(pack.name[:8], 16) % among == which])
        oldest = min((number_of(name) for name in of(sizes, "keystores")), default=0)
        return Checked(
            newest=newest.id if newest else "",
            number=newest.number if newest else 0,
            taken_at=newest.taken_at if newest else "",
            keystores_since=next((one.taken_at for one in chain if one.number == oldest), ""),
            snapshots=len(chain),
            packs=len(loaded.packs),
            bytes=sum(sizes.values()),
            objects=objects,
            leftovers=self._leftovers,
            problems=tuple(sorted(set(self._problems), key=lambda p: (p.name, p.kind, p.detail))),
        )

    def _add(self, kind: str, name: str, detail: str) -> None:
        self._problems.append(Problem(kind, name, detail))

    def _foreign(self, sizes: Sizes) -> None:
        for name in sizes:
            if name != HEADER and not any(pattern.fullmatch(name) for pattern in NAMES.values()):
                self._add("foreign", name, "no file of a backup repository has this name")

    def _tidying(self, sizes: Sizes) -> Tidying:
        self._leftovers += max(0, len(of(sizes, "tidied")) - 1)
        try:
            return self._repository.tidying(sizes)
        except (Corrupt, NotFound) as error:
            self._add("damaged", max(of(sizes, "tidied")), str(error))
            return Tidying()

    def _slots(self, sizes: Sizes) -> None:
        """Whatever opens a slot must get the keys that the archive put there."""
        newest: dict[str, str] = {}
        for name in sorted(of(sizes, "slots")):
            try:
                slot = slots.read(self._repository.target, name)
                slots.check(slot, self._repository.seals.signer, name)
            except (Corrupt, NotFound) as error:
                self._add("damaged", name, str(error))
                continue
            self._leftovers += slot.id in newest
            newest[slot.id] = name

    def _chain(self, sizes: Sizes, tidying: Tidying) -> list[Snapshot]:
        """The snapshots that open, oldest first; each must name the one before, or one forgotten on purpose."""
        chain: list[Snapshot] = []
        damaged = False
        for name in sorted(of(sizes, "snapshots")):
            try:
                snapshot = self._repository.snapshot(name)
            except (Corrupt, NotFound) as error:
                self._add("damaged", name, str(error))
                damaged = True
                continue
            if snapshot.id in tidying.forgotten:
                self._leftovers += 1
                continue
            before = chain[-1] if chain else None
            expected, least = (before.id, before.number) if before else ("", 0)
            if _behind(snapshot.previous, tidying) != expected or snapshot.number <= least:
                gap = "the one before it is damaged" if damaged else "a snapshot before it is missing"
                self._add("missing", name, f"the chain is broken here: {gap}")
            damaged = False
            chain.append(snapshot)
        return chain

    def _load_troubles(self, loaded: Loaded) -> None:
        for name, detail in loaded.troubles:
            self._add("damaged", name, detail)
        for name, detail in loaded.gone:
            self._add("missing", name, detail)

    def _indexes(self, sizes: Sizes, loaded: Loaded, newest: Snapshot | None, tidying: Tidying) -> None:
        wanted = set(counting_indexes(newest, tidying.number, tidying.indexes)) if newest else set[str]()
        for name in wanted - set(sizes):
            self._add("missing", name, "the newest snapshot was written with it")
        self._leftovers += len(set(of(sizes, "index")) - wanted) + len(loaded.orphans)

    def _catalogues(self, chain: Sequence[Snapshot], packs: Sequence[Packed], where: BlobIds) -> None:
        """Every piece of every catalogue must be somewhere."""
        lists = places(packs, frozenset({LIST}))
        for snapshot in chain:
            self._goes_on()
            name = snapshot_name(snapshot.number, snapshot.id)
            found = lists.get(bytes.fromhex(snapshot.catalogue_list))
            if not found:
                self._add("incomplete", name, "the list of its catalogue's pieces is missing")
                continue
            try:
                ids = expand(self._repository.read(found), LIST_BYTES_MAX)
            except (Corrupt, NotFound) as error:
                self._add("damaged", f"packs/{found[-1].pack.name}", str(error))
                continue
            lost = sum(ids[at : at + 16] not in where for at in range(0, len(ids), 16))
            if lost:
                self._add("incomplete", name, f"{lost} pieces of its catalogue are missing")

    def _keystores(self, sizes: Sizes, newest: Snapshot | None, where: BlobIds) -> int:
        """The newest snapshot's keystore must be there, and every object in it must be in a pack."""
        names = of(sizes, "keystores")
        if newest is None:
            if names and not any(number_of(name) == 1 for name in names):
                self._add("missing", "snapshots", f"{names[0]} was written for a snapshot that is gone")
            self._leftovers += len(names)
            return 0
        if newest.keystore not in names:
            self._add("missing", newest.keystore, "without it no object of any snapshot can be opened")
            if not any(number_of(name) < newest.number for name in names):
                for name in names:
                    self._add("missing", "snapshots", f"{name} was written for a snapshot that is gone")
        objects = 0
        missing = set(newest.missing)
        for name in names:
            lost = 0
            try:
                for n, key in enumerate(self._repository.keys(name)):
                    if n % ASKED_EVERY == 0:
                        self._goes_on()
                    if name == newest.keystore:
                        objects += 1
                        lost += key.blob_id not in where and key.address.hex() not in missing
            except (Corrupt, NotFound) as error:
                self._add("damaged", name, str(error))
            if lost:
                self._add("incomplete", snapshot_name(newest.number, newest.id), f"{lost} of its objects are missing")
            self._leftovers += name != newest.keystore
        return objects

    def _bytes(self, packs: Sequence[Packed]) -> None:
        total, done = sum(pack.size for pack in packs), 0
        waiting = Shared(packs)

        def work(failed: Callable[[], bool]) -> None:
            nonlocal done
            for pack in waiting:
                if failed():
                    return
                self._pack(pack)
                with self._lock:
                    done += pack.size
                    self._progress(done, total)

        together(work)

    def _pack(self, pack: Packed) -> None:
        name = f"packs/{pack.name}"
        try:
            with self._repository.target.open(name) as file:
                reader = Reader(self._repository.seals, pack.name, pack.mark, file)
                reader.head()
                for entry in pack.entries():
                    for _ in reader.blob(entry):
                        pass
                reader.tail(pack)
        except (Corrupt, NotFound) as error:
            self._add("damaged", name, str(error))


def _behind(snapshot_id: str, tidying: Tidying) -> str:
    """This snapshot, or the first one before it that was not forgotten."""
    while snapshot_id in tidying.forgotten:
        snapshot_id = tidying.forgotten[snapshot_id].previous
    return snapshot_id
