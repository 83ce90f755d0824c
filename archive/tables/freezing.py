"""What is frozen by a handover is not changed: the one question every change of a record or a loan asks (INV-13)."""

from collections.abc import Collection

import sqlalchemy as sa

from archive.errors import Conflict
from archive.tables.parts import parts
from archive.tables.schema.handovers import handover_freezes

FROZEN = "It is being handed over: nothing of it is changed or lent until that is finished."


def frozen_of(connection: sa.Connection, record_ids: Collection[str]) -> frozenset[str]:
    """Those of these records that are being handed over."""
    found: set[str] = set()
    for some in parts(record_ids):
        asked = sa.select(handover_freezes.c.record_id).where(handover_freezes.c.record_id.in_(some))
        found.update(connection.execute(asked).scalars())
    return frozenset(found)


def refuse_frozen(connection: sa.Connection, record_ids: Collection[str]) -> None:
    """Raises Conflict if any of these records is being handed over."""
    if frozen_of(connection, record_ids):
        raise Conflict(FROZEN, "frozen")
