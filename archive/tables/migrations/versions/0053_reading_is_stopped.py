"""Reading is stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.add_column('recognitions', sa.Column('stopped_by', sa.Text(), server_default='', nullable=False))
