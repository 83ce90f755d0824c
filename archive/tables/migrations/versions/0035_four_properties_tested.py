"""Four properties tested."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "property_rules",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("occasions", sa.JSON(), nullable=False),
        sa.Column("weight", sa.String(length=5), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("set_by", sa.String(length=16), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("source <> ''", name=op.f("ck_property_rules_source")),
        sa.CheckConstraint("weight IN ('must', 'note', 'off')", name=op.f("ck_property_rules_weight")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_rules")),
    )
    op.create_table(
        "property_runs",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("occasion", sa.String(length=10), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=16), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("run_by", sa.String(length=16), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("bytes_read", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "occasion IN ('capture', 'accession', 'transfer', 'scheduled')", name=op.f("ck_property_runs_occasion")
        ),
        sa.CheckConstraint("ended_at >= begun_at", name=op.f("ck_property_runs_times")),
        sa.CheckConstraint("failed BETWEEN 0 AND records", name=op.f("ck_property_runs_failed")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_runs")),
        sa.UniqueConstraint("number", name=op.f("uq_property_runs_number")),
    )
    op.create_index(op.f("ix_property_runs_begun_at"), "property_runs", ["begun_at"], unique=False)
    op.create_index(op.f("ix_property_runs_subject_id"), "property_runs", ["subject_id"], unique=False)
    op.create_table(
        "property_results",
        sa.Column("run_id", sa.String(length=16), nullable=False),
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("skipped", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_property_results_record_id")),
        sa.ForeignKeyConstraint(["run_id"], ["property_runs.id"], name=op.f("fk_property_results_run_id")),
        sa.PrimaryKeyConstraint("run_id", "record_id", name=op.f("pk_property_results")),
    )
    op.create_index(op.f("ix_property_results_record_id"), "property_results", ["record_id"], unique=False)
    op.create_table(
        "property_standings",
        sa.Column("record_id", sa.String(length=16), nullable=False),
        sa.Column("run_id", sa.String(length=16), nullable=False),
        sa.Column("tested_at", sa.BigInteger(), nullable=False),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.Column("grave", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name=op.f("fk_property_standings_record_id")),
        sa.ForeignKeyConstraint(["run_id"], ["property_runs.id"], name=op.f("fk_property_standings_run_id")),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_property_standings")),
    )
    op.create_index(op.f("ix_property_standings_grave"), "property_standings", ["grave"], unique=False)
    op.create_index(op.f("ix_property_standings_read_at"), "property_standings", ["read_at"], unique=False)
