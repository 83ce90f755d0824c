"""What is frozen by a handover is not changed: the one question every change of a record or a loan asks (INV-13)."""

from collections.abc import Collection

import sqlalchemy as sa

from archive.errors import Conflict
from archive.tables.schema.handovers import handover_freezes


def refuse_frozen(connection: sa.Connection, record_ids: Collection[str]) -> None:
    """Raises Conflict if any of these records is being handed over."""
    frozen = sa.select(sa.literal(1)).where(handover_freezes.c.record_id.in_(record_ids)).limit(1)
    if connection.execute(frozen).first() is not None:
        raise Conflict("It is being handed over: nothing of it is changed or lent until that is finished.", "frozen")
