"""Components know which version of which file they are, and which other one they were found in."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

CAPTURED = "parent_id IS NULL AND part = 1 AND version = 1"
TOP = "parent_id IS NULL"

BEFORE = "id, record_id, file_name, media_type, size_bytes, digest, text_digest, page_count, image_pages, cautions"


def upgrade() -> None:
    # SQLite drops no constraint: the table is made anew, in this transaction, with the same rows under the same ids.
    # What refers to it is checked when the transaction ends.
    on_sqlite = op.get_bind().dialect.name == 'sqlite'
    op.execute('CREATE TABLE components_before AS SELECT * FROM components')
    if on_sqlite:
        op.execute('PRAGMA defer_foreign_keys = ON')
        op.execute('DROP TABLE components')
    else:
        op.drop_constraint('fk_renditions_component_id', 'renditions', type_='foreignkey')
        op.execute('DROP TABLE components')
    op.create_table('components',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('record_id', sa.String(length=16), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('media_type', sa.Text(), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('text_digest', sa.String(length=64), nullable=True),
    sa.Column('page_count', sa.Integer(), nullable=False),
    sa.Column('image_pages', sa.Integer(), nullable=False),
    sa.Column('cautions', sa.JSON(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.Column('added_at', sa.BigInteger(), nullable=False),
    sa.Column('added_by', sa.String(length=16), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.String(length=16), nullable=True),
    sa.Column('root_id', sa.String(length=16), nullable=True),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.CheckConstraint('(parent_id IS NULL) = (root_id IS NULL) AND (parent_id IS NULL) = (depth = 0)', name=op.f('ck_components_inside')),
    sa.CheckConstraint('part > 0 AND version > 0', name=op.f('ck_components_counted')),
    sa.ForeignKeyConstraint(['digest'], ['objects.digest'], name=op.f('fk_components_digest')),
    sa.ForeignKeyConstraint(['parent_id'], ['components.id'], name=op.f('fk_components_parent_id')),
    sa.ForeignKeyConstraint(['record_id'], ['records.id'], name=op.f('fk_components_record_id')),
    sa.ForeignKeyConstraint(['root_id'], ['components.id'], name=op.f('fk_components_root_id')),
    sa.ForeignKeyConstraint(['text_digest'], ['objects.digest'], name=op.f('fk_components_text_digest')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_components')),
    sa.UniqueConstraint('parent_id', 'position', name=op.f('uq_components_parent_id_position'))
    )
    true = '1' if on_sqlite else 'TRUE'
    op.execute(
        f"INSERT INTO components ({BEFORE}, part, version, current, added_at, added_by, why, place, position, depth) "
        f"SELECT {', '.join('c.' + name for name in BEFORE.split(', '))}, "
        f"ROW_NUMBER() OVER (PARTITION BY c.record_id ORDER BY c.id), 1, {true}, r.captured_at, r.captured_by, "
        "'', '', 0, 0 FROM components_before c JOIN records r ON r.id = c.record_id"
    )
    op.execute('DROP TABLE components_before')
    if not on_sqlite:
        op.create_foreign_key('fk_renditions_component_id', 'renditions', 'components', ['component_id'], ['id'])
    op.create_index(op.f('ix_components_record_id'), 'components', ['record_id'], unique=False)
    op.create_index('ix_components_digest', 'components', ['digest'], unique=False)
    op.create_index('ix_components_root_id', 'components', ['root_id'], unique=False)
    for name, columns, where in (
        ('uq_components_captured', ['digest'], CAPTURED),
        ('uq_components_version', ['record_id', 'part', 'version'], TOP),
        ('uq_components_current', ['record_id', 'part'], f'{TOP} AND current'),
    ):
        op.create_index(name, 'components', columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
