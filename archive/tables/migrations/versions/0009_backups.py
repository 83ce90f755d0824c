"""Backups."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('backup_runs',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('began_at', sa.BigInteger(), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('snapshot', sa.String(length=32), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.BigInteger(), nullable=True),
    sa.Column('objects', sa.BigInteger(), nullable=False),
    sa.Column('objects_new', sa.BigInteger(), nullable=False),
    sa.Column('bytes', sa.BigInteger(), nullable=False),
    sa.Column('problems', sa.Integer(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=False),
    sa.Column('done_bytes', sa.BigInteger(), nullable=False),
    sa.Column('total_bytes', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("kind IN ('run', 'verify', 'forget', 'drill')", name=op.f('ck_backup_runs_kind')),
    sa.CheckConstraint("outcome IN ('running', 'done', 'failed')", name=op.f('ck_backup_runs_outcome')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backup_runs'))
    )
    op.create_index('ix_backup_runs_place', 'backup_runs', ['place', 'kind', 'began_at'], unique=False)
    op.create_table('restore_wishes',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('snapshot', sa.String(length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('wished_by', sa.String(length=16), nullable=False),
    sa.Column('wished_at', sa.BigInteger(), nullable=False),
    sa.Column('first_by', sa.String(length=16), nullable=True),
    sa.Column('first_at', sa.BigInteger(), nullable=True),
    sa.Column('second_by', sa.String(length=16), nullable=True),
    sa.Column('second_at', sa.BigInteger(), nullable=True),
    sa.Column('ended', sa.String(length=10), nullable=False),
    sa.Column('ended_by', sa.String(length=16), nullable=True),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("ended IN ('', 'refused', 'used', 'withdrawn')", name=op.f('ck_restore_wishes_ended')),
    sa.CheckConstraint('wished_by <> first_by AND wished_by <> second_by AND first_by <> second_by', name=op.f('ck_restore_wishes_distinct')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_restore_wishes'))
    )
