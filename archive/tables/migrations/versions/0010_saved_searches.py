"""Saved searches."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('search_times',
    sa.Column('hour', sa.BigInteger(), nullable=False),
    sa.Column('up_to_ms', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('count', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('hour', 'up_to_ms', name=op.f('pk_search_times'))
    )
    op.create_table('asked_questions',
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('text', sa.String(length=500), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_asked_questions_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'text', name=op.f('pk_asked_questions'))
    )
    op.create_index('ix_asked_questions_at', 'asked_questions', ['person_id', 'at'], unique=False)
    op.create_table('saved_searches',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('name', sa.String(length=100), nullable=False),
    sa.Column('question', sa.JSON(), nullable=False),
    sa.Column('alert', sa.String(length=10), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('looked_at', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("alert IN ('none', 'at-once', 'daily')", name=op.f('ck_saved_searches_alert')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_saved_searches_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_searches')),
    sa.UniqueConstraint('person_id', 'name', name=op.f('uq_saved_searches_person_id_name'))
    )
    op.create_index('ix_saved_searches_alert', 'saved_searches', ['alert'], unique=False)
    op.create_table('opened_records',
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_opened_records_person_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_opened_records_record_id')),
    sa.PrimaryKeyConstraint('person_id', 'record_id', name=op.f('pk_opened_records'))
    )
    op.create_index('ix_opened_records_at', 'opened_records', ['person_id', 'at'], unique=False)
    op.create_index(op.f('ix_opened_records_record_id'), 'opened_records', ['record_id'], unique=False)
    op.create_table('search_arrivals',
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_search_arrivals_record_id')),
    sa.PrimaryKeyConstraint('record_id', name=op.f('pk_search_arrivals'))
    )
    op.create_table('search_finds',
    sa.Column('search_id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('found_at', sa.BigInteger(), nullable=False),
    sa.Column('told_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_search_finds_record_id')),
    sa.ForeignKeyConstraint(['search_id'], ['saved_searches.id'], name=op.f('fk_search_finds_search_id')),
    sa.PrimaryKeyConstraint('search_id', 'record_id', name=op.f('pk_search_finds'))
    )
    op.create_index(op.f('ix_search_finds_record_id'), 'search_finds', ['record_id'], unique=False)
