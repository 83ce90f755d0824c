"""Review inputs."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.create_table('review_ticks',
    sa.Column('review_id', sa.String(length=16), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('ticked_at', sa.BigInteger(), nullable=False),
    sa.Column('ticked_by', sa.String(length=16), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['review_id'], ['management_reviews.id'], name=op.f('fk_review_ticks_review_id')),
    sa.PrimaryKeyConstraint('review_id', 'code', name=op.f('pk_review_ticks'))
    )
    op.create_table('review_evidence',
    sa.Column('review_id', sa.String(length=16), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_review_evidence_record_id')),
    sa.ForeignKeyConstraint(['review_id', 'code'], ['review_ticks.review_id', 'review_ticks.code'], name=op.f('fk_review_evidence_review_id_code')),
    sa.PrimaryKeyConstraint('review_id', 'code', 'record_id', name=op.f('pk_review_evidence'))
    )
    op.add_column('management_reviews', sa.Column('closed_at', sa.BigInteger(), nullable=True))
    op.add_column('management_reviews', sa.Column('closed_by', sa.String(length=16), server_default='', nullable=False))
    op.add_column('management_reviews', sa.Column('closed_why', sa.Text(), server_default='', nullable=False))
