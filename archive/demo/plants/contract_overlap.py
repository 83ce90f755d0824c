"""Somebody drafted a contract for JF Tower that begins before the one that holds has ended."""

from collections.abc import Iterable, Sequence

from archive import contracts, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.intake import Claims

PAPERS = (
    Paper(
        "JF大厦物业服务合同（第三期送审稿）.txt",
        "JF大厦物业服务合同（第三期送审稿）\n合同编号:HT-2026-021\n甲方:JF大厦业主委员会\n乙方:槐序物业服务有限公司\n"
        "合同期限:2028年7月1日至2031年6月30日。",
        Claims(
            "JF大厦物业服务合同（第三期送审稿）",
            "HT02",
            2,
            "JF01",
            "SWB",
            doc_number="HT-2026-021",
            issuer="商务部",
            parties=("JF大厦业主委员会", "槐序物业服务有限公司"),
            document_date="2026-06-22",
            shelf_location="一号库房-02柜-1层-03盒",
        ),
    ),
)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    drafter = people.named(archive, "shenyanqiu")
    said = {"begins_on": "2028-07-01", "ends_on": "2031-06-30", "originals": "1"}
    return (contracts.draft(archive, drafter, ids[0], said).id,)
