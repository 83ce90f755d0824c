"""A record failed a test of the four properties that must be passed, and has not passed it since (四性检测)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import properties
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "四性检测未通过", "en": "Four-property test not passed"}
SEVERITY = "high"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:  # noqa: ARG001 — as it was tested last
    board = properties.board(archive, actor)
    for record, at, one in board.failing:
        items = [board.items[code] for code, _ in one.failed]
        day = at.astimezone().date()
        said = say(
            f"{record.archival_code or record.doc_number}《{record.title}》{day} 检测未通过："
            + "；".join(item.zh for item in items),
            f"{record.archival_code or record.doc_number} {record.title}: not passed on {day}: "
            + "; ".join(item.en for item in items),
        )
        yield Fault(record.id, said, f"/records/{record.id}")
