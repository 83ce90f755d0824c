"""Which office file was laid out, as which PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.tables.schema.layouts import layouts
from archive.tables.schema.records import components


@dataclass(frozen=True, slots=True)
class Layout:
    """`digest` is of a PDF of so many pages; empty, with no pages, for what was tried and cannot be laid out."""

    digest: str = ""
    pages: int = 0


class Layouts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, component_id: str) -> Layout | None:
        """None while nobody has tried."""
        row = self._connection.execute(
            sa.select(layouts.c.digest, layouts.c.pages).where(layouts.c.component_id == component_id)
        ).one_or_none()
        return None if row is None else Layout(row.digest or "", row.pages)

    def owed(self, media_types: Sequence[str], *, limit: int) -> Sequence[str]:
        """Files of these kinds with pages to look at that nobody has tried to lay out; current ones, newest first."""
        rows = self._connection.execute(
            sa.select(components.c.id)
            .outerjoin(layouts, layouts.c.component_id == components.c.id)
            .where(
                layouts.c.component_id.is_(None),
                components.c.media_type.in_(media_types),
                components.c.image_pages > 0,
                components.c.current,
            )
            .order_by(components.c.added_at.desc(), components.c.id)
            .limit(limit)
        )
        return list(rows.scalars())

    def put(self, component_id: str, layout: Layout, at: datetime) -> None:
        """Remember what became of it, once; from now on the pages of this component are those of its layout."""
        self._connection.execute(
            layouts.insert().values(
                component_id=component_id, digest=layout.digest or None, pages=layout.pages, tried_at=at
            )
        )
        if layout.digest:
            self._connection.execute(
                components.update().where(components.c.id == component_id).values(image_pages=layout.pages)
            )
