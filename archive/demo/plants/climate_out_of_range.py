"""After a night of rain it was damp in a store-room, and nobody has said what was done."""

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
    day = archive.now().astimezone().date() - timedelta(days=16)
    sheet = climate.month(archive, keeper, room.id, day)
    at = datetime.combine(day, time(11, 20)).astimezone()
    said = NewReading(at, 208, 684, weather="大雨", note="夜间暴雨，窗缝渗水")
    climate.record(archive, keeper, sheet.room.instruments[0].id, said)
    return (room.id,)
