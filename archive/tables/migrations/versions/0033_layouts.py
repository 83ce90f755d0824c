"""Office files are laid out once; what became of each."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('layouts',
    sa.Column('component_id', sa.String(length=16), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=True),
    sa.Column('pages', sa.Integer(), nullable=False),
    sa.Column('tried_at', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('(digest IS NULL) = (pages = 0)', name=op.f('ck_layouts_pages')),
    sa.ForeignKeyConstraint(['component_id'], ['components.id'], name=op.f('fk_layouts_component_id')),
    sa.ForeignKeyConstraint(['digest'], ['objects.digest'], name=op.f('fk_layouts_digest')),
    sa.PrimaryKeyConstraint('component_id', name=op.f('pk_layouts'))
    )
