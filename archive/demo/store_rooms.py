"""The store-rooms of the demo company: two rooms with cabinets and boxes, and two months of what their air was like."""

import math
import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from archive import climate, inspections, location_sheets, locations, people, sheets
from archive.app import Archive
from archive.demo.records import DemoRecord
from archive.locations import NewPlace
from archive.model.rooms import Location

ROOMS = (("JF01", "一号库房", "纸质档案", "WS-1001", 11), ("YL02", "二号库房", "纸质档案", "WS-2001", 12))
"""Site, code, media, number of the instrument, and where chance begins."""
DAYS = 62
WEATHER = ("晴", "多云", "阴", "小雨")
KEEPER = "shenyanqiu"


def set_up(archive: Archive, records: Sequence[DemoRecord]) -> None:
    """The rooms, and the boxes in which these papers lie. Once: rooms that are there already are left as they are."""
    keeper = people.named(archive, KEEPER)
    today = archive.now().astimezone().date()
    begins = today - timedelta(days=DAYS)
    known = {(one.location.site, one.location.address) for one in locations.tree(archive, keeper)}
    boxes = sorted({(one.site, one.shelf_location, "box", "", "", 40) for one in records if one.shelf_location})
    lines: list[Sequence[object]] = []
    for site, code, media, number, seed in ROOMS:
        if (site, code) in known:
            continue
        room = locations.add(archive, keeper, NewPlace(site, "room", code, media=media, capacity=20))
        one = climate.place_instrument(archive, keeper, room.id, number, make="数显温湿度计", placed_on=begins)
        on = begins - timedelta(days=20)
        climate.calibrate(archive, keeper, one.id, on=on, until=on + timedelta(days=365), certificate=f"JL-{number}")
        lines += _readings(number, begins, archive.now(), random.Random(seed))  # noqa: S311 — the same company each time
        good = {item.code: ("good", "") for item in inspections.items()}
        inspections.inspect(archive, keeper, room.id, good, on=today - timedelta(days=9), note="月度检查")
    if boxes:
        location_sheets.load(archive, keeper, sheets.as_csv(location_sheets.COLUMNS, boxes))
    if lines:
        climate.take_table(archive, keeper, sheets.as_csv(climate.COLUMNS, lines))


def named(archive: Archive, code: str) -> Location:
    """One of these rooms, by its code."""
    return locations.place_called(archive, people.named(archive, KEEPER), code)


def _readings(number: str, begins: date, until: datetime, chance: random.Random) -> list[Sequence[object]]:
    """A summer that comes and goes, in range, never twice the same."""
    lines: list[Sequence[object]] = []
    for day in range(DAYS + 1):
        on = begins + timedelta(days=day)
        weather = chance.choice(WEATHER)
        for half in range(2):
            hour, minute = (9, 15)[half], chance.randrange(50)
            if datetime.combine(on, time(hour, minute)).astimezone() > until:
                continue
            warm = 19.5 + 2 * math.sin(day / 9) + 0.6 * half + chance.uniform(-0.4, 0.4)
            damp = 52 + 4 * math.sin(day / 7 + 1) - half + chance.uniform(-1.5, 1.5)
            lines.append((number, on, f"{hour:02d}:{minute:02d}", f"{warm:.1f}", f"{damp:.1f}", weather, "", ""))
    return lines
