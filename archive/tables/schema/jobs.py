"""Work to do later, and which records the index has yet to catch up with."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("run_after", Instant, nullable=False),
    sa.Column("lease_until", Instant),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    one_of("state", "waiting", "running", "dead"),
    sa.Index("ix_jobs_next", "state", "priority", "run_after"),
)

index_queue = sa.Table(
    "index_queue",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("wanted", sa.BigInteger, nullable=False),
    sa.Column("queued_at", Instant, nullable=False, index=True),
)
