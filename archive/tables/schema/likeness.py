"""Sketches of what files say, and the bands by which alike ones are found."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, metadata

sketches = sa.Table(
    "sketches",
    metadata,
    sa.Column("component_id", Id, sa.ForeignKey("components.id"), primary_key=True),
    sa.Column("sketch", sa.LargeBinary, nullable=False),
)

sketch_bands = sa.Table(
    "sketch_bands",
    metadata,
    sa.Column("component_id", Id, sa.ForeignKey("components.id"), primary_key=True),
    sa.Column("band", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", sa.BigInteger, nullable=False),
    sa.Index("ix_sketch_bands_value", "band", "value"),
)
