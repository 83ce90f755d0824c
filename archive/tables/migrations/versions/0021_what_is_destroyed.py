"""A disposal is of files, not of names; the code of a certified copy stays when its record is destroyed."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import allow_null

# fmt: off
revision = "0021"
down_revision = "0020"
# fmt: on
branch_labels = None
depends_on = None


def upgrade() -> None:
    allow_null("certified_copies", "digest")
    op.add_column("disposal_items", sa.Column("files", sa.String(64), server_default="", nullable=False))
