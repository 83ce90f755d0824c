"""The air of store-rooms is written down, judged by the rule of its day, and what is wrong is acted on."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.actors import OPERATOR, Actor
from access.rules import TOKEN_SCOPES, Denied
from archive import climate, climate_rules, dues, faults, inspections, locations, reports, sheets
from archive.app import Archive
from archive.climate import NewReading
from archive.errors import Conflict, Invalid, NotFound
from archive.locations import NewPlace
from archive.model.climate import (
    Action,
    Instrument,
    Reading,
    Rule,
    ends_at,
    findings,
    points,
    rule_for,
    shown,
)
from archive.model.rooms import Location
from tests.builders import a_person
from tests.conftest import NOON, Clock


@pytest.fixture
def keeper(archive: Archive) -> Actor:
    return a_person(archive, "keeper", "document_controller", clearance=2, department="DAS", sites=("JF01",))


@pytest.fixture
def room(archive: Archive, keeper: Actor) -> Location:
    return locations.add(archive, keeper, NewPlace("JF01", "room", "一号库房"))


@pytest.fixture
def instrument(archive: Archive, keeper: Actor, room: Location) -> Instrument:
    return climate.place_instrument(archive, keeper, room.id, "WS-1", placed_on=date(2026, 2, 20))


def read(archive: Archive, actor: Actor, one: Instrument, temperature: int = 180, humidity: int = 520) -> Reading:
    return climate.record(archive, actor, one.id, NewReading(archive.now(), temperature, humidity))


def kinds(archive: Archive, actor: Actor) -> Sequence[str]:
    return [one.kind for room in climate.rooms(archive, actor) for one in room.findings if one.kind != "missing"]


def a_rule(**said: object) -> Rule:
    values: dict[str, object] = {
        "id": "r", "location_id": "", "media": "", "begins_on": date(2026, 1, 1), "temperature_min": 140,
        "temperature_max": 240, "humidity_min": 450, "humidity_max": 600, "a_day": 2, "flat_hours": 72,
        "inspect_days": 31, "act_days": 7, "source": "s", "set_by": "x", "set_at": NOON,
    }  # fmt: skip
    return Rule(**(values | said))  # type: ignore[arg-type]


def a_reading(at: datetime, temperature: int = 180, humidity: int = 520, instrument: str = "i") -> Reading:
    return Reading("x", "l", instrument, at, temperature, humidity, "hand", "p", at)


def test_a_humid_reading_opens_one_action_that_somebody_closes_with_what_was_done(
    archive: Archive, clock: Clock, keeper: Actor, instrument: Instrument
) -> None:
    read(archive, keeper, instrument, humidity=684)
    clock.advance(hours=2)
    read(archive, keeper, instrument, humidity=651)

    room = climate.rooms(archive, keeper)[0]
    (action,) = [one for one in room.open_actions if one.kind == "humidity"]
    assert (action.kind, action.first_at, action.due_on) == ("humidity", NOON, date(2026, 3, 9))
    assert [(one.kind, len(one.points), one.worst) for one in room.findings][:1] == [("humidity", 2, 684)]
    with archive.read() as tx:
        assert action.number in [one.details["number"] for one in tx.notices.of(keeper.id)]

    with pytest.raises(Invalid, match="what was done"):
        climate.close_action(archive, keeper, action.id, "  ")
    climate.close_action(archive, keeper, action.id, "开启除湿机，封堵窗缝")
    assert kinds(archive, keeper) == []
    with pytest.raises(Conflict):
        climate.close_action(archive, keeper, action.id, "再次")

    clock.advance(hours=1)
    read(archive, keeper, instrument, humidity=660)
    assert kinds(archive, keeper) == ["humidity"]
    assert sum(one.kind == "humidity" for one in climate.rooms(archive, keeper)[0].actions) == 2


def test_what_changes_too_much_within_a_day_opens_an_action_and_two_instruments_are_never_compared(
    archive: Archive, clock: Clock, keeper: Actor, room: Location, instrument: Instrument
) -> None:
    other = climate.place_instrument(archive, keeper, room.id, "WS-2", placed_on=date(2026, 2, 20))
    read(archive, keeper, instrument, temperature=180)
    read(archive, keeper, other, temperature=215, humidity=590)
    clock.advance(hours=1)
    read(archive, keeper, instrument, temperature=200, humidity=570)
    assert kinds(archive, keeper) == [], "exactly as much as is allowed"

    clock.advance(hours=1)
    last = read(archive, keeper, instrument, temperature=179, humidity=545)

    (found,) = [one for one in climate.rooms(archive, keeper)[0].findings if one.kind == "temperature-swing"]
    assert (found.first.at, found.worst) == (last.at, 21)
    assert found.action is not None
    assert "climate_swing" in {one.kind for one in faults.every(archive, keeper)}
    sheet = climate.month(archive, keeper, room.id, NOON.date())
    assert [(one.instrument_id, one.value, one.most) for one in sheet.swings["temperature"]] == [
        (instrument.id, 21, 20)
    ]
    printed = reports.print_out(
        archive, keeper, "room_climate", {"place": room.address, "month": "2026-03"}, form="csv", language="zh"
    ).content.decode("utf-8-sig")
    assert "2.1 *" in printed
    climate.close_action(archive, keeper, found.action.id, "空调已修复")
    assert kinds(archive, keeper) == []
    clock.advance(days=1)
    read(archive, keeper, instrument, temperature=220)
    assert kinds(archive, keeper) == [], "a night between two days is no change within one"


def test_what_cannot_be_read_is_refused(archive: Archive, clock: Clock, keeper: Actor, instrument: Instrument) -> None:
    read(archive, keeper, instrument)
    with pytest.raises(Conflict):
        read(archive, keeper, instrument, temperature=190)
    for at, temperature in ((NOON + timedelta(hours=1), 180), (NOON - timedelta(days=20), 180), (NOON, 800)):
        with pytest.raises(Invalid):
            climate.record(archive, keeper, instrument.id, NewReading(at, temperature, 500))


def test_what_was_written_down_wrongly_is_struck_out_and_seen(
    archive: Archive, keeper: Actor, room: Location, instrument: Instrument
) -> None:
    wrong = read(archive, keeper, instrument, humidity=250)
    climate.strike(archive, keeper, wrong.id, "误将 52.0 记为 25.0")

    right = read(archive, keeper, instrument)

    sheet = climate.month(archive, keeper, room.id, date(2026, 3, 1))
    assert [one.id for one in sheet.counted] == [right.id]
    assert {one.struck_why for one in sheet.readings} == {"", "误将 52.0 记为 25.0"}
    assert kinds(archive, keeper) == []


def test_a_table_is_taken_line_by_line_and_taking_it_again_changes_nothing(
    archive: Archive, keeper: Actor, instrument: Instrument
) -> None:
    table = "仪器号,日期,时间,温度,湿度,天气\nWS-1,2026-03-01,9:05,18.5,52,晴\nWS-1,2026-03-01,15:00,18.x,52,晴\n"
    table += "WS-9,2026-03-01,09:00,18,52,晴\nWS-1,2026-03-02,09:00,99,52,晴\n"

    first = climate.take_table(archive, keeper, table.encode())
    again = climate.take_table(archive, keeper, table.encode())

    assert [(one.number, one.outcome, one.code) for one in first] == [
        (2, "taken", ""), (3, "refused", "bad-reading"), (4, "refused", "no-such-instrument"),
        (5, "refused", "bad-reading"),
    ]  # fmt: skip
    assert [one.outcome for one in again] == ["known", "refused", "refused", "refused"]


def test_a_workbook_is_read_like_a_table_of_text(archive: Archive, keeper: Actor, instrument: Instrument) -> None:
    lines = [("WS-1", "2026-03-01", "09:00", 18.5, 52, "", "", "")]
    (line,) = climate.take_table(archive, keeper, sheets.as_xlsx(climate.COLUMNS, lines))
    assert line.reading is not None
    assert (line.reading.temperature, line.reading.humidity, line.reading.way) == (185, 520, "table")


def test_an_instrument_that_shows_the_same_for_three_days_stands_still(
    archive: Archive, clock: Clock, keeper: Actor, instrument: Instrument
) -> None:
    for _ in range(6):
        read(archive, keeper, instrument)
        assert "flat-line" not in kinds(archive, keeper)
        clock.advance(hours=12)
    read(archive, keeper, instrument)
    assert kinds(archive, keeper) == ["flat-line"]


def test_readings_nobody_took_open_an_action_and_are_answered_by_closing_it(
    archive: Archive, clock: Clock, keeper: Actor, room: Location
) -> None:
    climate.place_instrument(archive, keeper, room.id, "WS-1")
    clock.advance(days=2)
    assert climate.sweep(archive, OPERATOR.id) == 1
    assert climate.sweep(archive, OPERATOR.id) == 0

    (finding,) = climate.rooms(archive, keeper)[0].findings
    noons = {datetime(2026, 3, day, tzinfo=UTC).astimezone().date() for day in (2, 3, 4)}
    due = [at for day in sorted(noons) for half in ("am", "pm") if (at := ends_at(day, half)) <= archive.now()]
    assert [point.at for point in finding.points] == due
    assert finding.action is not None

    climate.close_action(archive, keeper, finding.action.id, "放假无人值守，已安排值班")
    assert climate.rooms(archive, keeper)[0].findings == []


@given(
    st.lists(st.tuples(st.integers(0, 96), st.integers(380, 680)), max_size=12, unique_by=lambda pair: pair[0]),
    st.lists(st.tuples(st.integers(0, 96), st.integers(0, 96)), max_size=3),
)
@settings(deadline=None)
def test_a_point_is_left_exactly_when_it_is_out_of_range_and_no_closed_action_answers_for_it(
    read: list[tuple[int, int]], closed: list[tuple[int, int]]
) -> None:
    rule = a_rule(a_day=0, flat_hours=0)
    readings = [a_reading(NOON + timedelta(hours=hour), humidity=humidity) for hour, humidity in sorted(read)]
    actions = [
        Action(f"{n}", f"{n}", "l", "humidity", "", NOON + timedelta(hours=min(pair)), NOON, "p", NOON.date(), "done",
               NOON + timedelta(hours=max(pair)), "p")
        for n, pair in enumerate(closed)
    ]  # fmt: skip
    found = points(readings, [], lambda _day: rule, NOON.date(), NOON + timedelta(days=9))

    left = {point.at for one in findings(found, actions) for point in one.points}

    assert left == {
        one.at
        for one in readings
        if not 450 <= one.humidity <= 600
        and not any(min(pair) <= (one.at - NOON).total_seconds() / 3600 <= max(pair) for pair in closed)
    }


def test_the_narrowest_rule_counts_and_an_old_day_keeps_the_one_that_held_then(
    archive: Archive, keeper: Actor, room: Location, instrument: Instrument
) -> None:
    on = date(2026, 3, 1)
    general, paper, own = a_rule(), a_rule(id="m", media="光盘"), a_rule(id="o", location_id="l")
    later = a_rule(id="later", begins_on=on)
    assert rule_for([general, paper, own], "l", "光盘", on) == own
    assert rule_for([general, paper, own], "k", "光盘", on) == paper
    assert rule_for([later, general], "k", "", on - timedelta(days=1)) == general
    assert rule_for([later], "k", "", on - timedelta(days=1)) is None

    said = {"address": room.address, "begins_on": "2026-03-02", "temperature_min": "16", "temperature_max": "22",
            "humidity_min": "45", "humidity_max": "50", "a_day": "2", "flat_hours": "72", "inspect_days": "31",
            "act_days": "3", "source": "本公司库房管理办法"}  # fmt: skip
    climate_rules.set_rule(archive, keeper, said)
    climate.record(archive, keeper, instrument.id, NewReading(NOON - timedelta(days=1), 180, 520))
    assert kinds(archive, keeper) == []
    read(archive, keeper, instrument)
    assert kinds(archive, keeper) == ["humidity"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": ""},
        {"temperature_min": "25"},
        {"swing_humidity": "-1"},
        {"humidity_max": "101"},
        {"a_day": "3"},
        {"begins_on": "gestern"},
    ],
)
def test_a_rule_that_asks_nothing_or_has_no_source_is_refused(
    archive: Archive, keeper: Actor, wrong: dict[str, str]
) -> None:
    good = {"begins_on": "2026-03-02", "temperature_min": "14", "temperature_max": "24", "humidity_min": "45",
            "humidity_max": "60", "a_day": "2", "flat_hours": "72", "inspect_days": "31", "act_days": "7",
            "source": "s"}  # fmt: skip
    with pytest.raises(Invalid):
        climate_rules.set_rule(archive, keeper, good | wrong)


def test_rules_go_out_to_a_spreadsheet_and_come_back_as_they_were(archive: Archive, keeper: Actor) -> None:
    for workbook in (False, True):
        table = climate_rules.dump(archive, keeper, workbook=workbook)
        assert climate_rules.load(archive, keeper, table) == 0
    more = (
        climate_rules.dump(archive, keeper)
        .decode("utf-8-sig")
        .replace("2000-01-01,14,24,45,60,2,5", "2026-03-05,15,24,45,60,2,5")
    )
    assert climate_rules.load(archive, keeper, more.encode()) == 1
    assert {one.begins_on for one in climate_rules.every(archive, keeper)} == {date(2000, 1, 1), date(2026, 3, 5)}


def test_rooms_of_another_site_are_neither_seen_nor_written_down_for(
    archive: Archive, keeper: Actor, room: Location, instrument: Instrument
) -> None:
    elsewhere = a_person(archive, "elsewhere", "document_controller", sites=("YL02",))
    read(archive, keeper, instrument, humidity=700)

    assert climate.rooms(archive, elsewhere) == []
    assert faults.every(archive, elsewhere) == []
    with pytest.raises(NotFound):
        climate.month(archive, elsewhere, room.id, date(2026, 3, 1))
    with pytest.raises(Denied):
        climate.record(archive, elsewhere, instrument.id, NewReading(NOON, 180, 500))
    with pytest.raises(NotFound):
        climate.send(archive, elsewhere, "WS-1", [NewReading(NOON, 180, 500)])
    with pytest.raises(Denied):
        climate.rooms(archive, a_person(archive, "borrower", "borrower"))


def test_the_token_of_a_sensor_can_do_nothing_else(archive: Archive) -> None:
    assert TOKEN_SCOPES["climate"] == {"record-climate"}


def test_what_a_room_asks_for_falls_due_and_is_gone_when_it_is_done(
    archive: Archive, clock: Clock, keeper: Actor, room: Location, instrument: Instrument
) -> None:
    def due() -> set[str]:
        tasks = dues.every(archive, keeper, kind="climate", until=date(2026, 3, 23), language="en")
        return {task.due.sentence.partition(": ")[2] for task in tasks}

    assert due() == {
        "readings of today to be taken (morning, afternoon)", "the inspection is due", "WS-1 has no calibration"
    }  # fmt: skip
    read(archive, keeper, instrument)
    clock.advance(hours=10)
    read(archive, keeper, instrument)
    climate.calibrate(archive, keeper, instrument.id, on=date(2026, 3, 1), until=date(2027, 3, 1))
    inspections.inspect(archive, keeper, room.id, every_item(archive))
    assert {said for said in due() if "readings" not in said} == set()


def every_item(archive: Archive) -> dict[str, tuple[str, str]]:
    with archive.read() as tx:
        return {one.code: ("good", "") for one in inspections.items(tx)}


def test_an_inspection_says_something_of_every_item_and_a_bad_one_opens_an_action(
    archive: Archive, keeper: Actor, room: Location
) -> None:
    good = every_item(archive)
    assert len(good) == 8
    for wrong in ({}, good | {"fire": ("bad", "")}, good | {"fire": ("perhaps", "")}, good | {"war": ("good", "")}):
        with pytest.raises(Invalid):
            inspections.inspect(archive, keeper, room.id, wrong)

    inspections.inspect(archive, keeper, room.id, good | {"fire": ("bad", "更换过期灭火器两具")})
    inspections.inspect(archive, keeper, room.id, good | {"fire": ("bad", "仍未更换")})

    (action,) = climate.rooms(archive, keeper)[0].open_actions
    assert (action.kind, action.item) == ("inspection", "fire")


def test_the_sheet_of_a_month_says_both_halves_of_each_day_and_what_was_wrong(
    archive: Archive, clock: Clock, keeper: Actor, room: Location, instrument: Instrument
) -> None:
    read(archive, keeper, instrument, humidity=684)
    printed = reports.print_out(
        archive, keeper, "room_climate", {"place": room.address, "month": "2026-03"}, form="csv", language="zh"
    ).content.decode("utf-8-sig")
    assert "68.4 *" in printed
    assert "缺记" in printed
    for form in ("pdf", "xlsx"):
        assert reports.print_out(archive, keeper, "room_climate", {"place": room.id}, form=form, language="en").content
    blank = reports.print_out(archive, keeper, "room_inspection", {"place": room.id}, form="csv", language="zh")
    assert "防潮（水）" in blank.content.decode("utf-8-sig")


def test_tenths_are_shown_as_instruments_do() -> None:
    assert [shown(one) for one in (185, 180, -5, 0, None)] == ["18.5", "18", "-0.5", "0", ""]
