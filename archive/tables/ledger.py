"""What happened. Lines are added and never changed; how they hang together is in `chain`.

The payload holds ids and codes, never titles or names, so that nothing ever has to be removed from it.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from archive.errors import Conflict
from archive.model import Event
from archive.tables.chain import START, Fault, Line, faults
from archive.tables.schema.columns import EPOCH
from archive.tables.schema.ledger import ledger, ledger_head

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the clock may be behind the last line before writing is refused (T21)."""


class Ledger:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(
        self,
        at: datetime,
        actor: str,
        action: str,
        subject_kind: str,
        subject_id: str,
        *,
        site: str = "",
        **payload: object,
    ) -> int:
        """Append one line and return its number. Raises Conflict when the clock was set back.

        Times never decrease (INV-17): a clock that is a little behind repeats the time of the last line.
        """
        head = self._connection.execute(sa.select(ledger_head).with_for_update()).one_or_none()
        seq, previous = (1, START) if head is None else (head.seq + 1, head.digest)
        if head is not None and at < head.at:
            if at < head.at - CLOCK_TOLERANCE:
                raise Conflict(
                    "The clock of this server is behind the last line of the ledger "
                    f"({head.at:%Y-%m-%d %H:%M:%S} UTC); nothing is written until it is set right.",
                    "clock-set-back",
                )
            at = head.at
        body = json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        micros = (at - EPOCH) // timedelta(microseconds=1)
        digest = Line(seq, micros, actor, action, subject_kind, subject_id, site, body, previous).computed()
        self._connection.execute(
            ledger.insert().values(
                seq=seq,
                at=at,
                actor=actor,
                action=action,
                subject_kind=subject_kind,
                subject_id=subject_id,
                site=site,
                payload=body,
                previous=previous,
                digest=digest,
            )
        )
        if head is None:
            self._connection.execute(ledger_head.insert().values(one=1, seq=seq, at=at, digest=digest))
        else:
            self._connection.execute(ledger_head.update().values(seq=seq, at=at, digest=digest))
        return seq

    def head(self) -> tuple[int, str]:
        """Number and digest of the last line; (0, START) when nothing has happened yet."""
        row = self._connection.execute(sa.select(ledger_head.c.seq, ledger_head.c.digest)).one_or_none()
        return (0, START) if row is None else (row.seq, row.digest)

    def lines(
        self, *, subject_id: str | None = None, actor: str | None = None, before: int | None = None, limit: int = 100
    ) -> Sequence[Event]:
        """The newest lines first, of one subject or by one actor if it is given."""
        query = sa.select(ledger).order_by(ledger.c.seq.desc()).limit(limit)
        if subject_id is not None:
            query = query.where(ledger.c.subject_id == subject_id)
        if actor is not None:
            query = query.where(ledger.c.actor == actor)
        if before is not None:
            query = query.where(ledger.c.seq < before)
        return [_event(row) for row in self._connection.execute(query).mappings()]

    def recent(self, actor: str, since: datetime, *, limit: int) -> Sequence[Event]:
        """What this actor did after an instant, the newest first, at most so much of it."""
        return [event for event in self.lines(actor=actor, limit=limit) if event.at > since]

    def every(self) -> Iterator[Line]:
        """All lines as they stand, oldest first, in bounded memory."""
        columns = [sa.type_coerce(ledger.c.at, sa.BigInteger).label("at") if c is ledger.c.at else c for c in ledger.c]
        result = self._connection.execute(sa.select(*columns).order_by(ledger.c.seq))
        for rows in result.partitions(5000):
            for row in rows:
                yield Line(*row)

    def faults(self) -> Iterator[Fault]:
        """Every place where the chain is broken, oldest first."""
        return faults(self.every(), self.head())


def _event(row: sa.RowMapping) -> Event:
    values: dict[str, Any] = {**row, "payload": json.loads(row["payload"])}
    return Event(**values)
