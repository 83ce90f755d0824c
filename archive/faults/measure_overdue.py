"""A measure was to be done by a day, and nobody says that it is."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import measures
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "纠正措施逾期", "en": "Overdue measure"}
SEVERITY = "middle"
DUTY = Action.SEE_DOCUMENTS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for one in measures.board(archive, actor).measures:
        if one.overdue(on):
            said = say(
                f"{one.number} 应于 {one.due_on} 完成：{one.about}",
                f"{one.number} was due on {one.due_on}: {one.about}",
            )
            yield Fault(one.id, said, "/measures")
