"""What was done with repositories stands in the order in which it began, whatever the clock said; with who does it."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import replace_check

# fmt: off
revision = "0029"
down_revision = "0028"
# fmt: on
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("backup_runs", sa.Column("worker", sa.Text(), nullable=False, server_default=""))
    op.add_column("backup_runs", sa.Column("seq", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "UPDATE backup_runs SET seq = (SELECT count(*) FROM backup_runs AS before WHERE before.began_at <"
        " backup_runs.began_at OR (before.began_at = backup_runs.began_at AND before.id <= backup_runs.id))"
    )
    op.drop_index("ix_backup_runs_place", "backup_runs")
    op.create_index("ix_backup_runs_place", "backup_runs", ["place", "kind", "seq"])
    op.create_index("uq_backup_runs_seq", "backup_runs", ["seq"], unique=True)
    kinds = "kind IN ('run', 'verify', 'repair', 'forget', 'drill')"
    replace_check("backup_runs", "ck_backup_runs_kind", kinds)
