"""Laws."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('law_reviews',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('reviewed_at', sa.BigInteger(), nullable=False),
    sa.Column('reviewed_by', sa.String(length=16), nullable=False),
    sa.Column('applies', sa.Boolean(name='applies'), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_law_reviews'))
    )
    op.create_index(op.f('ix_law_reviews_code'), 'law_reviews', ['code'], unique=False)
    op.create_table('law_versions',
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_law_versions_reason')),
    sa.PrimaryKeyConstraint('code', 'version', name=op.f('pk_law_versions'))
    )
    op.create_table('law_citations',
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('text_digest', sa.String(length=64), nullable=False),
    sa.Column('codes', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_law_citations_record_id')),
    sa.PrimaryKeyConstraint('record_id', name=op.f('pk_law_citations'))
    )
