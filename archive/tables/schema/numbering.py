"""Reference codes that were given out, the volumes they stand in, and the batches they were given in."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata

volumes = sa.Table(
    "volumes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("class_code", sa.String(20), sa.ForeignKey("classes.code"), nullable=False),
    sa.Column("site", sa.String(20), nullable=False),
    sa.Column("project", sa.String(20), nullable=False),
    sa.Column("code", sa.String(60), nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opened_by", sa.String(16), nullable=False),
    sa.Column("closed_at", Instant),
    sa.Index("ix_volumes_class_code", "class_code", "site"),
)

accessions = sa.Table(
    "accessions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("giver_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("receiver_id", sa.String(16), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    # Whoever hands over is not who accepts (domain §6.1).
    sa.CheckConstraint("giver_id <> receiver_id", name="two_people"),
)

# A code is written down once and never deleted, whatever becomes of what it stood for (INV-01).
reference_codes = sa.Table(
    "reference_codes",
    metadata,
    sa.Column("code", sa.String(60), primary_key=True),
    sa.Column("series", sa.String(40), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), unique=True),
    sa.Column("volume_id", Id, sa.ForeignKey("volumes.id")),
    sa.Column("accession_id", Id, sa.ForeignKey("accessions.id"), index=True),
    sa.Column("issued_at", Instant, nullable=False),
    sa.Column("issued_by", sa.String(16), nullable=False),
    sa.Column("void_reason", sa.Text, nullable=False),
    # Who has the blank, in the words of whoever gave it out.
    sa.Column("given_to", sa.Text, nullable=False, server_default=""),
    sa.UniqueConstraint("series", "number"),
    sa.CheckConstraint("number > 0", name="counted"),
    sa.CheckConstraint("record_id IS NULL OR void_reason = ''", name="void"),
)

# What is decided for one record about how long it is kept; where nothing stands here, its class decides.
record_terms = sa.Table(
    "record_terms",
    metadata,
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True),
    sa.Column("case_name", sa.Text, nullable=False),
    sa.Column("began_on", sa.Date),
    sa.Column("extended_until", sa.Date),
    sa.Column("permanent", sa.Boolean(name="permanent"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)
