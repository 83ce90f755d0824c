"""Sheets of the house."""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('house_sheets',
    sa.Column('sheet', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_house_sheets_reason')),
    sa.PrimaryKeyConstraint('sheet', 'version', name=op.f('pk_house_sheets'))
    )
    # They were of contracts only.
    op.execute('INSERT INTO house_sheets SELECT sheet, version, changed_at, changed_by, reason, "rows" FROM contract_rules')
    op.drop_table('contract_rules')
