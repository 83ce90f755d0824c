"""Laws and what became of them, each change a version; who reviewed them; which records name them."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata

law_versions = sa.Table(
    "law_versions",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("changed_by", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
    sa.CheckConstraint("reason <> ''", name="reason"),
)

law_reviews = sa.Table(
    "law_reviews",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("code", sa.String(20), nullable=False, index=True),
    sa.Column("reviewed_at", Instant, nullable=False),
    sa.Column("reviewed_by", sa.String(16), nullable=False),
    sa.Column("applies", sa.Boolean(name="applies"), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("next_on", sa.Date, nullable=False),
)

law_readers = sa.Table(
    "law_readers",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True, index=True),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("asked_by", sa.String(16), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("read_at", Instant),
    sa.Column("reminded_on", sa.Date),
    # An open ask goes on with the law: nobody has two of one law.
    sa.Index(
        "uq_law_readers_open", "code", "person_id", unique=True, sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    ),
)  # fmt: skip

# Which laws an edition of a controlled document names, and in which text that was read.
law_citations = sa.Table(
    "law_citations",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("text_digest", Digest, nullable=False),
    sa.Column("codes", sa.JSON, nullable=False),
)
