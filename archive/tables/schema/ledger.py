"""What happened; lines are only ever added."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Instant, metadata

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.String(16), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject_kind", sa.String(20), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("previous", Digest, nullable=False),
    sa.Column("digest", Digest, nullable=False, unique=True),
    sa.Index("ix_ledger_subject", "subject_kind", "subject_id", "seq"),
    sa.Index("ix_ledger_actor", "actor", "seq"),
)

ledger_head = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("digest", Digest, nullable=False),
    sa.CheckConstraint("one = 1", name="one"),
)
