"""Boxes bear labels."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("locations", sa.Column("labelled_at", sa.BigInteger(), nullable=True))
