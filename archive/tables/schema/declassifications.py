"""Proposals to lower a level, and what became of them."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

declassifications = sa.Table(
    "declassifications",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("level_from", sa.Integer, nullable=False),
    sa.Column("level_to", sa.Integer, nullable=False),
    sa.Column("pii_from", sa.Integer, nullable=False),
    sa.Column("pii_to", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("proposed_by", sa.String(16), nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("decision", sa.String(10), nullable=False),
    sa.Column("decided_by", sa.String(16), nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("remark", sa.Text, nullable=False),
    sa.Column("happened_by", sa.String(16), nullable=False),
    sa.Column("done_at", Instant),
    sa.Column("void", sa.Boolean(name="void"), nullable=False),
    one_of("decision", "", "agreed", "refused"),
    sa.CheckConstraint("level_to BETWEEN 0 AND level_from AND level_from <= 3", name="level"),
    sa.CheckConstraint("pii_to BETWEEN 0 AND pii_from AND pii_from <= 2", name="pii"),
    # INV-18: nothing is lowered that a second person has not agreed to.
    sa.CheckConstraint("decided_by = '' OR decided_by <> proposed_by", name="second"),
    sa.CheckConstraint("done_at IS NULL OR decision = 'agreed'", name="agreed"),
    # One proposal at a time.
    sa.Index(
        "uq_declassifications_running",
        "record_id",
        unique=True,
        sqlite_where=sa.text("decision <> 'refused' AND done_at IS NULL AND NOT void"),
        postgresql_where=sa.text("decision <> 'refused' AND done_at IS NULL AND NOT void"),
    ),
)
