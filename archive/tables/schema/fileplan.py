"""The classes that records belong to."""

import sqlalchemy as sa

from archive.tables.schema.columns import metadata

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
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("pii BETWEEN 0 AND 2", name="pii"),
    # MoReq2010: a class cannot be used until it has a schedule (INV-03).
    sa.CheckConstraint("retention <> ''", name="retention"),
)
