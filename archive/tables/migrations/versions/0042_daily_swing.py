"""Daily swing."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import replace_check

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None
survived_by = "0040"
satisfied = ("ck_room_actions_kind",)


def upgrade() -> None:
    op.add_column('room_rules', sa.Column('swing_temperature', sa.Integer(), server_default='0', nullable=False))
    op.add_column('room_rules', sa.Column('swing_humidity', sa.Integer(), server_default='0', nullable=False))
    kinds = (
        "kind IN ('temperature', 'humidity', 'temperature-swing', 'humidity-swing', 'flat-line', 'missing', "
        "'inspection')"
    )
    replace_check("room_actions", "ck_room_actions_kind", kinds)
