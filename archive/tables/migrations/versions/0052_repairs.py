"""Repairs."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.create_table('repairs',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('urgency', sa.String(length=10), nullable=False),
    sa.Column('seen_on', sa.Date(), nullable=False),
    sa.Column('seen_by', sa.String(length=16), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_by', sa.String(length=16), nullable=False),
    sa.Column('source', sa.String(length=10), nullable=False),
    sa.Column('stocktake_id', sa.String(length=16), nullable=True),
    sa.Column('loan_id', sa.String(length=16), nullable=True),
    sa.Column('state', sa.String(length=20), nullable=False),
    sa.Column('treated_by', sa.String(length=16), nullable=True),
    sa.Column('company', sa.Text(), nullable=False),
    sa.Column('out_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('pages_before', sa.Integer(), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('done_by', sa.String(length=16), nullable=False),
    sa.Column('work', sa.Text(), nullable=False),
    sa.Column('materials', sa.Text(), nullable=False),
    sa.Column('pages_after', sa.Integer(), nullable=True),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("(source = 'loan') = (loan_id IS NOT NULL)", name=op.f('ck_repairs_seen_after_loan')),
    sa.CheckConstraint("(source = 'stocktake') = (stocktake_id IS NOT NULL)", name=op.f('ck_repairs_seen_in_stocktake')),
    sa.CheckConstraint("source IN ('hand', 'stocktake', 'loan')", name=op.f('ck_repairs_source')),
    sa.CheckConstraint("state <> 'back' OR (closed_at IS NOT NULL AND closed_by <> done_by AND (treated_by IS NULL OR closed_by <> treated_by))", name=op.f('ck_repairs_two_people')),
    sa.CheckConstraint("state IN ('open', 'dropped') OR (out_on IS NOT NULL AND due_on IS NOT NULL AND (treated_by IS NOT NULL) <> (company <> ''))", name=op.f('ck_repairs_treated')),
    sa.CheckConstraint("state IN ('open', 'in_treatment', 'mended', 'beyond_repair', 'back', 'dropped')", name=op.f('ck_repairs_state')),
    sa.CheckConstraint("state NOT IN ('mended', 'beyond_repair', 'back') OR (done_on IS NOT NULL AND work <> '')", name=op.f('ck_repairs_done')),
    sa.CheckConstraint("urgency IN ('usual', 'urgent')", name=op.f('ck_repairs_urgency')),
    sa.ForeignKeyConstraint(['loan_id'], ['loans.id'], name=op.f('fk_repairs_loan_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_repairs_record_id')),
    sa.ForeignKeyConstraint(['stocktake_id'], ['stocktakes.id'], name=op.f('fk_repairs_stocktake_id')),
    sa.ForeignKeyConstraint(['treated_by'], ['people.id'], name=op.f('fk_repairs_treated_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_repairs')),
    sa.UniqueConstraint('number', name=op.f('uq_repairs_number'))
    )
    op.create_index(op.f('ix_repairs_record_id'), 'repairs', ['record_id'], unique=False)
    op.create_index('uq_repairs_one_running', 'repairs', ['record_id'], unique=True, sqlite_where=sa.text("state IN ('open', 'in_treatment', 'mended', 'beyond_repair')"), postgresql_where=sa.text("state IN ('open', 'in_treatment', 'mended', 'beyond_repair')"))
