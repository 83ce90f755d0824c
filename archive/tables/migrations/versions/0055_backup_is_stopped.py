"""A backup or a check that a person stopped is told from one that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None
survived_by = "0054"


def upgrade() -> None:
    op.add_column('backup_runs', sa.Column('stopped', sa.Boolean(name='stopped'), server_default=sa.false(), nullable=False))
