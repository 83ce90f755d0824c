"""Copies without a lock of files that came with one."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata

unlocked_copies = sa.Table(
    "unlocked_copies",
    metadata,
    sa.Column("component_id", Id, sa.ForeignKey("components.id"), primary_key=True),
    sa.Column("digest", Digest, sa.ForeignKey("objects.digest"), nullable=False),
    sa.Column("unlocked_by", sa.String(16), nullable=False),
    sa.Column("unlocked_at", Instant, nullable=False),
)
