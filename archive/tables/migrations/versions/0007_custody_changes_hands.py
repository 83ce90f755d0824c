"""Custody changes hands."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('handovers',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=12), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('giver_absent', sa.Boolean(name='giver_absent'), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('class_code', sa.String(length=20), nullable=False),
    sa.Column('department', sa.String(length=20), nullable=False),
    sa.Column('location', sa.Text(), nullable=False),
    sa.Column('rights_end', sa.Boolean(name='rights_end'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('planned_by', sa.String(length=16), nullable=False),
    sa.Column('planned_at', sa.BigInteger(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('frozen_at', sa.BigInteger(), nullable=True),
    sa.Column('completed_at', sa.BigInteger(), nullable=True),
    sa.Column('ended_reason', sa.Text(), nullable=False),
    sa.Column('package', sa.String(length=64), nullable=True),
    sa.CheckConstraint("(state = 'completed') = (completed_at IS NOT NULL)", name=op.f('ck_handovers_completed')),
    sa.CheckConstraint("kind IN ('custodian', 'accession', 'takeover', 'exit')", name=op.f('ck_handovers_kind')),
    sa.CheckConstraint("state IN ('planned', 'frozen', 'counting', 'disputed', 'reconciled', 'signed', 'completed', 'cancelled')", name=op.f('ck_handovers_state')),
    sa.ForeignKeyConstraint(['package'], ['objects.digest'], name=op.f('fk_handovers_package')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handovers')),
    sa.UniqueConstraint('number', name=op.f('uq_handovers_number'))
    )
    op.create_index('ix_handovers_planned_at', 'handovers', ['planned_at'], unique=False)
    op.create_table('custody',
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('turn', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('keeper_kind', sa.String(length=10), nullable=False),
    sa.Column('keeper_id', sa.String(length=16), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('until', sa.BigInteger(), nullable=True),
    sa.Column('handover_id', sa.String(length=16), nullable=False),
    sa.CheckConstraint("keeper_kind IN ('person', 'outside')", name=op.f('ck_custody_keeper_kind')),
    sa.CheckConstraint('until IS NULL OR until >= since', name=op.f('ck_custody_until')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_custody_record_id')),
    sa.PrimaryKeyConstraint('record_id', 'turn', name=op.f('pk_custody'))
    )
    op.create_index('ix_custody_keeper', 'custody', ['keeper_kind', 'keeper_id', 'until'], unique=False)
    op.create_index('uq_custody_now', 'custody', ['record_id'], unique=True, sqlite_where=sa.text('until IS NULL'), postgresql_where=sa.text('until IS NULL'))
    op.create_table('handover_freezes',
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('handover_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['handover_id'], ['handovers.id'], name=op.f('fk_handover_freezes_handover_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_handover_freezes_record_id')),
    sa.PrimaryKeyConstraint('record_id', name=op.f('pk_handover_freezes'))
    )
    op.create_index(op.f('ix_handover_freezes_handover_id'), 'handover_freezes', ['handover_id'], unique=False)
    op.create_table('handover_lines',
    sa.Column('handover_id', sa.String(length=16), nullable=False),
    sa.Column('position', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('carrier', sa.String(length=10), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=True),
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('document_date', sa.Date(), nullable=True),
    sa.Column('level', sa.Integer(), nullable=False),
    sa.Column('class_code', sa.String(length=20), nullable=False),
    sa.Column('retention', sa.Text(), nullable=False),
    sa.Column('location', sa.Text(), nullable=False),
    sa.Column('site', sa.String(length=20), nullable=False),
    sa.Column('thing', sa.String(length=12), nullable=False),
    sa.Column('pieces', sa.Integer(), nullable=False),
    sa.Column('loan', sa.String(length=20), nullable=False),
    sa.Column('found', sa.String(length=10), nullable=False),
    sa.Column('found_pieces', sa.Integer(), nullable=False),
    sa.Column('confirmed', sa.Boolean(name='confirmed'), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('counted_by', sa.String(length=16), nullable=False),
    sa.Column('counted_at', sa.BigInteger(), nullable=True),
    sa.Column('explanation', sa.Text(), nullable=False),
    sa.Column('owner_id', sa.String(length=16), nullable=False),
    sa.Column('settle_by', sa.Date(), nullable=True),
    sa.Column('changed_at', sa.BigInteger(), nullable=True),
    sa.Column('difference', sa.Boolean(name='difference'), nullable=False),
    sa.Column('unexplained', sa.Boolean(name='unexplained'), nullable=False),
    sa.CheckConstraint("carrier IN ('paper', 'digital', 'thing')", name=op.f('ck_handover_lines_carrier')),
    sa.CheckConstraint("found = '' OR counted_at IS NOT NULL", name=op.f('ck_handover_lines_counted')),
    sa.CheckConstraint("found IN ('', 'present', 'missing', 'damaged', 'on_loan', 'misfiled', 'surplus')", name=op.f('ck_handover_lines_found')),
    sa.ForeignKeyConstraint(['handover_id'], ['handovers.id'], name=op.f('fk_handover_lines_handover_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_handover_lines_record_id')),
    sa.PrimaryKeyConstraint('handover_id', 'position', name=op.f('pk_handover_lines')),
    sa.UniqueConstraint('handover_id', 'record_id', 'carrier', name=op.f('uq_handover_lines_handover_id_record_id_carrier'))
    )
    op.create_index('ix_handover_lines_found', 'handover_lines', ['handover_id', 'found'], unique=False)
    op.create_index(op.f('ix_handover_lines_record_id'), 'handover_lines', ['record_id'], unique=False)
    op.create_table('handover_parties',
    sa.Column('handover_id', sa.String(length=16), nullable=False),
    sa.Column('part', sa.String(length=12), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=True),
    sa.Column('outside_name', sa.Text(), nullable=False),
    sa.Column('outside_organisation', sa.Text(), nullable=False),
    sa.Column('outside_letter', sa.Text(), nullable=False),
    sa.CheckConstraint("(person_id IS NULL) = (outside_name <> '')", name=op.f('ck_handover_parties_one_of_us_or_not')),
    sa.CheckConstraint("part IN ('giver', 'receiver', 'supervisor', 'witness', 'approver')", name=op.f('ck_handover_parties_part')),
    sa.ForeignKeyConstraint(['handover_id'], ['handovers.id'], name=op.f('fk_handover_parties_handover_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_handover_parties_person_id')),
    sa.PrimaryKeyConstraint('handover_id', 'part', name=op.f('pk_handover_parties')),
    sa.UniqueConstraint('handover_id', 'person_id', name=op.f('uq_handover_parties_handover_id_person_id'))
    )
    op.create_index(op.f('ix_handover_parties_person_id'), 'handover_parties', ['person_id'], unique=False)
    op.create_table('handover_signatures',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('handover_id', sa.String(length=16), nullable=False),
    sa.Column('part', sa.String(length=12), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('signed_at', sa.BigInteger(), nullable=False),
    sa.Column('voided_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['handover_id'], ['handovers.id'], name=op.f('fk_handover_signatures_handover_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_handover_signatures_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover_signatures'))
    )
    op.create_index(op.f('ix_handover_signatures_handover_id'), 'handover_signatures', ['handover_id'], unique=False)
    op.create_index('uq_handover_signatures_valid', 'handover_signatures', ['handover_id', 'part'], unique=True, sqlite_where=sa.text('voided_at IS NULL'), postgresql_where=sa.text('voided_at IS NULL'))
