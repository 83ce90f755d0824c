"""A sensor that hangs beside the thermometer has sent the same for four days."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from archive import climate, people
from archive.app import Archive
from archive.climate import NewReading
from archive.demo import store_rooms
from archive.demo.plants import Paper

PAPERS: tuple[Paper, ...] = ()
NUMBER = "CGQ-2002"


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:  # noqa: ARG001 — it needs no papers
    keeper, room = people.named(archive, store_rooms.KEEPER), store_rooms.named(archive, "二号库房")
    today = archive.now().astimezone().date()
    hung = today - timedelta(days=12)
    one = climate.place_instrument(
        archive, keeper, room.id, NUMBER, make="无线温湿度传感器", sensor=True, placed_on=hung
    )
    climate.calibrate(archive, keeper, one.id, on=hung, until=hung + timedelta(days=365), certificate=f"JL-{NUMBER}")
    begins = datetime.combine(hung, time(3)).astimezone()
    sent = [
        # Alive for three days, then the same for four.
        NewReading(begins + timedelta(hours=6 * at), 196 + (at % 3 if at < 12 else 0), 528 - (at % 5 if at < 12 else 0))
        for at in range(28)
    ]
    climate.send(archive, keeper, NUMBER, sent)
    return (room.id,)
