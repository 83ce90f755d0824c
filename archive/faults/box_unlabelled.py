"""Papers lie in a box that bears no label, or one with an address that is not its own now (clauses 2.1, 2.8)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import locations
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "盒无标签", "en": "Box without a label"}
SEVERITY = "low"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:  # noqa: ARG001 — a label does not come on by waiting
    for box in locations.unlabelled(archive, actor):
        said = say(f"{box.address} 尚无盒签，或迁移后未换新签", f"{box.address} has no label with its present address")
        yield Fault(box.id, said, f"/rooms/{box.id}")
