"""The contract for cleaning the facade of JF Tower ended in May, and nobody has said what became of it."""

from collections.abc import Iterable, Sequence

from archive import contract_desk, contracts, people
from archive.app import Archive
from archive.demo.company import COMPANY
from archive.demo.plants import Paper
from archive.demo.service_contracts import DRAFTER, REVIEWER
from archive.intake import Claims

SUPPLIER = "云岫高空作业有限公司"
PAPERS = (
    Paper(
        "JF大厦外墙清洗合同.txt",
        f"JF大厦外墙清洗合同\n合同编号:HT-2024-031\n甲方:{COMPANY}\n乙方:{SUPPLIER}\n"
        "合同期限:2024年6月1日至2026年5月31日。\n乙方每年清洗外墙两次,作业人员持证上岗。",
        Claims(
            "JF大厦外墙清洗合同",
            "HT03",
            2,
            "JF01",
            "SWB",
            doc_number="HT-2024-031",
            issuer="商务部",
            parties=(COMPANY, SUPPLIER),
            document_date="2024-05-20",
            shelf_location="一号库房-02柜-1层-03盒",
        ),
    ),
)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    drafter, reviewer = people.named(archive, DRAFTER), people.named(archive, REVIEWER)
    said = {
        "party_a": COMPANY,
        "party_b": SUPPLIER,
        "signed_on": "2024-05-20",
        "begins_on": "2024-06-01",
        "ends_on": "2026-05-31",
        "originals": "2",
        "subject": "外墙清洗，每年两次",
    }
    made = contracts.draft(archive, drafter, ids[0], said)
    for check in contract_desk.show(archive, drafter, made.id).checklist:
        contracts.prove(archive, drafter, made.id, check.item.code, note="随合同正本装订，已核对")
    return (contracts.confirm(archive, reviewer, made.id, revision=made.revision).id,)
