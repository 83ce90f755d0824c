"""Keys that tenants received, gave back or paid for, line by line."""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('room_keys',
    sa.Column('dossier_id', sa.String(length=16), nullable=False),
    sa.Column('key', sa.String(length=40), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('what', sa.String(length=12), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('outstanding', sa.Integer(), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("what <> 'compensated' OR note <> ''", name=op.f('ck_room_keys_compensated_why')),
    sa.CheckConstraint("what IN ('issued', 'returned', 'compensated')", name=op.f('ck_room_keys_what')),
    sa.CheckConstraint('number > 0', name=op.f('ck_room_keys_number')),
    sa.CheckConstraint('outstanding >= 0', name=op.f('ck_room_keys_outstanding')),
    sa.ForeignKeyConstraint(['dossier_id'], ['dossiers.id'], name=op.f('fk_room_keys_dossier_id')),
    sa.PrimaryKeyConstraint('dossier_id', 'key', 'position', name=op.f('pk_room_keys'))
    )
