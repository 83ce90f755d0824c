"""The air of store rooms."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('inspections',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('location_id', sa.String(length=16), nullable=False),
    sa.Column('inspected_on', sa.Date(), nullable=False),
    sa.Column('inspected_by', sa.String(length=16), nullable=False),
    sa.Column('entered_at', sa.BigInteger(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_inspections_location_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_inspections'))
    )
    op.create_index('ix_inspections_location_id', 'inspections', ['location_id', 'inspected_on'], unique=False)
    op.create_table('instruments',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('location_id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=60), nullable=False),
    sa.Column('make', sa.Text(), nullable=False),
    sa.Column('sensor', sa.Boolean(), nullable=False),
    sa.Column('placed_on', sa.Date(), nullable=False),
    sa.Column('retired_on', sa.Date(), nullable=True),
    sa.CheckConstraint('retired_on IS NULL OR retired_on >= placed_on', name=op.f('ck_instruments_days')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_instruments_location_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instruments')),
    sa.UniqueConstraint('number', name=op.f('uq_instruments_number'))
    )
    op.create_index(op.f('ix_instruments_location_id'), 'instruments', ['location_id'], unique=False)
    op.create_table('room_actions',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('number', sa.String(length=20), nullable=False),
    sa.Column('location_id', sa.String(length=16), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('item', sa.String(length=20), nullable=False),
    sa.Column('first_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_at', sa.BigInteger(), nullable=False),
    sa.Column('opened_by', sa.String(length=16), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('done', sa.Text(), nullable=False),
    sa.Column('closed_at', sa.BigInteger(), nullable=True),
    sa.Column('closed_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint("(closed_at IS NULL) = (done = '')", name=op.f('ck_room_actions_done')),
    sa.CheckConstraint("(kind = 'inspection') = (item <> '')", name=op.f('ck_room_actions_item')),
    sa.CheckConstraint("kind IN ('temperature', 'humidity', 'flat-line', 'missing', 'inspection')", name=op.f('ck_room_actions_kind')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_room_actions_location_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room_actions')),
    sa.UniqueConstraint('number', name=op.f('uq_room_actions_number'))
    )
    op.create_index('uq_room_actions_open', 'room_actions', ['location_id', 'kind', 'item'], unique=True, sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))
    op.create_table('room_rules',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('location_id', sa.String(length=16), nullable=True),
    sa.Column('media', sa.Text(), nullable=False),
    sa.Column('begins_on', sa.Date(), nullable=False),
    sa.Column('temperature_min', sa.Integer(), nullable=False),
    sa.Column('temperature_max', sa.Integer(), nullable=False),
    sa.Column('humidity_min', sa.Integer(), nullable=False),
    sa.Column('humidity_max', sa.Integer(), nullable=False),
    sa.Column('a_day', sa.Integer(), nullable=False),
    sa.Column('flat_hours', sa.Integer(), nullable=False),
    sa.Column('inspect_days', sa.Integer(), nullable=False),
    sa.Column('act_days', sa.Integer(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('set_by', sa.String(length=16), nullable=False),
    sa.Column('set_at', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("source <> ''", name=op.f('ck_room_rules_source')),
    sa.CheckConstraint('0 <= humidity_min AND humidity_min < humidity_max AND humidity_max <= 1000', name=op.f('ck_room_rules_humidity')),
    sa.CheckConstraint('a_day BETWEEN 0 AND 2', name=op.f('ck_room_rules_a_day')),
    sa.CheckConstraint('flat_hours >= 0 AND inspect_days >= 0 AND act_days > 0', name=op.f('ck_room_rules_days')),
    sa.CheckConstraint('temperature_min < temperature_max', name=op.f('ck_room_rules_temperature')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_room_rules_location_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_room_rules'))
    )
    op.create_table('calibrations',
    sa.Column('instrument_id', sa.String(length=16), nullable=False),
    sa.Column('calibrated_on', sa.Date(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('certificate', sa.Text(), nullable=False),
    sa.Column('entered_by', sa.String(length=16), nullable=False),
    sa.CheckConstraint('valid_until > calibrated_on', name=op.f('ck_calibrations_days')),
    sa.ForeignKeyConstraint(['instrument_id'], ['instruments.id'], name=op.f('fk_calibrations_instrument_id')),
    sa.PrimaryKeyConstraint('instrument_id', 'calibrated_on', name=op.f('pk_calibrations'))
    )
    op.create_table('inspection_items',
    sa.Column('inspection_id', sa.String(length=16), nullable=False),
    sa.Column('item', sa.String(length=20), nullable=False),
    sa.Column('result', sa.String(length=10), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.CheckConstraint("result <> 'bad' OR measure <> ''", name=op.f('ck_inspection_items_measure')),
    sa.CheckConstraint("result IN ('good', 'bad', 'none')", name=op.f('ck_inspection_items_result')),
    sa.ForeignKeyConstraint(['inspection_id'], ['inspections.id'], name=op.f('fk_inspection_items_inspection_id')),
    sa.PrimaryKeyConstraint('inspection_id', 'item', name=op.f('pk_inspection_items'))
    )
    op.create_table('readings',
    sa.Column('id', sa.String(length=16), nullable=False),
    sa.Column('location_id', sa.String(length=16), nullable=False),
    sa.Column('instrument_id', sa.String(length=16), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('temperature', sa.Integer(), nullable=False),
    sa.Column('humidity', sa.Integer(), nullable=False),
    sa.Column('way', sa.String(length=10), nullable=False),
    sa.Column('entered_by', sa.String(length=16), nullable=False),
    sa.Column('entered_at', sa.BigInteger(), nullable=False),
    sa.Column('weather', sa.Text(), nullable=False),
    sa.Column('adjusted', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('struck_at', sa.BigInteger(), nullable=True),
    sa.Column('struck_by', sa.String(length=16), nullable=False),
    sa.Column('struck_why', sa.Text(), nullable=False),
    sa.CheckConstraint("(struck_at IS NULL) = (struck_why = '')", name=op.f('ck_readings_struck')),
    sa.CheckConstraint("way IN ('hand', 'table', 'sensor')", name=op.f('ck_readings_way')),
    sa.CheckConstraint('humidity BETWEEN 0 AND 1000', name=op.f('ck_readings_humidity')),
    sa.CheckConstraint('temperature BETWEEN -300 AND 600', name=op.f('ck_readings_temperature')),
    sa.ForeignKeyConstraint(['instrument_id'], ['instruments.id'], name=op.f('fk_readings_instrument_id')),
    sa.ForeignKeyConstraint(['location_id'], ['locations.id'], name=op.f('fk_readings_location_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_readings'))
    )
    op.create_index('ix_readings_location_id', 'readings', ['location_id', 'at'], unique=False)
    op.create_index('uq_readings_instrument_id', 'readings', ['instrument_id', 'at'], unique=True, sqlite_where=sa.text('struck_at IS NULL'), postgresql_where=sa.text('struck_at IS NULL'))
