"""A number is missing from a series: later ones came back and it did not, or it stands in no line of the register."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import numbering
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "断号", "en": "Missing number"}
SEVERITY = "middle"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:  # noqa: ARG001 — a gap has no day
    gaps = numbering.gaps(archive, actor)
    with archive.read() as tx:
        back = numbering.last_back(tx)
    for gap in gaps:
        if gap.kind == "never-written":
            said = say(f"{gap.code} 已计号，登记中无此号", f"{gap.code} was counted and is in no line of the register")
        elif gap.kind == "outstanding" and gap.number < back.get(gap.series, 0):
            said = say(f"{gap.code} 未收回，其后的号已收回", f"{gap.code} has not come back, later numbers have")
        else:
            continue
        yield Fault(gap.code, said, "/accession/gaps")
