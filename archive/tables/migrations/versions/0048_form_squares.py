"""Form squares."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None
survived_by = "0044"


def upgrade() -> None:
    op.create_table('form_squares',
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('serial', sa.String(length=60), nullable=False),
    sa.Column('form', sa.String(length=20), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint("(outcome = 'taken-off') = (reason <> '')", name=op.f('ck_form_squares_reason')),
    sa.CheckConstraint("outcome IN ('taken', 'unknown', 'void', 'other-site', 'apart', 'taken-off')", name=op.f('ck_form_squares_outcome')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_form_squares_record_id')),
    sa.PrimaryKeyConstraint('record_id', name=op.f('pk_form_squares'))
    )
