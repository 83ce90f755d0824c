"""Long work that somebody asked for: how far it is, and what came of it, for a while."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata, one_of

errands = sa.Table(
    "errands",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("clearance", sa.Integer, nullable=False),
    # Of what may be found by whoever asked, when it was made: what came of it is theirs while that is so.
    sa.Column("rights", Digest, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("digest", Digest, sa.ForeignKey("objects.digest")),
    one_of("state", "waiting", "running", "done", "failed", "stopped"),
    sa.Index("ix_errands_person_id", "person_id", "asked_at"),
)
