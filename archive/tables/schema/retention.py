"""Holds, disposals, and what a destruction has still to remove from the disk."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

holds = sa.Table(
    "holds",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("placed_at", Instant, nullable=False),
    sa.Column("placed_by", sa.String(16), nullable=False),
    sa.Column("released_at", Instant),
    sa.Column("released_by", sa.String(16), nullable=False),
    sa.Column("release_reason", sa.Text, nullable=False),
    sa.CheckConstraint("reason <> ''", name="reason"),
    sa.CheckConstraint("released_at IS NULL OR release_reason <> ''", name="released"),
)

held_records = sa.Table(
    "held_records",
    metadata,
    sa.Column("hold_id", Id, sa.ForeignKey("holds.id"), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True, index=True),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("added_by", sa.String(16), nullable=False),
)

disposals = sa.Table(
    "disposals",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opened_by", sa.String(16), nullable=False),
    sa.Column("report", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("approved_at", Instant),
    sa.Column("approved_by", sa.String(16), nullable=False),
    sa.Column("cooling_until", Instant),
    sa.Column("executed_at", Instant),
    sa.Column("executed_by", sa.String(16), nullable=False),
    # The index in use when it was carried out: when another one is, nothing of it is in any index file.
    sa.Column("index_name", sa.Text, nullable=False),
    sa.Column("cleaned_at", Instant),
    sa.Column("completed_at", Instant),
    one_of("state", "appraising", "proposed", "cooling_off", "executed", "complete", "cancelled"),
    sa.CheckConstraint(
        "state NOT IN ('cooling_off', 'executed', 'complete') OR (approved_by <> '' AND cooling_until IS NOT NULL)",
        name="approved",
    ),
    sa.CheckConstraint("approved_by = '' OR approved_by <> opened_by", name="two_people"),
)

disposal_people = sa.Table(
    "disposal_people",
    metadata,
    sa.Column("disposal_id", Id, sa.ForeignKey("disposals.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("part", sa.String(10), nullable=False),
    sa.Column("signed_at", Instant),
    sa.Column("digest", sa.String(64), nullable=False),
    one_of("part", "group", "witness"),
)

disposal_items = sa.Table(
    "disposal_items",
    metadata,
    sa.Column("disposal_id", Id, sa.ForeignKey("disposals.id"), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("decision", sa.String(10), nullable=False),
    sa.Column("years", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_by", sa.String(16), nullable=False),
    # A digest over every file of it when it was proposed; empty before.
    sa.Column("files", sa.String(64), nullable=False, server_default=""),
    # Why it was left out after all; empty if it was not.
    sa.Column("left_out", sa.String(20), nullable=False),
    sa.Column("done_at", Instant),
    one_of("decision", "", "extend", "permanent", "destroy"),
)

# What is destroyed already, its key being gone, and still lies on a disk: removed until it is not there.
debris = sa.Table(
    "debris",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    one_of("kind", "object", "source"),
)
