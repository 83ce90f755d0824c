"""What somebody should know, how they want to be told, what waits to leave the house, and what left."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

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

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("notice_id", Id, sa.ForeignKey("notices.id"), primary_key=True),
    sa.Column("channel", sa.String(20), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("waits_since", Instant, nullable=False),
    sa.Index("ix_outbox_person_id", "person_id", "channel"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("notice_id", Id, sa.ForeignKey("notices.id"), primary_key=True),
    sa.Column("channel", sa.String(20), primary_key=True),
    sa.Column("claimed_at", Instant, nullable=False),
    # None after the moment of sending: whoever claimed it was cut off, and nobody knows whether it arrived.
    sa.Column("sent_at", Instant),
    sa.Index("ix_deliveries_sent_at", "sent_at", "claimed_at"),
)

notice_choices = sa.Table(
    "notice_choices",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("topic", sa.String(20), primary_key=True),
    sa.Column("channel", sa.String(20), primary_key=True),
    sa.Column("way", sa.String(6), nullable=False),
    one_of("way", "now", "digest", "off"),
)

notice_hours = sa.Table(
    "notice_hours",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    # Hours as 08:00, empty for none; weekdays as 0 to 6 one after the other, Monday first.
    sa.Column("digest_at", sa.String(5), nullable=False),
    sa.Column("quiet_from", sa.String(5), nullable=False),
    sa.Column("quiet_until", sa.String(5), nullable=False),
    sa.Column("quiet_days", sa.String(7), nullable=False),
    sa.Column("rest_days", sa.String(7), nullable=False),
    sa.Column("digest_next_at", Instant),
    sa.Index("ix_notice_hours_digest_next_at", "digest_next_at"),
)
