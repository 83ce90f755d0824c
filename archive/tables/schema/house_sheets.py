"""Sheets that the company writes in its own words."""

import sqlalchemy as sa

from archive.tables.schema.columns import Instant, metadata

house_sheets = sa.Table(
    "house_sheets",
    metadata,
    sa.Column("sheet", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("changed_by", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("rows", sa.JSON, nullable=False),
    sa.CheckConstraint("reason <> ''", name="reason"),
)
