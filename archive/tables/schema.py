"""Every table, with what it refuses. The migrations add up to exactly this; a test compares them."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Instant(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, kept as whole microseconds since 1970: the same number on every database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:  # noqa: ARG002 — SQLAlchemy passes it
        return None if value is None else (value - EPOCH) // timedelta(microseconds=1)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 — SQLAlchemy passes it
        return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.String(16)
Digest = sa.String(64)


def _one_of(column: str, *values: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(f"{column} IN ({', '.join(repr(value) for value in values)})", name=column)


meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

sites = sa.Table(
    "sites",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("fonds_code", sa.String(4), nullable=False, unique=True),
)

departments = sa.Table(
    "departments",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("login", sa.String(60), nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("employee_no", sa.String(40), nullable=False),
    sa.Column("department", sa.String(20), nullable=False),
    sa.Column("clearance", sa.Integer, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("must_change_password", sa.Boolean(name="must_change_password"), nullable=False),
    sa.Column("active", sa.Boolean(name="active"), nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", Instant),
    sa.Column("created_at", Instant, nullable=False),
    sa.CheckConstraint("clearance BETWEEN 0 AND 3", name="clearance"),
)

person_roles = sa.Table(
    "person_roles",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("role", sa.String(30), primary_key=True),
)

person_sites = sa.Table(
    "person_sites",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("site", sa.String(20), sa.ForeignKey("sites.code"), primary_key=True),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("digest", Digest, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("digest", Digest, nullable=False, unique=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)

classes = sa.Table(
    "classes",
    metadata,
    sa.Column("code", sa.String(20), primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("retention", sa.Text, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("pii", sa.Integer, nullable=False),
    sa.Column("responsible_post", sa.Text, nullable=False),
    sa.Column("required_documents", sa.JSON, nullable=False),
    sa.Column("pattern", sa.String(10), nullable=False),
    sa.Column("review_cycle", sa.Text, nullable=False),
    sa.Column("standard_clause", sa.Text, nullable=False),
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("pii BETWEEN 0 AND 2", name="pii"),
    # MoReq2010: a class cannot be used until it has a schedule (INV-03).
    sa.CheckConstraint("retention <> ''", name="retention"),
)

objects = sa.Table(
    "objects",
    metadata,
    sa.Column("digest", Digest, primary_key=True),
    sa.Column("address", Digest, nullable=False, unique=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("stored_bytes", sa.BigInteger, nullable=False),
    sa.Column("wrapped_key", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    _one_of("state", "reserved", "kept"),
)

records = sa.Table(
    "records",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("lifecycle", sa.String(12), nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("pii", sa.Integer, nullable=False),
    sa.Column("class_code", sa.String(20), sa.ForeignKey("classes.code")),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("department", sa.String(20), nullable=False),
    sa.Column("doc_number", sa.Text, nullable=False),
    sa.Column("issuer", sa.Text, nullable=False),
    sa.Column("parties", sa.JSON, nullable=False),
    sa.Column("document_date", sa.Date),
    sa.Column("shelf_location", sa.Text, nullable=False),
    sa.Column("captured_at", Instant, nullable=False),
    sa.Column("captured_by", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    _one_of("lifecycle", "captured", "filed", "quarantined"),
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("pii BETWEEN 0 AND 2", name="pii"),
    # What is filed has a class and a site: nothing half-described is ever open to anyone (INV-03).
    sa.CheckConstraint("lifecycle <> 'filed' OR (class_code IS NOT NULL AND site <> '')", name="filed_is_described"),
    sa.Index("ix_records_lifecycle", "lifecycle", "captured_at"),
    sa.Index("ix_records_class_code", "class_code"),
)

components = sa.Table(
    "components",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    # The same bytes are captured once (INV-28).
    sa.Column("digest", Digest, sa.ForeignKey("objects.digest"), nullable=False, unique=True),
    sa.Column("text_digest", Digest, sa.ForeignKey("objects.digest")),
    sa.Column("page_count", sa.Integer, nullable=False),
    sa.Column("image_pages", sa.Integer, nullable=False),
    sa.Column("cautions", sa.JSON, nullable=False),
)

renditions = sa.Table(
    "renditions",
    metadata,
    sa.Column("component_id", Id, sa.ForeignKey("components.id"), primary_key=True),
    sa.Column("page", sa.Integer, primary_key=True),
    sa.Column("width_px", sa.Integer, primary_key=True),
    sa.Column("digest", Digest, sa.ForeignKey("objects.digest"), nullable=False),
)

suggestions = sa.Table(
    "suggestions",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("field", sa.String(20), primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("quote", sa.Text, nullable=False),
)

intake = sa.Table(
    "intake",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("inbox", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("mtime_ns", sa.BigInteger, nullable=False),
    sa.Column("inode", sa.BigInteger, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("outcome", sa.String(12), nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("kept_at", Instant),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), index=True),
    sa.Column("reason_code", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("moved_to", sa.Text, nullable=False),
    sa.Column("profile", sa.JSON, nullable=False),
    _one_of("state", "waiting", "kept", "done"),
    _one_of("outcome", "", "captured", "duplicate", "quarantined"),
    sa.Index("ix_intake_state", "state", "seen_at"),
    # One open arrival per file at rest; a finished one does not stand in the way of the next file of that name.
    sa.Index(
        "uq_intake_open",
        "path",
        "size_bytes",
        "mtime_ns",
        "inode",
        unique=True,
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    ),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("run_after", Instant, nullable=False),
    sa.Column("lease_until", Instant),
    sa.Column("worker", sa.Text, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    _one_of("state", "waiting", "running", "dead"),
    sa.Index("ix_jobs_next", "state", "priority", "run_after"),
)

index_queue = sa.Table(
    "index_queue",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("wanted", sa.BigInteger, nullable=False),
    sa.Column("queued_at", Instant, nullable=False),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.String(16), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject_kind", sa.String(20), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("previous", Digest, nullable=False),
    sa.Column("digest", Digest, nullable=False, unique=True),
    sa.Index("ix_ledger_subject", "subject_kind", "subject_id", "seq"),
    sa.Index("ix_ledger_actor", "actor", "seq"),
)

ledger_head = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("one", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("digest", Digest, nullable=False),
    sa.CheckConstraint("one = 1", name="one"),
)

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)

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
    _one_of("form", "paper", "digital"),
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
    _one_of("decision", "", "approved", "rejected", "void"),
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
    _one_of("state", "waiting", "served", "gone"),
    sa.Index(
        "uq_reservations_waiting",
        "record_id",
        "person_id",
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)

# What was claimed to be said about something at some rung, before it is said: nobody is told twice.
reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("subject_id", sa.String(40), primary_key=True),
    sa.Column("due_at", Instant, primary_key=True),
    sa.Column("rung", sa.Integer, primary_key=True),
    sa.Column("claimed_at", Instant, nullable=False),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("subject_kind", sa.String(20), nullable=False),
    sa.Column("subject_id", sa.String(64), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Column("read_at", Instant),
    sa.Index("ix_notices_person_id", "person_id", "read_at", "at"),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("notice_id", Id, sa.ForeignKey("notices.id"), primary_key=True),
    sa.Column("channel", sa.String(20), primary_key=True),
    sa.Column("claimed_at", Instant, nullable=False),
)
