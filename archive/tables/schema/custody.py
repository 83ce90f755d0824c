"""Who keeps each record, from when until when: intervals without gap and without overlap (INV-12)."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

custody = sa.Table(
    "custody",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    # The first keeper of a record is turn 1; each turn begins at the instant at which the one before ends.
    sa.Column("turn", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("keeper_kind", sa.String(10), nullable=False),
    # A person, or the handover by which it went outside.
    sa.Column("keeper_id", Id, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant),
    # The handover by which it came to this keeper; empty for the first.
    sa.Column("handover_id", sa.String(16), nullable=False),
    one_of("keeper_kind", "person", "outside"),
    sa.CheckConstraint("until IS NULL OR until >= since", name="until"),
    sa.Index("ix_custody_keeper", "keeper_kind", "keeper_id", "until"),
    # One keeper at a time, whoever writes it.
    sa.Index(
        "uq_custody_now",
        "record_id",
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    ),
)
