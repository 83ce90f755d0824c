"""Which bytes are kept, and the wrapped key of each object."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Instant, metadata, one_of

objects = sa.Table(
    "objects",
    metadata,
    sa.Column("digest", Digest, primary_key=True),
    sa.Column("address", Digest, nullable=False, unique=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("stored_bytes", sa.BigInteger, nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    one_of("state", "reserved", "kept"),
    sa.Index("ix_objects_kept", "state", "size_bytes", "stored_bytes"),
)
