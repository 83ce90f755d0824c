"""Controlled documents: editions with a record each, numbered copies, who has to know them, periodic reviews."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

controlled_documents = sa.Table(
    "controlled_documents",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(60), nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("department", sa.String(20), nullable=False),
    sa.Column("owner_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("review_months", sa.Integer, nullable=False),
    sa.Column("review_on", sa.Date),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("created_by", sa.String(16), nullable=False),
    one_of("kind", "manual", "policy", "procedure", "instruction", "duty", "standard", "plan", "form"),
    sa.CheckConstraint("review_months BETWEEN 1 AND 120", name="review_months"),
)

_MAKING = "state IN ('draft', 'review', 'reviewed', 'approved')"
_HELD = "effective_from IS NOT NULL AND (effective_until IS NULL OR effective_until > effective_from)"
_OPEN = "effective_from IS NOT NULL AND effective_until IS NULL"

document_editions = sa.Table(
    "document_editions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("document_id", Id, sa.ForeignKey("controlled_documents.id"), nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("label", sa.String(20), nullable=False),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, unique=True),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("author_id", sa.String(16), nullable=False),
    sa.Column("drafted_at", Instant, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("impact", sa.Text, nullable=False),
    sa.Column("reviewer_id", sa.String(16), nullable=False),
    sa.Column("reviewed_at", Instant),
    sa.Column("approver_id", sa.String(16), nullable=False),
    sa.Column("approved_at", Instant),
    sa.Column("issued_by", sa.String(16), nullable=False),
    sa.Column("issued_at", Instant),
    sa.Column("effective_from", sa.Date),
    sa.Column("effective_until", sa.Date),
    sa.Column("said", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.UniqueConstraint("document_id", "ordinal"),
    one_of(
        "state", "draft", "review", "reviewed", "approved", "issued", "superseded", "withdrawn", "retained",
        "released", "dropped",
    ),
    # 编、审、批: three people (INV-06).
    sa.CheckConstraint(
        "reviewer_id <> author_id AND approver_id <> author_id AND (approver_id = '' OR reviewer_id <> approver_id)",
        name="three_people",
    ),
    sa.CheckConstraint("ordinal = 1 OR why <> ''", name="change_has_a_reason"),
    # Nothing takes effect that was not reviewed and approved, and what is in force has its day.
    sa.CheckConstraint(
        "(state IN ('issued', 'superseded', 'withdrawn', 'retained', 'released')) = (effective_from IS NOT NULL)",
        name="issued",
    ),
    sa.CheckConstraint(
        "effective_from IS NULL OR (reviewer_id <> '' AND approver_id <> '' AND issued_by <> '')", name="approved"
    ),
    sa.CheckConstraint(
        "(state IN ('superseded', 'withdrawn', 'retained', 'released')) = (effective_until IS NOT NULL)", name="ended"
    ),
    sa.CheckConstraint("effective_until IS NULL OR effective_from <= effective_until", name="days"),
    # One in force without an end, none two of which begin or end on one day, one in the making (INV-14).
    sa.Index(
        "uq_document_editions_open", "document_id", unique=True, sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    ),
    sa.Index(
        "uq_document_editions_begin", "document_id", "effective_from", unique=True, sqlite_where=sa.text(_HELD),
        postgresql_where=sa.text(_HELD),
    ),
    sa.Index(
        "uq_document_editions_end", "document_id", "effective_until", unique=True, sqlite_where=sa.text(_HELD),
        postgresql_where=sa.text(_HELD),
    ),
    sa.Index(
        "uq_document_editions_label",
        "document_id",
        "label",
        unique=True,
        sqlite_where=sa.text("state <> 'dropped'"),
        postgresql_where=sa.text("state <> 'dropped'"),
    ),
    sa.Index(
        "uq_document_editions_making", "document_id", unique=True, sqlite_where=sa.text(_MAKING),
        postgresql_where=sa.text(_MAKING),
    ),
)  # fmt: skip

document_copies = sa.Table(
    "document_copies",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("edition_id", Id, sa.ForeignKey("document_editions.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("holder_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("handed_at", Instant),
    sa.Column("handed_by", sa.String(16), nullable=False),
    sa.Column("received_at", Instant),
    sa.Column("recalled_at", Instant),
    sa.Column("recalled_by", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(10), nullable=False),
    sa.Column("witness_id", sa.String(16), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.UniqueConstraint("edition_id", "number"),
    one_of("outcome", "", "returned", "destroyed", "lost"),
    sa.CheckConstraint("(recalled_at IS NULL) = (outcome = '')", name="recalled"),
    # What is destroyed on paper is destroyed by two.
    sa.CheckConstraint("outcome <> 'destroyed' OR (witness_id <> '' AND witness_id <> recalled_by)", name="two_people"),
    sa.CheckConstraint("outcome <> 'lost' OR note <> ''", name="lost_how"),
    sa.CheckConstraint("handed_at IS NOT NULL OR received_at IS NULL", name="received"),
)

document_readers = sa.Table(
    "document_readers",
    metadata,
    sa.Column("edition_id", Id, sa.ForeignKey("document_editions.id"), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("asked_by", sa.String(16), nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("read_at", Instant),
)

document_checks = sa.Table(
    "document_checks",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("document_id", Id, sa.ForeignKey("controlled_documents.id"), nullable=False, index=True),
    sa.Column("checked_at", Instant, nullable=False),
    sa.Column("checked_by", sa.String(16), nullable=False),
    sa.Column("outcome", sa.String(10), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("next_on", sa.Date, nullable=False),
    one_of("outcome", "stays", "change", "withdraw"),
)
