"""What somebody should know, and which channel has claimed to say it."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject_kind", sa.String(20), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("read_at", Instant),
    sa.Index("ix_notices_person_id", "person_id", "read_at", "at"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("notice_id", Id, sa.ForeignKey("notices.id"), primary_key=True),
    sa.Column("channel", sa.String(20), primary_key=True),
    sa.Column("claimed_at", Instant, nullable=False),
)
