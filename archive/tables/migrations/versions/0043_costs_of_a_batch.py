"""Indexes with which a batch costs what is in it: numbers of records, and the order in which queues are taken."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None
survived_by = "0040"


def upgrade() -> None:
    op.create_index(op.f("ix_index_queue_queued_at"), "index_queue", ["queued_at"], unique=False)
    op.create_index(
        "ix_records_doc_number",
        "records",
        ["doc_number", "site"],
        unique=False,
        sqlite_where=sa.text("length(doc_number) BETWEEN 1 AND 500"),
        postgresql_where=sa.text("length(doc_number) BETWEEN 1 AND 500"),
    )
    op.create_index(op.f("ix_search_arrivals_since"), "search_arrivals", ["since"], unique=False)
