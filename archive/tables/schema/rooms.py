"""Where papers stand: places as a tree, and which record lies in which of them."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

locations = sa.Table(
    "locations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("site", sa.String(20), sa.ForeignKey("sites.code"), nullable=False),
    sa.Column("parent_id", Id, sa.ForeignKey("locations.id"), index=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("code", sa.String(60), nullable=False),
    sa.Column("address", sa.String(250), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("media", sa.Text, nullable=False),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("labelled_at", Instant),
    one_of("kind", "room", "cabinet", "shelf", "box"),
    sa.CheckConstraint("capacity >= 0", name="capacity"),
    sa.CheckConstraint("(parent_id IS NULL) = (address = code)", name="address"),
    sa.UniqueConstraint("site", "address"),
)

placements = sa.Table(
    "placements",
    metadata,
    # A paper is in one place (INV-07); its written address is that of the place.
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("location_id", Id, sa.ForeignKey("locations.id"), nullable=False, index=True),
)
