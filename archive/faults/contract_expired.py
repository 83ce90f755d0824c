"""The term of a contract is over, and it is still counted on: nobody has said whether it was renewed, handed over,
ended or goes on without a term (2.13)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import contract_desk
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "合同到期未处理", "en": "Expired and counted on"}
SEVERITY = "high"
DUTY = Action.SEE_CONTRACTS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for row in contract_desk.expired(archive, actor, on):
        one = row.contract
        said = say(
            f"《{one.title}》已于 {one.ends_on} 到期，未登记续签、移交、终止或转不定期",
            f"{one.title} ended on {one.ends_on}, and nobody has said what became of it",
        )
        yield Fault(one.id, said, f"/contracts/{one.id}")
