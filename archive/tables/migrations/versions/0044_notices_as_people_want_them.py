"""Notices as people want them."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None
# Programs of before cannot show the kinds of notice that came with it.
survived_by = "0044"


def upgrade() -> None:
    op.create_table('notice_choices',
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('topic', sa.String(length=20), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('way', sa.String(length=6), nullable=False),
    sa.CheckConstraint("way IN ('now', 'digest', 'off')", name=op.f('ck_notice_choices_way')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_notice_choices_person_id')),
    sa.PrimaryKeyConstraint('person_id', 'topic', 'channel', name=op.f('pk_notice_choices'))
    )
    op.create_table('notice_hours',
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('digest_at', sa.String(length=5), nullable=False),
    sa.Column('quiet_from', sa.String(length=5), nullable=False),
    sa.Column('quiet_until', sa.String(length=5), nullable=False),
    sa.Column('quiet_days', sa.String(length=7), nullable=False),
    sa.Column('rest_days', sa.String(length=7), nullable=False),
    sa.Column('digest_next_at', sa.BigInteger(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_notice_hours_person_id')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_notice_hours'))
    )
    op.create_index('ix_notice_hours_digest_next_at', 'notice_hours', ['digest_next_at'], unique=False)
    op.create_table('outbox',
    sa.Column('notice_id', sa.String(length=16), nullable=False),
    sa.Column('channel', sa.String(length=20), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.Column('waits_since', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['notice_id'], ['notices.id'], name=op.f('fk_outbox_notice_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_outbox_person_id')),
    sa.PrimaryKeyConstraint('notice_id', 'channel', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_person_id', 'outbox', ['person_id', 'channel'], unique=False)
    op.add_column('deliveries', sa.Column('sent_at', sa.BigInteger(), nullable=True))
    op.create_index('ix_deliveries_sent_at', 'deliveries', ['sent_at', 'claimed_at'], unique=False)
    # What was sent before is not unclear.
    op.execute("UPDATE deliveries SET sent_at = claimed_at")
