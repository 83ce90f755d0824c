"""Loans, what is lent under each, who is asked, and who waits."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

loans = sa.Table(
    "loans",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("requested_by", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("borrower_id", Id, sa.ForeignKey("people.id"), index=True),
    sa.Column("external_name", sa.Text, nullable=False),
    sa.Column("external_organisation", sa.Text, nullable=False),
    sa.Column("external_letter", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("pii", sa.Integer, nullable=False),
    sa.Column("term_days", sa.Integer, nullable=False),
    sa.Column("days_max", sa.Integer, nullable=False),
    sa.Column("renewals_max", sa.Integer, nullable=False),
    sa.Column("renewals", sa.Integer, nullable=False),
    sa.Column("renewing", sa.Boolean(name="renewing"), nullable=False),
    sa.Column("requested_at", Instant, nullable=False),
    sa.Column("approved_at", Instant),
    sa.Column("effect", sa.Text, nullable=False),
    # Which version of the matrix it was asked for under; 0 is the one that is shipped.
    sa.Column("matrix", sa.Integer, nullable=False, server_default="0"),
    # Which session reads, so that a loan is read in one place at a time.
    sa.Column("seat", sa.String(64), nullable=False),
    sa.Column("seat_at", Instant),
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("term_days BETWEEN 1 AND days_max", name="term"),
    sa.CheckConstraint("renewals BETWEEN 0 AND renewals_max", name="renewals"),
    # The borrower is one of us, or somebody from outside with a letter.
    sa.CheckConstraint("(borrower_id IS NULL) = (external_name <> '')", name="borrower"),
    # INV-29.
    sa.CheckConstraint("purpose <> '' OR (level < 2 AND pii = 0)", name="purpose"),
    sa.Index("ix_loans_requested_by", "requested_by"),
    sa.Index("ix_loans_requested_at", "requested_at"),
)

HOLDING = "state IN ('submitted', 'approved', 'on_loan', 'recalled', 'returned_damaged', 'lost')"

loan_items = sa.Table(
    "loan_items",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("loan_id", Id, sa.ForeignKey("loans.id"), nullable=False),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("form", sa.String(10), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("due_at", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("pages_out", sa.Integer, nullable=False),
    sa.Column("condition_out", sa.String(10), nullable=False),
    sa.Column("issued_by", sa.String(16), nullable=False),
    sa.Column("pages_in", sa.Integer, nullable=False),
    sa.Column("condition_in", sa.String(10), nullable=False),
    sa.Column("received_by", sa.String(16), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("collect_from", Instant),
    one_of("form", "paper", "digital", "copy"),
    sa.CheckConstraint("due_at IS NULL OR due_at > started_at", name="due"),
    sa.CheckConstraint("state NOT IN ('on_loan', 'active', 'recalled') OR due_at IS NOT NULL", name="running_is_due"),
    # A paper is issued by somebody, with its pages counted.
    sa.CheckConstraint("state <> 'on_loan' OR (issued_by <> '' AND pages_out > 0)", name="issued"),
    sa.UniqueConstraint("loan_id", "record_id", "form"),
    # One paper, one loan (INV-07): the database decides, whoever asks at once.
    sa.Index(
        "uq_loan_items_one_paper",
        "record_id",
        unique=True,
        sqlite_where=sa.text(f"form = 'paper' AND {HOLDING}"),
        postgresql_where=sa.text(f"form = 'paper' AND {HOLDING}"),
    ),
    sa.Index("ix_loan_items_due", "state", "due_at"),
)

loan_approvals = sa.Table(
    "loan_approvals",
    metadata,
    sa.Column("loan_id", Id, sa.ForeignKey("loans.id"), primary_key=True),
    sa.Column("round", sa.Integer, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("post", sa.String(20), nullable=False),
    sa.Column("department", sa.String(20), nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("asked_at", Instant),
    sa.Column("decision", sa.String(10), nullable=False),
    sa.Column("decided_by", sa.String(16), nullable=False),
    sa.Column("decided_for", sa.String(16), nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("reason", sa.Text, nullable=False),
    one_of("decision", "", "approved", "rejected", "void"),
    sa.Index("ix_loan_approvals_open", "decision", "asked_at"),
)

delegations = sa.Table(
    "delegations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("principal_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("delegate_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("starts_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
    sa.CheckConstraint("principal_id <> delegate_id", name="two_people"),
    sa.CheckConstraint("ends_at > starts_at", name="dated"),
)

reservations = sa.Table(
    "reservations",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("told_at", Instant),
    sa.Column("state", sa.String(10), nullable=False),
    one_of("state", "waiting", "served", "gone"),
    sa.Index(
        "uq_reservations_waiting",
        "record_id",
        "person_id",
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)
