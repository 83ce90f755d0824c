"""Forms without occasions."""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index(op.f('ix_form_sheets_occasion_id'), table_name='form_sheets')
    op.drop_column('form_sheets', 'occasion_id')
