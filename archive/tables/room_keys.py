"""Keys that tenants received, gave back or paid for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from archive.errors import Conflict
from archive.model.room_keys import Move, What
from archive.tables.parts import parts
from archive.tables.schema.room_keys import room_keys


class RoomKeys:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, dossier_ids: Collection[str]) -> Mapping[str, Sequence[Move]]:
        """Every line of these dossiers, oldest first."""
        found: dict[str, list[Move]] = {one: [] for one in dossier_ids}
        for some in parts(dossier_ids):
            rows = self._connection.execute(
                sa.select(room_keys)
                .where(room_keys.c.dossier_id.in_(some))
                .order_by(room_keys.c.at, room_keys.c.key, room_keys.c.position)
            )
            for row in rows.mappings():
                said: dict[str, Any] = {**row, "what": What(row["what"])}
                del said["outstanding"]
                found[row["dossier_id"]].append(Move(**said))
        return found

    def add(self, move: Move, outstanding: int) -> None:
        """Write a line down; `outstanding` is how many are out after it. Raises Conflict if somebody was first."""
        try:
            self._connection.execute(room_keys.insert().values(**asdict(move), outstanding=outstanding))
        except exc.IntegrityError:
            raise Conflict("Somebody else was first; reload the page.", "changed") from None
