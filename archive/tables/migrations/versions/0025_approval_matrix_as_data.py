"""The approval matrix as data, and under which version each loan was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approval_matrices",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=16), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f("ck_approval_matrices_decided")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_approval_matrices_reason")),
        sa.CheckConstraint(
            "state <> 'in_force' OR decided_by <> proposed_by", name=op.f("ck_approval_matrices_two_people")
        ),
        sa.CheckConstraint("state IN ('proposed', 'in_force', 'dropped')", name=op.f("ck_approval_matrices_state")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL)", name=op.f("ck_approval_matrices_decided_by_somebody")
        ),
        sa.CheckConstraint("version > 0", name=op.f("ck_approval_matrices_version")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_approval_matrices_decided_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name=op.f("fk_approval_matrices_proposed_by")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_approval_matrices")),
    )
    op.create_index(
        "uq_approval_matrices_proposed",
        "approval_matrices",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.add_column("loans", sa.Column("matrix", sa.Integer(), server_default="0", nullable=False))
