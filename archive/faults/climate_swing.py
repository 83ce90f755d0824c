"""Between day and night it changed too much in a store-room, and nobody has said yet what was done about it."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import climate, room_words
from archive.app import Archive
from archive.faults import Fault, Say
from archive.model.climate import SWINGS

TITLE = {"zh": "温湿度日变化过大", "en": "Climate changes too much within a day"}
SEVERITY = "middle"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for room in climate.rooms(archive, actor, on):
        some = [one for one in room.findings if one.kind in SWINGS.values()]
        if some:
            first = min(one.first.at for one in some).astimezone().date()
            worst = say("、", ", ").join(
                f"{say(*room_words.FINDINGS[one.kind])} {room_words.value_of(one)}" for one in some
            )
            address = room.location.address
            said = say(f"{address} 自 {first} 起{worst}，整改未完成", f"{address}: since {first} {worst}, not closed")
            yield Fault(room.location.id, said, f"/climate/{room.location.id}")
