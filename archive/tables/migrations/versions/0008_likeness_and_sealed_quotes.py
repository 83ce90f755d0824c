"""Suggestions say where they were read, not the words; texts that are nearly the same are found; records are merged."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import replace_check

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column('suggestions', 'quote')
    for name in ('starts', 'ends'):
        op.add_column('suggestions', sa.Column(name, sa.Integer(), nullable=False, server_default='0'))
    replace_check(
        'records',
        'ck_records_lifecycle',
        "lifecycle IN ('captured', 'filed', 'archived', 'destroyed', 'transferred', 'quarantined', 'merged')",
    )
    replace_check(
        'records',
        'ck_records_filed_is_described',
        "(lifecycle IN ('captured', 'quarantined', 'merged') OR (class_code IS NOT NULL AND site <> ''))"
        " AND (lifecycle IN ('archived', 'destroyed', 'transferred')) = (archival_code <> '')",
    )
    op.create_table('sketches',
    sa.Column('component_id', sa.String(length=16), nullable=False),
    sa.Column('sketch', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['component_id'], ['components.id'], name=op.f('fk_sketches_component_id')),
    sa.PrimaryKeyConstraint('component_id', name=op.f('pk_sketches'))
    )
    op.create_table('sketch_bands',
    sa.Column('component_id', sa.String(length=16), nullable=False),
    sa.Column('band', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['component_id'], ['components.id'], name=op.f('fk_sketch_bands_component_id')),
    sa.PrimaryKeyConstraint('component_id', 'band', name=op.f('pk_sketch_bands'))
    )
    op.create_index('ix_sketch_bands_value', 'sketch_bands', ['band', 'value'], unique=False)
