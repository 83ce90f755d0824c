"""Reviews and audits, their findings, and the measures that follow."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

reviews = sa.Table(
    "management_reviews",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("planned_on", sa.Date, nullable=False),
    sa.Column("lead_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("department", sa.String(20), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opened_by", sa.String(16), nullable=False),
    sa.Column("held_on", sa.Date),
    sa.Column("record_id", Id, sa.ForeignKey("records.id")),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", sa.String(16), nullable=False, server_default=""),
    sa.Column("closed_why", sa.Text, nullable=False, server_default=""),
    one_of("kind", "management", "internal", "external"),
)

# Inputs that a management review was given, by their code in the sheet of the moment.
review_ticks = sa.Table(
    "review_ticks",
    metadata,
    sa.Column("review_id", Id, sa.ForeignKey("management_reviews.id"), primary_key=True),
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("ticked_at", Instant, nullable=False),
    sa.Column("ticked_by", sa.String(16), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)

review_evidence = sa.Table(
    "review_evidence",
    metadata,
    sa.Column("review_id", Id, primary_key=True),
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(["review_id", "code"], ["review_ticks.review_id", "review_ticks.code"]),
)

findings = sa.Table(
    "review_findings",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("review_id", Id, sa.ForeignKey("management_reviews.id"), nullable=False, index=True),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("grade", sa.String(20), nullable=False),
    sa.Column("clause", sa.String(40), nullable=False),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("found_at", Instant, nullable=False),
    sa.Column("found_by", sa.String(16), nullable=False),
    one_of("grade", "observation", "minor", "major"),
    sa.CheckConstraint("said <> ''", name="said"),
)

measures = sa.Table(
    "measures",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("plan", sa.Text, nullable=False),
    sa.Column("owner_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opened_by", sa.String(16), nullable=False),
    sa.Column("review_id", Id, sa.ForeignKey("management_reviews.id")),
    sa.Column("finding_id", Id, sa.ForeignKey("review_findings.id")),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("done_at", Instant),
    sa.Column("done_by", sa.String(16), nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("record_id", Id, sa.ForeignKey("records.id")),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", sa.String(16), nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    # Nobody closes what they did, or were to do (3.2): closing is another person's word.
    sa.CheckConstraint("closed_at IS NULL OR (closed_by <> done_by AND closed_by <> owner_id)", name="two_people"),
    sa.CheckConstraint("closed_at IS NULL OR done_at IS NOT NULL", name="closed"),
    sa.CheckConstraint("done_at IS NULL OR evidence <> ''", name="evidence"),
)
