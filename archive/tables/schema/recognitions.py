"""What is read off pictures of pages: of which component, and each page on its own."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, metadata, one_of

recognitions = sa.Table(
    "recognitions",
    metadata,
    sa.Column("component_id", Id, sa.ForeignKey("components.id"), primary_key=True),
    # What the file itself says, so that pages can be put together again and again.
    sa.Column("layer_digest", Digest, sa.ForeignKey("objects.digest")),
    sa.Column("page_count", sa.Integer, nullable=False),
    sa.Column("metadata", sa.JSON, nullable=False),
    sa.Column("cautions", sa.JSON, nullable=False),
    # Whoever stopped it; no worker reads on by itself while this is said.
    sa.Column("stopped_by", sa.Text, nullable=False, server_default=""),
)

recognised_pages = sa.Table(
    "recognised_pages",
    metadata,
    sa.Column("component_id", Id, sa.ForeignKey("recognitions.component_id"), primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("digest", Digest, sa.ForeignKey("objects.digest")),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("turned", sa.Integer, nullable=False),
    sa.Column("seals", sa.Integer, nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    one_of("state", "waiting", "done", "failed"),
    sa.CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
    sa.Index("ix_recognised_pages_state", "state"),
)
