"""Indexes of all that scopes, counts and books look at: what is counted is counted there."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.create_index('ix_intake_outcome', 'intake', ['outcome', 'record_id'], unique=False)
    op.create_index('ix_intake_seen_at', 'intake', ['seen_at', 'outcome', 'record_id'], unique=False)
    op.create_index('ix_objects_kept', 'objects', ['state', 'size_bytes', 'stored_bytes'], unique=False)
    op.create_index('ix_records_counted', 'records', ['lifecycle', 'class_code', 'site', 'document_date', 'level', 'pii', 'department', 'id'], unique=False)
