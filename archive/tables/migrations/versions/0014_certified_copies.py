"""Certified copies."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import replace_check

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('certified_copies',
    sa.Column('code', sa.String(length=16), nullable=False),
    sa.Column('item_id', sa.String(length=16), nullable=False),
    sa.Column('loan_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.String(length=16), nullable=False),
    sa.Column('made_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['digest'], ['objects.digest'], name=op.f('fk_certified_copies_digest')),
    sa.ForeignKeyConstraint(['item_id'], ['loan_items.id'], name=op.f('fk_certified_copies_item_id')),
    sa.ForeignKeyConstraint(['loan_id'], ['loans.id'], name=op.f('fk_certified_copies_loan_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_certified_copies_record_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_certified_copies')),
    sa.UniqueConstraint('item_id', name=op.f('uq_certified_copies_item_id'))
    )
    op.create_index(op.f('ix_certified_copies_loan_id'), 'certified_copies', ['loan_id'], unique=False)
    op.create_index(op.f('ix_certified_copies_record_id'), 'certified_copies', ['record_id'], unique=False)
    replace_check('loan_items', 'ck_loan_items_form', "form IN ('paper', 'digital', 'copy')")
