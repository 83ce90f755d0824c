"""Stocktakes: what should lie where, what was seen, and who signed for it."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata, one_of

stocktakes = sa.Table(
    "stocktakes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("site", sa.String(20), sa.ForeignKey("sites.code"), nullable=False),
    sa.Column("location_id", Id, sa.ForeignKey("locations.id"), nullable=False),
    sa.Column("address", sa.String(250), nullable=False),
    sa.Column("begun_by", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("with_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("begun_at", Instant, nullable=False, index=True),
    sa.Column("counted_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("record_id", Id, sa.ForeignKey("records.id")),
    sa.CheckConstraint("begun_by <> with_id", name="two_people"),
    sa.CheckConstraint("closed_at IS NULL OR counted_at IS NOT NULL", name="counted"),
)

stocktake_lines = sa.Table(
    "stocktake_lines",
    metadata,
    sa.Column("stocktake_id", Id, sa.ForeignKey("stocktakes.id"), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True, index=True),
    sa.Column("expected_id", Id, sa.ForeignKey("locations.id")),
    sa.Column("pages_expected", sa.Integer, nullable=False),
    sa.Column("on_loan", sa.Boolean, nullable=False),
    sa.Column("seen_id", Id, sa.ForeignKey("locations.id")),
    sa.Column("seen_at", Instant),
    sa.Column("seen_by", sa.String(16), nullable=False),
    sa.Column("pages", sa.Integer),
    sa.Column("condition", sa.String(20), nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("owner_id", Id, sa.ForeignKey("people.id")),
    sa.Column("due_on", sa.Date),
    sa.Column("explained_by", sa.String(16), nullable=False),
    sa.Column("settled_at", Instant),
    sa.Column("settled_by", sa.String(16), nullable=False),
    one_of("condition", "", "good", "damaged", "pages-missing", "faded"),
    sa.CheckConstraint("(seen_at IS NULL) = (seen_id IS NULL)", name="seen"),
    sa.CheckConstraint("pages IS NULL OR pages >= 0", name="pages"),
    # Whoever explains names somebody who sees to it, and a day.
    sa.CheckConstraint("explanation = '' OR (owner_id IS NOT NULL AND due_on IS NOT NULL)", name="explained"),
)

stocktake_signatures = sa.Table(
    "stocktake_signatures",
    metadata,
    sa.Column("stocktake_id", Id, sa.ForeignKey("stocktakes.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("signed_at", Instant, nullable=False),
    sa.Column("digest", Digest, nullable=False),
)
