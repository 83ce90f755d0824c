"""What became of every backup, check, repair, forgetting and drill; who wants the archive put back to a snapshot."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from archive.model import KEPT
from archive.tables.schema.backups import backup_runs, restore_wishes
from archive.tables.schema.objects import objects
from archive.tables.schema.records import components, records

RUN, VERIFY, REPAIR, FORGET, DRILL = "run", "verify", "repair", "forget", "drill"
STOPPED = "stopped"
"""How something ended that a person wanted no more of. Beside programs of earlier releases, which know no such end, the
column says `failed`, and another one that it was stopped."""
WISH_DAYS = 7
"""How long a wish to restore, and what was agreed to it, holds: an old yes is no yes to the archive of today."""

_OF_A_RUN = [column for column in backup_runs.c if column.name not in ("seq", "outcome", "stopped")]
_OUTCOME = sa.case((backup_runs.c.stopped, STOPPED), else_=backup_runs.c.outcome)


@dataclass(frozen=True, slots=True)
class BackupRun:
    """Something that was done with a repository. Ids and counts: nothing here says what is kept."""

    id: str
    place: str
    kind: str
    began_at: datetime
    ended_at: datetime | None = None
    outcome: str = "running"
    """`running`, `done`, `failed`, `stopped` (by a person)."""
    reason: str = ""
    """Why it came to no end, in a sentence."""
    snapshot: str = ""
    number: int = 0
    taken_at: datetime | None = None
    """The moment the snapshot is of."""
    objects: int = 0
    objects_new: int = 0
    bytes: int = 0
    problems: int = 0
    details: Mapping[str, Any] = field(default_factory=dict[str, Any])
    done_bytes: int = 0
    total_bytes: int = 0
    worker: str = ""
    """The process that does it, as `processes.this()` names it."""


@dataclass(frozen=True, slots=True)
class RestoreWish:
    """Somebody wants the live archive replaced by a snapshot; two others have to agree."""

    id: str
    place: str
    snapshot: str
    reason: str
    wished_by: str
    wished_at: datetime
    first_by: str | None = None
    first_at: datetime | None = None
    second_by: str | None = None
    second_at: datetime | None = None
    ended: str = ""
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def agreed(self) -> bool:
        return self.second_by is not None and not self.ended

    @property
    def lapses_at(self) -> datetime:
        return self.wished_at + timedelta(days=WISH_DAYS)


class Backups:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def save(self, run: BackupRun) -> None:
        """Add it, or replace the one with the same id."""
        values = {column.name: getattr(run, column.name) for column in _OF_A_RUN}
        values["details"] = dict(run.details)
        values["stopped"] = run.outcome == STOPPED
        values["outcome"] = "failed" if run.outcome == STOPPED else run.outcome
        changed = self._connection.execute(backup_runs.update().where(backup_runs.c.id == run.id).values(values))
        if changed.rowcount == 0:
            last = self._connection.execute(sa.select(sa.func.max(backup_runs.c.seq))).scalar_one_or_none() or 0
            self._connection.execute(backup_runs.insert().values(values | {"seq": last + 1}))

    def progress(self, run_id: str, done_bytes: int, total_bytes: int) -> None:
        self._connection.execute(
            backup_runs.update()
            .where(backup_runs.c.id == run_id)
            .values(done_bytes=done_bytes, total_bytes=total_bytes)
        )

    def get(self, run_id: str) -> BackupRun | None:
        return next(iter(self._runs(backup_runs.c.id == run_id, limit=1)), None)

    def newest(self, kind: str, *, place: str | None = None, outcome: str = "done") -> BackupRun | None:
        """The last one to begin of this kind that ended so."""
        wanted = (backup_runs.c.kind == kind) & (backup_runs.c.outcome == outcome)
        if place is not None:
            wanted &= backup_runs.c.place == place
        return next(iter(self._runs(wanted, limit=1)), None)

    def outcomes(self, kind: str, since: datetime) -> Mapping[str, int]:
        """How many of this kind that began since a moment ended how, or are under way."""
        counted = sa.select(_OUTCOME, sa.func.count()).where(
            backup_runs.c.kind == kind, backup_runs.c.began_at >= since
        )
        return {row[0]: row[1] for row in self._connection.execute(counted.group_by(_OUTCOME))}

    def of(
        self, *kinds: str, place: str | None = None, since: datetime | None = None, limit: int = 60
    ) -> Sequence[BackupRun]:
        """The newest first; of those that began since a moment, if one is given."""
        wanted = backup_runs.c.kind.in_(kinds)
        if since is not None:
            wanted &= backup_runs.c.began_at >= since
        if place is not None:
            wanted &= backup_runs.c.place == place
        return self._runs(wanted, limit=limit)

    def running(self) -> Sequence[BackupRun]:
        return self._runs(backup_runs.c.outcome == "running", limit=20)

    def vital(
        self, classes: Sequence[str], safe_until: datetime | None, missing: Collection[str], limit: int
    ) -> tuple[int, tuple[str, ...]]:
        """How many records are of these classes, and the ids of those of which something came after this moment
        (or, if there is none, of all), or is not in the backup."""
        if not classes:
            return 0, ()
        kept = records.c.lifecycle.in_(("captured", *KEPT)) & records.c.class_code.in_(classes)
        count = self._connection.execute(sa.select(sa.func.count()).select_from(records).where(kept)).scalar_one()
        parts = sa.select(records.c.id).where(kept).join(components, components.c.record_id == records.c.id)
        if safe_until is not None:
            late = components.c.added_at > safe_until
            if missing:
                gone = sa.select(objects.c.digest).where(objects.c.address.in_(list(missing)[:500]))
                late |= components.c.digest.in_(gone)
            parts = parts.where(late)
        found = self._connection.execute(parts.distinct().order_by(records.c.id).limit(limit)).scalars()
        return count, tuple(found)

    def digests_of(self, record_id: str) -> Collection[str]:
        """The objects of every component of a record, and of the texts that were read from them."""
        query = sa.select(components.c.digest, components.c.text_digest).where(components.c.record_id == record_id)
        return {digest for row in self._connection.execute(query) for digest in row if digest is not None}

    def wish(self, wish: RestoreWish) -> None:
        """Add it, or replace the one with the same id."""
        values = {column.name: getattr(wish, column.name) for column in restore_wishes.c}
        changed = self._connection.execute(restore_wishes.update().where(restore_wishes.c.id == wish.id).values(values))
        if changed.rowcount == 0:
            self._connection.execute(restore_wishes.insert().values(values))

    def wishes(self) -> Sequence[RestoreWish]:
        """The newest first."""
        rows = self._connection.execute(sa.select(restore_wishes).order_by(restore_wishes.c.wished_at.desc()))
        return [RestoreWish(**dict(row)) for row in rows.mappings()]

    def _runs(self, wanted: sa.ColumnElement[bool], *, limit: int) -> Sequence[BackupRun]:
        # In the order in which they began, not by the clock: that may have been wrong for a while.
        query = (
            sa.select(*_OF_A_RUN, _OUTCOME.label("outcome"))
            .where(wanted)
            .order_by(backup_runs.c.seq.desc())
            .limit(limit)
        )
        return [BackupRun(**dict(row)) for row in self._connection.execute(query).mappings()]
