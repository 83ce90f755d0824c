"""A numbered copy of an edition that does not hold any more is still out there, where people work by it (2.5)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import distributing
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "作废文件未收回", "en": "Obsolete copy not called back"}
SEVERITY = "high"
DUTY = Action.SEE_ARCHIVE


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    lines, people = distributing.lines(archive, actor, on=on)
    for line in lines:
        if line.obsolete and line.copy.out:
            title, label, since = line.row.document.title, line.edition.label, line.edition.effective_until
            who = f"{line.copy.place} {people.get(line.copy.holder_id, '')}".strip()
            yield Fault(
                line.copy.id,
                say(
                    f"《{title}》{label} 自 {since} 作废，受控副本 {line.number} 仍在 {who}",
                    f"{title} {label} is obsolete since {since}, and copy {line.number} is still with {who}",
                ),
                f"/documents/{line.row.document.id}#copies",
            )
