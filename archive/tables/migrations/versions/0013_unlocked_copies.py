"""Unlocked copies."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('unlocked_copies',
    sa.Column('component_id', sa.String(length=16), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('unlocked_by', sa.String(length=16), nullable=False),
    sa.Column('unlocked_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['component_id'], ['components.id'], name=op.f('fk_unlocked_copies_component_id')),
    sa.ForeignKeyConstraint(['digest'], ['objects.digest'], name=op.f('fk_unlocked_copies_digest')),
    sa.PrimaryKeyConstraint('component_id', name=op.f('pk_unlocked_copies'))
    )
