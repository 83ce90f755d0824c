"""Grants and credentials."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('alerts',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('hour', sa.BigInteger(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.Column('raised_at', sa.BigInteger(), nullable=False),
    sa.Column('closed_by', sa.String(length=16), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('finding', sa.Text(), nullable=False),
    sa.CheckConstraint("closed_by = '' OR closed_by <> person_id", name=op.f('ck_alerts_not_oneself')),
    sa.CheckConstraint("kind IN ('many-reads', 'off-hours', 'refusals')", name=op.f('ck_alerts_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alerts')),
    sa.UniqueConstraint('person_id', 'kind', 'hour', name=op.f('uq_alerts_person_id_kind_hour'))
    )
    op.create_table('anchors',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('means', sa.String(length=10), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('made_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("means IN ('file', 'email', 'slip')", name=op.f('ck_anchors_means')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_anchors'))
    )
    op.create_index('ix_anchors_seq', 'anchors', ['seq'], unique=False)
    op.create_table('grants',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('level_max', sa.Integer(), nullable=False),
    sa.Column('pii_max', sa.Integer(), nullable=False),
    sa.Column('classes', sa.JSON(), nullable=False),
    sa.Column('sites', sa.JSON(), nullable=False),
    sa.Column('departments', sa.JSON(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('starts_at', sa.BigInteger(), nullable=False),
    sa.Column('ends_at', sa.BigInteger(), nullable=False),
    sa.Column('given_by', sa.String(length=16), nullable=False),
    sa.Column('given_at', sa.BigInteger(), nullable=False),
    sa.Column('confirmed_by', sa.String(length=16), nullable=False),
    sa.Column('confirmed_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_by', sa.String(length=16), nullable=False),
    sa.Column('ended_at', sa.BigInteger(), nullable=True),
    sa.Column('reviewed_by', sa.String(length=16), nullable=False),
    sa.Column('reviewed_at', sa.BigInteger(), nullable=True),
    sa.Column('review', sa.Text(), nullable=False),
    sa.CheckConstraint("(confirmed_by = '') = (confirmed_at IS NULL)", name=op.f('ck_grants_confirmed')),
    sa.CheckConstraint("confirmed_by = '' OR (confirmed_by <> person_id AND confirmed_by <> given_by)", name=op.f('ck_grants_second')),
    sa.CheckConstraint("kind <> 'emergency' OR ends_at - given_at <= 14400000000", name=op.f('ck_grants_four_hours')),
    sa.CheckConstraint("kind <> 'grant' OR given_by <> person_id", name=op.f('ck_grants_not_to_oneself')),
    sa.CheckConstraint("kind IN ('grant', 'emergency')", name=op.f('ck_grants_kind')),
    sa.CheckConstraint("purpose <> ''", name=op.f('ck_grants_purpose')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_grants_dated')),
    sa.CheckConstraint('level_max BETWEEN 0 AND 3', name=op.f('ck_grants_level_max')),
    sa.CheckConstraint('pii_max BETWEEN 0 AND 2', name=op.f('ck_grants_pii_max')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_grants_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_grants'))
    )
    op.create_index('ix_grants_person_id', 'grants', ['person_id', 'ends_at'], unique=False)
    op.create_table('password_resets',
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('sealed_half', sa.LargeBinary(), nullable=False),
    sa.Column('asked_by', sa.String(length=16), nullable=False),
    sa.Column('asked_at', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_password_resets_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_password_resets'))
    )
    op.create_table('recovery_codes',
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_recovery_codes_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'digest', name=op.f('pk_recovery_codes'))
    )
    op.create_table('second_factors',
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('sealed_secret', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.BigInteger(), nullable=False),
    sa.Column('confirmed_at', sa.BigInteger(), nullable=True),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_second_factors_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_second_factors'))
    )
    op.create_table('declassifications',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('level_from', sa.Integer(), nullable=False),
    sa.Column('level_to', sa.Integer(), nullable=False),
    sa.Column('pii_from', sa.Integer(), nullable=False),
    sa.Column('pii_to', sa.Integer(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('event', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.String(length=16), nullable=False),
    sa.Column('proposed_at', sa.BigInteger(), nullable=False),
    sa.Column('decision', sa.String(length=10), nullable=False),
    sa.Column('decided_by', sa.String(length=16), nullable=False),
    sa.Column('decided_at', sa.BigInteger(), nullable=True),
    sa.Column('remark', sa.Text(), nullable=False),
    sa.Column('happened_by', sa.String(length=16), nullable=False),
    sa.Column('done_at', sa.BigInteger(), nullable=True),
    sa.Column('void', sa.Boolean(name='void'), nullable=False),
    sa.CheckConstraint("decided_by = '' OR decided_by <> proposed_by", name=op.f('ck_declassifications_second')),
    sa.CheckConstraint("decision IN ('', 'agreed', 'refused')", name=op.f('ck_declassifications_decision')),
    sa.CheckConstraint("done_at IS NULL OR decision = 'agreed'", name=op.f('ck_declassifications_agreed')),
    sa.CheckConstraint('level_to BETWEEN 0 AND level_from AND level_from <= 3', name=op.f('ck_declassifications_level')),
    sa.CheckConstraint('pii_to BETWEEN 0 AND pii_from AND pii_from <= 2', name=op.f('ck_declassifications_pii')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_declassifications_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_declassifications'))
    )
    op.create_index(op.f('ix_declassifications_record_id'), 'declassifications', ['record_id'], unique=False)
    op.create_index('uq_declassifications_running', 'declassifications', ['record_id'], unique=True, sqlite_where=sa.text("decision <> 'refused' AND done_at IS NULL AND NOT void"), postgresql_where=sa.text("decision <> 'refused' AND done_at IS NULL AND NOT void"))
    op.add_column('sessions', sa.Column('clearance', sa.Integer(), nullable=True))
    op.add_column('sessions', sa.Column('device', sa.Text(), nullable=True))
    op.add_column('sessions', sa.Column('address', sa.String(length=64), nullable=True))
    op.add_column('tokens', sa.Column('scope', sa.String(length=20), nullable=True))
    op.add_column('tokens', sa.Column('clearance', sa.Integer(), nullable=True))
