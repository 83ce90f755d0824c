"""The term of a record has ended and a hold stands on it: it is not disposed of, and somebody has to know why."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import retention
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "到期但被冻结", "en": "Due for appraisal under a hold"}
SEVERITY = "middle"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for one in retention.due(archive, actor, on, limit=None):
        if one.standing.holds:
            record, numbers = one.record, ", ".join(hold.number for hold in one.standing.holds)
            yield Fault(
                record.id,
                say(
                    f"{record.archival_code}《{record.title}》保管期满，被 {numbers} 冻结，不得处置",
                    f"{record.archival_code} {record.title}: the term has ended, and {numbers} holds it",
                ),
                f"/records/{record.id}",
            )
