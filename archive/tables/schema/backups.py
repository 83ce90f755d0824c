"""What became of every backup, check, repair, forgetting and drill; wishes to restore."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

backup_runs = sa.Table(
    "backup_runs",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("worker", sa.Text, nullable=False, server_default=""),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("ended_at", Instant),
    sa.Column("outcome", sa.String(10), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("snapshot", sa.String(32), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("taken_at", Instant),
    sa.Column("objects", sa.BigInteger, nullable=False),
    sa.Column("objects_new", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("problems", sa.Integer, nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("done_bytes", sa.BigInteger, nullable=False),
    sa.Column("total_bytes", sa.BigInteger, nullable=False),
    sa.Column("stopped", sa.Boolean(name="stopped"), nullable=False, server_default=sa.false()),
    one_of("kind", "run", "verify", "repair", "forget", "drill"),
    one_of("outcome", "running", "done", "failed"),
    sa.Index("ix_backup_runs_place", "place", "kind", "seq"),
    sa.Index("uq_backup_runs_seq", "seq", unique=True),
)

restore_wishes = sa.Table(
    "restore_wishes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("snapshot", sa.String(32), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("wished_by", Id, nullable=False),
    sa.Column("wished_at", Instant, nullable=False),
    sa.Column("first_by", Id),
    sa.Column("first_at", Instant),
    sa.Column("second_by", Id),
    sa.Column("second_at", Instant),
    sa.Column("ended", sa.String(10), nullable=False),
    sa.Column("ended_by", Id),
    sa.Column("ended_at", Instant),
    one_of("ended", "", "refused", "used", "withdrawn"),
    sa.CheckConstraint("wished_by <> first_by AND wished_by <> second_by AND first_by <> second_by", name="distinct"),
)
