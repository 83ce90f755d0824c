"""A serial that a form counts itself has a holder, and is voided with a reason."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import replace_check

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None
# Programs of before do not know that such a serial is void: they print it, fill it in and take it back.
survived_by = "0056"
satisfied = ("ck_form_sheets_blank",)


def upgrade() -> None:
    op.add_column('form_sheets', sa.Column('given_to', sa.Text(), server_default='', nullable=False))
    op.add_column('form_sheets', sa.Column('void_reason', sa.Text(), server_default='', nullable=False))
    condition = "(record_id IS NULL) = (how = 'blank') AND (record_id IS NULL OR void_reason = '')"
    replace_check("form_sheets", "ck_form_sheets_blank", condition)
