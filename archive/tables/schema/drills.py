"""Retrieval drills: which items were drawn, who looked for them, and how long it took."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata, one_of

drills = sa.Table(
    "drills",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("conductor_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("seed", sa.String(32), nullable=False),
    # The draw can be repeated: so many could be drawn, and these were they.
    sa.Column("population", sa.Integer, nullable=False),
    sa.Column("population_digest", Digest, nullable=False),
    sa.Column("limit_s", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("record_id", Id, sa.ForeignKey("records.id")),
    sa.CheckConstraint("limit_s BETWEEN 1 AND 3600", name="limit"),
    sa.Index("ix_drills_created_at", "created_at"),
    sa.Index("ix_drills_person_id", "person_id", "closed_at"),
)

drill_tasks = sa.Table(
    "drill_tasks",
    metadata,
    sa.Column("drill_id", Id, sa.ForeignKey("drills.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("way", sa.String(10), nullable=False),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("stopped_at", Instant),
    sa.Column("outcome", sa.String(10), nullable=False),
    one_of("way", "catalogue", "shelf"),
    one_of("outcome", "", "page", "shelf", "given-up"),
    sa.CheckConstraint("stopped_at IS NULL OR stopped_at >= started_at", name="times"),
    sa.CheckConstraint("(outcome = '') = (stopped_at IS NULL)", name="stopped"),
)
