"""Keys that tenants received, gave back or paid for: lines that are only ever added."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

room_keys = sa.Table(
    "room_keys",
    metadata,
    sa.Column("dossier_id", Id, sa.ForeignKey("dossiers.id"), primary_key=True),
    sa.Column("key", sa.String(40), primary_key=True),
    # Two people who count at once cannot both be next.
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("what", sa.String(12), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    # How many are out after this line (INV-27): never fewer than none.
    sa.Column("outstanding", sa.Integer, nullable=False),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("by", sa.String(16), nullable=False),
    one_of("what", "issued", "returned", "compensated"),
    sa.CheckConstraint("number > 0", name="number"),
    sa.CheckConstraint("outstanding >= 0", name="outstanding"),
    sa.CheckConstraint("what <> 'compensated' OR note <> ''", name="compensated_why"),
)
