"""Contracts."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


EXCLUSIVE = sa.text("state = 'confirmed' AND kind IN ('preliminary', 'service')")
OPEN = sa.text(
    "state = 'confirmed' AND kind IN ('preliminary', 'service') AND indefinite AND ended_on IS NULL"
)


def upgrade() -> None:
    op.create_table('contract_projects',
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('taken_over_on', sa.Date(), nullable=True),
    sa.Column('committee_on', sa.Date(), nullable=True),
    sa.Column('given_up_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['site'], ['sites.code'], name=op.f('fk_contract_projects_site')),
    sa.PrimaryKeyConstraint('site', name=op.f('pk_contract_projects'))
    )
    op.create_table('contracts',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('party_a', sa.Text(), nullable=False),
    sa.Column('party_b', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('drafted_by', sa.String(length=16), nullable=False),
    sa.Column('drafted_at', sa.BigInteger(), nullable=False),
    sa.Column('signed_on', sa.Date(), nullable=True),
    sa.Column('begins_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('indefinite', sa.Boolean(name='indefinite'), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('predecessor_id', sa.String(length=16), nullable=True),
    sa.Column('notice_days', sa.Integer(), nullable=True),
    sa.Column('originals', sa.Integer(), nullable=False),
    sa.Column('originals_at', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('confirmed_by', sa.String(length=16), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("kind IN ('preliminary', 'service', 'outsourcing', 'lease', 'other')",
    name=op.f('ck_contracts_kind')),
    sa.CheckConstraint("state <> 'confirmed' OR (confirmed_by <> '' AND confirmed_by <> drafted_by"
    " AND begins_on IS NOT NULL AND (ends_on IS NOT NULL OR indefinite))", name=op.f('ck_contracts_confirmed')),
    sa.CheckConstraint("state IN ('draft', 'confirmed', 'void')", name=op.f('ck_contracts_state')),
    sa.CheckConstraint('NOT indefinite OR ends_on IS NULL OR ended_on IS NULL OR ended_on >= begins_on',
    name=op.f('ck_contracts_open')),
    sa.CheckConstraint('ends_on IS NULL OR begins_on <= ends_on', name=op.f('ck_contracts_term')),
    sa.ForeignKeyConstraint(['predecessor_id'], ['contracts.id'], name=op.f('fk_contracts_predecessor_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_contracts_record_id')),
    sa.ForeignKeyConstraint(['site'], ['sites.code'], name=op.f('fk_contracts_site')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contracts')),
    sa.UniqueConstraint('record_id', name=op.f('uq_contracts_record_id'))
    )
    op.create_index('uq_contracts_begin', 'contracts', ['site', 'begins_on'], unique=True,
    sqlite_where=EXCLUSIVE, postgresql_where=EXCLUSIVE)
    op.create_index('uq_contracts_open', 'contracts', ['site'], unique=True,
    sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index('uq_contracts_successor', 'contracts', ['predecessor_id'], unique=True,
    sqlite_where=sa.text("state = 'confirmed'"),
    postgresql_where=sa.text("state = 'confirmed'"))
