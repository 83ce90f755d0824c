"""What looked unusual in the ledger: once for each person, kind and hour; open until somebody has looked into it."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("hour", Instant, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("raised_at", Instant, nullable=False),
    sa.Column("closed_by", sa.String(16), nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("finding", sa.Text, nullable=False),
    one_of("kind", "many-reads", "off-hours", "refusals"),
    # Nobody closes what is said about themselves.
    sa.CheckConstraint("closed_by = '' OR closed_by <> person_id", name="not_oneself"),
    sa.UniqueConstraint("person_id", "kind", "hour"),
)
