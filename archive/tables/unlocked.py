"""Which file came with a lock and has a copy without one."""

from datetime import datetime

import sqlalchemy as sa

from archive.tables.schema.unlocked import unlocked_copies


class Unlocked:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, component_id: str) -> str:
        """The digest of the copy without a lock; empty if there is none."""
        digest = self._connection.execute(
            sa.select(unlocked_copies.c.digest).where(unlocked_copies.c.component_id == component_id)
        ).scalar()
        return digest or ""

    def put(self, component_id: str, digest: str, person_id: str, at: datetime) -> None:
        """This is the copy; one before it is replaced."""
        self._connection.execute(unlocked_copies.delete().where(unlocked_copies.c.component_id == component_id))
        self._connection.execute(
            unlocked_copies.insert().values(
                component_id=component_id, digest=digest, unlocked_by=person_id, unlocked_at=at
            )
        )
