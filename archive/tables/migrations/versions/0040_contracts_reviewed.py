"""Contracts reviewed."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import replace_check

revision = '0040'
down_revision = '0039'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('contracts', sa.Column('waits_since', sa.BigInteger(), nullable=True))
    op.add_column('contracts', sa.Column('confirmed_despite', sa.Text(), server_default='', nullable=False))
    op.execute("UPDATE contracts SET waits_since = drafted_at WHERE state = 'draft'")
    replace_check(
        'contracts', 'ck_contracts_confirmed',
        "state <> 'confirmed' OR (confirmed_by <> '' AND confirmed_by <> drafted_by AND begins_on IS NOT NULL"
        " AND (ends_on IS NOT NULL OR indefinite) AND sent_back_why = '')",
    )
