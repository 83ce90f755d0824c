"""Who may come in: sites, departments, people, and what they carry to show who they are."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata

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
    # How high this session reaches at most, where that was chosen; and where somebody is signed in, for them to see.
    sa.Column("clearance", sa.Integer),
    sa.Column("device", sa.Text),
    sa.Column("address", sa.String(64)),
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
    # What it was made for, and how high it reaches at most; NULL: everything its person may.
    sa.Column("scope", sa.String(20)),
    sa.Column("clearance", sa.Integer),
)
