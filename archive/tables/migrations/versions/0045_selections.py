"""Selections."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.create_table('selections',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('chosen_at', sa.BigInteger(), nullable=False),
    sa.Column('phase', sa.String(length=10), nullable=False),
    sa.Column('deed', sa.String(length=20), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('clearance', sa.Integer(), nullable=False),
    sa.CheckConstraint("phase IN ('chosen', 'trying', 'doing', 'undoing')", name=op.f('ck_selections_phase')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_selections_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_selections'))
    )
    op.create_index('ix_selections_person_id', 'selections', ['person_id', 'chosen_at'], unique=False)
    op.create_table('selected_records',
    sa.Column('selection_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('changes', sa.JSON(), nullable=False),
    sa.CheckConstraint("state IN ('chosen', 'waiting', 'ready', 'unchanged', 'refused', 'done', 'undone')", name=op.f('ck_selected_records_state')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_selected_records_record_id')),
    sa.ForeignKeyConstraint(['selection_id'], ['selections.id'], name=op.f('fk_selected_records_selection_id')),
    sa.PrimaryKeyConstraint('selection_id', 'record_id', name=op.f('pk_selected_records'))
    )
    op.create_index(op.f('ix_selected_records_record_id'), 'selected_records', ['record_id'], unique=False)
    op.create_index('ix_selected_records_state', 'selected_records', ['selection_id', 'state', 'position'], unique=False)
