"""The air of store-rooms: what is asked of it, instruments and their calibrations, readings, inspections, and what was
done about what was found."""

import sqlalchemy as sa

from archive.tables.schema.columns import Id, Instant, metadata, one_of

room_rules = sa.Table(
    "room_rules",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("location_id", Id, sa.ForeignKey("locations.id")),
    sa.Column("media", sa.Text, nullable=False),
    sa.Column("begins_on", sa.Date, nullable=False),
    sa.Column("temperature_min", sa.Integer, nullable=False),
    sa.Column("temperature_max", sa.Integer, nullable=False),
    sa.Column("humidity_min", sa.Integer, nullable=False),
    sa.Column("humidity_max", sa.Integer, nullable=False),
    sa.Column("a_day", sa.Integer, nullable=False),
    sa.Column("flat_hours", sa.Integer, nullable=False),
    sa.Column("inspect_days", sa.Integer, nullable=False),
    sa.Column("act_days", sa.Integer, nullable=False),
    sa.Column("swing_temperature", sa.Integer, nullable=False, server_default="0"),
    sa.Column("swing_humidity", sa.Integer, nullable=False, server_default="0"),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("set_by", Id, nullable=False),
    sa.Column("set_at", Instant, nullable=False),
    sa.CheckConstraint("temperature_min < temperature_max", name="temperature"),
    sa.CheckConstraint("0 <= humidity_min AND humidity_min < humidity_max AND humidity_max <= 1000", name="humidity"),
    sa.CheckConstraint("a_day BETWEEN 0 AND 2", name="a_day"),
    sa.CheckConstraint("flat_hours >= 0 AND inspect_days >= 0 AND act_days > 0", name="days"),
    sa.CheckConstraint("source <> ''", name="source"),
)

instruments = sa.Table(
    "instruments",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("location_id", Id, sa.ForeignKey("locations.id"), nullable=False, index=True),
    sa.Column("number", sa.String(60), nullable=False, unique=True),
    sa.Column("make", sa.Text, nullable=False),
    sa.Column("sensor", sa.Boolean, nullable=False),
    sa.Column("placed_on", sa.Date, nullable=False),
    sa.Column("retired_on", sa.Date),
    sa.CheckConstraint("retired_on IS NULL OR retired_on >= placed_on", name="days"),
)

calibrations = sa.Table(
    "calibrations",
    metadata,
    sa.Column("instrument_id", Id, sa.ForeignKey("instruments.id"), primary_key=True),
    sa.Column("calibrated_on", sa.Date, primary_key=True),
    sa.Column("valid_until", sa.Date, nullable=False),
    sa.Column("certificate", sa.Text, nullable=False),
    sa.Column("entered_by", Id, nullable=False),
    sa.CheckConstraint("valid_until > calibrated_on", name="days"),
)

readings = sa.Table(
    "readings",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("location_id", Id, sa.ForeignKey("locations.id"), nullable=False),
    sa.Column("instrument_id", Id, sa.ForeignKey("instruments.id"), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("temperature", sa.Integer, nullable=False),
    sa.Column("humidity", sa.Integer, nullable=False),
    sa.Column("way", sa.String(10), nullable=False),
    sa.Column("entered_by", Id, nullable=False),
    sa.Column("entered_at", Instant, nullable=False),
    sa.Column("weather", sa.Text, nullable=False),
    sa.Column("adjusted", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("struck_at", Instant),
    sa.Column("struck_by", sa.String(16), nullable=False),
    sa.Column("struck_why", sa.Text, nullable=False),
    one_of("way", "hand", "table", "sensor"),
    sa.CheckConstraint("temperature BETWEEN -300 AND 600", name="temperature"),
    sa.CheckConstraint("humidity BETWEEN 0 AND 1000", name="humidity"),
    sa.CheckConstraint("(struck_at IS NULL) = (struck_why = '')", name="struck"),
    sa.Index("ix_readings_location_id", "location_id", "at"),
    # An instrument shows one thing at a time.
    sa.Index(
        "uq_readings_instrument_id",
        "instrument_id",
        "at",
        unique=True,
        sqlite_where=sa.text("struck_at IS NULL"),
        postgresql_where=sa.text("struck_at IS NULL"),
    ),
)

room_actions = sa.Table(
    "room_actions",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("number", sa.String(20), nullable=False, unique=True),
    sa.Column("location_id", Id, sa.ForeignKey("locations.id"), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("item", sa.String(20), nullable=False),
    sa.Column("first_at", Instant, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("opened_by", Id, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("done", sa.Text, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", sa.String(16), nullable=False),
    one_of(
        "kind", "temperature", "humidity", "temperature-swing", "humidity-swing", "flat-line", "missing", "inspection"
    ),
    sa.CheckConstraint("(kind = 'inspection') = (item <> '')", name="item"),
    sa.CheckConstraint("(closed_at IS NULL) = (done = '')", name="done"),
    # While one is open, what follows belongs to it.
    sa.Index(
        "uq_room_actions_open",
        "location_id",
        "kind",
        "item",
        unique=True,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    ),
)

inspections = sa.Table(
    "inspections",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("location_id", Id, sa.ForeignKey("locations.id"), nullable=False),
    sa.Column("inspected_on", sa.Date, nullable=False),
    sa.Column("inspected_by", Id, nullable=False),
    sa.Column("entered_at", Instant, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_inspections_location_id", "location_id", "inspected_on"),
)

inspection_items = sa.Table(
    "inspection_items",
    metadata,
    sa.Column("inspection_id", Id, sa.ForeignKey("inspections.id"), primary_key=True),
    sa.Column("item", sa.String(20), primary_key=True),
    sa.Column("result", sa.String(10), nullable=False),
    sa.Column("measure", sa.Text, nullable=False),
    one_of("result", "good", "bad", "none"),
    sa.CheckConstraint("result <> 'bad' OR measure <> ''", name="measure"),
)
