"""A damaged repository is repaired as far as it goes, and what cannot be repaired is named.

Every byte is read; what is whole is kept; what is not is copied again from the archive. Snapshots that can no longer
be restored are named, and stay until somebody says that they are given up.
"""

import os
import tempfile
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.backups import check, create, keys, mending, slots
from archive.backups.check import Checked, Problem
from archive.backups.crypto import Seals
from archive.backups.keys import Keys
from archive.backups.mending import Mended, Salvaged
from archive.backups.repository import HEADER, Repository, Snapshot, header, of, open_repository
from archive.backups.targets import Target
from archive.errors import ArchiveError, Corrupt, Misconfigured
from archive.tables.blob_ids import BlobIds
from archive.threads import Progress, silent


@dataclass(frozen=True, slots=True)
class LostSnapshot:
    """One that cannot be restored any more, and why."""

    name: str
    number: int
    taken_at: str
    """Empty when the snapshot itself does not open."""
    why: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """What was found, what became of it, and what is left to say."""

    found: tuple[Problem, ...]
    """What was wrong before. Nothing else was done if this is empty."""
    packs: tuple[Salvaged, ...]
    copied_again: int
    """Blobs that were whole nowhere in the repository and came from the archive again."""
    missing: tuple[str, ...]
    """Addresses of objects that are whole neither in the repository nor in the archive."""
    lost_snapshots: tuple[LostSnapshot, ...]
    given_up: bool
    """Whether those were forgotten."""
    refused: str
    """Why nothing could be copied again from the archive, in a sentence; empty when it was."""
    after: Checked
    """The check that followed: what it still names could not be repaired."""

    @property
    def whole(self) -> bool:
        return not self.after.problems and not self.missing


def repair(
    archive: Archive,
    actor: Actor,
    target: Target,
    *,
    give_up: bool = False,
    append_only: bool = False,
    progress: Progress = silent,
) -> Repaired:
    """Repair the archive's own repository; copy again from the archive what was lost in it.

    With `give_up`, snapshots that cannot be restored any more are forgotten, and missing ones no longer missed. It
    needs a credential that may remove files. Raises Misconfigured for a wrong place or key, Conflict while it is used.
    """
    rules.require(actor, Action.RUN)
    key = keys.load(archive.settings.keys)
    with archive.read() as tx:
        tx.ledger.believe(archive.now())
        seen = tx.meta.get(create.place(target))
        lines = tx.ledger.sought(action="backup.forgotten", limit=10_000)
    forgotten = {one for line in lines for one in cast("list[str]", line.payload["snapshots"])}
    archive.settings.work.mkdir(exist_ok=True, mode=0o700)
    held = [slot.name for slot in slots.every(archive.settings.keys)]
    repository = _opened(target, key, seen)
    mended, found = _mended(repository, archive.settings.work, held, forgotten, progress)
    missing: tuple[str, ...] = ()
    refused = ""
    if found:
        try:
            run = create.run(archive, actor, target, append_only=append_only, shortened=give_up)
            missing = run.missing
        except ArchiveError as error:
            refused = str(error)
    done = _reckoned(repository, found, mended, missing, refused, give_up=give_up)
    with archive.write() as tx:
        tx.ledger.add(
            archive.now(),
            actor.id,
            "backup.repaired",
            "backup",
            done.after.newest,
            found=len(done.found),
            saved=sum(pack.saved for pack in done.packs),
            copied_again=done.copied_again,
            missing=len(done.missing),
            lost_snapshots=[one.name for one in done.lost_snapshots],
            given_up=done.given_up,
            problems=len(done.after.problems),
        )
    return done


def repair_alone(target: Target, key: Keys, *, give_up: bool = False, progress: Progress = silent) -> Repaired:
    """Repair a repository whose archive is gone: what is whole is kept, and a new snapshot says what is lost, so that
    everything else can be restored."""
    repository = _opened(target, key, None)
    with tempfile.TemporaryDirectory(prefix="muniment-repair-") as work:
        mended, found = _mended(repository, Path(work), (), (), progress)
    missing: tuple[str, ...] = ()
    if found:
        with target.lock(exclusive=True):
            missing = _without_what_is_lost(repository)
    return _reckoned(repository, found, mended, missing, "", give_up=give_up)


def _opened(target: Target, key: Keys, seen: str | None) -> Repository:
    """The repository; its header is written again if the archive remembers what was in it and a snapshot agrees."""
    try:
        return open_repository(target, key)
    except (Corrupt, Misconfigured):
        if seen is None:
            raise
        repository = Repository(target, Seals(key, seen.split(" ")[0]))
        if not mending.opening(repository, repository.sizes()):
            raise
        with target.lock(exclusive=True):
            target.put(HEADER, [header(repository.seals)])
        return repository


def _mended(
    repository: Repository,
    work: Path,
    held: Collection[str],
    forgotten: Collection[str],
    progress: Progress,
) -> tuple[Mended, tuple[Problem, ...]]:
    """Read everything, and mend what can be mended without the archive."""
    with repository.target.lock(exclusive=True), _folder(work) as folder:
        repository.target.clear()
        found = check.look(repository, (0, 1), progress).problems
        if not found:
            return Mended((), BlobIds(), ()), found
        damaged = {problem.name for problem in found if problem.kind == "damaged"}
        return mending.mend(repository, folder, damaged, slots=held, forgotten_here=forgotten), found


def _without_what_is_lost(repository: Repository) -> tuple[str, ...]:
    """Write a snapshot that can be restored, if the newest cannot be; addresses of objects that are lost."""
    after = check.look(repository, None, silent)
    broken = {problem.name for problem in after.problems if problem.kind == "incomplete"}
    snapshots = mending.opening(repository, repository.sizes())
    if not snapshots:
        return ()
    there = BlobIds(one for pack in repository.load(repository.sizes()).packs for one in pack.ids())
    lost = {one.address.hex() for one in repository.keys(snapshots[-1].keystore) if one.blob_id not in there}
    lost -= set(snapshots[-1].missing)
    base = next((one for one in reversed(snapshots) if one.file not in broken or _only_objects(one, after)), None)
    if base is not None and (lost or base is not snapshots[-1]):
        mending.without(repository, base, lost)
    return tuple(sorted(lost))


def _only_objects(snapshot: Snapshot, after: Checked) -> bool:
    """Is its catalogue whole, whatever else of it is missing?"""
    return not any(one.name == snapshot.file and "catalogue" in one.detail for one in after.problems)


def _reckoned(
    repository: Repository,
    found: tuple[Problem, ...],
    mended: Mended,
    missing: tuple[str, ...],
    refused: str,
    *,
    give_up: bool,
) -> Repaired:
    """What is lost for good, once everything was tried; given up if that is wanted."""
    with repository.target.lock(exclusive=True):
        after = check.look(repository, None, silent)
        lost = _lost(repository, after)
        if give_up and lost:
            mending.give_up(repository, [one.name for one in lost if one.name in of(repository.sizes(), "snapshots")])
            after = check.look(repository, None, silent)
        there = BlobIds(one for pack in repository.load(repository.sizes()).packs for one in pack.ids())
    return Repaired(
        found=found,
        packs=mended.packs,
        copied_again=sum(one in there for one in mended.lost),
        missing=missing,
        lost_snapshots=lost,
        given_up=give_up and bool(lost),
        refused=refused,
        after=after,
    )


def _lost(repository: Repository, after: Checked) -> tuple[LostSnapshot, ...]:
    """Snapshots that do not open, or whose catalogue is not all there; and where one is missing."""
    known = {one.file: one for one in mending.opening(repository, repository.sizes())}
    found: dict[str, LostSnapshot] = {}
    for problem in after.problems:
        if not problem.name.startswith("snapshots/"):
            continue
        one = known.get(problem.name)
        if problem.kind == "missing":
            # The one that names the gap is whole; what is lost is before it, and has a line of its own if it is there.
            if "is damaged" not in problem.detail:
                found[f"{problem.name}-before"] = LostSnapshot("", one.number - 1 if one else 0, "", problem.detail)
        elif one is None or "catalogue" in problem.detail:
            number = one.number if one else int(problem.name.partition("/")[2][:8])
            found[problem.name] = LostSnapshot(problem.name, number, one.taken_at if one else "", problem.detail)
    return tuple(sorted(found.values(), key=lambda one: (one.number, one.name)))


@contextmanager
def _folder(work: Path) -> Generator[Path]:
    with tempfile.TemporaryDirectory(dir=work, prefix=f"{os.getpid()}-repair-") as folder:
        yield Path(folder)


def lines(done: Repaired) -> Sequence[str]:
    """The report as lines for people."""
    if not done.found:
        return ("nothing is damaged",)
    return (
        *(f"was {one.kind}: {one.name}: {one.detail}" for one in done.found),
        *(f"{one.name}: {one.saved} blobs carried over, {one.lost} not whole" for one in done.packs),
        f"{done.copied_again} blobs copied again from the archive",
        *([f"nothing could be copied from the archive: {done.refused}"] if done.refused else []),
        *(f"LOST, whole neither here nor in the archive: object {address}" for address in done.missing),
        *(
            f"{'given up' if done.given_up else 'CANNOT BE RESTORED'}: snapshot {one.number} {one.taken_at} {one.why}"
            for one in done.lost_snapshots
        ),
        *(f"still {one.kind}: {one.name}: {one.detail}" for one in done.after.problems),
        "the repository is whole again" if done.whole else "the repository is NOT whole",
    )
