"""A tenant moved in, the receipt of keys should have come in May and has not."""

from collections.abc import Iterable, Sequence

from archive import dossiers, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.dossiers import Opening
from archive.intake import Claims

PAPERS = tuple(
    Paper(
        f"{title}-A座1806.txt",
        f"{title}\n房号:JF大厦A座1806\n客户:松风软件有限公司\n{body}",
        Claims(f"{title} A座1806", "KH02", 2, "JF01", "KFB", issuer="客户服务部", document_date="2026-04-02"),
    )
    for title, body in (
        ("营业执照复印件", "统一社会信用代码见原件。"),
        ("房间复检与场地交接确认", "门窗、空调、照明完好,双方签字确认。"),
    )
)
ITEMS = ("01", "05")
KEYS = "07"


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    keeper = people.named(archive, "shenyanqiu")
    opening = Opening("ZH", "JF01", "A座1806", "松风软件有限公司 A座1806", owner="baizhiyuan")
    made = dossiers.open_dossier(archive, keeper, opening)
    for item, record_id in zip(ITEMS, ids, strict=True):
        dossiers.put(archive, keeper, made.id, item, record_id)
    dossiers.owe(archive, keeper, made.id, KEYS, owner="baizhiyuan", due_on="2026-05-15")
    dossiers.chase(archive, keeper, made.id, [KEYS])
    return (made.id,)
