"""Old snapshots are forgotten by a rule, and never more of them than the rule allows.

Forgetting removes files, which a run does not: it may be given a credential of its own, and a writer that was broken
into cannot empty the repository.
"""

import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.backups import keys, slots
from archive.backups.repository import Snapshot, of, open_repository
from archive.backups.targets import Target
from archive.backups.tidying import Tidied, drop, tidy
from archive.config import Settings


@dataclass(frozen=True, slots=True)
class Keep:
    """What is kept besides the newest snapshot: everything younger than the promise, then one a day, week, month."""

    daily: int
    weekly: int
    monthly: int
    promise: timedelta
    """RPO: nothing that was made so shortly before the newest is ever forgotten."""


@dataclass(frozen=True, slots=True)
class Forgot:
    snapshots: tuple[str, ...]
    """Ids of those that were forgotten, or would be."""
    kept: int
    packs: int
    bytes: int


def keep(settings: Settings) -> Keep:
    """The rule of the settings."""
    return Keep(
        settings.backup_keep_daily,
        settings.backup_keep_weekly,
        settings.backup_keep_monthly,
        timedelta(hours=settings.backup_rpo_hours),
    )


def chosen(snapshots: Sequence[Snapshot], keep: Keep) -> list[Snapshot]:
    """Which of these to forget, oldest first. The newest never is, nor the newest of a day, week or month promised.

    How old one is is told by the snapshots after it, not by the clock: that may be wrong now, or have been wrong then.
    Where it was set back between two snapshots, one more day may be wrong and one counts twice: neither takes the
    place of another.
    """
    if not snapshots:
        return []
    newest_first = sorted(snapshots, key=lambda one: one.number, reverse=True)
    kept = {newest_first[0].id} | {one.id for one, age in _ages(newest_first) if age <= keep.promise}
    for form, count in (("%Y-%m-%d", keep.daily), ("%G-%V", keep.weekly), ("%Y-%m", keep.monthly)):
        periods: dict[tuple[int, str], str] = {}
        set_back, later = 0, _taken(newest_first[0])
        for one in newest_first:
            set_back += _taken(one) > later
            later = _taken(one)
            periods.setdefault((set_back, later.astimezone().strftime(form)), one.id)
        more = 2 * max((times for times, _ in list(periods)[: count + 1]), default=0)
        kept |= set(list(periods.values())[: count + more])
    return [one for one in reversed(newest_first) if one.id not in kept]


def _ages(newest_first: Sequence[Snapshot]) -> Iterator[tuple[Snapshot, timedelta]]:
    """How much older than the newest each one is: no more than its own time says, and no less than it was by the
    earliest time of any after it."""
    newest = earliest = _taken(newest_first[0])
    for one in newest_first:
        earliest = min(earliest, _taken(one))
        yield one, min(abs(newest - _taken(one)), newest - earliest)


def _taken(snapshot: Snapshot) -> datetime:
    return datetime.fromisoformat(snapshot.taken_at)


def forget(archive: Archive, actor: Actor, target: Target, keep: Keep, *, only_say: bool = False) -> Forgot:
    """Forget what the rule does not keep, and take away what nothing needs any more.

    Raises Corrupt before anything is removed when the repository is damaged, Conflict while a run is under way.
    """
    rules.require(actor, Action.RUN)
    work = archive.settings.work
    work.mkdir(exist_ok=True, mode=0o700)
    repository = open_repository(target, keys.load(archive.settings.keys))
    with target.lock(exclusive=True), tempfile.TemporaryDirectory(dir=work, prefix=f"{os.getpid()}-forget-") as folder:
        names = sorted(of(repository.sizes(), "snapshots"))
        snapshots = [repository.snapshot(name) for name in names]
        going = chosen(snapshots, keep)
        ids = tuple(one.id for one in going)
        if only_say:
            return Forgot(ids, len(snapshots) - len(ids), 0, 0)
        revoked = slots.revoked(archive.settings.keys)
        done = drop(repository, Path(folder), going, revoked=revoked) if going else tidy(repository, revoked)
    forgot = Forgot(ids, len(snapshots) - len(ids), done.packs, done.bytes)
    _write_down(archive, actor, forgot, done)
    return forgot


def _write_down(archive: Archive, actor: Actor, forgot: Forgot, done: Tidied) -> None:
    with archive.write() as tx:
        tx.ledger.add(
            archive.now(),
            actor.id,
            "backup.forgotten",
            "backup",
            "",
            snapshots=list(forgot.snapshots),
            kept=forgot.kept,
            packs=done.packs,
            bytes=done.bytes,
        )
