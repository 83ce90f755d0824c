"""What happened. Lines are added and never changed; how they hang together is in `chain`.

The payload holds ids and codes, never titles or names, so that nothing ever has to be removed from it.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from archive.errors import Conflict
from archive.model import Event
from archive.tables.chain import CLOCK_CORRECTED, START, Fault, Line, faults
from archive.tables.parts import parts
from archive.tables.schema.columns import EPOCH
from archive.tables.schema.ledger import ledger, ledger_head

CLOCK_TOLERANCE = timedelta(minutes=2)
"""How far the clock may be behind the last line before writing is refused (T21)."""


class Ledger:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self.by = ""
        """Who acts in the name of the actor, if somebody does; goes into the payload of every line."""

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
            _believe(at, head.at)
            at = head.at
        if self.by:
            payload["by"] = self.by
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

    def believe(self, at: datetime) -> None:
        """Raise Conflict, as `add` would, when the clock was set back: before work is done that could not be noted."""
        head = self._connection.execute(sa.select(ledger_head.c.at)).scalar_one_or_none()
        if head is not None:
            _believe(at, head)

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

    def sought(
        self,
        *,
        subject_id: str = "",
        subject_ids: Sequence[str] = (),
        actor: str = "",
        action: str = "",
        actions: Sequence[str] = (),
        families: Sequence[str] = (),
        first: datetime | None = None,
        last: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> Sequence[Event]:
        """Lines that answer a question, the newest first; what is empty does not narrow. `last` is not included."""
        conditions: list[sa.ColumnElement[bool]] = []
        if subject_id:
            conditions.append(ledger.c.subject_id == subject_id)
        if subject_ids:
            conditions.append(ledger.c.subject_id.in_(subject_ids))
        if actor:
            conditions.append(ledger.c.actor == actor)
        if action:
            # The beginning of an action names a family: `loan` finds loan.requested.
            conditions.append(ledger.c.action.startswith(action, autoescape=True))
        if actions:
            conditions.append(ledger.c.action.in_(actions))
        if families:
            below = (ledger.c.action.startswith(f"{one}.", autoescape=True) for one in families)
            conditions.append(sa.or_(ledger.c.action.in_(families), *below))
        if first is not None:
            conditions.append(ledger.c.at >= first)
        if last is not None:
            conditions.append(ledger.c.at < last)
        if before is not None:
            conditions.append(ledger.c.seq < before)
        rows = self._connection.execute(sa.select(ledger).where(*conditions).order_by(ledger.c.seq.desc()).limit(limit))
        return [_event(row) for row in rows.mappings()]

    def until(self, subject_kind: str, subject_id: str, at: datetime | None) -> Sequence[Event]:
        """Everything that happened to a subject until an instant, the oldest first."""
        conditions = [ledger.c.subject_kind == subject_kind, ledger.c.subject_id == subject_id]
        if at is not None:
            conditions.append(ledger.c.at <= at)
        rows = self._connection.execute(sa.select(ledger).where(*conditions).order_by(ledger.c.seq))
        return [_event(row) for row in rows.mappings()]

    def of_subjects(
        self, subject_kind: str, subject_ids: Sequence[str], actions: Sequence[str]
    ) -> Mapping[str, Sequence[Event]]:
        """Lines of these kinds about each of these subjects, the oldest first."""
        found: dict[str, list[Event]] = {one: [] for one in subject_ids}
        for some in parts(subject_ids):
            rows = self._connection.execute(
                sa.select(ledger)
                .where(
                    ledger.c.subject_kind == subject_kind,
                    ledger.c.subject_id.in_(some),
                    ledger.c.action.in_(actions),
                )
                .order_by(ledger.c.seq)
            )
            for row in rows.mappings():
                found[row["subject_id"]].append(_event(row))
        return found

    def after(self, seq: int, *, limit: int) -> Sequence[Event]:
        """The lines that follow this one, the oldest first."""
        rows = self._connection.execute(sa.select(ledger).where(ledger.c.seq > seq).order_by(ledger.c.seq).limit(limit))
        return [_event(row) for row in rows.mappings()]

    def digest_of(self, seq: int) -> str:
        """The digest of a line as it stands now; empty if there is none."""
        return self._connection.execute(sa.select(ledger.c.digest).where(ledger.c.seq == seq)).scalar() or ""

    def believe_the_clock(self, at: datetime) -> tuple[int, int, datetime]:
        """Let the next line be written at `at`, although the last ones say a later time.

        Returns the first and the last of those lines and what the last one says. Raises Conflict when there are none.
        """
        head = self._connection.execute(sa.select(ledger_head).with_for_update()).one_or_none()
        if head is None or head.at <= at + CLOCK_TOLERANCE:
            raise Conflict("The clock is not behind the ledger: there is nothing to correct.", "clock-right")
        known = sa.select(sa.func.coalesce(sa.func.max(ledger.c.seq), 0)).where(ledger.c.action == CLOCK_CORRECTED)
        first: int = self._connection.execute(
            sa.select(sa.func.min(ledger.c.seq)).where(ledger.c.at > at, ledger.c.seq >= known.scalar_subquery())
        ).scalar_one()
        self._connection.execute(ledger_head.update().values(at=at))
        return first, head.seq, head.at

    def recent(self, actor: str, since: datetime, *, limit: int) -> Sequence[Event]:
        """What this actor did after an instant, the newest first, at most so much of it."""
        return [event for event in self.lines(actor=actor, limit=limit) if event.at > since]

    def subjects(self, kind: str, *, after: int, actions: Collection[str] = ()) -> Sequence[str]:
        """What lines after this number are about, of one kind; those of some actions if any are named."""
        query = sa.select(ledger.c.subject_kind, ledger.c.subject_id).where(ledger.c.seq > after)
        if actions:
            query = query.where(ledger.c.action.in_(sorted(actions)))
        # Asked for the kind too, SQLite reads every line there ever was of it rather than the few after this number.
        rows = self._connection.execute(query.order_by(ledger.c.seq))
        return list(dict.fromkeys(row.subject_id for row in rows if row.subject_kind == kind))

    def told(self, action: str, *, after: int, limit: int) -> Sequence[tuple[int, str]]:
        """Lines of one action after this number, the oldest first: the number of each, and what it is about."""
        rows = self._connection.execute(
            sa.select(ledger.c.seq, ledger.c.subject_id)
            .where(ledger.c.seq > after, ledger.c.action == action)
            .order_by(ledger.c.seq)
            .limit(limit)
        )
        return [(row.seq, row.subject_id) for row in rows]

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


def _believe(at: datetime, last: datetime) -> None:
    if at < last - CLOCK_TOLERANCE:
        raise Conflict(
            "The clock of this server is behind the last line of the ledger "
            f"({last:%Y-%m-%d %H:%M:%S} UTC); nothing is written until it is set right. If it was ahead "
            "before, and is right now: muniment ledger clock",
            "clock-set-back",
        )


def _event(row: sa.RowMapping) -> Event:
    values: dict[str, Any] = {**row, "payload": json.loads(row["payload"])}
    return Event(**values)
