"""Twelve pages of a service plan were lent, ten came back."""

from collections.abc import Iterable, Sequence

from access.loans import Form
from archive import counter, lending, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.intake import Claims
from archive.lending import Wish

PAPERS = (
    Paper(
        "JF大厦物业服务方案.txt",
        "JF大厦物业服务方案\n一、服务内容与标准\n二、人员配置\n三、应急保障\n四、费用测算说明\n本方案共十二页。",
        Claims(
            "JF大厦物业服务方案",
            "GL08",
            1,
            "JF01",
            "SWB",
            issuer="商务部",
            document_date="2024-03-18",
            shelf_location="一号库房-03柜-2层-01盒",
        ),
    ),
)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    borrower, keeper = people.named(archive, "yuxinmiao"), people.named(archive, "shenyanqiu")
    loan = lending.request(archive, borrower, Wish(((ids[0], Form.PAPER),), "编制续约方案", 3))
    lending.decide(archive, keeper, loan.id, yes=True)
    counter.issue(archive, keeper, ids[0], pages=12, condition="good")
    counter.take_back(archive, keeper, ids[0], pages=10, condition="good", note="缺第5、6页，借阅人正在查找。")
    return ids
