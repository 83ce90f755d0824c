"""Imports that last."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('imports',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('opened_by', sa.String(length=16), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imports')),
    sa.UniqueConstraint('digest', 'opened_by', name=op.f('uq_imports_digest_opened_by'))
    )
    op.create_table('import_rows',
    sa.Column('import_id', sa.String(length=16), nullable=False),
    sa.Column('row', sa.Integer(), nullable=False),
    sa.Column('file', sa.Text(), nullable=False),
    sa.Column('called', sa.Text(), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('outcome', sa.String(length=12), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint("outcome IN ('ready', 'problem', 'refused', 'taken')", name=op.f('ck_import_rows_outcome')),
    sa.ForeignKeyConstraint(['import_id'], ['imports.id'], name=op.f('fk_import_rows_import_id')),
    sa.PrimaryKeyConstraint('import_id', 'row', name=op.f('pk_import_rows'))
    )
    op.create_index('ix_import_rows_called', 'import_rows', ['import_id', 'called'], unique=False)
