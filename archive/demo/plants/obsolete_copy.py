"""The rules of key-keeping were changed, and at the reception they still work by the copy of the edition before."""

from collections.abc import Iterable, Sequence

from archive import distributing, documents, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.documents import Draft
from archive.intake import Claims

NUMBER = "HX-KF-07"

PAPERS = (
    Paper(
        "钥匙管理规程_A0版.txt",
        "钥匙管理规程(A/0版)\n一、房间钥匙由客户服务部统一保管,前台登记借用。\n二、借用钥匙须当日归还,过夜须经当班主管同意。\n"
        "三、钥匙遗失须立即报告客户服务部经理。\n编写:客户服务部",
        Claims(
            "钥匙管理规程 A/0版", "GL02", 1, "JF01", "KFB", doc_number=NUMBER, issuer="客户服务部",
            document_date="2024-04-08",
        ),
    ),
    Paper(
        "钥匙管理规程_A1版.txt",
        "钥匙管理规程(A/1版)\n一、房间钥匙由客户服务部统一保管,前台登记借用。\n二、借用钥匙须两小时内归还,一律不得过夜。\n"
        "三、钥匙遗失须立即报告客户服务部经理并更换锁芯。\n编写:客户服务部",
        Claims(
            "钥匙管理规程 A/1版", "GL02", 1, "JF01", "KFB", doc_number=NUMBER, issuer="客户服务部",
            document_date="2026-06-22",
        ),
    ),
)  # fmt: skip


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    author, head = people.named(archive, "qiaoyining"), people.named(archive, "baizhiyuan")
    boss, keeper = people.named(archive, "mengjinglan"), people.named(archive, "shenyanqiu")

    def issued(record: str, draft: Draft, day: str) -> str:
        one = documents.draft(archive, author, record, draft)
        one = documents.submit(archive, author, one.id, revision=one.revision)
        one = documents.review(archive, head, one.id, revision=one.revision)
        one = documents.approve(archive, boss, one.id, revision=one.revision)
        return documents.issue(archive, keeper, one.id, day, revision=one.revision).id

    old = issued(ids[0], Draft(NUMBER, "A/0", "钥匙管理规程", "instruction", "KFB", owner="baizhiyuan"), "2024-04-15")
    forgotten = distributing.hand_out(archive, keeper, old, "qiaoyining", "A座大堂前台")
    returned = distributing.hand_out(archive, keeper, old, "baizhiyuan", "客户服务部办公室")
    for holder, copy in ((author, forgotten), (head, returned)):
        distributing.receive(archive, holder, copy.id)
    distributing.ask_to_read(archive, keeper, old, ["qiaoyining", "baizhiyuan"])
    distributing.acknowledge(archive, author, old)
    why = "前台借出的钥匙曾过夜未还,缩短归还时限并增加换锁要求"
    new = issued(ids[1], Draft(NUMBER, "A/1", why=why, impact="前台登记表改版,前台人员须培训"), "")
    distributing.call_back(archive, keeper, returned.id, "returned")
    lines, _ = distributing.lines(archive, keeper, number=NUMBER)
    for line in lines:
        if line.edition.id == new and line.copy.number == returned.number:
            distributing.hand_over(archive, keeper, line.copy.id)
    return (forgotten.id,)
