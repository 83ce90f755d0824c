"""Classes have versions and a mandate; records go on living as archived, destroyed or transferred, under their code."""

import sqlalchemy as sa
from alembic import op

from archive.tables.migrations.changes import replace_check

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

FIELDS = (
    'code, name_zh, name_en, retention, level, pii, responsible_post, required_documents, pattern, review_cycle, '
    'standard_clause, mandate, filing_deadline, vital, closed_on'
).split(', ')
CONTENT = {
    'sqlite': 'json_object('
    + ', '.join(
        f"'{name}', " + {'required_documents': f'json({name})', 'vital': "json('false')"}.get(name, name) for name in FIELDS
    )
    + ')',
    'postgresql': 'json_build_object(' + ', '.join(f"'{name}', {name}" for name in FIELDS) + ')',
}


def upgrade() -> None:
    op.create_table('class_crosswalk',
    sa.Column('old_code', sa.String(length=20), nullable=False),
    sa.Column('new_code', sa.String(length=20), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('by', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint('old_code <> new_code', name=op.f('ck_class_crosswalk_two_classes')),
    sa.ForeignKeyConstraint(['new_code'], ['classes.code'], name=op.f('fk_class_crosswalk_new_code')),
    sa.ForeignKeyConstraint(['old_code'], ['classes.code'], name=op.f('fk_class_crosswalk_old_code')),
    sa.PrimaryKeyConstraint('old_code', 'new_code', name=op.f('pk_class_crosswalk'))
    )
    op.create_table('class_reviews',
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('reviewed_on', sa.Date(), nullable=False),
    sa.Column('by', sa.String(length=16), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['classes.code'], name=op.f('fk_class_reviews_code')),
    sa.PrimaryKeyConstraint('code', 'reviewed_on', name=op.f('pk_class_reviews'))
    )
    op.create_table('class_versions',
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('changed_at', sa.BigInteger(), nullable=False),
    sa.Column('changed_by', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('content', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['code'], ['classes.code'], name=op.f('fk_class_versions_code')),
    sa.PrimaryKeyConstraint('code', 'version', name=op.f('pk_class_versions'))
    )
    op.add_column('classes', sa.Column('mandate', sa.Text(), server_default='', nullable=False))
    op.add_column('classes', sa.Column('filing_deadline', sa.Text(), server_default='', nullable=False))
    op.add_column('classes', sa.Column('vital', sa.Boolean(name='vital'), server_default=sa.false(), nullable=False))
    op.add_column('classes', sa.Column('closed_on', sa.Date(), nullable=True))
    op.add_column('records', sa.Column('archival_code', sa.String(length=60), server_default='', nullable=False))
    op.create_index('uq_records_archival_code', 'records', ['archival_code'], unique=True, sqlite_where=sa.text("archival_code <> ''"), postgresql_where=sa.text("archival_code <> ''"))
    replace_check(
        'records',
        'ck_records_lifecycle',
        "lifecycle IN ('captured', 'filed', 'archived', 'destroyed', 'transferred', 'quarantined')",
    )
    replace_check(
        'records',
        'ck_records_filed_is_described',
        "(lifecycle IN ('captured', 'quarantined') OR (class_code IS NOT NULL AND site <> ''))"
        " AND (lifecycle IN ('archived', 'destroyed', 'transferred')) = (archival_code <> '')",
    )
    # What is said of a class today is the first version there is of it.
    op.execute(
        "INSERT INTO class_versions (code, version, valid_from, changed_at, changed_by, reason, content) "
        "SELECT code, 1, CURRENT_DATE, 0, 'operator', '', " + CONTENT[op.get_bind().dialect.name] + " FROM classes"
    )
