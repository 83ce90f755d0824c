"""Selections origin."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.add_column('selections', sa.Column('origin', sa.Text(), server_default='', nullable=False))
