"""Rights given for a while: which are in force, which wait for a second person or for a review."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from access.grants import Grant, Kind
from archive.errors import Conflict, NotFound
from archive.tables.schema.grants import grants

_CODES = ("classes", "sites", "departments")


class Grants:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, grant: Grant) -> None:
        self._connection.execute(grants.insert().values(_values(grant)))

    def get(self, grant_id: str) -> Grant:
        row = self._connection.execute(sa.select(grants).where(grants.c.id == grant_id)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such grant.")
        return _grant(row)

    def save(self, grant: Grant, before: Grant) -> None:
        """Save a grant that was as `before`. Raises Conflict if somebody else was faster."""
        same = [
            grants.c[name].is_(None) if getattr(before, name) is None else grants.c[name] == getattr(before, name)
            for name in ("confirmed_at", "ended_at", "reviewed_at")
        ]
        changed = self._connection.execute(
            grants.update().where(grants.c.id == grant.id, *same).values(_values(grant))
        ).rowcount
        if changed != 1:
            raise Conflict("Somebody else has changed this meanwhile; reload the page.", "changed-meanwhile")

    def of(self, person_id: str) -> Sequence[Grant]:
        """All this person was ever given, the newest first."""
        return self._where(grants.c.person_id == person_id)

    def in_force(self, person_id: str, at: datetime) -> Sequence[Grant]:
        rows = self._connection.execute(_RUNNING, {"person": person_id, "at": at}).mappings()
        return [grant for grant in map(_grant, rows) if grant.in_force(at)]

    def listed(self, *, ended_before: datetime | None = None, limit: int = 500) -> Sequence[Grant]:
        """What is given, or was until that instant; the newest first."""
        return self._where(*([grants.c.ends_at > ended_before] if ended_before else []), limit=limit)

    def waiting(self) -> Sequence[Grant]:
        """Those a second person has not confirmed, the newest first."""
        found = self._where(grants.c.confirmed_at.is_(None), grants.c.ended_at.is_(None))
        return [grant for grant in found if grant.waits]

    def to_review(self) -> Sequence[Grant]:
        return self._where(
            grants.c.kind == Kind.EMERGENCY, grants.c.confirmed_at.is_not(None), grants.c.reviewed_at.is_(None)
        )

    def _where(self, *conditions: sa.ColumnElement[bool], limit: int = 1000) -> Sequence[Grant]:
        rows = self._connection.execute(
            sa.select(grants).where(*conditions).order_by(grants.c.given_at.desc(), grants.c.id).limit(limit)
        )
        return [_grant(row) for row in rows.mappings()]


def _values(grant: Grant) -> dict[str, Any]:
    values = {column.name: getattr(grant, column.name) for column in grants.c}
    return values | {name: sorted(values[name]) for name in _CODES}


def _grant(row: sa.RowMapping) -> Grant:
    values: dict[str, Any] = dict(row)
    values |= {name: frozenset(values[name]) for name in _CODES}
    values["kind"] = Kind(values["kind"])
    return Grant(**values)


# Asked at the door, for every request.
_RUNNING = (
    sa.select(grants)
    .where(
        grants.c.person_id == sa.bindparam("person"),
        grants.c.ends_at > sa.bindparam("at"),
        grants.c.starts_at <= sa.bindparam("at"),
    )
    .order_by(grants.c.given_at.desc(), grants.c.id)
    .limit(1000)
)
