"""A document that belongs into an open dossier was due, is not there, and nobody has waived it."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import dossiers
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "卷宗不齐", "en": "Incomplete dossier"}
SEVERITY = "middle"
DUTY = Action.SEE_DOSSIERS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    late: dict[str, list[str]] = {}
    numbers: dict[str, str] = {}
    for folder, one in dossiers.missing(archive, actor).rows:
        if one.overdue(on):
            numbers[folder.dossier.id] = f"{folder.dossier.number} {folder.dossier.subject}"
            name = say(one.requirement.name_zh, one.requirement.name_en)
            late.setdefault(folder.dossier.id, []).append(name)
    for dossier_id, names in late.items():
        said = say(
            f"{numbers[dossier_id]} 逾期缺件：{'、'.join(names)}",
            f"{numbers[dossier_id]}: overdue and missing: {', '.join(names)}",
        )
        yield Fault(dossier_id, said, f"/dossiers/{dossier_id}")
