"""Everybody who treats a paper is known, one that is lost on the way is missing, and days to collect begin anew."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import replace_check

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None
# Programs of before cannot read a case that is lost or given up, offer its paper, and write down no treaters.
survived_by = "0054"
satisfied = ("ck_repairs_state", "ck_repairs_done", "ck_repairs_two_people")


def upgrade() -> None:
    op.create_table('repair_treaters',
    sa.Column('repair_id', sa.String(length=16), nullable=False),
    sa.Column('person_id', sa.String(length=16), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_repair_treaters_person_id')),
    sa.ForeignKeyConstraint(['repair_id'], ['repairs.id'], name=op.f('fk_repair_treaters_repair_id')),
    sa.PrimaryKeyConstraint('repair_id', 'person_id', name=op.f('pk_repair_treaters'))
    )
    op.add_column('loan_items', sa.Column('collect_from', sa.BigInteger(), nullable=True))
    op.add_column('repairs', sa.Column('lost_at', sa.BigInteger(), nullable=True))
    op.add_column('repairs', sa.Column('lost_by', sa.String(length=16), server_default='', nullable=False))
    op.add_column('repairs', sa.Column('loss', sa.Text(), server_default='', nullable=False))
    known = "SELECT id, treated_by FROM repairs WHERE treated_by IS NOT NULL"
    wrote = "SELECT id, done_by FROM repairs WHERE done_by <> ''"
    op.execute(f"INSERT INTO repair_treaters (repair_id, person_id) {known} UNION {wrote}")
    states = "'open', 'in_treatment', 'mended', 'beyond_repair', 'lost', 'back', 'dropped', 'written_off'"
    replace_check("repairs", "ck_repairs_state", f"state IN ({states})")
    replace_check(
        "repairs",
        "ck_repairs_done",
        "(state NOT IN ('mended', 'beyond_repair', 'back') OR (done_on IS NOT NULL AND work <> '')) "
        "AND (state NOT IN ('lost', 'written_off') OR (lost_at IS NOT NULL AND lost_by <> '' AND loss <> ''))",
    )
    replace_check(
        "repairs",
        "ck_repairs_two_people",
        "state NOT IN ('back', 'written_off') OR (closed_at IS NOT NULL AND closed_by <> done_by "
        "AND (treated_by IS NULL OR closed_by <> treated_by) AND (state = 'back' OR closed_by <> lost_by))",
    )
    running = sa.text("state IN ('open', 'in_treatment', 'mended', 'beyond_repair', 'lost')")
    op.drop_index("uq_repairs_one_running", "repairs")
    op.create_index(
        "uq_repairs_one_running", "repairs", ["record_id"], unique=True, sqlite_where=running, postgresql_where=running
    )
