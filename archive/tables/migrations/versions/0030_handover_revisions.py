"""Every change of a handover is counted, so that a digest can be worked out before the transaction that needs it."""

import sqlalchemy as sa
from alembic import op

# fmt: off
revision = "0030"
down_revision = "0029"
# fmt: on
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("handovers", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
