"""Records that somebody chose to work on together, and what becomes of each of them."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

selections = sa.Table(
    "selections",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, sa.ForeignKey("people.id"), nullable=False),
    sa.Column("chosen_at", Instant, nullable=False),
    sa.Column("phase", sa.String(10), nullable=False),
    # What is done with each of them, and how; empty while nothing was asked.
    sa.Column("deed", sa.String(20), nullable=False),
    sa.Column("said", sa.JSON, nullable=False),
    # The ceiling of the session in which it was asked: nobody else works above it.
    sa.Column("clearance", sa.Integer, nullable=False),
    # The address of the list they were chosen in, to go back to.
    sa.Column("origin", sa.Text, nullable=False, server_default=""),
    one_of("phase", "chosen", "trying", "doing", "undoing"),
    sa.Index("ix_selections_person_id", "person_id", "chosen_at"),
)

selected_records = sa.Table(
    "selected_records",
    metadata,
    sa.Column("selection_id", Id, sa.ForeignKey("selections.id"), primary_key=True),
    sa.Column("record_id", Id, sa.ForeignKey("records.id"), primary_key=True, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    # Field → what it was and what it became.
    sa.Column("changes", sa.JSON, nullable=False),
    one_of("state", "chosen", "waiting", "ready", "unchanged", "refused", "done", "undone"),
    sa.Index("ix_selected_records_state", "selection_id", "state", "position"),
)
