"""Certified copies: what was given away, and the code by which it is verified."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata

certified_copies = sa.Table(
    "certified_copies",
    metadata,
    # 80 random bits: not to be guessed, and telling nothing.
    sa.Column("code", Id, primary_key=True),
    sa.Column("item_id", Id, sa.ForeignKey("loan_items.id"), nullable=False, unique=True),
    sa.Column("loan_id", Id, sa.ForeignKey("loans.id"), nullable=False, index=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    # NULL once the record is destroyed, and the copy kept here with it: the code stays genuine.
    sa.Column("digest", Digest, sa.ForeignKey("objects.digest")),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("made_by", sa.String(16), nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)
