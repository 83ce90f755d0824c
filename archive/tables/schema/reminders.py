"""What was said of what, so that nobody is told twice."""

import sqlalchemy as sa

from archive.tables.schema.columns import Instant, metadata

# What was claimed to be said about something at some rung, before it is said: nobody is told twice.
reminders = sa.Table(
    "reminders",
    metadata,
    sa.Column("subject_id", sa.String(40), primary_key=True),
    sa.Column("due_at", Instant, primary_key=True),
    sa.Column("rung", sa.Integer, primary_key=True),
    sa.Column("claimed_at", Instant, nullable=False),
)
