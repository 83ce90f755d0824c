"""Nobody is told twice: what is to be said of something at some rung is claimed before it is said."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from archive.tables.parts import parts
from archive.tables.schema.reminders import reminders


class Reminders:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def claim(self, subject_id: str, due_at: datetime, rung: int, at: datetime) -> bool:
        """True for exactly one caller, ever: whoever is told True says it."""
        known = self._connection.execute(
            sa.select(reminders.c.rung).where(
                reminders.c.subject_id == subject_id, reminders.c.due_at == due_at, reminders.c.rung == rung
            )
        ).first()
        if known is None:
            self._connection.execute(
                reminders.insert().values(subject_id=subject_id, due_at=due_at, rung=rung, claimed_at=at)
            )
        return known is None

    def counts(self, subject_ids: Sequence[str]) -> Mapping[str, int]:
        """How often each was reminded; those that never were are left out."""
        found: dict[str, int] = {}
        for some in parts(subject_ids):
            rows = self._connection.execute(
                sa.select(reminders.c.subject_id, sa.func.count())
                .where(reminders.c.subject_id.in_(some))
                .group_by(reminders.c.subject_id)
            )
            found.update((row[0], row[1]) for row in rows)
        return found
