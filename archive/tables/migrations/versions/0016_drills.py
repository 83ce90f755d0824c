"""Drills."""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drills',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('conductor_id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('seed', sa.String(length=32), nullable=False),
    sa.Column('population', sa.Integer(), nullable=False),
    sa.Column('population_digest', sa.String(length=64), nullable=False),
    sa.Column('limit_s', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('record_id', sa.String(length=16), nullable=True),
    sa.CheckConstraint('limit_s BETWEEN 1 AND 3600', name=op.f('ck_drills_limit')),
    sa.ForeignKeyConstraint(['conductor_id'], ['people.id'], name=op.f('fk_drills_conductor_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_drills_person_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_drills_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drills')),
    sa.UniqueConstraint('number', name=op.f('uq_drills_number'))
    )
    op.create_index('ix_drills_created_at', 'drills', ['created_at'], unique=False)
    op.create_index('ix_drills_person_id', 'drills', ['person_id', 'closed_at'], unique=False)
    op.create_table('drill_tasks',
    sa.Column('drill_id', sa.String(length=16), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('started_at', sa.BigInteger(), nullable=True),
    sa.Column('stopped_at', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.CheckConstraint("(outcome = '') = (stopped_at IS NULL)", name=op.f('ck_drill_tasks_stopped')),
    sa.CheckConstraint("outcome IN ('', 'page', 'shelf', 'given-up')", name=op.f('ck_drill_tasks_outcome')),
    sa.CheckConstraint("way IN ('catalogue', 'shelf')", name=op.f('ck_drill_tasks_way')),
    sa.CheckConstraint('stopped_at IS NULL OR stopped_at >= started_at', name=op.f('ck_drill_tasks_times')),
    sa.ForeignKeyConstraint(['drill_id'], ['drills.id'], name=op.f('fk_drill_tasks_drill_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_drill_tasks_record_id')),
    sa.PrimaryKeyConstraint('drill_id', 'position', name=op.f('pk_drill_tasks'))
    )
