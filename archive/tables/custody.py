"""Who keeps what: taken up, passed on, never two at a time and never nobody in between (INV-12)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from access.rules import Scope
from archive.model import KEPT
from archive.tables.schema.custody import custody
from archive.tables.schema.people import people
from archive.tables.schema.records import records
from archive.tables.scopes import inside


@dataclass(frozen=True, slots=True)
class Turn:
    """One keeper of a record, from when until when."""

    record_id: str
    turn: int
    keeper_kind: str
    """person or outside; of the latter the id is the handover's."""
    keeper_id: str
    since: datetime
    until: datetime | None
    handover_id: str


class Custody:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def begin(self, record_ids: Sequence[str], person_id: str, at: datetime) -> int:
        """Somebody takes up what nobody keeps; how many that were. What has a keeper is left with them."""
        kept = sa.select(custody.c.record_id).where(custody.c.record_id.in_(record_ids))
        known = set(self._connection.execute(kept).scalars())
        fresh = [one for one in dict.fromkeys(record_ids) if one not in known]
        first = {"turn": 1, "keeper_kind": "person", "keeper_id": person_id, "since": at, "handover_id": ""}
        if fresh:
            self._connection.execute(custody.insert(), [{"record_id": one, **first} for one in fresh])
        return len(fresh)

    def pass_on(self, record_ids: Sequence[str], kind: str, keeper_id: str, at: datetime, handover_id: str) -> None:
        """From this instant somebody else keeps them: where the old turn ends the new one begins."""
        turns = {
            row.record_id: row.turn
            for row in self._connection.execute(
                sa.select(custody.c.record_id, sa.func.max(custody.c.turn).label("turn"))
                .where(custody.c.record_id.in_(record_ids))
                .group_by(custody.c.record_id)
            )
        }
        self._connection.execute(
            custody.update().where(custody.c.record_id.in_(record_ids), custody.c.until.is_(None)).values(until=at)
        )
        rows = [
            {
                "record_id": record_id,
                "turn": turns.get(record_id, 0) + 1,
                "keeper_kind": kind,
                "keeper_id": keeper_id,
                "since": at,
                "handover_id": handover_id,
            }
            for record_id in dict.fromkeys(record_ids)
        ]
        if rows:
            self._connection.execute(custody.insert(), rows)

    def of(self, record_id: str) -> Sequence[Turn]:
        """Every keeper a record has had, first to last."""
        rows = self._connection.execute(
            sa.select(custody).where(custody.c.record_id == record_id).order_by(custody.c.turn)
        )
        return [Turn(**row) for row in rows.mappings()]

    def every(self) -> Sequence[Turn]:
        rows = self._connection.execute(sa.select(custody).order_by(custody.c.record_id, custody.c.turn))
        return [Turn(**row) for row in rows.mappings()]

    def open_of(self, person_id: str) -> int:
        """How many records somebody keeps now."""
        return self._connection.execute(sa.select(sa.func.count()).where(*_kept_by(person_id))).scalar_one()

    def oldest_of(self, person_id: str) -> datetime | None:
        """Since when somebody keeps what they have kept longest."""
        return self._connection.execute(sa.select(sa.func.min(custody.c.since)).where(*_kept_by(person_id))).scalar()

    def sites_of(self, person_id: str) -> Mapping[str, int]:
        """How many records somebody keeps now at each site."""
        rows = self._connection.execute(
            sa.select(records.c.site, sa.func.count())
            .join(custody, custody.c.record_id == records.c.id)
            .where(*_kept_by(person_id))
            .group_by(records.c.site)
        )
        return {row[0]: row[1] for row in rows}

    def keepers(self) -> Mapping[str, int]:
        """How many records each person keeps now."""
        rows = self._connection.execute(
            sa.select(custody.c.keeper_id, sa.func.count())
            .where(custody.c.keeper_kind == "person", custody.c.until.is_(None))
            .group_by(custody.c.keeper_id)
        )
        return {row[0]: row[1] for row in rows}

    def listed(
        self,
        scope: Scope,
        lifecycles: Collection[str],
        *,
        keeper_id: str,
        site: str,
        class_code: str,
        department: str,
        location: str,
    ) -> Sequence[str]:
        """Records that may be put on a list: those this person keeps (nobody's, if no person is named), and those of
        the scope that nobody has ever kept."""
        condition = records.c.id.not_in(sa.select(custody.c.record_id)) & inside(scope)
        if keeper_id:
            condition |= records.c.id.in_(sa.select(custody.c.record_id).where(*_kept_by(keeper_id)))
        for column, value in ((records.c.site, site), (records.c.department, department)):
            if value:
                condition &= column == value
        if class_code:
            condition &= records.c.class_code.startswith(class_code, autoescape=True)
        if location:
            condition &= records.c.shelf_location.startswith(location, autoescape=True)
        return list(
            self._connection.execute(
                sa.select(records.c.id).where(condition, records.c.lifecycle.in_(lifecycles))
            ).scalars()
        )

    def unkept(self, scope: Scope) -> Mapping[str, int]:
        """How many filed records nobody keeps, at each site of this scope."""
        ever = sa.select(custody.c.record_id)
        rows = self._connection.execute(
            sa.select(records.c.site, sa.func.count())
            .where(inside(scope), records.c.lifecycle.in_(KEPT), records.c.id.not_in(ever))
            .group_by(records.c.site)
        )
        return {row[0]: row[1] for row in rows}

    def unkept_at(self, scope: Scope, site: str) -> Sequence[str]:
        ever = sa.select(custody.c.record_id)
        return list(
            self._connection.execute(
                sa.select(records.c.id).where(
                    inside(scope), records.c.lifecycle.in_(KEPT), records.c.site == site, records.c.id.not_in(ever)
                )
            ).scalars()
        )

    def keeper_of(self, record_id: str) -> tuple[str, datetime] | None:
        """The name of who keeps this record now, and since when; None when nobody of us does."""
        row = self._connection.execute(
            sa.select(people.c.name, custody.c.since)
            .join(custody, custody.c.keeper_id == people.c.id)
            .where(custody.c.record_id == record_id, custody.c.until.is_(None), custody.c.keeper_kind == "person")
        ).one_or_none()
        return None if row is None else (row[0], row[1])


def _kept_by(person_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (custody.c.keeper_kind == "person", custody.c.keeper_id == person_id, custody.c.until.is_(None))
