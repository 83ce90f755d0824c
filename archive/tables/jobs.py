"""Work to do later, at least once; and which records the index has yet to catch up with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from archive.model import Job
from archive.tables.schema.jobs import index_queue, jobs
from archive.tables.schema.records import components, records

URGENT, NORMAL, INSIDE, BULK = 0, 5, 7, 9
"""Priorities: somebody is waiting; the usual; files inside a file; a mass import that must not hold up the others."""
PICTURES = BULK + 3
"""Pictures are drawn ahead when nothing else is left to be done."""


ATTEMPTS_MAX = 5
"""A job that was begun so often and never ended is hopeless: it may be what kills whoever takes it."""

_ENDED_ITS_WORKER = "The process that did it ended before it was done, every time."


Buried = Callable[[Job], None]


def left_lying(_job: Job) -> None:
    """Of a hopeless job nobody else needs to be told."""


@dataclass(frozen=True, slots=True)
class DeadJob:
    id: int
    kind: str
    payload: Mapping[str, str]
    error: str


class Jobs:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, at: datetime, kind: str, *, priority: int = NORMAL, **payload: str) -> None:
        self._connection.execute(
            jobs.insert().values(
                kind=kind,
                payload=payload,
                priority=priority,
                state="waiting",
                attempts=0,
                run_after=at,
                worker="",
                error="",
                created_at=at,
            )
        )

    def claim(
        self, at: datetime, worker: str, lease: timedelta, kinds: Sequence[str], *, buried: Buried = left_lying
    ) -> Job | None:
        """Take the next job that is due, or whose worker has let its lease run out; None when there is none.

        `buried` is told of each job that was begun too often by workers that are no more.
        """
        abandoned = (jobs.c.state == "running") & (jobs.c.lease_until < at)
        self._bury(abandoned, at, buried)
        self._connection.execute(jobs.update().where(abandoned).values(state="waiting", lease_until=None))
        # In the order of the index: nothing is sorted, however much waits.
        chosen = (
            sa.select(jobs.c.id)
            .where(jobs.c.kind.in_(kinds), jobs.c.state == "waiting", jobs.c.run_after <= at)
            .order_by(jobs.c.priority, jobs.c.run_after, jobs.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        row = self._connection.execute(
            jobs.update()
            .where(jobs.c.id == chosen)
            .values(state="running", worker=worker, lease_until=at + lease, attempts=jobs.c.attempts + 1)
            .returning(jobs.c.id, jobs.c.kind, jobs.c.payload, jobs.c.attempts, jobs.c.priority)
        ).one_or_none()
        return None if row is None else Job(row.id, row.kind, row.payload, row.attempts, row.priority)

    def waiting(self, at: datetime, kinds: Sequence[str]) -> bool:
        """Is there anything to claim? Cheap, and takes no lock."""
        due = (jobs.c.state == "waiting") & (jobs.c.run_after <= at)
        abandoned = (jobs.c.state == "running") & (jobs.c.lease_until < at)
        return (
            self._connection.execute(
                sa.select(jobs.c.id).where(jobs.c.kind.in_(kinds), due | abandoned).limit(1)
            ).first()
            is not None
        )

    def more_urgent(self, at: datetime, priority: int) -> bool:
        """Does anything due wait that matters more than this?"""
        waits = (jobs.c.state == "waiting") & (jobs.c.run_after <= at) & (jobs.c.priority < priority)
        return self._connection.execute(sa.select(jobs.c.id).where(waits).limit(1)).first() is not None

    def hold(self, process: str, until: datetime) -> None:
        """What the workers of this process have under way stays theirs: nobody else takes it for abandoned."""
        under_way = (jobs.c.state == "running") & jobs.c.worker.startswith(f"{process}/", autoescape=True)
        self._connection.execute(jobs.update().where(under_way).values(lease_until=until))

    def done(self, job_id: int) -> None:
        self._connection.execute(jobs.delete().where(jobs.c.id == job_id))

    def give_back(self, job_id: int, at: datetime, error: str, *, dead: bool) -> None:
        """Not done: try again at `at`, or leave it lying visibly if it is hopeless."""
        self._connection.execute(
            jobs.update()
            .where(jobs.c.id == job_id)
            .values(state="dead" if dead else "waiting", run_after=at, lease_until=None, error=error)
        )

    def workers(self) -> Sequence[str]:
        """Who holds jobs at present."""
        held = sa.select(jobs.c.worker).where(jobs.c.state == "running").distinct()
        return list(self._connection.execute(held).scalars())

    def release(self, worker: str, at: datetime, *, buried: Buried = left_lying) -> None:
        """Give back what a worker holds that is no more; what was begun too often lies dead, and `buried` is told."""
        held = (jobs.c.state == "running") & (jobs.c.worker == worker)
        self._bury(held, at, buried)
        self._connection.execute(jobs.update().where(held).values(state="waiting", lease_until=None, run_after=at))

    def _bury(self, abandoned: sa.ColumnElement[bool], at: datetime, told: Buried) -> None:
        buried = self._connection.execute(
            jobs.update()
            .where(abandoned, jobs.c.attempts >= ATTEMPTS_MAX)
            .values(state="dead", lease_until=None, error=_ENDED_ITS_WORKER)
            .returning(jobs.c.id, jobs.c.kind, jobs.c.payload, jobs.c.attempts, jobs.c.priority)
        ).all()
        for row in buried:
            told(Job(row.id, row.kind, row.payload, row.attempts, row.priority))
        unread = [payload["component"] for _, kind, payload, _, _ in buried if kind == "read"]
        # It may have been the last one inside its file, for which the index waits.
        of = sa.select(components.c.record_id).where(components.c.id.in_(unread), components.c.root_id.is_not(None))
        for record_id in set(self._connection.execute(of).scalars()) if unread else ():
            IndexQueue(self._connection).add(record_id, at)

    def reads_inside(self, root_id: str) -> bool:
        """Is any file that is inside this one, however deep, still to be read?"""
        component = jobs.c.payload["component"].as_string()
        inside = sa.select(components.c.id).where(components.c.root_id == root_id)
        found = sa.select(jobs.c.id).where(
            jobs.c.kind == "read",
            jobs.c.state.in_(("waiting", "running")),
            jobs.c.priority == INSIDE,
            component.in_(inside),
        )
        return self._connection.execute(found.limit(1)).first() is not None

    def wanted(self, kind: str, component_id: str = "") -> bool:
        """Is a job of this kind still to be done, of this component if one is given?"""
        query = sa.select(jobs.c.id).where(jobs.c.kind == kind, jobs.c.state.in_(("waiting", "running")))
        if component_id:
            query = query.where(jobs.c.payload["component"].as_string() == component_id)
        return self._connection.execute(query.limit(1)).first() is not None

    def counts(self) -> Mapping[tuple[str, str], int]:
        """How many jobs of each kind are in each state."""
        rows = self._connection.execute(
            sa.select(jobs.c.kind, jobs.c.state, sa.func.count()).group_by(jobs.c.kind, jobs.c.state)
        )
        return {(row[0], row[1]): row[2] for row in rows}

    def unread(self) -> int:
        """How many files are still to be read, or could not be."""
        return self._connection.execute(
            sa.select(sa.func.count()).select_from(jobs).where(jobs.c.kind == "read")
        ).scalar_one()

    def dead(self) -> Sequence[DeadJob]:
        rows = self._connection.execute(sa.select(jobs).where(jobs.c.state == "dead").order_by(jobs.c.id).limit(500))
        return [DeadJob(row.id, row.kind, row.payload, row.error) for row in rows]

    def revive(self, job_id: int, at: datetime) -> bool:
        """Try a dead job again; False if it is not there or not dead."""
        return (
            self._connection.execute(
                jobs.update()
                .where(jobs.c.id == job_id, jobs.c.state == "dead")
                .values(state="waiting", attempts=0, run_after=at, lease_until=None)
            ).rowcount
            == 1
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """The index should be brought up to this state of a record."""

    record_id: str
    wanted: int


class IndexQueue:
    """While a record is in here, the index may still say something old of it: searches hide it."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, record_id: str, at: datetime) -> None:
        """Ask for a record to be indexed again; asking twice is asking once."""
        changed = self._connection.execute(
            index_queue.update().where(index_queue.c.record_id == record_id).values(wanted=index_queue.c.wanted + 1)
        )
        if changed.rowcount == 0:
            self._connection.execute(index_queue.insert().values(record_id=record_id, wanted=1, queued_at=at))

    def next(self, limit: int) -> Sequence[Wanted]:
        rows = self._connection.execute(
            sa.select(index_queue.c.record_id, index_queue.c.wanted).order_by(index_queue.c.queued_at).limit(limit)
        )
        return [Wanted(row[0], row[1]) for row in rows]

    def done(self, wanted: Iterable[Wanted]) -> None:
        """The index has this state. A record asked for again meanwhile stays in the queue."""
        for one in wanted:
            self._connection.execute(
                index_queue.delete().where(index_queue.c.record_id == one.record_id, index_queue.c.wanted == one.wanted)
            )

    def among(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of these records that wait."""
        these = sa.select(index_queue.c.record_id).where(index_queue.c.record_id.in_(ids))
        return frozenset(self._connection.execute(these).scalars())

    def ids(self) -> frozenset[str]:
        return frozenset(self._connection.execute(sa.select(index_queue.c.record_id)).scalars())

    def settled(self, but: Sequence[str]) -> int:
        """How many records wait for nothing here, leaving out those in these states."""
        waiting = sa.exists().where(index_queue.c.record_id == records.c.id)
        counted = sa.select(sa.func.count()).where(records.c.lifecycle.not_in(but), ~waiting)
        return self._connection.execute(counted.select_from(records)).scalar_one()

    def backlog(self) -> tuple[int, datetime | None]:
        """How many records wait, and since when the oldest."""
        row = self._connection.execute(sa.select(sa.func.count(), sa.func.min(index_queue.c.queued_at))).one()
        return row[0], row[1]
