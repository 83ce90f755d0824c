"""The classes that records belong to, every state each of them had, and what took whose place."""

import sqlalchemy as sa

from archive.tables.schema.columns import Instant, metadata

classes = sa.Table(
    "classes",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("retention", sa.Text, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("pii", sa.Integer, nullable=False),
    sa.Column("responsible_post", sa.Text, nullable=False),
    sa.Column("required_documents", sa.JSON, nullable=False),
    sa.Column("pattern", sa.String(10), nullable=False),
    sa.Column("review_cycle", sa.Text, nullable=False),
    sa.Column("standard_clause", sa.Text, nullable=False),
    sa.Column("mandate", sa.Text, nullable=False, server_default=""),
    sa.Column("filing_deadline", sa.Text, nullable=False, server_default=""),
    sa.Column("vital", sa.Boolean(name="vital"), nullable=False, server_default=sa.false()),
    sa.Column("closed_on", sa.Date),
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("pii BETWEEN 0 AND 2", name="pii"),
    # MoReq2010: a class cannot be used until it has a schedule (INV-03).
    sa.CheckConstraint("retention <> ''", name="retention"),
)

class_versions = sa.Table(
    "class_versions",
    metadata,
    sa.Column("code", sa.String(20), sa.ForeignKey("classes.code"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("changed_by", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
)

class_crosswalk = sa.Table(
    "class_crosswalk",
    metadata,
    sa.Column("old_code", sa.String(20), sa.ForeignKey("classes.code"), primary_key=True),
    sa.Column("new_code", sa.String(20), sa.ForeignKey("classes.code"), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.CheckConstraint("old_code <> new_code", name="two_classes"),
)

class_reviews = sa.Table(
    "class_reviews",
    metadata,
    sa.Column("code", sa.String(20), sa.ForeignKey("classes.code"), primary_key=True),
    sa.Column("reviewed_on", sa.Date, primary_key=True),
    sa.Column("by", sa.String(16), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)
