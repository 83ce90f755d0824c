"""More than a year has gone since the last management review (1.9: at least once a year)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import measures
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "管理评审缺失", "en": "Management review missing"}
SEVERITY = "high"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    found = measures.board(archive, actor)
    day = found.next_review
    if day is not None and day < on:
        last = max(one.held_on for one in found.reviews if one.kind == "management" and one.held_on)
        said = say(
            f"上次管理评审在 {last}，已逾一年", f"The last management review was on {last}, more than a year ago"
        )
        yield Fault("management-review", said, "/measures")
