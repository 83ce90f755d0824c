"""${message}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
survived_by = ${repr(down_revision)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
