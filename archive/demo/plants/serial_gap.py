"""Of three blank repair slips the second came back and the first did not."""

from collections.abc import Iterable, Sequence

from archive import numbering, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.intake import Claims
from archive.numbering import HandOver

PAPERS = (
    Paper(
        "报修单-走廊照明.txt",
        "报修单\n报修部位:JF大厦A座12层走廊照明\n故障现象:三盏筒灯不亮\n处理结果:更换驱动电源三只,已恢复正常。\n维修人:工程部值班",
        Claims("报修单 A座12层走廊照明", "FW01", 1, "JF01", "KFB", issuer="客户服务部", document_date="2026-05-12"),
    ),
)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    controller = people.named(archive, "shenyanqiu")
    lost, found, _not_yet = numbering.reserve(archive, controller, "FW01", "JF01", 3, to="工程部值班")
    numbering.accept(archive, controller, ids, HandOver("qiaoyining", serials={ids[0]: found}))
    return (lost,)
