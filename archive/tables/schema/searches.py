"""Saved searches, and what has been found for them; what each person opened and asked; how long searches took."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

saved_searches = sa.Table(
    "saved_searches",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("question", sa.JSON, nullable=False),
    sa.Column("alert", sa.String(10), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("looked_at", Instant),
    one_of("alert", "none", "at-once", "daily"),
    sa.UniqueConstraint("person_id", "name"),
    sa.Index("ix_saved_searches_alert", "alert"),
)

# Which records were found for a saved search after it was saved: each is told of once.
search_finds = sa.Table(
    "search_finds",
    metadata,
    sa.Column("search_id", Id, sa.ForeignKey("saved_searches.id"), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True, index=True),
    sa.Column("found_at", Instant, nullable=False),
    sa.Column("told_at", Instant),
)

# Records that came in and have yet to be held against the saved searches: they wait for the index.
search_arrivals = sa.Table(
    "search_arrivals",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("since", Instant, nullable=False, index=True),
)

opened_records = sa.Table(
    "opened_records",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True, index=True),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_opened_records_at", "person_id", "at"),
)

asked_questions = sa.Table(
    "asked_questions",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("text", sa.String(500), primary_key=True),
    sa.Column("at", Instant, nullable=False),
    sa.Index("ix_asked_questions_at", "person_id", "at"),
)

# Counts only: nothing here says who searched, or for what.
search_times = sa.Table(
    "search_times",
    metadata,
    sa.Column("hour", Instant, primary_key=True),
    sa.Column("up_to_ms", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("count", sa.BigInteger, nullable=False),
)
