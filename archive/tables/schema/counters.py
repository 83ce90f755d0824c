"""Numbers that are given out once."""

import sqlalchemy as sa

from archive.tables.schema.columns import metadata

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
