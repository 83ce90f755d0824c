"""Dossiers: what belongs into one, what lies in it, what is owed by whom, and what was waived by whom."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata

# A checklist as it was from a day on; the newest version holds for every dossier of its type that is open.
checklists = sa.Table(
    "checklists",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("changed_at", Instant, nullable=False),
    sa.Column("changed_by", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("content", sa.JSON, nullable=False),
)

dossiers = sa.Table(
    "dossiers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(40), nullable=False, unique=True),
    sa.Column("type", sa.String(20), nullable=False),
    sa.Column("class_code", sa.String(20), sa.ForeignKey("classes.code"), nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("department", sa.String(20), nullable=False),
    sa.Column("subject", sa.String(60), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("pii", sa.Integer, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("owner_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opened_by", sa.String(16), nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", sa.String(16), nullable=False),
    # Which checklist it was closed by: a later one does not make it incomplete.
    sa.Column("closed_version", sa.Integer),
    sa.Column("note", sa.Text, nullable=False),
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("pii BETWEEN 0 AND 2", name="pii"),
    sa.CheckConstraint("(closed_at IS NULL) = (closed_version IS NULL)", name="closed"),
    # 一户一档, 一机一档: a unit or a machine has one open dossier of a type.
    sa.Index(
        "uq_dossiers_open_subject",
        "type",
        "site",
        "subject",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

dossier_records = sa.Table(
    "dossier_records",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossiers.id"), nullable=False),
    sa.Column("item", sa.String(20), nullable=False),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("put_at", Instant, nullable=False),
    sa.Column("put_by", sa.String(16), nullable=False),
    sa.Column("taken_at", Instant),
    sa.Column("taken_by", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index(
        "uq_dossier_records_in",
        "dossier_id",
        "item",
        "record_id",
        unique=True,
        sqlite_where=sa.text("taken_at IS NULL"),
        postgresql_where=sa.text("taken_at IS NULL"),
    ),
)

dossier_waivers = sa.Table(
    "dossier_waivers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("dossier_id", Id, sa.ForeignKey("dossiers.id"), nullable=False, index=True),
    sa.Column("item", sa.String(20), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("asked_by", sa.String(16), nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", sa.String(16), nullable=False),
    sa.Column("granted", sa.Boolean(name="granted"), nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    # Nobody waives what they asked to have waived (INV-25).
    sa.CheckConstraint("decided_by <> asked_by", name="two_people"),
    sa.CheckConstraint("reason <> ''", name="reason"),
    sa.CheckConstraint("(decided_at IS NULL) = (decided_by = '')", name="decided"),
    sa.CheckConstraint("decided_at IS NOT NULL OR NOT granted", name="granted_by_somebody"),
    sa.Index(
        "uq_dossier_waivers_open",
        "dossier_id",
        "item",
        unique=True,
        sqlite_where=sa.text("decided_at IS NULL"),
        postgresql_where=sa.text("decided_at IS NULL"),
    ),
)

# Who owes a missing document by when; from outside it is a promise in writing.
dossier_debts = sa.Table(
    "dossier_debts",
    metadata,
    sa.Column("dossier_id", Id, sa.ForeignKey("dossiers.id"), primary_key=True),
    sa.Column("item", sa.String(20), primary_key=True),
    sa.Column("owner_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("promised_by", sa.Text, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
    sa.Column("set_by", sa.String(16), nullable=False),
    sa.Column("chased_at", Instant),
    sa.Column("chases", sa.Integer, nullable=False),
)
