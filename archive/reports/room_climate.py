"""库房温湿度记录表: what was read in a store-room in a month, twice a day, and what was out of range or not read."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from access.actors import Actor
from access.rules import Action
from archive import climate, locations
from archive.app import Archive
from archive.climate import Month
from archive.model.climate import MEASURES, Reading, ends_at, shown
from archive.printing import Cell, Column, Facts, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "库房温湿度记录表", "en": "Climate of a store-room"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
ASKED = (
    Asked("place", "库房（地址或标签）", "Store-room (address or label)", "room", needed=True),
    Asked("month", "月份（如 2026-03，默认本月）", "Month (as 2026-03; this month if empty)", "month"),
)
UNITS = {"temperature": "℃", "humidity": "%RH"}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    place = locations.place_called(archive, actor, asked["place"])
    today = archive.now().astimezone().date()
    sheet = climate.month(archive, actor, place.id, first_of(asked["month"], today))
    last = min(sheet.last, today)
    days = [sheet.first + timedelta(days=n) for n in range((last - sheet.first).days + 1)]
    columns = (
        Column(say("日", "Day"), 0.4, number=True),
        *(
            column
            for half in (say("上午", "a.m."), say("下午", "p.m."))
            for column in (
                Column(f"{half} {say('时间', 'time')}", 0.8),
                Column(f"{half} ℃", 0.7, number=True),
                Column(f"{half} %RH", 0.7, number=True),
            )
        ),
        Column(say("日变化 ℃", "Within the day ℃"), 0.7, number=True),
        Column(say("日变化 %RH", "Within the day %RH"), 0.7, number=True),
        Column(say("天气", "Weather"), 0.7),
        Column(say("调控措施", "Adjusted"), 1.8),
        Column(say("记录人", "Read by"), 0.9),
        Column(say("备注", "Remarks"), 2),
    )
    rows = tuple(_row(sheet, day, say) for day in days)
    about = (f"{place.address}  {place.name}".strip(), f"{sheet.first:%Y-%m}")
    blocks = (_head(sheet, say), Table(columns, rows), _foot(archive, sheet, say), _signatures(say))
    return Printout(say(TITLE["zh"], TITLE["en"]), blocks, about, landscape=True)


def first_of(month: str, today: date) -> date:
    """The first day of a month that is written as 2026-03; of this one if nothing is."""
    return date.fromisoformat(f"{month}-01") if month else today.replace(day=1)


def _row(sheet: Month, day: date, say: Say) -> tuple[Cell, ...]:
    of_day = [one for one in sheet.counted if one.day == day]
    cells: list[Cell] = [day.day]
    for half in ("am", "pm"):
        # What somebody read comes before what a sensor sent.
        one = min((o for o in of_day if o.half == half), key=lambda o: (o.way == "sensor", o.at), default=None)
        if one is None:
            cells += [say("缺记", "missing") if _missed(sheet, day, half) else "", None, None]
        else:
            cells += [f"{one.at.astimezone():%H:%M}", *(_value(sheet, one, measure) for measure in MEASURES)]
    cells += [_swing(sheet, day, measure) for measure in MEASURES]
    people = dict.fromkeys(sheet.people.get(one.entered_by, one.entered_by) for one in of_day if one.way != "sensor")
    others = [
        f"{one.at.astimezone():%H:%M} {_pair(one)} {one.note}"
        for one in of_day
        if _beyond(sheet, one) and one not in _shown(of_day)
    ]
    notes = [*dict.fromkeys(one.note for one in _shown(of_day) if one.note), *others]
    for words in ([one.weather for one in of_day], [one.adjusted for one in of_day]):
        cells.append("；".join(dict.fromkeys(filter(None, words))))
    return (*cells, "、".join(people), "；".join(note.strip() for note in notes))


def _shown(of_day: Sequence[Reading]) -> Sequence[Reading]:
    """Those that stand in the two columns of the day."""
    halves = [[one for one in of_day if one.half == half] for half in ("am", "pm")]
    return [min(some, key=lambda one: (one.way == "sensor", one.at)) for some in halves if some]


def _pair(one: Reading) -> str:
    return f"{shown(one.temperature)} ℃ {shown(one.humidity)} %"


def _value(sheet: Month, one: Reading, measure: str) -> str:
    rule = sheet.rules.get(one.day)
    return shown(one.value(measure)) + (" *" if rule and rule.beyond(measure, one.value(measure)) else "")


def _swing(sheet: Month, day: date, measure: str) -> str:
    """The greatest of the day, whichever instrument showed it."""
    of_day = [one for one in sheet.swings[measure] if one.day == day]
    if not of_day:
        return ""
    worst = max(of_day, key=lambda one: one.value)
    return shown(worst.value) + (" *" if worst.passed_at else "")


def _beyond(sheet: Month, one: Reading) -> bool:
    rule = sheet.rules.get(one.day)
    return rule is not None and any(rule.beyond(measure, one.value(measure)) for measure in MEASURES)


def _missed(sheet: Month, day: date, half: str) -> bool:
    return any(one.kind == "missing" and one.at == ends_at(day, half) for one in sheet.points)


def _head(sheet: Month, say: Say) -> Facts:
    rule = sheet.rules.get(min(sheet.last, max(sheet.rules)))
    ranges = [say("未规定", "not said")]
    if rule is not None:
        pairs = [(*map(shown, rule.range_of(measure)), UNITS[measure]) for measure in MEASURES]
        ranges = [f"{least}～{most} {unit}" for least, most, unit in pairs]
        asked = [f"≤ {shown(rule.swing_of(one))} {UNITS[one]}" for one in MEASURES if rule.swing_of(one)]
        ranges += [say("日变化", "within a day"), *asked] if asked else []
    used = [sheet.instruments[id_] for id_ in dict.fromkeys(one.instrument_id for one in sheet.counted)]
    calibrated = [f"{one.number}（{one.valid_until or say('未校准', 'not calibrated')}）" for one in used]
    return Facts(
        (
            (say("适宜范围", "In range"), "  ".join(ranges)),
            (say("依据", "Source"), rule.source if rule else ""),
            (say("仪器号（校准有效期至）", "Instrument (calibrated until)"), "、".join(calibrated)),
        )
    )


def _foot(archive: Archive, sheet: Month, say: Say) -> Facts:
    items: list[tuple[str, str]] = []
    for measure, name in zip(MEASURES, (say("温度", "Temperature"), say("湿度", "Humidity")), strict=True):
        values = [one.value(measure) for one in sheet.counted]
        if values:
            mean = shown(round(sum(values) / len(values)))
            said = f"{mean} / {shown(max(values))} / {shown(min(values))} {UNITS[measure]}"
            items.append((say(f"{name} 月均 / 最高 / 最低", f"{name}: mean / most / least"), said))
    missed = sum(one.kind == "missing" and one.at <= archive.now() for one in sheet.points)
    items.append((say("超标次数（*）", "Out of range (*)"), str(sum(_beyond(sheet, one) for one in sheet.counted))))
    swung = {one.day for some in sheet.swings.values() for one in some if one.passed_at}
    items.append((say("日变化超限天数（*）", "Days that changed too much (*)"), str(len(swung))))
    items.append((say("缺记次数", "Missing"), str(missed)))
    return Facts(tuple(items), abreast=2)


def _signatures(say: Say) -> Signatures:
    return Signatures((say("记录人", "Read by"), say("审核人", "Checked by")))
