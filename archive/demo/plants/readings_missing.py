"""Over a long weekend nobody looked at the thermometer; what was written down afterwards was struck out."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from archive import climate, people
from archive.app import Archive
from archive.demo import store_rooms
from archive.demo.plants import Paper
from archive.model.climate import Reading

PAPERS: tuple[Paper, ...] = ()


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:  # noqa: ARG001 — it needs no papers
    keeper, room = people.named(archive, store_rooms.KEEPER), store_rooms.named(archive, "二号库房")
    today = archive.now().astimezone().date()
    days = {today - timedelta(days=ago) for ago in (29, 30)}
    read: list[Reading] = []
    for first in sorted({day.replace(day=1) for day in days}):
        read += climate.month(archive, keeper, room.id, first).counted
    for one in read:
        if one.day in days:
            climate.strike(archive, keeper, one.id, "节后补记，并非当日所读")
    climate.sweep(archive, keeper.id)
    return (room.id,)
