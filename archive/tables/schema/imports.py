"""Imports under way: what each row of their table says, until its file has come."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata, one_of

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("digest", Digest, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("opened_by", sa.String(16), nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    # The same table given again goes on where it was cut off.
    sa.UniqueConstraint("digest", "opened_by"),
)

import_rows = sa.Table(
    "import_rows",
    metadata,
    sa.Column("import_id", Id, sa.ForeignKey("imports.id"), primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("file", sa.Text, nullable=False),
    # The last part of it, as a file is called when it is handed in.
    sa.Column("called", sa.Text, nullable=False),
    # What the row says of its file; emptied when the record says it.
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("outcome", sa.String(12), nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    one_of("outcome", "ready", "problem", "refused", "taken"),
    sa.Index("ix_import_rows_called", "import_id", "called"),
)
