"""Errands."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.create_table('errands',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('said', sa.JSON(), nullable=False),
    sa.Column('clearance', sa.Integer(), nullable=False),
    sa.Column('rights', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('done', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed', 'stopped')", name=op.f('ck_errands_state')),
    sa.ForeignKeyConstraint(['digest'], ['objects.digest'], name=op.f('fk_errands_digest')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_errands_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_errands'))
    )
    op.create_index('ix_errands_person_id', 'errands', ['person_id', 'asked_at'], unique=False)
