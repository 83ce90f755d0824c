"""Two contracts that exclude each other hold, or would hold, on one day (物业管理条例 33)."""

from collections.abc import Iterable
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import contract_desk
from archive.app import Archive
from archive.faults import Fault, Say

TITLE = {"zh": "合同重叠", "en": "Contracts that overlap"}
SEVERITY = "high"
DUTY = Action.SEE_CONTRACTS


def find(archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]:
    for one, contract in contract_desk.findings(archive, actor, on, "overlap", "prelim-not-ended"):
        last_zh, last_en = (one.last, one.last) if one.last else ("不定期", "an open end")
        said = say(
            f"《{contract.title}》自 {one.first} 至 {last_zh} 与同一项目的另一合同重叠",
            f"{contract.title}: holds on the days of another contract of {contract.site}, {one.first} to {last_en}",
        )
        yield Fault(contract.id, said, f"/contracts/{contract.id}")
