"""Stocktakes."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('stocktakes',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('location_id', sa.String(length=16), nullable=False),
    sa.Column('address', sa.String(length=250), nullable=False),
    sa.Column('begun_by', sa.String(length=16), nullable=False),
    sa.Column('with_id', sa.String(length=16), nullable=False),
    sa.Column('begun_at', sa.BigInteger(), nullable=False),
    sa.Column('counted_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('record_id', sa.String(length=16), nullable=True),
    sa.CheckConstraint('begun_by <> with_id', name=op.f('ck_stocktakes_two_people')),
    sa.CheckConstraint('closed_at IS NULL OR counted_at IS NOT NULL', name=op.f('ck_stocktakes_counted')),
    sa.ForeignKeyConstraint(['begun_by'], ['people.id'], name=op.f('fk_stocktakes_begun_by')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_stocktakes_location_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_stocktakes_record_id')),
    sa.ForeignKeyConstraint(['site'], ['sites.code'], name=op.f('fk_stocktakes_site')),
    sa.ForeignKeyConstraint(['with_id'], ['people.id'], name=op.f('fk_stocktakes_with_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stocktakes')),
    sa.UniqueConstraint('number', name=op.f('uq_stocktakes_number'))
    )
    op.create_index(op.f('ix_stocktakes_begun_at'), 'stocktakes', ['begun_at'], unique=False)
    op.create_table('stocktake_lines',
    sa.Column('stocktake_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('expected_id', sa.String(length=16), nullable=True),
    sa.Column('pages_expected', sa.Integer(), nullable=False),
    sa.Column('on_loan', sa.Boolean(), nullable=False),
    sa.Column('seen_id', sa.String(length=16), nullable=True),
    sa.Column('seen_at', sa.BigInteger(), nullable=True),
    sa.Column('seen_by', sa.String(length=16), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=True),
    sa.Column('condition', sa.String(length=20), nullable=False),
    sa.Column('explanation', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.String(length=16), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('explained_by', sa.String(length=16), nullable=False),
    sa.Column('settled_at', sa.BigInteger(), nullable=True),
    sa.Column('settled_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("condition IN ('', 'good', 'damaged', 'pages-missing', 'faded')", name=op.f('ck_stocktake_lines_condition')),
    sa.CheckConstraint("explanation = '' OR (owner_id IS NOT NULL AND due_on IS NOT NULL)", name=op.f('ck_stocktake_lines_explained')),
    sa.CheckConstraint('(seen_at IS NULL) = (seen_id IS NULL)', name=op.f('ck_stocktake_lines_seen')),
    sa.CheckConstraint('pages IS NULL OR pages >= 0', name=op.f('ck_stocktake_lines_pages')),
    sa.ForeignKeyConstraint(['expected_id'], ['locations.id'], name=op.f('fk_stocktake_lines_expected_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_stocktake_lines_owner_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_stocktake_lines_record_id')),
    sa.ForeignKeyConstraint(['seen_id'], ['locations.id'], name=op.f('fk_stocktake_lines_seen_id')),
    sa.ForeignKeyConstraint(['stocktake_id'], ['stocktakes.id'], name=op.f('fk_stocktake_lines_stocktake_id')),
    sa.PrimaryKeyConstraint('stocktake_id', 'record_id', name=op.f('pk_stocktake_lines'))
    )
    op.create_index(op.f('ix_stocktake_lines_record_id'), 'stocktake_lines', ['record_id'], unique=False)
    op.create_table('stocktake_signatures',
    sa.Column('stocktake_id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('signed_at', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_stocktake_signatures_person_id')),
    sa.ForeignKeyConstraint(['stocktake_id'], ['stocktakes.id'], name=op.f('fk_stocktake_signatures_stocktake_id')),
    sa.PrimaryKeyConstraint('stocktake_id', 'person_id', name=op.f('pk_stocktake_signatures'))
    )
