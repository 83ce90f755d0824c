"""A thermometer shows the same for days: it stands still, or somebody copies what they wrote last time."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import climate
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "读数长时间不变", "en": "Thermometer stands still"}
SEVERITY = "middle"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for room in climate.rooms(archive, actor, on):
        numbers = {one.id: one.number for one in room.instruments}
        for one in room.findings:
            if one.kind == "flat-line":
                instrument = numbers.get(one.last.instrument_id, "")
                until = one.last.at.astimezone().date()
                said = say(
                    f"{room.location.address} 温湿度计 {instrument} 读数长时间不变，至 {until}",
                    f"{room.location.address}: {instrument} shows the same for days, until {until}",
                )
                yield Fault(room.location.id, said, f"/climate/{room.location.id}")
