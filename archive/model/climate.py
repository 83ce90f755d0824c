"""What the air of a store-room is like, what it has to be like, and what is wrong with it: plain values, no clock.

Temperatures are tenths of a degree Celsius, humidities tenths of a per cent of relative humidity, as instruments show
them: 185 is 18.5 ℃. Days and halves of days are those of the server.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MEASURES = ("temperature", "humidity")
SWINGS: Mapping[str, str] = {measure: f"{measure}-swing" for measure in MEASURES}
KINDS = (*MEASURES, *SWINGS.values(), "flat-line", "missing")
"""What can be found in readings: out of range in either measure, too much of a change within a day, an instrument that
stands still, none taken."""
WAYS = ("hand", "table", "sensor")
BOUNDS: Mapping[str, tuple[int, int]] = {"temperature": (-300, 600), "humidity": (0, 1000)}
"""What a store-room can have at all; anything else is a slip of the pen or a broken sensor."""
FLAT_READINGS = 6
"""So many equal readings are a line; fewer happen by themselves."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is asked of rooms from a day on. The narrowest one counts: of the room, of its media, of every room; among
    those the one that began last."""

    id: str
    location_id: str
    """Empty: not of one room."""
    media: str
    """Empty: of any."""
    begins_on: date
    temperature_min: int
    temperature_max: int
    humidity_min: int
    humidity_max: int
    a_day: int
    """Readings wanted in a day: 2 is one before noon and one after, 1 any time, 0 none."""
    flat_hours: int
    """After so many hours of the same reading an instrument is taken to stand still; 0: never."""
    inspect_days: int
    """At the latest so many days after an inspection the next one is due; 0: none is."""
    act_days: int
    """Within so many days what was found is dealt with."""
    source: str
    set_by: str = ""
    set_at: datetime | None = None
    swing_temperature: int = 0
    """日变化幅度: between day and night an instrument may show so much of a difference; 0: nothing is asked."""
    swing_humidity: int = 0

    def range_of(self, measure: str) -> tuple[int, int]:
        if measure == "temperature":
            return self.temperature_min, self.temperature_max
        return self.humidity_min, self.humidity_max

    def swing_of(self, measure: str) -> int:
        return self.swing_temperature if measure == "temperature" else self.swing_humidity

    def beyond(self, measure: str, value: int) -> int:
        """By how much a value is out of range; 0 within it."""
        least, most = self.range_of(measure)
        return max(least - value, value - most, 0)


@dataclass(frozen=True, slots=True)
class Calibration:
    calibrated_on: date
    valid_until: date
    certificate: str
    entered_by: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A thermometer and hygrometer in a room; the room is watched from the day its first one was placed there."""

    id: str
    location_id: str
    number: str
    """仪器号; one of a kind in the house."""
    make: str
    sensor: bool
    """It reports by itself, through the API."""
    placed_on: date
    retired_on: date | None = None
    calibrations: tuple[Calibration, ...] = ()
    """The latest first."""

    @property
    def valid_until(self) -> date | None:
        return self.calibrations[0].valid_until if self.calibrations else None


@dataclass(frozen=True, slots=True)
class Reading:
    """One look at an instrument. It never changes: what was written down wrongly is struck out, with why."""

    id: str
    location_id: str
    instrument_id: str
    at: datetime
    temperature: int
    humidity: int
    way: str
    entered_by: str
    entered_at: datetime
    weather: str = ""
    adjusted: str = ""
    """调控措施: what was done about the air."""
    note: str = ""
    struck_at: datetime | None = None
    struck_by: str = ""
    struck_why: str = ""

    @property
    def day(self) -> date:
        return self.at.astimezone().date()

    @property
    def half(self) -> str:
        return "am" if self.at.astimezone().hour < 12 else "pm"

    def value(self, measure: str) -> int:
        return self.temperature if measure == "temperature" else self.humidity


@dataclass(frozen=True, slots=True)
class Action:
    """A corrective action (纠正措施): something in a room is not as it has to be, and somebody says what was done.

    It answers for everything of its kind from `first_at` until it is closed.
    """

    id: str
    number: str
    location_id: str
    kind: str
    """One of KINDS, or inspection."""
    item: str
    """Of an inspection: which item was bad."""
    first_at: datetime
    opened_at: datetime
    opened_by: str
    due_on: date
    done: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""

    def answers(self, point: "Point") -> bool:
        until = self.closed_at or point.at
        return self.kind == point.kind and self.first_at <= point.at <= until


@dataclass(frozen=True, slots=True)
class Point:
    """Something that was wrong at an instant. A missing reading is missed at the end of its half of the day."""

    kind: str
    at: datetime
    value: int | None = None
    instrument_id: str = ""
    beyond: int = 0
    """By how much the value is out of range."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a room in one respect, as far as no closed action answers for it."""

    kind: str
    points: Sequence[Point]
    action: Action | None
    """The open one, if there is one already."""

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]

    @property
    def days(self) -> int:
        return len({(point.at - timedelta(microseconds=1)).astimezone().date() for point in self.points})

    @property
    def worst(self) -> int | None:
        """The value that is farthest out of range."""
        return max(self.points, key=lambda point: point.beyond).value


RuleOn = Callable[[date], Rule | None]


def rule_for(rules: Iterable[Rule], location_id: str, media: str, on: date) -> Rule | None:
    """The rule that counts for a room on a day; None when nobody has said anything yet."""
    held = [
        one
        for one in rules
        if one.begins_on <= on and one.location_id in ("", location_id) and one.media in ("", media)
    ]
    return max(held, key=lambda one: (bool(one.location_id), bool(one.media), one.begins_on, one.set_at), default=None)


def points(
    readings: Sequence[Reading], instruments: Iterable[Instrument], rule_on: RuleOn, since: date, until: datetime
) -> Sequence[Point]:
    """Everything that was wrong in a room from a day until an instant, in the order of time.

    `readings` are those of the room since that day, in the order of time, without struck ones.
    """
    found = [
        Point(measure, one.at, one.value(measure), one.instrument_id, rule.beyond(measure, one.value(measure)))
        for one in readings
        for rule in (rule_on(one.day),)
        for measure in MEASURES
        if rule is not None and rule.beyond(measure, one.value(measure))
    ]
    found += [
        Point(SWINGS[measure], swing.passed_at, swing.value, swing.instrument_id, swing.value - most)
        for measure in MEASURES
        for swing in swings(readings, measure, rule_on)
        for most in (swing.most,)
        if most and swing.passed_at is not None
    ]
    found += _flat(readings, rule_on)
    found += _missing(readings, instruments, rule_on, since, until)
    return sorted(found, key=lambda point: (point.at, point.kind))


@dataclass(frozen=True, slots=True)
class Swing:
    """How far what an instrument showed within a day lies apart, and when it passed what is allowed, if it did."""

    day: date
    instrument_id: str
    value: int
    most: int
    """0: nothing is asked on that day."""
    passed_at: datetime | None


def swings(readings: Sequence[Reading], measure: str, rule_on: RuleOn) -> Sequence[Swing]:
    """For every day and instrument with two readings or more, in the order of the days. Two instruments are never
    compared: they hang in different corners."""
    by_day: dict[tuple[date, str], list[Reading]] = {}
    for one in readings:
        by_day.setdefault((one.day, one.instrument_id), []).append(one)
    found: list[Swing] = []
    for (day, instrument_id), some in by_day.items():
        rule = rule_on(day)
        most, passed = rule.swing_of(measure) if rule else 0, None
        least = greatest = some[0].value(measure)
        for one in some:
            least, greatest = min(least, one.value(measure)), max(greatest, one.value(measure))
            if most and passed is None and greatest - least > most:
                passed = one.at
        if len(some) > 1:
            found.append(Swing(day, instrument_id, greatest - least, most, passed))
    return found


def findings(found: Iterable[Point], actions: Sequence[Action]) -> Sequence[Finding]:
    """Points as findings, one of each kind at most, without what a closed action answers for."""
    open_ones = {one.kind: one for one in actions if one.closed_at is None}
    left = [p for p in found if not any(one.closed_at is not None and one.answers(p) for one in actions)]
    by_kind = {kind: [point for point in left if point.kind == kind] for kind in KINDS}
    return [Finding(kind, some, open_ones.get(kind)) for kind, some in by_kind.items() if some]


def _flat(readings: Sequence[Reading], rule_on: RuleOn) -> Iterable[Point]:
    by_instrument: dict[str, list[Reading]] = {}
    for one in readings:
        by_instrument.setdefault(one.instrument_id, []).append(one)
    for instrument_id, some in by_instrument.items():
        run: list[Reading] = []
        for one in some:
            same = run and (run[0].temperature, run[0].humidity) == (one.temperature, one.humidity)
            run = [*run, one] if same else [one]
            rule = rule_on(one.day)
            if rule is None or not rule.flat_hours or len(run) < FLAT_READINGS:
                continue
            if one.at - run[0].at >= timedelta(hours=rule.flat_hours):
                yield Point("flat-line", one.at, one.temperature, instrument_id)


def _missing(
    readings: Sequence[Reading], instruments: Iterable[Instrument], rule_on: RuleOn, since: date, until: datetime
) -> Iterable[Point]:
    placed = [(one.placed_on, one.retired_on) for one in instruments]
    there = {(one.day, one.half) for one in readings}
    day = since
    while day <= until.astimezone().date():
        rule = rule_on(day)
        watched = any(begins <= day and (ends is None or day < ends) for begins, ends in placed)
        if rule is not None and watched:
            for halves in {1: (("am", "pm"),), 2: (("am",), ("pm",))}.get(rule.a_day, ()):
                at = ends_at(day, halves[-1])
                if at <= until and not any((day, half) in there for half in halves):
                    yield Point("missing", at)
        day += timedelta(days=1)


def ends_at(day: date, half: str) -> datetime:
    """The instant by which the reading of a half of a day has to be there: noon, or midnight."""
    noon = datetime.combine(day, time(12))
    return (noon if half == "am" else datetime.combine(day + timedelta(days=1), time())).astimezone()


def shown(tenths: int | None) -> str:
    """As an instrument shows it: 185 → 18.5, 180 → 18."""
    if tenths is None:
        return ""
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}{f'.{rest}' if rest else ''}"


@dataclass(frozen=True, slots=True)
class InspectionItem:
    """One of the protections, and what is looked at for it."""

    code: str
    zh: str
    en: str
    looked_at: str
    looked_at_en: str
    source: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """A look at a room against the eight protections (八防), item by item."""

    id: str
    location_id: str
    inspected_on: date
    inspected_by: str
    entered_at: datetime
    note: str
    results: Mapping[str, tuple[str, str]]
    """Item → result and measure."""


RESULTS = ("good", "bad", "none")
"""As it should be, not as it should be, does not apply here."""
