"""JF Tower was served for two months between two contracts without one."""

from collections.abc import Iterable, Sequence

from archive import contracts, people
from archive.app import Archive
from archive.demo.service_contracts import DRAFTER, Term, register, signed

COMMITTEE = "JF大厦业主委员会"
BOX = "一号库房-02柜-1层-03盒"
TERMS = (
    Term(
        "HT01-preliminary", "JF01", "HT-2014-002", "金帆置业有限公司", "2014-06-10", "2014-07-01", "2019-06-30", BOX
    ),
    Term("HT02-service", "JF01", "HT-2018-006", COMMITTEE, "2018-05-18", "2018-07-01", "2022-06-30", BOX),
    Term(
        "HT02-service", "JF01", "HT-2022-009", COMMITTEE, "2022-08-25", "2022-09-01", "2028-08-31", BOX,
        title="JF大厦物业服务合同（第二期）",
    ),
)  # fmt: skip
PAPERS = tuple(signed(one) for one in TERMS)


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    days = {"taken_over_on": "2014-07-01", "committee_on": "2018-03-12"}
    contracts.state_project(archive, people.named(archive, DRAFTER), "JF01", days)
    before = ""
    for record_id, term in zip(ids, TERMS, strict=True):
        before = register(archive, record_id, term, after=before).id
    return (before,)
