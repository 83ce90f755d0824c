"""A controlled document that is in force names a law that is gone: people work by what does not hold any more (2.3)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import laws
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "引用已废止法规", "en": "Repealed law cited"}
SEVERITY = "middle"
DUTY = Action.SEE_DOCUMENTS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for row, edition, law, successor in laws.relying(archive, actor, on):
        instead = say(f"，现行《{successor.name}》", f"; {successor.name} holds instead") if successor else ""
        yield Fault(
            edition.id,
            say(
                f"《{row.document.title}》{edition.label} 引用已废止的《{law.name}》{instead}",
                f"{row.document.title} {edition.label} names {law.name}, which is gone{instead}",
            ),
            f"/documents/{row.document.id}",
        )
