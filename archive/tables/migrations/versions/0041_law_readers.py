"""Law readers."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None
survived_by = "0040"


def upgrade() -> None:
    op.create_table('law_readers',
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('asked_by', sa.String(length=16), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('read_at', sa.BigInteger(), nullable=True),
    sa.Column('reminded_on', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_law_readers_person_id')),
    sa.PrimaryKeyConstraint('code', 'version', 'person_id', name=op.f('pk_law_readers'))
    )
    op.create_index(op.f('ix_law_readers_person_id'), 'law_readers', ['person_id'], unique=False)
    op.create_index('uq_law_readers_open', 'law_readers', ['code', 'person_id'], unique=True, sqlite_where=sa.text('read_at IS NULL'), postgresql_where=sa.text('read_at IS NULL'))
