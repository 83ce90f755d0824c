"""Rights given to a person for a while, and emergencies: who gave them, who confirmed them, when they ended."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

grants = sa.Table(
    "grants",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("level_max", sa.Integer, nullable=False),
    sa.Column("pii_max", sa.Integer, nullable=False),
    sa.Column("classes", sa.JSON, nullable=False),
    sa.Column("sites", sa.JSON, nullable=False),
    sa.Column("departments", sa.JSON, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("given_by", sa.String(16), nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Column("confirmed_by", sa.String(16), nullable=False),
    sa.Column("confirmed_at", Instant),
    sa.Column("ended_by", sa.String(16), nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("reviewed_by", sa.String(16), nullable=False),
    sa.Column("reviewed_at", Instant),
    sa.Column("review", sa.Text, nullable=False),
    one_of("kind", "grant", "emergency"),
    sa.CheckConstraint("level_max BETWEEN 0 AND 3", name="level_max"),
    sa.CheckConstraint("pii_max BETWEEN 0 AND 2", name="pii_max"),
    sa.CheckConstraint("purpose <> ''", name="purpose"),
    sa.CheckConstraint("ends_at > starts_at", name="dated"),
    # Two people, whoever writes it: nobody confirms for themselves, nor what they gave.
    sa.CheckConstraint("confirmed_by = '' OR (confirmed_by <> person_id AND confirmed_by <> given_by)", name="second"),
    sa.CheckConstraint("(confirmed_by = '') = (confirmed_at IS NULL)", name="confirmed"),
    sa.CheckConstraint("kind <> 'grant' OR given_by <> person_id", name="not_to_oneself"),
    # INV-30: at most four hours, in microseconds.
    sa.CheckConstraint("kind <> 'emergency' OR ends_at - given_at <= 14400000000", name="four_hours"),
    sa.Index("ix_grants_person_id", "person_id", "ends_at"),
)
