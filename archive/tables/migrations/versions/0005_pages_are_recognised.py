"""Pages are recognised."""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('recognitions',
    sa.Column('component_id', sa.String(length=16), nullable=False),
    sa.Column('layer_digest', sa.String(length=64), nullable=True),
    sa.Column('page_count', sa.Integer(), nullable=False),
    sa.Column('metadata', sa.JSON(), nullable=False),
    sa.Column('cautions', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['component_id'], ['components.id'], name=op.f('fk_recognitions_component_id')),
    sa.ForeignKeyConstraint(['layer_digest'], ['objects.digest'], name=op.f('fk_recognitions_layer_digest')),
    sa.PrimaryKeyConstraint('component_id', name=op.f('pk_recognitions'))
    )
    op.create_table('recognised_pages',
    sa.Column('component_id', sa.String(length=16), nullable=False),
    sa.Column('page', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('turned', sa.Integer(), nullable=False),
    sa.Column('seals', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.CheckConstraint("state IN ('waiting', 'done', 'failed')", name=op.f('ck_recognised_pages_state')),
    sa.CheckConstraint('confidence BETWEEN 0 AND 1', name=op.f('ck_recognised_pages_confidence')),
    sa.ForeignKeyConstraint(['component_id'], ['recognitions.component_id'], name=op.f('fk_recognised_pages_component_id')),
    sa.ForeignKeyConstraint(['digest'], ['objects.digest'], name=op.f('fk_recognised_pages_digest')),
    sa.PrimaryKeyConstraint('component_id', 'page', name=op.f('pk_recognised_pages'))
    )
    op.create_index('ix_recognised_pages_state', 'recognised_pages', ['state'], unique=False)
