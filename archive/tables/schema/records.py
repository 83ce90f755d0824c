"""Records, the bitstreams they are made of, and what was made and read from those."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata, one_of

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
    sa.Column("archival_code", sa.String(60), nullable=False, server_default=""),
    one_of("lifecycle", "captured", "filed", "archived", "destroyed", "transferred", "quarantined", "merged"),
    sa.CheckConstraint("level BETWEEN 0 AND 3", name="level"),
    sa.CheckConstraint("pii BETWEEN 0 AND 2", name="pii"),
    # What is filed has a class and a site: nothing half-described is ever open to anyone (INV-03).
    # What is in the archive has its reference code, and keeps it when it has gone (INV-01); what is handed over to
    # others may go before it had one.
    sa.CheckConstraint(
        "(lifecycle IN ('captured', 'quarantined', 'merged') OR (class_code IS NOT NULL AND site <> ''))"
        " AND (lifecycle = 'transferred' OR (lifecycle IN ('archived', 'destroyed')) = (archival_code <> ''))",
        name="filed_is_described",
    ),
    sa.Index(
        "uq_records_archival_code",
        "archival_code",
        unique=True,
        sqlite_where=sa.text("archival_code <> ''"),
        postgresql_where=sa.text("archival_code <> ''"),
    ),
    sa.Index("ix_records_lifecycle", "lifecycle", "captured_at"),
    sa.Index("ix_records_class_code", "class_code"),
    # All that scopes and counts look at: what is counted is counted here, without opening a record.
    sa.Index(
        "ix_records_counted",
        "lifecycle",
        "class_code",
        "site",
        "document_date",
        "level",
        "pii",
        "department",
        "id",
    ),
    # What bears a number: its twin, and what somebody means who types one. No index of PostgreSQL takes a longer text.
    sa.Index(
        "ix_records_doc_number",
        "doc_number",
        "site",
        sqlite_where=sa.text("length(doc_number) BETWEEN 1 AND 500"),
        postgresql_where=sa.text("length(doc_number) BETWEEN 1 AND 500"),
    ),
)


def numbered(table: sa.FromClause) -> sa.ColumnElement[bool]:
    """It bears a number: what a question has to say for the index of numbers to be used."""
    return sa.func.length(table.c.doc_number).between(sa.literal_column("1"), sa.literal_column("500"))


components = sa.Table(
    "components",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), nullable=False, index=True),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("media_type", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("digest", Digest, sa.ForeignKey("objects.digest"), nullable=False),
    sa.Column("text_digest", Digest, sa.ForeignKey("objects.digest")),
    sa.Column("page_count", sa.Integer, nullable=False),
    sa.Column("image_pages", sa.Integer, nullable=False),
    sa.Column("cautions", sa.JSON, nullable=False),
    # Which file of its record it is, and which version of that file.
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("current", sa.Boolean(name="current"), nullable=False),
    sa.Column("added_at", Instant, nullable=False),
    sa.Column("added_by", sa.String(16), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    # A file found in another one: its parent, and the one that came by itself.
    sa.Column("parent_id", Id, sa.ForeignKey("components.id")),
    sa.Column("root_id", Id, sa.ForeignKey("components.id")),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("depth", sa.Integer, nullable=False),
    sa.CheckConstraint("(parent_id IS NULL) = (root_id IS NULL) AND (parent_id IS NULL) = (depth = 0)", name="inside"),
    sa.CheckConstraint("part > 0 AND version > 0", name="counted"),
    sa.Index("ix_components_digest", "digest"),
    # The same bytes are captured once (INV-28): as the first file of a record. A later version may come back to
    # bytes there were before, and the same attachment comes with many mails.
    sa.Index(
        "uq_components_captured",
        "digest",
        unique=True,
        sqlite_where=sa.text("parent_id IS NULL AND part = 1 AND version = 1"),
        postgresql_where=sa.text("parent_id IS NULL AND part = 1 AND version = 1"),
    ),
    # Two who add a version at once make two versions, and one of any file is the current one.
    sa.Index(
        "uq_components_version",
        "record_id",
        "part",
        "version",
        unique=True,
        sqlite_where=sa.text("parent_id IS NULL"),
        postgresql_where=sa.text("parent_id IS NULL"),
    ),
    sa.Index(
        "uq_components_current",
        "record_id",
        "part",
        unique=True,
        sqlite_where=sa.text("parent_id IS NULL AND current"),
        postgresql_where=sa.text("parent_id IS NULL AND current"),
    ),
    # Reading a file again bears no second set of children.
    sa.UniqueConstraint("parent_id", "position"),
    sa.Index("ix_components_root_id", "root_id"),
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
    # Where on which page it was read; the words themselves lie sealed with the text.
    sa.Column("page", sa.Integer, nullable=False),
    sa.Column("starts", sa.Integer, nullable=False),
    sa.Column("ends", sa.Integer, nullable=False),
)
