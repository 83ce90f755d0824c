"""When each round is due next, and how it went last."""

import sqlalchemy as sa

from archive.tables.schema.columns import Instant, metadata

rounds = sa.Table(
    "rounds",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("schedule", sa.Text, nullable=False),
    sa.Column("next_at", Instant),
    sa.Column("lease_until", Instant),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("began_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("error", sa.Text, nullable=False),
)
