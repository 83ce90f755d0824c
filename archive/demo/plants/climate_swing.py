"""The air conditioning stood still over night: it was colder in the morning than a day may change a store-room."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from archive import climate, people
from archive.app import Archive
from archive.climate import NewReading
from archive.demo import store_rooms
from archive.demo.plants import Paper

PAPERS: tuple[Paper, ...] = ()


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:  # noqa: ARG001 — it needs no papers
    keeper, room = people.named(archive, store_rooms.KEEPER), store_rooms.named(archive, "一号库房")
    day = archive.now().astimezone().date() - timedelta(days=23)
    sheet = climate.month(archive, keeper, room.id, day)
    # In range, but further from what was read in the day than the rule allows.
    of_day = [one for one in sheet.counted if one.day == day]
    at = datetime.combine(day, time(6, 40)).astimezone()
    cold = NewReading(
        at, min(one.temperature for one in of_day) - 24, of_day[0].humidity, weather="晴", note="夜间空调停机"
    )
    climate.record(archive, keeper, sheet.room.instruments[0].id, cold)
    return (room.id,)
