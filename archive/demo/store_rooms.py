"""The store-rooms of the demo company: rooms with cabinets and boxes, what their air was like, and a stocktake."""

import math
import random
from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from archive import climate, inspections, location_sheets, locations, people, repairs, sheets, stocktaking
from archive.app import Archive
from archive.locations import NewPlace
from archive.model.rooms import Location
from archive.model.stocktakes import Line

ROOMS = (("JF01", "一号库房", "纸质档案", "WS-1001", 11), ("YL02", "二号库房", "纸质档案", "WS-2001", 12))
"""Site, code, media, number of the instrument, and where chance begins."""
DAYS = 100
WEATHER = ("晴", "多云", "阴", "小雨")
KEEPER = "shenyanqiu"
SECOND = "luoqinghe"
MENDERS = "砚溪文献修复有限公司"
LEAST = 3
"""So many papers in a place are worth a walk."""
INSPECTED_AGO = (99, 69, 39, 9)


def set_up(archive: Archive, shelves: Collection[tuple[str, str]]) -> None:
    """The rooms, and boxes of these sites and addresses. Once: rooms that are there already are left as they are."""
    keeper = people.named(archive, KEEPER)
    today = archive.now().astimezone().date()
    begins = today - timedelta(days=DAYS)
    known = {(one.location.site, one.location.address) for one in locations.tree(archive, keeper)}
    boxes = sorted((site, address, "box", "", "", 40) for site, address in shelves)
    lines: list[Sequence[object]] = []
    for site, code, media, number, seed in ROOMS:
        if (site, code) in known:
            continue
        room = locations.add(archive, keeper, NewPlace(site, "room", code, media=media, capacity=20))
        one = climate.place_instrument(archive, keeper, room.id, number, make="数显温湿度计", placed_on=begins)
        on = begins - timedelta(days=20)
        climate.calibrate(archive, keeper, one.id, on=on, until=on + timedelta(days=365), certificate=f"JL-{number}")
        lines += _readings(number, begins, archive.now(), random.Random(seed))  # noqa: S311 — the same company each time
        with archive.read() as tx:
            good = {item.code: ("good", "") for item in inspections.items(tx)}
        for ago in INSPECTED_AGO:
            inspections.inspect(archive, keeper, room.id, good, on=today - timedelta(days=ago), note="月度检查")
    if boxes:
        location_sheets.load(archive, keeper, sheets.as_csv(location_sheets.COLUMNS, boxes))
        for _, code, *_ in ROOMS:
            locations.label(archive, keeper, locations.place_called(archive, keeper, code).id, on=True)
    if lines:
        climate.take_table(archive, keeper, sheets.as_csv(climate.COLUMNS, lines))


def take_stock(archive: Archive) -> None:
    """Two people have walked over a place: one paper is worn, one did not lie there, and both have signed. Once."""
    keeper, second = people.named(archive, KEEPER), people.named(archive, SECOND)
    if stocktaking.every(archive, keeper):
        return
    places = [one for one in location_sheets.within(archive, keeper, ROOMS[1][1]) if one.records >= LEAST]
    if not places:
        return
    place = min(places, key=lambda one: (one.records, -one.depth)).location
    walk = stocktaking.begin(archive, keeper, place.id, SECOND)
    *seen, missing = walk.lines
    for number, line in enumerate(seen):
        stocktaking.scan(archive, second, walk.id, line.record_id, line.expected_id)
        condition, pages = "good" if number else "damaged", line.pages_expected or None
        stocktaking.count(archive, second, walk.id, line.record_id, pages=pages, condition=condition)
    stocktaking.finish(archive, keeper, walk.id)
    until = archive.now().astimezone().date() + timedelta(days=14)
    for line, why in ((seen[0], "封面破损，待修裱"), (missing, "复印后放错盒，正在查找")):
        stocktaking.explain(archive, keeper, walk.id, line.record_id, why=why, owner=KEEPER, due_on=until)
    stocktaking.sign(archive, keeper, walk.id)
    stocktaking.sign(archive, second, walk.id)
    _mend(archive, walk.id, *seen[:2])


def _mend(archive: Archive, walk_id: str, worn: Line, damp: Line) -> None:
    """What the walk found worn is being treated outside; another paper was dried last month, and lies on its shelf."""
    keeper, second = people.named(archive, KEEPER), people.named(archive, SECOND)
    today = archive.now().astimezone().date()
    case = repairs.open_case(archive, keeper, worn.record_id, kind="torn", said="封面与首页边缘破损", stocktake=walk_id)
    repairs.treat(
        archive, keeper, case.id, company=MENDERS, due_on=today + timedelta(days=10), pages=worn.pages_expected or None
    )
    began, ended = today - timedelta(days=34), today - timedelta(days=31)
    case = repairs.open_case(archive, keeper, damp.record_id, kind="damp", said="下缘受潮，无霉斑", seen_on=began)
    pages = damp.pages_expected or None
    repairs.treat(archive, keeper, case.id, by=KEEPER, out_on=began, due_on=ended, pages=pages)
    work, materials = "分页阴干、压平", "吸水纸"
    repairs.finish(archive, keeper, case.id, mended=True, work=work, materials=materials, pages=pages, done_on=ended)
    repairs.put_back(archive, second, case.id)


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
