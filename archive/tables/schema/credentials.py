"""What people show besides a password, and passwords that two administrators give out together."""

import sqlalchemy as sa

from archive.tables.schema.columns import Digest, Id, Instant, metadata

second_factors = sa.Table(
    "second_factors",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    # Sealed under the master key: who copies the catalogue cannot make codes.
    sa.Column("sealed_secret", sa.LargeBinary, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("confirmed_at", Instant),
    # The step of the last code that was taken: no code is taken twice.
    sa.Column("last_step", sa.BigInteger, nullable=False),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("digest", Digest, primary_key=True),
    sa.Column("used_at", Instant),
)

password_resets = sa.Table(
    "password_resets",
    metadata,
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("sealed_half", sa.LargeBinary, nullable=False),
    sa.Column("asked_by", sa.String(16), nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
)
