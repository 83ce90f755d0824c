"""Forms filled in."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "form_versions",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_form_versions_reason")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_form_versions")),
    )
    op.create_table(
        "form_sheets",
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("class_code", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.String(length=16), nullable=False),
        sa.Column("occasion_id", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=True),
        sa.Column("filled_at", sa.BigInteger(), nullable=True),
        sa.Column("filled_by", sa.String(length=16), nullable=False),
        sa.Column("completed_at", sa.BigInteger(), nullable=True),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("once", sa.String(length=16), nullable=True),
        sa.CheckConstraint("(record_id IS NULL) = (how = 'blank')", name=op.f("ck_form_sheets_blank")),
        sa.CheckConstraint("how IN ('blank', 'screen', 'scan')", name=op.f("ck_form_sheets_how")),
        sa.CheckConstraint("(record_id IS NULL) = (filled_at IS NULL)", name=op.f("ck_form_sheets_filled")),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_form_sheets_level")),
        sa.ForeignKeyConstraint(["class_code"], ["classes.code"], name=op.f("fk_form_sheets_class_code")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_form_sheets_record_id")),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_form_sheets")),
        sa.UniqueConstraint("once", name=op.f("uq_form_sheets_once")),
        sa.UniqueConstraint("record_id", name=op.f("uq_form_sheets_record_id")),
    )
    op.create_index(op.f("ix_form_sheets_form"), "form_sheets", ["form"], unique=False)
    op.create_index(op.f("ix_form_sheets_occasion_id"), "form_sheets", ["occasion_id"], unique=False)
