"""Blanks given to."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.add_column('reference_codes', sa.Column('given_to', sa.Text(), server_default='', nullable=False))
