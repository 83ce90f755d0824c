"""Files that came in, and what became of each: waiting, kept, done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from access.rules import Scope
from archive.errors import NotFound
from archive.model import Arrival
from archive.tables.schema.intake import intake
from archive.tables.schema.records import components, records
from archive.tables.scopes import inside

DAY_MICROS = 86_400_000_000
UNDER_WAY = ("waiting", "kept")


@dataclass(frozen=True, slots=True)
class Resting:
    """A file as it lies in a folder: if any of this changes, it is another arrival."""

    path: str
    size_bytes: int
    mtime_ns: int
    inode: int


class Intake:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def notice(
        self,
        arrival_id: str,
        source: str,
        inbox: str,
        name: str,
        file: Resting,
        profile: Mapping[str, str],
        at: datetime,
    ) -> str:
        """Write down that a file has come to rest, once; return the id of its arrival."""
        known = self._connection.execute(
            sa.select(intake.c.id).where(
                intake.c.state != "done",
                intake.c.path == file.path,
                intake.c.size_bytes == file.size_bytes,
                intake.c.mtime_ns == file.mtime_ns,
                intake.c.inode == file.inode,
            )
        ).scalar()
        if known is not None:
            # What its inbox says of it may have been set right since.
            self._connection.execute(
                intake.update().where(intake.c.id == known, intake.c.state == "waiting").values(profile=dict(profile))
            )
            return known
        self._connection.execute(
            intake.insert().values(
                id=arrival_id,
                source=source,
                inbox=inbox,
                path=file.path,
                name=name,
                size_bytes=file.size_bytes,
                mtime_ns=file.mtime_ns,
                inode=file.inode,
                state="waiting",
                outcome="",
                seen_at=at,
                reason_code="",
                reason="",
                moved_to="",
                profile=dict(profile),
            )
        )
        return arrival_id

    def get(self, arrival_id: str) -> Arrival:
        row = self._connection.execute(sa.select(intake).where(intake.c.id == arrival_id)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such arrival.")
        return _arrival(row)

    def keep(self, arrival_id: str, outcome: str, record_id: str | None, at: datetime) -> None:
        """The bytes are safe; the source may go."""
        self._connection.execute(
            intake.update()
            .where(intake.c.id == arrival_id)
            .values(state="kept", outcome=outcome, record_id=record_id, kept_at=at)
        )

    def quarantine(self, arrival_id: str, code: str, reason: str, at: datetime) -> None:
        """It cannot be taken in or read, for this reason; the source goes to quarantine."""
        self._connection.execute(
            intake.update()
            .where(intake.c.id == arrival_id)
            .values(state="kept", outcome="quarantined", reason_code=code, reason=reason, kept_at=at)
        )

    def finish(self, arrival_id: str, moved_to: str) -> None:
        """The source has left the inbox."""
        self._connection.execute(
            intake.update().where(intake.c.id == arrival_id).values(state="done", moved_to=moved_to)
        )

    def vanished(self, arrival_id: str) -> None:
        """The source went away or changed before it was taken in: what was noticed is no more."""
        self._connection.execute(intake.delete().where(intake.c.id == arrival_id, intake.c.state == "waiting"))

    def forget(self, arrival_id: str) -> None:
        """The file goes back to where it came from and will be noticed anew."""
        self._connection.execute(intake.delete().where(intake.c.id == arrival_id, intake.c.record_id.is_(None)))

    def by_path(self, beginning: str) -> Mapping[str, Arrival]:
        """Arrivals whose path begins so, by path: what a door that tries again has taken in before."""
        ends = beginning[:-1] + chr(ord(beginning[-1]) + 1)
        rows = self._connection.execute(
            sa.select(intake).where(intake.c.path >= beginning, intake.c.path < ends, intake.c.state == "done")
        )
        return {row["path"]: _arrival(row) for row in rows.mappings()}

    def at_paths(self, paths: Sequence[str]) -> Mapping[str, Arrival]:
        """The same for these very paths; some hundreds at once."""
        rows = self._connection.execute(sa.select(intake).where(intake.c.path.in_(paths), intake.c.state == "done"))
        return {row["path"]: _arrival(row) for row in rows.mappings()}

    def in_state(self, *states: str, limit: int = 10_000) -> Sequence[Arrival]:
        rows = self._connection.execute(
            sa.select(intake).where(intake.c.state.in_(states)).order_by(intake.c.seen_at).limit(limit)
        )
        return [_arrival(row) for row in rows.mappings()]

    def under_way(self, scope: Scope, *, limit: int) -> Sequence[Arrival]:
        """What has not been put away yet, oldest first; what became a record already only inside the scope."""
        rows = self._connection.execute(
            sa.select(intake)
            .outerjoin(records, records.c.id == intake.c.record_id)
            .where(intake.c.state.in_(UNDER_WAY), intake.c.record_id.is_(None) | inside(scope))
            .order_by(intake.c.seen_at)
            .limit(limit)
        ).mappings()
        return [_arrival(row) for row in rows]

    def of_record(self, record_id: str) -> Sequence[Arrival]:
        rows = self._connection.execute(
            sa.select(intake).where(intake.c.record_id == record_id).order_by(intake.c.seen_at)
        )
        return [_arrival(row) for row in rows.mappings()]

    def give(self, record_id: str, to: str) -> None:
        """What came in for one record belongs to another from now on."""
        self._connection.execute(intake.update().where(intake.c.record_id == record_id).values(record_id=to))

    def listed(self, scope: Scope, *, outcomes: Sequence[str], offset: int = 0, limit: int = 50) -> Sequence[Arrival]:
        """Arrivals with these outcomes, newest first; those that became a record only inside the scope."""
        rows = self._connection.execute(
            sa.select(intake)
            .outerjoin(records, records.c.id == intake.c.record_id)
            .where(intake.c.outcome.in_(outcomes), intake.c.record_id.is_(None) | inside(scope))
            .order_by(intake.c.seen_at.desc(), intake.c.id)
            .offset(offset)
            .limit(limit)
        )
        return [_arrival(row) for row in rows.mappings()]

    def counts(self, since: datetime | None = None) -> Mapping[str, int]:
        """Files seen, by outcome (waiting: still on the way): seen = captured + duplicate + quarantined + waiting."""
        outcome = sa.case((intake.c.outcome == "", "waiting"), else_=intake.c.outcome)
        query = sa.select(outcome, sa.func.count()).group_by(outcome)
        if since is not None:
            query = query.where(intake.c.seen_at >= since)
        found = {row[0]: row[1] for row in self._connection.execute(query)}
        return {key: found.get(key, 0) for key in ("captured", "duplicate", "quarantined", "waiting")}

    def by_day(self, since: datetime, offset: timedelta) -> Sequence[tuple[str, str, str, str, int]]:
        """Per day (`offset` ahead of UTC), door and inbox: how many were seen, and of each outcome."""
        micros = sa.type_coerce(intake.c.seen_at, sa.BigInteger) + offset // timedelta(microseconds=1)
        day = micros // DAY_MICROS
        outcome = sa.case((intake.c.outcome == "", "waiting"), else_=intake.c.outcome)
        query = (
            sa.select(day, intake.c.source, intake.c.inbox, outcome, sa.func.count())
            .where(intake.c.seen_at >= since)
            .group_by(day, intake.c.source, intake.c.inbox, outcome)
        )
        found: list[tuple[str, str, str, str, int]] = []
        for number, source, inbox, became, count in self._connection.execute(query):
            written = (date(1970, 1, 1) + timedelta(days=number)).isoformat()
            found += ((written, source, inbox, became, count), (written, source, inbox, "seen", count))
        return found

    def seen_since(self, since: datetime) -> int:
        return self._connection.execute(
            sa.select(sa.func.count()).select_from(intake).where(intake.c.seen_at >= since)
        ).scalar_one()

    def unexplained(self) -> int:
        """How many files are kept that no arrival accounts for, or accounted for and not kept."""
        kept = self._connection.execute(
            sa.select(sa.func.count()).select_from(components).where(components.c.parent_id.is_(None))
        ).scalar_one()
        arrived = self._connection.execute(
            sa.select(sa.func.count())
            .select_from(intake)
            .where(intake.c.outcome.in_(("captured", "quarantined")), intake.c.record_id.is_not(None))
        ).scalar_one()
        return abs(kept - arrived)

    def oldest_waiting(self) -> datetime | None:
        return self._connection.execute(
            sa.select(sa.func.min(intake.c.seen_at)).where(intake.c.state.in_(UNDER_WAY))
        ).scalar()

    def profile_of(self, arrival_id: str) -> Mapping[str, str]:
        return self._connection.execute(sa.select(intake.c.profile).where(intake.c.id == arrival_id)).scalar_one()

    def resting(self, arrival_id: str) -> Resting:
        return self.noticed(arrival_id)[1]

    def noticed(self, arrival_id: str) -> tuple[Arrival, Resting, Mapping[str, str]]:
        """An arrival, the file as it lay there, and what its inbox says of it."""
        row = self._connection.execute(sa.select(intake).where(intake.c.id == arrival_id)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such arrival.")
        return _arrival(row), Resting(row["path"], row["size_bytes"], row["mtime_ns"], row["inode"]), row["profile"]


def _arrival(row: sa.RowMapping) -> Arrival:
    return Arrival(
        row["id"],
        row["source"],
        row["inbox"],
        row["path"],
        row["name"],
        row["size_bytes"],
        row["state"],
        row["seen_at"],
        row["record_id"] or "",
        row["outcome"],
        row["reason_code"],
        row["reason"],
        row["moved_to"],
    )
