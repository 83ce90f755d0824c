"""Holds and disposals."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('debris',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('object', 'source')", name=op.f('ck_debris_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_debris'))
    )
    op.create_table('disposals',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_by', sa.String(length=16), nullable=False),
    sa.Column('report', sa.Text(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('approved_at', sa.BigInteger(), nullable=True),
    sa.Column('approved_by', sa.String(length=16), nullable=False),
    sa.Column('cooling_until', sa.BigInteger(), nullable=True),
    sa.Column('executed_at', sa.BigInteger(), nullable=True),
    sa.Column('executed_by', sa.String(length=16), nullable=False),
    sa.Column('index_name', sa.Text(), nullable=False),
    sa.Column('cleaned_at', sa.BigInteger(), nullable=True),
    sa.Column('completed_at', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("approved_by = '' OR approved_by <> opened_by", name=op.f('ck_disposals_two_people')),
    sa.CheckConstraint("state IN ('appraising', 'proposed', 'cooling_off', 'executed', 'complete', 'cancelled')", name=op.f('ck_disposals_state')),
    sa.CheckConstraint("state NOT IN ('cooling_off', 'executed', 'complete') OR (approved_by <> '' AND cooling_until IS NOT NULL)", name=op.f('ck_disposals_approved')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disposals')),
    sa.UniqueConstraint('number', name=op.f('uq_disposals_number'))
    )
    op.create_table('holds',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('placed_at', sa.BigInteger(), nullable=False),
    sa.Column('placed_by', sa.String(length=16), nullable=False),
    sa.Column('released_at', sa.BigInteger(), nullable=True),
    sa.Column('released_by', sa.String(length=16), nullable=False),
    sa.Column('release_reason', sa.Text(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_holds_reason')),
    sa.CheckConstraint("released_at IS NULL OR release_reason <> ''", name=op.f('ck_holds_released')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holds')),
    sa.UniqueConstraint('number', name=op.f('uq_holds_number'))
    )
    op.create_table('disposal_people',
    sa.Column('disposal_id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('part', sa.String(length=10), nullable=False),
    sa.Column('signed_at', sa.BigInteger(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint("part IN ('group', 'witness')", name=op.f('ck_disposal_people_part')),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposals.id'], name=op.f('fk_disposal_people_disposal_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_disposal_people_person_id')),
    sa.PrimaryKeyConstraint('disposal_id', 'person_id', name=op.f('pk_disposal_people'))
    )
    op.create_table('disposal_items',
    sa.Column('disposal_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('years', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.String(length=16), nullable=False),
    sa.Column('left_out', sa.String(length=20), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("decision IN ('', 'extend', 'permanent', 'destroy')", name=op.f('ck_disposal_items_decision')),
    sa.ForeignKeyConstraint(['disposal_id'], ['disposals.id'], name=op.f('fk_disposal_items_disposal_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_disposal_items_record_id')),
    sa.PrimaryKeyConstraint('disposal_id', 'record_id', name=op.f('pk_disposal_items'))
    )
    op.create_index(op.f('ix_disposal_items_record_id'), 'disposal_items', ['record_id'], unique=False)
    op.create_table('held_records',
    sa.Column('hold_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('added_at', sa.BigInteger(), nullable=False),
    sa.Column('added_by', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['hold_id'], ['holds.id'], name=op.f('fk_held_records_hold_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_held_records_record_id')),
    sa.PrimaryKeyConstraint('hold_id', 'record_id', name=op.f('pk_held_records'))
    )
    op.create_index(op.f('ix_held_records_record_id'), 'held_records', ['record_id'], unique=False)
