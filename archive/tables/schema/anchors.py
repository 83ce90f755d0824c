"""Where the head of the ledger was written down outside, and what it was."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata, one_of

anchors = sa.Table(
    "anchors",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("digest", Digest, nullable=False),
    sa.Column("means", sa.String(10), nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("made_by", sa.String(16), nullable=False),
    one_of("means", "file", "email", "slip"),
    sa.Index("ix_anchors_seq", "seq"),
)
