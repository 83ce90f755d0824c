"""Checklists as versions; dossiers with what lies in them, what is owed and what was waived."""

import sqlalchemy as sa
from alembic import op

# fmt: off
revision = "0020"
down_revision = "0019"
# fmt: on
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checklists",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_by", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("pk_checklists")),
    )
    op.create_table(
        "dossiers",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("class_code", sa.String(length=20), nullable=False),
        sa.Column("site", sa.String(length=20), nullable=False),
        sa.Column("department", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("pii", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("owner_id", sa.String(length=16), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.String(length=16), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(length=16), nullable=False),
        sa.Column("closed_version", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("(closed_at IS NULL) = (closed_version IS NULL)", name=op.f("ck_dossiers_closed")),
        sa.CheckConstraint("level BETWEEN 0 AND 3", name=op.f("ck_dossiers_level")),
        sa.CheckConstraint("pii BETWEEN 0 AND 2", name=op.f("ck_dossiers_pii")),
        sa.ForeignKeyConstraint(["class_code"], ["classes.code"], name=op.f("fk_dossiers_class_code")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_dossiers_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossiers")),
        sa.UniqueConstraint("number", name=op.f("uq_dossiers_number")),
    )
    op.create_index(
        "uq_dossiers_open_subject",
        "dossiers",
        ["type", "site", "subject"],
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "dossier_debts",
        sa.Column("dossier_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.String(length=16), nullable=False),
        sa.Column("promised_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.String(length=16), nullable=False),
        sa.Column("chased_at", sa.BigInteger(), nullable=True),
        sa.Column("chases", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_debts_dossier_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_dossier_debts_owner_id")),
        sa.PrimaryKeyConstraint("dossier_id", "item", name=op.f("pk_dossier_debts")),
    )
    op.create_table(
        "dossier_records",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("dossier_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("put_at", sa.BigInteger(), nullable=False),
        sa.Column("put_by", sa.String(length=16), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_records_dossier_id")),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_dossier_records_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_records")),
    )
    op.create_index(op.f("ix_dossier_records_record_id"), "dossier_records", ["record_id"], unique=False)
    op.create_index(
        "uq_dossier_records_in",
        "dossier_records",
        ["dossier_id", "item", "record_id"],
        unique=True,
        sqlite_where=sa.text("taken_at IS NULL"),
        postgresql_where=sa.text("taken_at IS NULL"),
    )
    op.create_table(
        "dossier_waivers",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("dossier_id", sa.String(length=16), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.String(length=16), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=16), nullable=False),
        sa.Column("granted", sa.Boolean(name="granted"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("(decided_at IS NULL) = (decided_by = '')", name=op.f("ck_dossier_waivers_decided")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_dossier_waivers_reason")),
        sa.CheckConstraint(
            "decided_at IS NOT NULL OR NOT granted", name=op.f("ck_dossier_waivers_granted_by_somebody")
        ),
        sa.CheckConstraint("decided_by <> asked_by", name=op.f("ck_dossier_waivers_two_people")),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.id"], name=op.f("fk_dossier_waivers_dossier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_waivers")),
    )
    op.create_index(op.f("ix_dossier_waivers_dossier_id"), "dossier_waivers", ["dossier_id"], unique=False)
    op.create_index(
        "uq_dossier_waivers_open",
        "dossier_waivers",
        ["dossier_id", "item"],
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    )
