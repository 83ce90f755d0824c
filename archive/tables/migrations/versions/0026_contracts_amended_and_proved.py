"""Contracts amended and proved.

What was proved stood in a column that no door had written to yet: there is nothing to carry over.
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('contract_rules',
    sa.Column('sheet', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('rows', sa.JSON(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_contract_rules_reason')),
    sa.PrimaryKeyConstraint('sheet', 'version', name=op.f('pk_contract_rules'))
    )
    op.create_table('contract_amendments',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('contract_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('says', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('drafted_by', sa.String(length=16), nullable=False),
    sa.Column('drafted_at', sa.BigInteger(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('effective_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('ended_before', sa.Date(), nullable=True),
    sa.Column('confirmed_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("state <> 'confirmed' OR (confirmed_by <> '' AND confirmed_by <> drafted_by AND effective_on IS NOT NULL)", name=op.f('ck_contract_amendments_confirmed')),
    sa.CheckConstraint("state IN ('draft', 'confirmed', 'void')", name=op.f('ck_contract_amendments_state')),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_contract_amendments_contract_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_contract_amendments_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract_amendments'))
    )
    op.create_index(op.f('ix_contract_amendments_contract_id'), 'contract_amendments', ['contract_id'], unique=False)
    op.create_index(op.f('ix_contract_amendments_record_id'), 'contract_amendments', ['record_id'], unique=False)
    op.create_index('uq_contract_amendments_record', 'contract_amendments', ['record_id'], unique=True, sqlite_where=sa.text("state <> 'void'"), postgresql_where=sa.text("state <> 'void'"))
    op.create_table('contract_evidence',
    sa.Column('contract_id', sa.String(length=16), nullable=False),
    sa.Column('item', sa.String(length=20), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('put_at', sa.BigInteger(), nullable=False),
    sa.Column('put_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("record_id IS NOT NULL OR note <> ''", name=op.f('ck_contract_evidence_says_something')),
    sa.ForeignKeyConstraint(['contract_id'], ['contracts.id'], name=op.f('fk_contract_evidence_contract_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_contract_evidence_record_id')),
    sa.PrimaryKeyConstraint('contract_id', 'item', name=op.f('pk_contract_evidence'))
    )
    op.create_index(op.f('ix_contract_evidence_record_id'), 'contract_evidence', ['record_id'], unique=False)
    op.add_column('contracts', sa.Column('drafters', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('contracts', sa.Column('notice_on', sa.Date(), nullable=True))
    op.add_column('contracts', sa.Column('ended_why', sa.String(length=20), server_default='', nullable=False))
    op.drop_column('contracts', 'evidence')
