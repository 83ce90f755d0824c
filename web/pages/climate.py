"""The air of store-rooms: what it is like now and was in a month, what is asked of it, inspections, what was done."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from access.rules import Denied
from archive import climate, climate_rules, inspections, sheets
from archive.climate import Month, NewReading
from archive.climate_rules import tenths
from archive.errors import Conflict, Invalid, NotFound
from archive.model.climate import MEASURES, RESULTS, Reading, shown
from archive.reports.room_climate import first_of
from web import answered, charts, current, files, room_words, sentences, words
from web.charts import Band, Dot
from web.language import gettext

blueprint = Blueprint("climate", __name__, url_prefix="/climate")

WENT_WRONG = (Conflict, Invalid, Denied, NotFound)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {"rooms": room_words, "shown": shown, "course": course, "swing": swing}


@blueprint.get("")
def every() -> str:
    return render_template("climate/every.html", found=climate.rooms(current.archive(), current.actor()))


@blueprint.post("/readings")
def take() -> ResponseReturnValue:
    """A table of readings: what became of each line is shown, good ones are taken whatever the others say."""
    file = request.files.get("table")
    content = file.stream.read(sheets.BYTES_MAX + 1) if file is not None else b""
    try:
        lines = climate.take_table(current.archive(), current.actor(), content)
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
        return redirect(url_for("climate.every"), 303)
    counts = {outcome: sum(line.outcome == outcome for line in lines) for outcome in ("taken", "known", "refused")}
    return render_template("climate/lines.html", lines=lines, counts=counts)


@blueprint.get("/rules")
def rules() -> str:
    archive, actor = current.archive(), current.actor()
    return render_template(
        "climate/rules.html",
        held=climate_rules.every(archive, actor),
        places={one.location.id: one.location for one in climate.rooms(archive, actor)},
        today=archive.now().astimezone().date(),
    )


@blueprint.post("/rules")
def set_rule() -> ResponseReturnValue:
    try:
        climate_rules.set_rule(current.archive(), current.actor(), request.form)
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
    else:
        answered.done("climate.rule")
    return redirect(url_for("climate.rules"), 303)


@blueprint.get("/rules/table")
def rules_table() -> Response:
    workbook = request.args.get("form") == "xlsx"
    content = climate_rules.dump(current.archive(), current.actor(), workbook=workbook)
    return files.table(content, f"room-rules.{'xlsx' if workbook else 'csv'}")


@blueprint.post("/rules/table")
def take_rules() -> ResponseReturnValue:
    file = request.files.get("table")
    content = file.stream.read(sheets.BYTES_MAX + 1) if file is not None else b""
    try:
        new = climate_rules.load(current.archive(), current.actor(), content)
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
    else:
        flash(gettext("%(new)s rules are new.", new=new))
    return redirect(url_for("climate.rules"), 303)


@blueprint.get("/<id>")
def room(id: str) -> str:
    archive = current.archive()
    today = archive.now().astimezone()
    first = first_of(request.args.get("month", ""), today.date())
    sheet = climate.month(archive, current.actor(), id, first)
    return render_template(
        "climate/room.html",
        sheet=sheet,
        room=sheet.room,
        before=f"{first - timedelta(days=1):%Y-%m}",
        after=f"{sheet.last + timedelta(days=1):%Y-%m}" if sheet.last < today.date() else "",
        today=today,
    )


@blueprint.post("/<id>/<deed>")
def do(id: str, deed: str) -> ResponseReturnValue:
    archive, actor, form = current.archive(), current.actor(), request.form
    try:
        if deed == "read":
            climate.record(archive, actor, form.get("instrument", ""), _reading())
        elif deed == "strike":
            climate.strike(archive, actor, form.get("reading", ""), form.get("why", ""))
        elif deed == "place":
            on = _day("placed_on")
            sensor = form.get("sensor") == "yes"
            climate.place_instrument(
                archive, actor, id, form.get("number", ""), make=form.get("make", ""), sensor=sensor, placed_on=on
            )
        elif deed == "retire":
            climate.retire_instrument(archive, actor, form.get("instrument", ""))
        elif deed == "calibrate":
            on, until = _day("on"), _day("until")
            if on is None or until is None:
                raise Invalid("Say both days.", "not-a-date")
            certificate = form.get("certificate", "")
            climate.calibrate(archive, actor, form.get("instrument", ""), on=on, until=until, certificate=certificate)
        elif deed == "close-action":
            climate.close_action(archive, actor, form.get("action", ""), form.get("done", ""))
        else:
            raise Invalid("What was entered cannot be right.")
    except WENT_WRONG as error:
        flash(sentences.sentence(error), "problem")
    else:
        answered.done(f"climate.{deed}")
    return redirect(url_for("climate.room", id=id), 303)


@blueprint.get("/<id>/inspections")
def inspected(id: str) -> str:
    return _inspected(id)


def _inspected(id: str, problem: str = "") -> str:
    """What was entered stays, if it could not be taken."""
    said: Mapping[str, str] = request.form if problem else {}
    shown = inspections.every(current.archive(), current.actor(), id)
    return render_template(
        "climate/inspections.html",
        location=shown.location,
        found=shown.found,
        people=shown.people,
        items=shown.items,
        version=shown.version,
        results=RESULTS,
        said=said,
        problem=problem,
        today=current.archive().now().astimezone().date(),
    )


@blueprint.post("/<id>/inspections")
def inspect(id: str) -> ResponseReturnValue:
    form = request.form
    codes = [name.removeprefix("result-") for name in form if name.startswith("result-")]
    results = {code: (form.get(f"result-{code}", ""), form.get(f"measure-{code}", "")) for code in codes}
    try:
        inspections.inspect(
            current.archive(),
            current.actor(),
            id,
            results,
            on=_day("inspected_on"),
            note=form.get("note", ""),
            version=form.get("version", type=int),
        )
    except WENT_WRONG as error:
        return _inspected(id, sentences.sentence(error)), 422
    flash(gettext("The inspection is written down."))
    return redirect(url_for("climate.inspected", id=id), 303)


def _reading() -> NewReading:
    form = request.form
    try:
        at = datetime.combine(date.fromisoformat(form.get("day", "")), time.fromisoformat(form.get("time", "")))
        temperature, humidity = (tenths(form.get(measure, "")) for measure in MEASURES)
    except ValueError:
        raise Invalid(
            "Say date, time, temperature and humidity, as 2026-03-01, 09:00, 18.5 and 52.", "bad-reading"
        ) from None
    weather, adjusted, note = (form.get(name, "") for name in ("weather", "adjusted", "note"))
    return NewReading(at.astimezone(), temperature, humidity, weather, adjusted, note)


def _day(name: str) -> date | None:
    value = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise Invalid(f"{value!r} is no date; write it as 2026-03-01.", "not-a-date") from None


def course(sheet: Month, measure: str) -> Markup:
    """What was read in a month as a picture; every value stands in the table below it too."""
    bands = list(_bands(sheet, measure))
    if not bands:
        return Markup()
    by_instrument: dict[str, list[Dot]] = {}
    for one in sheet.counted:
        by_instrument.setdefault(one.instrument_id, []).append(_dot(sheet, one, measure))
    days = [sheet.first + timedelta(days=n) for n in range(0, (sheet.last - sheet.first).days + 1, 5)]
    ticks = [(_midnight(day) + timedelta(hours=12), f"{day.day}") for day in days]
    bad = sum(dot.bad for some in by_instrument.values() for dot in some)
    label = gettext(
        "%(measure)s in %(month)s: %(count)s readings, %(bad)s out of range; the table below says all of them",
        measure=room_words.MEASURES[measure],
        month=f"{sheet.first:%Y-%m}",
        count=len(sheet.counted),
        bad=bad,
    )
    return charts.course(list(by_instrument.values()), bands, ticks, label)


def swing(sheet: Month, measure: str) -> Markup:
    """How far the readings of each day lie apart, as a picture; nothing where nothing is asked of it."""
    bands = [
        Band(_midnight(day), _midnight(day + timedelta(days=1)), 0, rule.swing_of(measure) / 10)
        for day, rule in sheet.rules.items()
        if rule is not None and rule.swing_of(measure)
    ]
    if not bands:
        return Markup()
    by_instrument: dict[str, list[Dot]] = {}
    for one in sheet.swings[measure]:
        number, unit = sheet.instruments[one.instrument_id].number, room_words.UNITS[measure]
        said = f"{words.day(one.day)} {shown(one.value)} {unit} ({number})"
        noon = _midnight(one.day) + timedelta(hours=12)
        by_instrument.setdefault(one.instrument_id, []).append(Dot(noon, one.value / 10, said, bool(one.passed_at)))
    days = [sheet.first + timedelta(days=n) for n in range(0, (sheet.last - sheet.first).days + 1, 5)]
    ticks = [(_midnight(day) + timedelta(hours=12), f"{day.day}") for day in days]
    label = gettext(
        "Change of %(measure)s within each day of %(month)s: %(bad)s days too much",
        measure=room_words.MEASURES[measure],
        month=f"{sheet.first:%Y-%m}",
        bad=len({one.day for one in sheet.swings[measure] if one.passed_at}),
    )
    return charts.course(list(by_instrument.values()), bands, ticks, label)


def _dot(sheet: Month, one: Reading, measure: str) -> Dot:
    rule = sheet.rules.get(one.day)
    number = sheet.instruments[one.instrument_id].number
    value = one.value(measure)
    said = f"{words.moment(one.at)} {shown(value)} {room_words.UNITS[measure]} ({number})"
    return Dot(one.at, value / 10, said, rule is not None and rule.beyond(measure, value) > 0)


def _bands(sheet: Month, measure: str) -> Iterator[Band]:
    for day, rule in sheet.rules.items():
        if rule is not None:
            least, most = rule.range_of(measure)
            yield Band(_midnight(day), _midnight(day + timedelta(days=1)), least / 10, most / 10)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone()
