"""Yunlu Gardens was taken over in March, and the contract was signed in May."""

from collections.abc import Iterable, Sequence

from archive import contracts, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.intake import Claims

PAPERS = (
    Paper(
        "云麓花园前期物业服务合同.txt",
        "云麓花园前期物业服务合同\n合同编号:HT-2023-003\n甲方:云麓置地有限公司\n乙方:槐序物业服务有限公司\n"
        "合同期限:2023年3月1日至2029年2月28日。\n签订日期:2023年5月6日",
        Claims(
            "云麓花园前期物业服务合同",
            "HT01",
            2,
            "YL02",
            "SWB",
            doc_number="HT-2023-003",
            issuer="商务部",
            parties=("云麓置地有限公司", "槐序物业服务有限公司"),
            document_date="2023-05-06",
            shelf_location="二号库房-01柜-1层-01盒",
        ),
    ),
)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    drafter, reviewer = people.named(archive, "shenyanqiu"), people.named(archive, "zongwenbin")
    contracts.state_project(archive, drafter, "YL02", {"taken_over_on": "2023-03-01"})
    said = {
        "begins_on": "2023-03-01",
        "ends_on": "2029-02-28",
        "signed_on": "2023-05-06",
        "party_a": "云麓置地有限公司",
        "party_b": "槐序物业服务有限公司",
        "originals": "2",
    }
    made = contracts.draft(archive, drafter, ids[0], said)
    made = contracts.confirm(archive, reviewer, made.id, revision=made.revision)
    return (made.id,)
