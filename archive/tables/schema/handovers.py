"""Handovers, who takes part, what is on their lists, who signed, and what is frozen meanwhile."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata, one_of

handovers = sa.Table(
    "handovers",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("giver_absent", sa.Boolean(name="giver_absent"), nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("class_code", sa.String(20), nullable=False),
    sa.Column("department", sa.String(20), nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("rights_end", sa.Boolean(name="rights_end"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("planned_by", sa.String(16), nullable=False),
    sa.Column("planned_at", Instant, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("frozen_at", Instant),
    sa.Column("completed_at", Instant),
    sa.Column("ended_reason", sa.Text, nullable=False),
    # Counts every change of what is signed: a digest worked out before the transaction holds as long as it is the same.
    sa.Column("revision", sa.Integer, nullable=False),
    # The package that came in or went out with it, as one sealed object.
    sa.Column("package", Digest, sa.ForeignKey("objects.digest")),
    one_of("kind", "custodian", "accession", "takeover", "exit"),
    one_of("state", "planned", "frozen", "counting", "disputed", "reconciled", "signed", "completed", "cancelled"),
    sa.CheckConstraint("(state = 'completed') = (completed_at IS NOT NULL)", name="completed"),
    sa.Index("ix_handovers_planned_at", "planned_at"),
)

handover_parties = sa.Table(
    "handover_parties",
    metadata,
    sa.Column("handover_id", Id, sa.ForeignKey("handovers.id"), primary_key=True),
    sa.Column("part", sa.String(12), primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), index=True),
    sa.Column("outside_name", sa.Text, nullable=False),
    sa.Column("outside_organisation", sa.Text, nullable=False),
    sa.Column("outside_letter", sa.Text, nullable=False),
    one_of("part", "giver", "receiver", "supervisor", "witness", "approver"),
    sa.CheckConstraint("(person_id IS NULL) = (outside_name <> '')", name="one_of_us_or_not"),
    # Nobody plays two parts (INV-11).
    sa.UniqueConstraint("handover_id", "person_id"),
)

handover_lines = sa.Table(
    "handover_lines",
    metadata,
    sa.Column("handover_id", Id, sa.ForeignKey("handovers.id"), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("carrier", sa.String(10), nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), index=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("document_date", sa.Date),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("class_code", sa.String(20), nullable=False),
    sa.Column("retention", sa.Text, nullable=False),
    sa.Column("location", sa.Text, nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("thing", sa.String(12), nullable=False),
    sa.Column("pieces", sa.Integer, nullable=False),
    sa.Column("loan", sa.String(20), nullable=False),
    sa.Column("found", sa.String(10), nullable=False),
    sa.Column("found_pieces", sa.Integer, nullable=False),
    sa.Column("confirmed", sa.Boolean(name="confirmed"), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("counted_by", sa.String(16), nullable=False),
    sa.Column("counted_at", Instant),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("owner_id", sa.String(16), nullable=False),
    sa.Column("settle_by", sa.Date),
    sa.Column("changed_at", Instant),
    # Derived when a line is saved, so that thousands of lines need not be read to know where a handover stands.
    sa.Column("difference", sa.Boolean(name="difference"), nullable=False),
    sa.Column("unexplained", sa.Boolean(name="unexplained"), nullable=False),
    one_of("carrier", "paper", "digital", "thing"),
    one_of("found", "", "present", "missing", "damaged", "on_loan", "misfiled", "surplus"),
    sa.CheckConstraint("found = '' OR counted_at IS NOT NULL", name="counted"),
    sa.UniqueConstraint("handover_id", "record_id", "carrier"),
    sa.Index("ix_handover_lines_found", "handover_id", "found"),
)

handover_signatures = sa.Table(
    "handover_signatures",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("handover_id", Id, sa.ForeignKey("handovers.id"), nullable=False, index=True),
    sa.Column("part", sa.String(12), nullable=False),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("digest", Digest, nullable=False),
    sa.Column("signed_at", Instant, nullable=False),
    sa.Column("voided_at", Instant),
    # One signature holds per part at a time.
    sa.Index(
        "uq_handover_signatures_valid",
        "handover_id",
        "part",
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    ),
)

# What is frozen now, and by which handover: one at a time (INV-13).
handover_freezes = sa.Table(
    "handover_freezes",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("handover_id", Id, sa.ForeignKey("handovers.id"), nullable=False, index=True),
)
