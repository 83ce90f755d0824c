"""What the archive knows of itself."""

import sqlalchemy as sa

from archive.tables.schema.columns import metadata

meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
