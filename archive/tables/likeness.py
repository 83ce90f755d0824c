"""Sketches of texts, to find what says nearly the same."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from archive.tables.schema.likeness import sketch_bands, sketches
from archive.tables.schema.records import components

CANDIDATES_MAX = 50


class Likeness:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def put(self, component_id: str, sketch: bytes | None, bands: Sequence[int]) -> None:
        """Replace the sketch of a file; None when it has none."""
        for table in (sketch_bands, sketches):
            self._connection.execute(table.delete().where(table.c.component_id == component_id))
        if sketch is not None:
            self._connection.execute(sketches.insert().values(component_id=component_id, sketch=sketch))
            self._connection.execute(
                sketch_bands.insert(),
                [{"component_id": component_id, "band": band, "value": value} for band, value in enumerate(bands)],
            )

    def sketch(self, component_id: str) -> bytes | None:
        return self._connection.execute(
            sa.select(sketches.c.sketch).where(sketches.c.component_id == component_id)
        ).scalar()

    def near(self, component_id: str) -> Mapping[str, bytes]:
        """Sketches worth comparing with that of this file: current files of other records that share a band."""
        own = sketch_bands.alias()
        shared = (
            sa.select(sketch_bands.c.component_id, sa.func.count().label("shared"))
            .join(own, (own.c.band == sketch_bands.c.band) & (own.c.value == sketch_bands.c.value))
            .where(own.c.component_id == component_id, sketch_bands.c.component_id != component_id)
            .group_by(sketch_bands.c.component_id)
            .order_by(sa.text("shared DESC"))
            .limit(CANDIDATES_MAX)
            .subquery()
        )
        mine = sa.select(components.c.record_id).where(components.c.id == component_id).scalar_subquery()
        rows = self._connection.execute(
            sa.select(sketches.c.component_id, sketches.c.sketch)
            .join(shared, shared.c.component_id == sketches.c.component_id)
            .join(components, components.c.id == sketches.c.component_id)
            .where(components.c.current, components.c.record_id != mine)
        )
        return {row[0]: row[1] for row in rows}
