"""Places of papers, as a tree; addresses that were typed become places."""

# fmt: off

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "locations",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=250), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('room', 'cabinet', 'shelf', 'box')", name=op.f("ck_locations_kind")),
        sa.CheckConstraint("(parent_id IS NULL) = (address = code)", name=op.f("ck_locations_address")),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_locations_capacity")),
        sa.ForeignKeyConstraint(["parent_id"], ["locations.id"], name=op.f("fk_locations_parent_id")),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_locations_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("site", "address", name=op.f("uq_locations_site_address")),
    )
    op.create_index(op.f("ix_locations_parent_id"), "locations", ["parent_id"], unique=False)
    op.create_table(
        "placements",
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("location_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_placements_location_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_placements_record_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_placements")),
    )
    op.create_index(op.f("ix_placements_location_id"), "placements", ["location_id"], unique=False)
    _take_over()


def _take_over() -> None:
    """Addresses of two to four parts, as 档案室-03柜-2层-01盒, become places; any other text stays as it was typed.

    The address of a place is the text it was made from, so that nothing that was typed is lost.
    """
    connection = op.get_bind()
    records = sa.table(
        "records", sa.column("id"), sa.column("site"), sa.column("shelf_location"), sa.column("lifecycle")
    )
    locations = sa.table(
        "locations",
        *map(sa.column, ("id", "site", "parent_id", "kind", "code", "address", "name", "media", "capacity")),
    )
    placements = sa.table("placements", sa.column("record_id"), sa.column("location_id"))
    written = connection.execute(
        sa.select(records.c.id, records.c.site, records.c.shelf_location)
        .where(
            records.c.shelf_location != "",
            records.c.site != "",
            records.c.lifecycle.not_in(("destroyed", "transferred")),
        )
        .order_by(records.c.id)
    ).all()
    known = {}
    sites = set(connection.execute(sa.select(sa.column("code")).select_from(sa.table("sites"))).scalars())
    for record_id, site, text in written:
        parts = text.split("-")
        if site not in sites or not 2 <= len(parts) <= 4 or any(p != p.strip() or not 0 < len(p) <= 60 for p in parts):
            continue
        parent = None
        for depth, part in enumerate(parts):
            address = "-".join(parts[: depth + 1])
            if (site, address) not in known:
                known[site, address] = "".join(secrets.choice("0123456789abcdefghjkmnpqrstvwxyz") for _ in range(16))
                connection.execute(
                    locations.insert().values(
                        id=known[site, address],
                        site=site,
                        parent_id=parent,
                        code=part,
                        address=address,
                        name="",
                        kind=("room", "cabinet", "shelf", "box")[depth],
                        media="",
                        capacity=0,
                    )
                )
            parent = known[site, address]
        connection.execute(placements.insert().values(record_id=record_id, location_id=parent))
