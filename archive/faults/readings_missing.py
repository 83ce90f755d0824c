"""Nobody wrote down what the air of a store-room was like, and nobody has said yet why."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import climate
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "温湿度缺记", "en": "Readings missing"}
SEVERITY = "low"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for room in climate.rooms(archive, actor, on):
        for one in room.findings:
            if one.kind == "missing":
                said = say(
                    f"{room.location.address} 温湿度缺记 {len(one.points)} 次（{one.days} 天）",
                    f"{room.location.address}: {len(one.points)} readings missing on {one.days} days",
                )
                yield Fault(room.location.id, said, f"/climate/{room.location.id}")
