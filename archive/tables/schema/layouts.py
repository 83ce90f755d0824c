"""Office files as they are laid out: the PDF that their pictures are drawn from, or that there is none."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata

layouts = sa.Table(
    "layouts",
    metadata,
    sa.Column("component_id", Id, sa.ForeignKey("components.id"), primary_key=True),
    sa.Column("digest", Digest, sa.ForeignKey("objects.digest")),
    sa.Column("pages", sa.Integer, nullable=False),
    sa.Column("tried_at", Instant, nullable=False),
    sa.CheckConstraint("(digest IS NULL) = (pages = 0)", name="pages"),
)
