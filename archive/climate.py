"""The air of store-rooms (2.8): instruments are placed and calibrated, readings written down and judged at once.

A reading is typed twice a day, comes in a table, or is sent by a sensor. What is out of range, stands still or is
missing opens a corrective action, one of each kind and room at a time; somebody closes it with what was done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from access import rules
from access.actors import Actor, Role
from access.rules import Action as Duty
from access.rules import Denied
from archive import climate_rules, locations, naming, sheets
from archive.acting import as_actor
from archive.app import Archive
from archive.climate_rules import tenths
from archive.errors import Conflict, Invalid, NotFound
from archive.model import new_id
from archive.model.climate import (
    BOUNDS,
    MEASURES,
    Action,
    Calibration,
    Finding,
    Inspection,
    Instrument,
    Point,
    Reading,
    Rule,
    Swing,
    ends_at,
    findings,
    points,
    rule_for,
    swings,
)
from archive.model.rooms import Location
from archive.tables import Transaction
from archive.telling import tell

LOOKED_BACK = timedelta(days=92)
"""Findings are looked for in the last quarter; what is older stands on the monthly sheets."""
EARLY = timedelta(minutes=5)
"""So far a sensor's clock may be ahead."""
TEXT_MAX = 500
AT_ONCE_MAX = 20_000

HEADS = {
    "仪器号": "instrument", "日期": "date", "时间": "time", "温度": "temperature", "湿度": "humidity",
    "天气": "weather", "调控措施": "adjusted", "备注": "note",
}  # fmt: skip
COLUMNS = tuple(HEADS.values())


@dataclass(frozen=True, slots=True)
class Room:
    """A store-room as it is at an instant."""

    location: Location
    rule: Rule | None
    instruments: Sequence[Instrument]
    """Those in use."""
    latest: Reading | None
    findings: Sequence[Finding]
    actions: Sequence[Action]
    """The latest first, open or not."""
    due_today: Sequence[str]
    """Halves of the day whose reading is not there yet."""
    inspected: Inspection | None
    inspect_by: date | None
    may_record: bool
    may_keep: bool

    @property
    def open_actions(self) -> Sequence[Action]:
        return [one for one in self.actions if one.closed_at is None]


@dataclass(frozen=True, slots=True)
class Month:
    """What was read in a room in a month, as its sheet says it."""

    room: Room
    first: date
    readings: Sequence[Reading]
    """Struck ones too, in the order of time."""
    instruments: Mapping[str, Instrument]
    rules: Mapping[date, Rule | None]
    people: Mapping[str, str]
    points: Sequence[Point]
    """Everything that was wrong until now, answered for or not."""
    swings: Mapping[str, Sequence[Swing]]
    """By measure: how far the readings of each day lie apart, by instrument."""

    @property
    def counted(self) -> Sequence[Reading]:
        return [one for one in self.readings if one.struck_at is None]

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class NewReading:
    at: datetime
    temperature: int
    humidity: int
    weather: str = ""
    adjusted: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line of a table or of what a sensor sent: taken, known (it is there already) or refused."""

    number: int
    outcome: str
    reading: Reading | None = None
    code: str = ""
    problem: str = ""


def rooms(archive: Archive, actor: Actor, on: date | None = None) -> Sequence[Room]:
    """Every store-room in use whose places this person sees, as of now or of the end of an earlier day."""
    rules.require(actor, Duty.SEE_ARCHIVE)
    until = archive.now() if on is None else min(archive.now(), ends_at(on, "pm"))
    with archive.read() as tx:
        held = climate_rules.known(tx)
        every = [
            one for one in tx.rooms.every(locations.sites_of(actor)) if one.kind == "room" and one.closed_at is None
        ]
        return [_room(tx, actor, one, held, until) for one in every]


def month(archive: Archive, actor: Actor, location_id: str, first: date) -> Month:
    """A room with its readings of a month. Raises NotFound for what is no room this person sees."""
    rules.require(actor, Duty.SEE_ARCHIVE)
    first = first.replace(day=1)
    with archive.read() as tx:
        location = locations.seen(tx, actor, location_id)
        _is_room(location)
        held = climate_rules.known(tx)
        room = _room(tx, actor, location, held, archive.now())
        following = (first + timedelta(days=32)).replace(day=1)
        read = tx.climate.readings_of(location_id, _begins(first), _begins(following), struck=True)
        days = [first + timedelta(days=n) for n in range((following - first).days)]
        ids = {one.entered_by for one in read} | {one.closed_by for one in room.actions}
        instruments = tx.climate.instruments_in([location_id])
        by_day = {day: rule_for(held, location_id, location.media, day) for day in days}
        counted = [one for one in read if one.struck_at is None]
        until = min(archive.now(), _begins(following))
        return Month(
            room=room,
            first=first,
            readings=read,
            instruments={one.id: one for one in instruments},
            rules=by_day,
            people=tx.people.names(ids),
            points=points(counted, instruments, by_day.get, first, until),
            swings={measure: swings(counted, measure, by_day.get) for measure in MEASURES},
        )


# ---- Instruments ----


def place_instrument(
    archive: Archive, actor: Actor, location_id: str, number: str, *, make: str = "", sensor: bool = False,
    placed_on: date | None = None,
) -> Instrument:  # fmt: skip
    """Put an instrument into a room. The room is watched from the day of its first one."""
    rules.require(actor, Duty.KEEP_ROOMS)
    today = archive.now().astimezone().date()
    number, day = naming.clean(number)[:60], placed_on or today
    if not number or day > today:
        raise Invalid("An instrument has a number, and a day that has come.", "bad-instrument")
    with archive.write() as tx:
        location = _own(tx, actor, location_id)
        _is_room(location)
        if tx.climate.numbered(number) is not None:
            raise Conflict("There is an instrument of this number already.", "instrument-taken")
        one = Instrument(new_id(), location_id, number, naming.clean(make)[:200], sensor, day)
        tx.climate.add_instrument(one)
        _say(archive, tx, actor, "instrument.placed", one)
        return one


def retire_instrument(archive: Archive, actor: Actor, instrument_id: str) -> Instrument:
    rules.require(actor, Duty.KEEP_ROOMS)
    with archive.write() as tx:
        one = tx.climate.instrument(instrument_id)
        _own(tx, actor, one.location_id)
        if one.retired_on is not None:
            raise Conflict("This instrument is out of use.", "instrument-retired")
        tx.climate.retire(instrument_id, archive.now().astimezone().date())
        _say(archive, tx, actor, "instrument.retired", one)
        return tx.climate.instrument(instrument_id)


def calibrate(
    archive: Archive, actor: Actor, instrument_id: str, *, on: date, until: date, certificate: str = ""
) -> Instrument:
    """Write down a calibration: when, until when it holds, and the number of the certificate."""
    rules.require(actor, Duty.KEEP_ROOMS)
    if not on < until or on > archive.now().astimezone().date():
        raise Invalid("A calibration was on a day that has come, and holds until a later one.", "bad-instrument")
    with archive.write() as tx:
        one = tx.climate.instrument(instrument_id)
        _own(tx, actor, one.location_id)
        if any(known.calibrated_on == on for known in one.calibrations):
            raise Conflict("A calibration of this day is written down already.", "instrument-taken")
        tx.climate.add_calibration(instrument_id, Calibration(on, until, naming.clean(certificate)[:200], actor.id))
        _say(archive, tx, actor, "instrument.calibrated", one, until=until.isoformat())
        return tx.climate.instrument(instrument_id)


# ---- Readings ----


def record(archive: Archive, actor: Actor, instrument_id: str, said: NewReading) -> Reading:
    """Write down what an instrument shows. Raises Invalid or Conflict for what cannot be."""
    rules.require(actor, Duty.RECORD_CLIMATE)
    with archive.write() as tx:
        one = tx.climate.instrument(instrument_id)
        line = _take(archive, tx, actor, one, [(1, said)], "hand")[0]
        if line.reading is None:
            if line.problem == _OTHER:
                raise Conflict(_OTHER, "other-reading")
            raise Invalid(line.problem, line.code)
        return line.reading


def send(archive: Archive, actor: Actor, number: str, said: Sequence[NewReading]) -> Sequence[Line]:
    """What a sensor of this number sends; each reading is taken, known already or refused. Safe to repeat."""
    rules.require(actor, Duty.RECORD_CLIMATE)
    if not 0 < len(said) <= AT_ONCE_MAX:
        raise Invalid(f"Send 1 to {AT_ONCE_MAX} readings at once.", "bad-body")
    with archive.write() as tx:
        one = _numbered(tx, actor, number)
        return _take(archive, tx, actor, one, list(enumerate(said, 1)), "sensor")


def take_table(archive: Archive, actor: Actor, table: bytes) -> Sequence[Line]:
    """Readings from a CSV or Excel table with COLUMNS or their Chinese heads, line by line: good lines are taken
    whatever the others say. Raises Invalid when it is no such table."""
    rules.require(actor, Duty.RECORD_CLIMATE)
    rows = sheets.rows(table)
    found: list[Line] = []
    by_number: dict[str, list[tuple[int, NewReading]]] = {}
    for number, raw in enumerate(rows, 2):
        row = {HEADS.get(head, head): value for head, value in raw.items()}
        try:
            said = _parsed(row)
        except Invalid as error:
            found.append(Line(number, "refused", None, error.code, str(error)))
        else:
            by_number.setdefault(naming.clean(row.get("instrument", "")), []).append((number, said))
    with archive.write() as tx:
        for name, some in by_number.items():
            try:
                found += _take(archive, tx, actor, _numbered(tx, actor, name), some, "table")
            except (NotFound, Denied) as error:
                code = error.code if isinstance(error, NotFound) else error.reason
                found += [Line(number, "refused", None, code, str(error)) for number, _ in some]
    return sorted(found, key=lambda line: line.number)


def strike(archive: Archive, actor: Actor, reading_id: str, why: str) -> Reading:
    """Strike out what was written down wrongly; it stays to be seen, with why."""
    rules.require(actor, Duty.KEEP_ROOMS)
    why = naming.clean(why)[:TEXT_MAX]
    if not why:
        raise Invalid("Say why it is struck out.", "no-note")
    with archive.write() as tx:
        one = tx.climate.reading(reading_id)
        location = _own(tx, actor, one.location_id)
        if one.struck_at is not None:
            raise Conflict("This reading is struck out already.", "reading-struck")
        tx.climate.strike(reading_id, archive.now(), actor.id, why)
        tx.ledger.add(
            archive.now(), actor.id, "reading.struck", "location", location.id, site=location.site, reading=reading_id
        )
        return tx.climate.reading(reading_id)


# ---- Corrective actions ----


def close_action(archive: Archive, actor: Actor, action_id: str, done: str) -> Action:
    """Say what was done. What is found later opens another one."""
    rules.require(actor, Duty.KEEP_ROOMS)
    done = naming.clean(done)[:TEXT_MAX]
    if not done:
        raise Invalid("Say what was done.", "no-note")
    with archive.write() as tx:
        one = tx.climate.action(action_id)
        location = _own(tx, actor, one.location_id)
        if one.closed_at is not None:
            raise Conflict("This corrective action is closed.", "room-action-closed")
        closed = replace(one, done=done, closed_at=archive.now(), closed_by=actor.id)
        tx.climate.save_action(closed)
        tx.ledger.add(
            archive.now(), actor.id, "room-action.closed", "location", location.id, site=location.site,
            number=one.number,
        )  # fmt: skip
        return closed


def open_action(
    archive: Archive, tx: Transaction, by: str, location: Location, kind: str, first_at: datetime, *, item: str = ""
) -> Action:
    """Somebody has to do something about a room; its keepers are told."""
    at = archive.now()
    today = at.astimezone().date()
    rule = rule_for(climate_rules.known(tx), location.id, location.media, today)
    number = f"KFZG-{today.year}-{tx.counters.next(f'room-action-{today.year}'):04d}"
    due_on = today + timedelta(days=rule.act_days if rule else 7)
    one = Action(new_id(), number, location.id, kind, item, first_at, at, by, due_on)
    tx.climate.add_action(one)
    tx.ledger.add(
        at, by, "room-action.opened", "location", location.id, site=location.site, number=number, kind=kind, item=item
    )
    keepers = [one for one in tx.people.holding([Role.DOCUMENT_CONTROLLER.value]) if location.site in one.sites]
    told = [one.id for one in keepers if rules.may(as_actor(one), Duty.KEEP_ROOMS)]
    tell(archive, tx, told, "room.action", ("room", location.id), number=number)
    return one


def sweep(archive: Archive, by: str) -> int:
    """Take up what time alone has brought about: readings that nobody took. How many actions were opened."""
    opened = 0
    with archive.write() as tx:
        held = climate_rules.known(tx)
        watched = {one.location_id for one in tx.climate.instruments_in()}
        for location in tx.rooms.every():
            if location.id in watched and location.closed_at is None:
                opened += _judge(archive, tx, by, location, held)
    return opened


# ---- Parts ----


_OTHER = "This instrument was read at this time already."


def _take(
    archive: Archive, tx: Transaction, actor: Actor, one: Instrument, news: Sequence[tuple[int, NewReading]], way: str
) -> Sequence[Line]:
    location = tx.rooms.get(one.location_id)
    _require_recording(actor, location)
    known = dict(tx.climate.taken_at(one.id, [said.at for _, said in news]))
    lines: list[Line] = []
    for number, said in news:
        problem = _wrong(archive, one, said)
        there = known.get(said.at)
        if problem is not None:
            lines.append(Line(number, "refused", None, *problem))
        elif there is None:
            weather, adjusted, note = (
                naming.clean(text)[:TEXT_MAX] for text in (said.weather, said.adjusted, said.note)
            )
            reading = Reading(
                new_id(), location.id, one.id, said.at, said.temperature, said.humidity, way, actor.id, archive.now(),
                weather, adjusted, note,
            )  # fmt: skip
            known[said.at] = reading
            lines.append(Line(number, "taken", reading))
        elif way != "hand" and (there.temperature, there.humidity) == (said.temperature, said.humidity):
            lines.append(Line(number, "known", there))
        else:
            lines.append(Line(number, "refused", None, "other-reading", _OTHER))
    new = [line.reading for line in lines if line.outcome == "taken" and line.reading is not None]
    if new:
        tx.climate.add_readings(new)
        tx.ledger.add(
            archive.now(), actor.id, "readings.taken", "location", location.id, site=location.site, count=len(new),
            way=way, instrument=one.id,
        )  # fmt: skip
        _judge(archive, tx, actor.id, location, climate_rules.known(tx))
    return lines


def _wrong(archive: Archive, one: Instrument, said: NewReading) -> tuple[str, str] | None:
    if said.at > archive.now() + EARLY:
        return "bad-reading", "This time has not come yet."
    day = said.at.astimezone().date()
    if day < one.placed_on or (one.retired_on is not None and day > one.retired_on):
        return "bad-reading", "The instrument was not in the room on that day."
    for measure, value in (("temperature", said.temperature), ("humidity", said.humidity)):
        least, most = BOUNDS[measure]
        if not least <= value <= most:
            return "bad-reading", "No store-room has such a temperature or humidity: look again."
    return None


def _judge(archive: Archive, tx: Transaction, by: str, location: Location, held: Sequence[Rule]) -> int:
    """Open what has to be opened, and let what is open begin as early as what belongs to it."""
    opened = 0
    for finding in _findings(tx, location, held, archive.now(), tx.climate.actions_in([location.id])):
        if finding.action is None:
            open_action(archive, tx, by, location, finding.kind, finding.first.at)
            opened += 1
        elif finding.first.at < finding.action.first_at:
            tx.climate.save_action(replace(finding.action, first_at=finding.first.at))
    return opened


def _findings(
    tx: Transaction, location: Location, held: Sequence[Rule], until: datetime, actions: Sequence[Action]
) -> Sequence[Finding]:
    instruments = tx.climate.instruments_in([location.id])
    if not instruments:
        return ()
    since = max(min(one.placed_on for one in instruments), (until - LOOKED_BACK).astimezone().date())
    read = tx.climate.readings_of(location.id, _begins(since), until + EARLY)
    by_day: dict[date, Rule | None] = {}

    def rule_on(day: date) -> Rule | None:
        if day not in by_day:
            by_day[day] = rule_for(held, location.id, location.media, day)
        return by_day[day]

    return findings(points(read, instruments, rule_on, since, until), actions)


def _room(tx: Transaction, actor: Actor, location: Location, held: Sequence[Rule], until: datetime) -> Room:
    today = until.astimezone().date()
    if until == ends_at(today - timedelta(days=1), "pm"):
        today -= timedelta(days=1)
    rule = rule_for(held, location.id, location.media, today)
    actions = tx.climate.actions_in([location.id])
    in_use = [one for one in tx.climate.instruments_in([location.id]) if one.retired_on is None]
    lately = tx.climate.readings_of(location.id, until - timedelta(days=7), until + EARLY)
    taken = {one.half for one in lately if one.day == today}
    wanted = {1: ("pm",), 2: ("am", "pm")}.get(rule.a_day if rule and in_use else 0, ())
    due = () if wanted == ("pm",) and taken else tuple(half for half in wanted if half not in taken)
    inspected = next(iter(tx.climate.inspections_in([location.id])), None)
    began = inspected.inspected_on if inspected else min((one.placed_on for one in in_use), default=None)
    inspect_by = began + timedelta(days=rule.inspect_days) if began and rule and rule.inspect_days else None
    return Room(
        location=location,
        rule=rule,
        instruments=in_use,
        latest=lately[-1] if lately else None,
        findings=_findings(tx, location, held, until, actions),
        actions=actions,
        due_today=due,
        inspected=inspected,
        inspect_by=inspect_by,
        may_record=_may(actor, Duty.RECORD_CLIMATE, location.site),
        may_keep=_may(actor, Duty.KEEP_ROOMS, location.site),
    )


def _parsed(row: Mapping[str, str]) -> NewReading:
    try:
        day = date.fromisoformat(row.get("date", "").strip())
        hour = time.fromisoformat(row.get("time", "").strip().zfill(5))
        temperature, humidity = (tenths(row.get(name, "")) for name in BOUNDS)
    except ValueError:
        raise Invalid(
            "Say date, time, temperature and humidity, as 2026-03-01, 09:00, 18.5 and 52.", "bad-reading"
        ) from None
    weather, adjusted, note = (row.get(name, "") for name in ("weather", "adjusted", "note"))
    return NewReading(datetime.combine(day, hour).astimezone(), temperature, humidity, weather, adjusted, note)


def _numbered(tx: Transaction, actor: Actor, number: str) -> Instrument:
    """NotFound for an unknown one, and for one in a room of somebody else's site."""
    one = tx.climate.numbered(naming.clean(number)[:60])
    if one is None or not _may(actor, Duty.RECORD_CLIMATE, tx.rooms.get(one.location_id).site):
        raise NotFound("There is no such instrument.", "no-such-instrument")
    return one


def _may(actor: Actor, duty: Duty, site: str) -> bool:
    return rules.may(actor, duty) and (Role.OPERATOR in actor.roles or site in actor.sites)


def _require_recording(actor: Actor, location: Location) -> None:
    if not _may(actor, Duty.RECORD_CLIMATE, location.site):
        raise Denied(Duty.RECORD_CLIMATE, "not-your-site", "These rooms belong to a site that is not yours.")


def _own(tx: Transaction, actor: Actor, location_id: str) -> Location:
    location = locations.seen(tx, actor, location_id)
    locations.require_site(actor, location.site)
    return location


def _is_room(location: Location) -> None:
    if location.kind != "room":
        raise NotFound("Readings are taken in a store-room.", "no-such-place")


def _say(archive: Archive, tx: Transaction, actor: Actor, action: str, one: Instrument, **more: str) -> None:
    site = tx.rooms.get(one.location_id).site
    tx.ledger.add(archive.now(), actor.id, action, "location", one.location_id, site=site, instrument=one.id, **more)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()
