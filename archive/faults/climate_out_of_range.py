"""It was too warm, cold, damp or dry in a store-room, and nobody has said yet what was done about it."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import climate, room_words
from archive.app import Archive
from archive.faults import Fault, Say
from archive.model.climate import MEASURES

TITLE = {"zh": "温湿度超标", "en": "Climate out of range"}
SEVERITY = "middle"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for room in climate.rooms(archive, actor, on):
        for one in room.findings:
            if one.kind in MEASURES:
                what, worst = say(*room_words.FINDINGS[one.kind]), room_words.value_of(one)
                first, count = one.first.at.astimezone().date(), len(one.points)
                often = "once" if count == 1 else f"{count} times"
                said = say(
                    f"{room.location.address} 自 {first} 起{what} {count} 次，最甚 {worst}，整改未完成",
                    f"{room.location.address}: {what} {often} since {first}, {worst} at worst, not closed",
                )
                yield Fault(room.location.id, said, f"/climate/{room.location.id}")
