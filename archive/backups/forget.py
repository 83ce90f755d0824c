"""Old snapshots are forgotten by a rule, and never more of them than the rule allows.

Forgetting removes files, which a run does not: it may be given a credential of its own, and a writer that was broken
into cannot empty the repository.
"""

import os
import tempfile
from collections.abc import Sequence
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
    """RPO: nothing as young as this is ever forgotten."""


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


def chosen(snapshots: Sequence[Snapshot], keep: Keep, at: datetime) -> list[Snapshot]:
    """Which of these to forget, oldest first. The newest never is, nor the newest of a day, week or month promised."""
    newest_first = sorted(snapshots, key=lambda one: one.number, reverse=True)
    kept = {one.id for one in newest_first[:1]}
    kept |= {one.id for one in newest_first if at - datetime.fromisoformat(one.taken_at) <= keep.promise}
    for form, count in (("%Y-%m-%d", keep.daily), ("%G-%V", keep.weekly), ("%Y-%m", keep.monthly)):
        periods: dict[str, str] = {}
        for one in newest_first:
            periods.setdefault(datetime.fromisoformat(one.taken_at).astimezone().strftime(form), one.id)
        kept |= set(list(periods.values())[:count])
    return [one for one in reversed(newest_first) if one.id not in kept]


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
        going = chosen(snapshots, keep, archive.now())
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
