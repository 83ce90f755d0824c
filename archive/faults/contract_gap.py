"""A project was served on days on which no contract held."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import contract_desk
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "合同空档", "en": "Served without a contract"}
SEVERITY = "high"
DUTY = Action.SEE_CONTRACTS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for one, contract in contract_desk.findings(archive, actor, on, "gap"):
        assert one.first is not None
        assert one.last is not None
        days = (one.last - one.first).days + 1
        said = say(
            f"项目 {contract.site} 自 {one.first} 至 {one.last} 无合同在履行，共 {days} 天",
            f"Site {contract.site}: no contract from {one.first} to {one.last}, {days} days",
        )
        yield Fault(contract.id, said, f"/contracts/{contract.id}")
