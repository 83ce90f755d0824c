"""Reference codes."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('accessions',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('giver_id', sa.String(length=16), nullable=False),
    sa.Column('receiver_id', sa.String(length=16), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.CheckConstraint('giver_id <> receiver_id', name=op.f('ck_accessions_two_people')),
    sa.ForeignKeyConstraint(['giver_id'], ['people.id'], name=op.f('fk_accessions_giver_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_accessions')),
    sa.UniqueConstraint('number', name=op.f('uq_accessions_number'))
    )
    op.create_table('volumes',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('class_code', sa.String(length=20), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('project', sa.String(length=20), nullable=False),
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_by', sa.String(length=16), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['class_code'], ['classes.code'], name=op.f('fk_volumes_class_code')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_volumes')),
    sa.UniqueConstraint('code', name=op.f('uq_volumes_code'))
    )
    op.create_index('ix_volumes_class_code', 'volumes', ['class_code', 'site'], unique=False)
    op.create_table('record_terms',
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('case_name', sa.Text(), nullable=False),
    sa.Column('began_on', sa.Date(), nullable=True),
    sa.Column('extended_until', sa.Date(), nullable=True),
    sa.Column('permanent', sa.Boolean(name='permanent'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_record_terms_record_id')),
    sa.PrimaryKeyConstraint('record_id', name=op.f('pk_record_terms'))
    )
    op.create_table('reference_codes',
    sa.Column('code', sa.String(length=60), nullable=False),
    sa.Column('series', sa.String(length=40), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=True),
    sa.Column('volume_id', sa.String(length=16), nullable=True),
    sa.Column('accession_id', sa.String(length=16), nullable=True),
    sa.Column('issued_at', sa.BigInteger(), nullable=False),
    sa.Column('issued_by', sa.String(length=16), nullable=False),
    sa.Column('void_reason', sa.Text(), nullable=False),
    sa.CheckConstraint("record_id IS NULL OR void_reason = ''", name=op.f('ck_reference_codes_void')),
    sa.CheckConstraint('number > 0', name=op.f('ck_reference_codes_counted')),
    sa.ForeignKeyConstraint(['accession_id'], ['accessions.id'], name=op.f('fk_reference_codes_accession_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_reference_codes_record_id')),
    sa.ForeignKeyConstraint(['volume_id'], ['volumes.id'], name=op.f('fk_reference_codes_volume_id')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_reference_codes')),
    sa.UniqueConstraint('record_id', name=op.f('uq_reference_codes_record_id')),
    sa.UniqueConstraint('series', 'number', name=op.f('uq_reference_codes_series_number'))
    )
    op.create_index(op.f('ix_reference_codes_accession_id'), 'reference_codes', ['accession_id'], unique=False)
