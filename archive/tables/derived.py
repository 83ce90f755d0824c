"""What was made from a component besides it: its text, its pictures, what was recognised, a copy without its lock,
its layout."""

import sqlalchemy as sa

from archive.tables.schema.layouts import layouts
from archive.tables.schema.recognitions import recognised_pages, recognitions
from archive.tables.schema.records import components, renditions
from archive.tables.schema.unlocked import unlocked_copies

_MADE = (
    (recognised_pages, recognised_pages.c.digest),
    (recognitions, recognitions.c.layer_digest),
    (unlocked_copies, unlocked_copies.c.digest),
    (layouts, layouts.c.digest),
    (renditions, renditions.c.digest),
)
"""Tables in the order in which their rows may be taken away."""


class Derived:
    """Whoever takes a component away takes these away with it: each says what the component says."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def digests(self, component_id: str) -> frozenset[str]:
        """The objects that were made from this component. Another component may share one of them."""
        found: set[str | None] = set(
            self._connection.execute(
                sa.select(components.c.text_digest).where(components.c.id == component_id)
            ).scalars()
        )
        for table, digest in _MADE:
            found |= set(
                self._connection.execute(sa.select(digest).where(table.c.component_id == component_id)).scalars()
            )
        return frozenset(digest for digest in found if digest)

    def forget(self, component_id: str) -> None:
        """Nothing was made from this component any more; the objects themselves are whoever asks's to destroy."""
        for table, _ in _MADE:
            self._connection.execute(table.delete().where(table.c.component_id == component_id))
        self._connection.execute(
            components.update().where(components.c.id == component_id).values(text_digest=None, image_pages=0)
        )
