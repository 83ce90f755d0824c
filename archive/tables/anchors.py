"""Where the head of the ledger was written down outside."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from archive.model import Anchor
from archive.tables.schema.anchors import anchors


class Anchors:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, anchor: Anchor) -> None:
        self._connection.execute(
            anchors.insert().values({column.name: getattr(anchor, column.name) for column in anchors.c})
        )

    def every(self) -> Sequence[Anchor]:
        """The oldest first."""
        rows = self._connection.execute(sa.select(anchors).order_by(anchors.c.seq, anchors.c.at, anchors.c.id))
        return [_anchor(row) for row in rows.mappings()]

    def get(self, anchor_id: str) -> Anchor | None:
        row = self._connection.execute(sa.select(anchors).where(anchors.c.id == anchor_id)).mappings().one_or_none()
        return None if row is None else _anchor(row)


def _anchor(row: sa.RowMapping) -> Anchor:
    values: dict[str, Any] = dict(row)
    return Anchor(**values)
