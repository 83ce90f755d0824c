"""The approval matrix: every version that was proposed, and what became of it."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

# The newest version in force holds for every request made from then on; version 0 is shipped and stands in no row.
approval_matrices = sa.Table(
    "approval_matrices",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("proposed_at", Instant, nullable=False),
    sa.Column("proposed_by", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", Id, sa.ForeignKey("people.id")),
    sa.Column("content", sa.JSON, nullable=False),
    one_of("state", "proposed", "in_force", "dropped"),
    sa.CheckConstraint("reason <> ''", name="reason"),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name="decided"),
    sa.CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
    # Whoever writes a matrix does not put it in force.
    sa.CheckConstraint("state <> 'in_force' OR decided_by <> proposed_by", name="two_people"),
    sa.CheckConstraint("version > 0", name="version"),
    sa.Index(
        "uq_approval_matrices_proposed",
        "state",
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    ),
)
