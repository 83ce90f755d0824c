"""Controlled documents."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('controlled_documents',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('department', sa.String(length=20), nullable=False),
    sa.Column('owner_id', sa.String(length=16), nullable=False),
    sa.Column('review_months', sa.Integer(), nullable=False),
    sa.Column('review_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('created_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("kind IN ('manual', 'policy', 'procedure', 'instruction', 'duty', 'standard', 'plan', 'form')", name=op.f('ck_controlled_documents_kind')),
    sa.CheckConstraint('review_months BETWEEN 1 AND 120', name=op.f('ck_controlled_documents_review_months')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_controlled_documents_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_controlled_documents')),
    sa.UniqueConstraint('number', name=op.f('uq_controlled_documents_number'))
    )
    op.create_table('document_checks',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('document_id', sa.String(length=16), nullable=False),
    sa.Column('checked_at', sa.BigInteger(), nullable=False),
    sa.Column('checked_by', sa.String(length=16), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=False),
    sa.CheckConstraint("outcome IN ('stays', 'change', 'withdraw')", name=op.f('ck_document_checks_outcome')),
    sa.ForeignKeyConstraint(['document_id'], ['controlled_documents.id'], name=op.f('fk_document_checks_document_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_checks'))
    )
    op.create_index(op.f('ix_document_checks_document_id'), 'document_checks', ['document_id'], unique=False)
    op.create_table('document_editions',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('document_id', sa.String(length=16), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=20), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('author_id', sa.String(length=16), nullable=False),
    sa.Column('drafted_at', sa.BigInteger(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('impact', sa.Text(), nullable=False),
    sa.Column('reviewer_id', sa.String(length=16), nullable=False),
    sa.Column('reviewed_at', sa.BigInteger(), nullable=True),
    sa.Column('approver_id', sa.String(length=16), nullable=False),
    sa.Column('approved_at', sa.BigInteger(), nullable=True),
    sa.Column('issued_by', sa.String(length=16), nullable=False),
    sa.Column('issued_at', sa.BigInteger(), nullable=True),
    sa.Column('effective_from', sa.Date(), nullable=True),
    sa.Column('effective_until', sa.Date(), nullable=True),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state IN ('issued', 'superseded', 'withdrawn', 'retained', 'released')) = (effective_from IS NOT NULL)", name=op.f('ck_document_editions_issued')),
    sa.CheckConstraint("(state IN ('superseded', 'withdrawn', 'retained', 'released')) = (effective_until IS NOT NULL)", name=op.f('ck_document_editions_ended')),
    sa.CheckConstraint("effective_from IS NULL OR (reviewer_id <> '' AND approver_id <> '' AND issued_by <> '')", name=op.f('ck_document_editions_approved')),
    sa.CheckConstraint("ordinal = 1 OR why <> ''", name=op.f('ck_document_editions_change_has_a_reason')),
    sa.CheckConstraint("reviewer_id <> author_id AND approver_id <> author_id AND (approver_id = '' OR reviewer_id <> approver_id)", name=op.f('ck_document_editions_three_people')),
    sa.CheckConstraint("state IN ('draft', 'review', 'reviewed', 'approved', 'issued', 'superseded', 'withdrawn', 'retained', 'released', 'dropped')", name=op.f('ck_document_editions_state')),
    sa.CheckConstraint('effective_until IS NULL OR effective_from <= effective_until', name=op.f('ck_document_editions_days')),
    sa.ForeignKeyConstraint(['document_id'], ['controlled_documents.id'], name=op.f('fk_document_editions_document_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_document_editions_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_editions')),
    sa.UniqueConstraint('document_id', 'ordinal', name=op.f('uq_document_editions_document_id_ordinal')),
    sa.UniqueConstraint('record_id', name=op.f('uq_document_editions_record_id'))
    )
    op.create_index('uq_document_editions_begin', 'document_editions', ['document_id', 'effective_from'], unique=True, sqlite_where=sa.text('effective_from IS NOT NULL AND (effective_until IS NULL OR effective_until > effective_from)'), postgresql_where=sa.text('effective_from IS NOT NULL AND (effective_until IS NULL OR effective_until > effective_from)'))
    op.create_index('uq_document_editions_end', 'document_editions', ['document_id', 'effective_until'], unique=True, sqlite_where=sa.text('effective_from IS NOT NULL AND (effective_until IS NULL OR effective_until > effective_from)'), postgresql_where=sa.text('effective_from IS NOT NULL AND (effective_until IS NULL OR effective_until > effective_from)'))
    op.create_index('uq_document_editions_label', 'document_editions', ['document_id', 'label'], unique=True, sqlite_where=sa.text("state <> 'dropped'"), postgresql_where=sa.text("state <> 'dropped'"))
    op.create_index('uq_document_editions_making', 'document_editions', ['document_id'], unique=True, sqlite_where=sa.text("state IN ('draft', 'review', 'reviewed', 'approved')"), postgresql_where=sa.text("state IN ('draft', 'review', 'reviewed', 'approved')"))
    op.create_index('uq_document_editions_open', 'document_editions', ['document_id'], unique=True, sqlite_where=sa.text('effective_from IS NOT NULL AND effective_until IS NULL'), postgresql_where=sa.text('effective_from IS NOT NULL AND effective_until IS NULL'))
    op.create_table('document_copies',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('edition_id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('holder_id', sa.String(length=16), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('handed_at', sa.BigInteger(), nullable=True),
    sa.Column('handed_by', sa.String(length=16), nullable=False),
    sa.Column('received_at', sa.BigInteger(), nullable=True),
    sa.Column('recalled_at', sa.BigInteger(), nullable=True),
    sa.Column('recalled_by', sa.String(length=16), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('witness_id', sa.String(length=16), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint("(recalled_at IS NULL) = (outcome = '')", name=op.f('ck_document_copies_recalled')),
    sa.CheckConstraint("outcome <> 'destroyed' OR (witness_id <> '' AND witness_id <> recalled_by)", name=op.f('ck_document_copies_two_people')),
    sa.CheckConstraint("outcome <> 'lost' OR note <> ''", name=op.f('ck_document_copies_lost_how')),
    sa.CheckConstraint("outcome IN ('', 'returned', 'destroyed', 'lost')", name=op.f('ck_document_copies_outcome')),
    sa.CheckConstraint('handed_at IS NOT NULL OR received_at IS NULL', name=op.f('ck_document_copies_received')),
    sa.ForeignKeyConstraint(['edition_id'], ['document_editions.id'], name=op.f('fk_document_copies_edition_id')),
    sa.ForeignKeyConstraint(['holder_id'], ['people.id'], name=op.f('fk_document_copies_holder_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document_copies')),
    sa.UniqueConstraint('edition_id', 'number', name=op.f('uq_document_copies_edition_id_number'))
    )
    op.create_table('document_readers',
    sa.Column('edition_id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.Column('asked_by', sa.String(length=16), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('read_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['edition_id'], ['document_editions.id'], name=op.f('fk_document_readers_edition_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_document_readers_person_id')),
    sa.PrimaryKeyConstraint('edition_id', 'person_id', name=op.f('pk_document_readers'))
    )
