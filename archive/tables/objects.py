"""Which objects are kept, and the wrapped key of each. Without its row an object cannot be opened."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from archive.tables.schema.objects import objects
from archive.tables.schema.records import components


class StoredObject(NamedTuple):
    """`digest` is that of the content, `address` the name in the store; sizes before and after sealing.

    A backup makes one for every object there is, so it is of the kind that is made fastest.
    """

    digest: str
    address: str
    size_bytes: int
    stored_bytes: int
    wrapped_key: bytes
    kept: bool


class Objects:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, digest: str) -> StoredObject | None:
        row = self._connection.execute(sa.select(objects).where(objects.c.digest == digest)).mappings().one_or_none()
        return None if row is None else _object(row)

    def texts_of(self, record_ids: Sequence[str]) -> Mapping[str, StoredObject]:
        """The texts of all components of these records, by digest."""
        if not record_ids:
            return {}
        rows = self._connection.execute(_TEXTS, {"ids": record_ids})
        return {row["digest"]: _object(row) for row in rows.mappings()}

    def reserve(self, digest: str, address: str, size_bytes: int, wrapped_key: bytes, at: datetime) -> StoredObject:
        """Fix the key before the bytes are written: whoever writes them again writes them alike."""
        self._connection.execute(
            objects.insert().values(
                digest=digest,
                address=address,
                size_bytes=size_bytes,
                stored_bytes=0,
                wrapped_key=wrapped_key,
                state="reserved",
                created_at=at,
            )
        )
        return StoredObject(digest, address, size_bytes, 0, wrapped_key, kept=False)

    def has_address(self, address: str) -> bool:
        return (
            self._connection.execute(sa.select(objects.c.digest).where(objects.c.address == address)).first()
            is not None
        )

    def keep(self, digest: str, stored_bytes: int) -> None:
        """The bytes are in the store, synced and read back."""
        self._connection.execute(
            objects.update().where(objects.c.digest == digest).values(state="kept", stored_bytes=stored_bytes)
        )

    def every(self) -> Iterable[StoredObject]:
        for row in self._connection.execute(sa.select(objects).order_by(objects.c.digest)).mappings():
            yield _object(row)

    def totals(self) -> tuple[int, int, int]:
        """How many objects are kept, their size, and their size in the store."""
        row = self._connection.execute(
            sa.select(
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(objects.c.size_bytes), 0),
                sa.func.coalesce(sa.func.sum(objects.c.stored_bytes), 0),
            ).where(objects.c.state == "kept")
        ).one()
        # PostgreSQL adds whole numbers up to one of another type.
        return row[0], int(row[1]), int(row[2])


def _object(row: sa.RowMapping) -> StoredObject:
    return StoredObject(
        row["digest"],
        row["address"],
        row["size_bytes"],
        row["stored_bytes"],
        row["wrapped_key"],
        row["state"] == "kept",
    )


_TEXTS = sa.select(objects).where(
    objects.c.digest.in_(
        sa.select(components.c.text_digest).where(components.c.record_id.in_(sa.bindparam("ids", expanding=True)))
    )
)
