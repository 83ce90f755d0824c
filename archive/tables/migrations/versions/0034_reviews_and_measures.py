"""Reviews and measures."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('management_reviews',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=False),
    sa.Column('lead_id', sa.String(length=16), nullable=False),
    sa.Column('department', sa.String(length=20), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_by', sa.String(length=16), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=True),
    sa.Column('record_id', sa.String(length=16), nullable=True),
    sa.CheckConstraint("kind IN ('management', 'internal', 'external')", name=op.f('ck_management_reviews_kind')),
    sa.ForeignKeyConstraint(['lead_id'], ['people.id'], name=op.f('fk_management_reviews_lead_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_management_reviews_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_management_reviews')),
    sa.UniqueConstraint('number', name=op.f('uq_management_reviews_number'))
    )
    op.create_table('review_findings',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('review_id', sa.String(length=16), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('grade', sa.String(length=20), nullable=False),
    sa.Column('clause', sa.String(length=40), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('found_at', sa.BigInteger(), nullable=False),
    sa.Column('found_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("grade IN ('observation', 'minor', 'major')", name=op.f('ck_review_findings_grade')),
    sa.CheckConstraint("said <> ''", name=op.f('ck_review_findings_said')),
    sa.ForeignKeyConstraint(['review_id'], ['management_reviews.id'], name=op.f('fk_review_findings_review_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review_findings'))
    )
    op.create_index(op.f('ix_review_findings_review_id'), 'review_findings', ['review_id'], unique=False)
    op.create_table('measures',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('plan', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.String(length=16), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_by', sa.String(length=16), nullable=False),
    sa.Column('review_id', sa.String(length=16), nullable=True),
    sa.Column('finding_id', sa.String(length=16), nullable=True),
    sa.Column('cause', sa.Text(), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('done_by', sa.String(length=16), nullable=False),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=True),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_by', sa.String(length=16), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.CheckConstraint("done_at IS NULL OR evidence <> ''", name=op.f('ck_measures_evidence')),
    sa.CheckConstraint('closed_at IS NULL OR (closed_by <> done_by AND closed_by <> owner_id)', name=op.f('ck_measures_two_people')),
    sa.CheckConstraint('closed_at IS NULL OR done_at IS NOT NULL', name=op.f('ck_measures_closed')),
    sa.ForeignKeyConstraint(['finding_id'], ['review_findings.id'], name=op.f('fk_measures_finding_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_measures_owner_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_measures_record_id')),
    sa.ForeignKeyConstraint(['review_id'], ['management_reviews.id'], name=op.f('fk_measures_review_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measures')),
    sa.UniqueConstraint('number', name=op.f('uq_measures_number'))
    )
