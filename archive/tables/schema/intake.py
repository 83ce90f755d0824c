"""Every file that came in, and what became of it."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

intake = sa.Table(
    "intake",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("inbox", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("inode", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("outcome", sa.String(12), nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("kept_at", Instant),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), index=True),
    sa.Column("reason_code", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("moved_to", sa.Text, nullable=False),
    sa.Column("profile", sa.JSON, nullable=False),
    one_of("state", "waiting", "kept", "done"),
    one_of("outcome", "", "captured", "duplicate", "quarantined"),
    sa.Index("ix_intake_state", "state", "seen_at"),
    sa.Index("ix_intake_path", "path"),
    # What came in when, and as what: the books are kept in these.
    sa.Index("ix_intake_seen_at", "seen_at", "outcome", "record_id"),
    sa.Index("ix_intake_outcome", "outcome", "record_id"),
    # One open arrival per file at rest; a finished one does not stand in the way of the next file of that name.
    sa.Index(
        "uq_intake_open",
        "path",
        "size_bytes",
        "mtime_ns",
        "inode",
        unique=True,
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    ),
)
