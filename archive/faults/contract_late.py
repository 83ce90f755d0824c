"""A contract was signed after the project had been taken over (clauses 2.10 and 2.11: before it)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import contract_desk
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "接管后才签合同", "en": "Signed after take-over"}
SEVERITY = "high"
DUTY = Action.SEE_CONTRACTS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for one, contract in contract_desk.findings(archive, actor, on, "signed-after-takeover"):
        said = say(
            f"《{contract.title}》签订日 {one.last} 晚于项目接管日 {one.first}",
            f"{contract.title}: signed on {one.last}, the project was taken over on {one.first}",
        )
        yield Fault(contract.id, said, f"/contracts/{contract.id}")
