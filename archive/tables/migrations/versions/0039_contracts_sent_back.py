"""Contracts sent back."""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('contracts', sa.Column('sent_back_by', sa.String(length=16), server_default='', nullable=False))
    op.add_column('contracts', sa.Column('sent_back_why', sa.Text(), server_default='', nullable=False))
