"""Forms as they were from a day on; every copy of one under its serial."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

form_versions = sa.Table(
    "form_versions",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("changed_by", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.CheckConstraint("reason <> ''", name="reason"),
)

# What was filled in is no column here: it lies sealed in the record, and is destroyed with it.
form_sheets = sa.Table(
    "form_sheets",
    metadata,
    sa.Column("serial", sa.String(60), primary_key=True),
    sa.Column("form", sa.String(20), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("class_code", sa.String(20), sa.ForeignKey("classes.code"), nullable=False),
    sa.Column("given_at", Instant, nullable=False),
    sa.Column("given_by", sa.String(16), nullable=False),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), unique=True),
    sa.Column("filled_at", Instant),
    sa.Column("filled_by", sa.String(16), nullable=False),
    sa.Column("completed_at", Instant),
    sa.Column("how", sa.String(10), nullable=False),
    # What a page sent twice is filled in once.
    sa.Column("once", sa.String(16), unique=True),
    # Of serials that the form counts itself; those of a class have both in reference_codes.
    sa.Column("given_to", sa.Text, nullable=False, server_default=""),
    sa.Column("void_reason", sa.Text, nullable=False, server_default=""),
    one_of("how", "blank", "screen", "scan"),
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("(record_id IS NULL) = (filled_at IS NULL)", name="filled"),
    sa.CheckConstraint(
        "(record_id IS NULL) = (how = 'blank') AND (record_id IS NULL OR void_reason = '')", name="blank"
    ),
)

# Scans that bear the square of a form and are no copy of it, with why: whoever files one is told.
form_squares = sa.Table(
    "form_squares",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("serial", sa.String(60), nullable=False),
    sa.Column("form", sa.String(20), nullable=False),
    sa.Column("outcome", sa.String(10), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    one_of("outcome", "taken", "unknown", "void", "other-site", "apart", "taken-off"),
    sa.CheckConstraint("(outcome = 'taken-off') = (reason <> '')", name="reason"),
)
