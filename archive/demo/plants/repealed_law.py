"""The rules of decoration still rest on the property law that the civil code took the place of."""

from collections.abc import Iterable, Sequence

from archive import documents, laws, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.documents import Draft
from archive.intake import Claims

NUMBER = "HX-KF-09"

PAPERS = (
    Paper(
        "装修押金管理规定.txt",
        "装修押金管理规定\n一、依据《中华人民共和国物权法》和《物业管理条例》制定本规定。\n"
        "二、装修开工前收取押金,竣工三个月后无渗漏退还。\n三、违反规定造成损失的,从押金中扣除并书面告知业主。",
        Claims(
            "装修押金管理规定", "GL02", 1, "JF01", "KFB", doc_number=NUMBER, issuer="客户服务部",
            document_date="2018-05-07",
        ),
    ),
)  # fmt: skip


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    author, head = people.named(archive, "qiaoyining"), people.named(archive, "baizhiyuan")
    boss, keeper = people.named(archive, "mengjinglan"), people.named(archive, "shenyanqiu")
    one = documents.draft(
        archive, author, ids[0], Draft(NUMBER, "A/0", "装修押金管理规定", "policy", "KFB", owner="baizhiyuan")
    )
    one = documents.submit(archive, author, one.id, revision=one.revision)
    one = documents.review(archive, head, one.id, revision=one.revision)
    one = documents.approve(archive, boss, one.id, revision=one.revision)
    one = documents.issue(archive, keeper, one.id, "2018-06-01", revision=one.revision)
    documents.check(archive, head, one.document_id, "stays", "")
    laws.sweep(archive)
    return (one.id,)
