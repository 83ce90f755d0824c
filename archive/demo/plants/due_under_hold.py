"""The minutes of 2013 could be appraised, and a lawsuit holds them."""

from collections.abc import Iterable, Sequence

from archive import holds, numbering, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.intake import Claims
from archive.numbering import HandOver

PAPERS = (
    Paper(
        "2013年度外墙渗水处理协调会纪要.txt",
        "会议纪要\n时间:2013年9月3日\n议题:JF大厦外墙渗水处理\n会议议定:由工程部委托检测,费用分摊另行协商。\n记录:总经办",
        Claims("外墙渗水处理协调会纪要", "GL08", 1, "JF01", "ZJB", issuer="总经办", document_date="2013-09-03"),
    ),
)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    controller = people.named(archive, "shenyanqiu")
    numbering.accept(archive, controller, ids, HandOver("mengjinglan", case="一般"))
    holds.place(archive, controller, ids, "外墙渗水损害赔偿诉讼，举证期内保全。")
    return ids
