"""What comes round by itself: due when, run by whom, ended how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from archive.tables.schema.rounds import rounds


@dataclass(frozen=True, slots=True)
class RoundState:
    name: str
    schedule: str
    next_at: datetime | None
    """None: never."""
    lease_until: datetime | None
    """Until when it is taken to be running; None while nobody runs it."""
    began_at: datetime | None
    ended_at: datetime | None
    error: str
    """Why the last run failed, in a sentence; empty when it went well."""


class Rounds:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def every(self) -> Sequence[RoundState]:
        return [_state(row) for row in self._connection.execute(sa.select(rounds).order_by(rounds.c.name))]

    def get(self, name: str) -> RoundState:
        return _state(self._connection.execute(sa.select(rounds).where(rounds.c.name == name)).one())

    def plan(self, name: str, schedule: str, next_at: datetime | None) -> None:
        """Write down a round that is new, or whose schedule has changed; how it went last is kept."""
        changed = self._connection.execute(
            rounds.update().where(rounds.c.name == name).values(schedule=schedule, next_at=next_at)
        )
        if changed.rowcount == 0:
            self._connection.execute(
                rounds.insert().values(name=name, schedule=schedule, next_at=next_at, worker="", error="")
            )

    def claim(self, name: str, at: datetime, worker: str, lease: timedelta) -> bool:
        """Take it on; False when it is not due, or somebody runs it."""
        free = rounds.c.lease_until.is_(None) | (rounds.c.lease_until <= at)
        return (
            self._connection.execute(
                rounds.update()
                .where(rounds.c.name == name, rounds.c.next_at <= at, free)
                .values(lease_until=at + lease, worker=worker, began_at=at)
            ).rowcount
            == 1
        )

    def ended(self, name: str, at: datetime, next_at: datetime | None, error: str) -> None:
        self._connection.execute(
            rounds.update()
            .where(rounds.c.name == name)
            .values(lease_until=None, worker="", ended_at=at, next_at=next_at, error=error)
        )

    def workers(self) -> Sequence[str]:
        """Who runs a round at present."""
        held = sa.select(rounds.c.worker).where(rounds.c.lease_until.is_not(None)).distinct()
        return list(self._connection.execute(held).scalars())

    def release(self, worker: str) -> None:
        """Let what a worker was running, that is no more, be run again."""
        self._connection.execute(rounds.update().where(rounds.c.worker == worker).values(lease_until=None, worker=""))


def _state(row: sa.Row[tuple[object, ...]]) -> RoundState:
    return RoundState(row.name, row.schedule, row.next_at, row.lease_until, row.began_at, row.ended_at, row.error)
