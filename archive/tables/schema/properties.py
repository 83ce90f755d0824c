"""四性检测: what is tested when, what was tested, and how each record stood."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

property_rules = sa.Table(
    "property_rules",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.String(30), nullable=False),
    sa.Column("occasions", sa.JSON, nullable=False),
    sa.Column("weight", sa.String(5), nullable=False),
    sa.Column("begins_on", sa.Date, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("set_by", Id, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
    one_of("weight", "must", "note", "off"),
    sa.CheckConstraint("source <> ''", name="source"),
)

property_runs = sa.Table(
    "property_runs",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("occasion", sa.String(10), nullable=False),
    sa.Column("subject_kind", sa.String(20), nullable=False),
    sa.Column("subject_id", sa.String(16), nullable=False, index=True),
    sa.Column("begun_at", Instant, nullable=False, index=True),
    sa.Column("ended_at", Instant, nullable=False),
    sa.Column("run_by", Id, nullable=False),
    sa.Column("records", sa.Integer, nullable=False),
    sa.Column("bytes_read", sa.BigInteger, nullable=False),
    sa.Column("items", sa.JSON, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
    one_of("occasion", "capture", "accession", "transfer", "scheduled"),
    sa.CheckConstraint("ended_at >= begun_at", name="times"),
    sa.CheckConstraint("failed BETWEEN 0 AND records", name="failed"),
)

property_results = sa.Table(
    "property_results",
    metadata,
    # Of a scheduled run only what failed has a line; of every other run each record has one.
    sa.Column("run_id", Id, sa.ForeignKey("property_runs.id"), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True, index=True),
    sa.Column("failed", sa.JSON, nullable=False),
    sa.Column("skipped", sa.JSON, nullable=False),
)

property_standings = sa.Table(
    "property_standings",
    metadata,
    # When each record was tested last, and with all its bytes read: the schedule follows from it.
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("run_id", Id, sa.ForeignKey("property_runs.id"), nullable=False),
    sa.Column("tested_at", Instant, nullable=False),
    sa.Column("read_at", Instant, index=True),
    sa.Column("failed", sa.JSON, nullable=False),
    sa.Column("grave", sa.Boolean, nullable=False, index=True),
)
