"""JF Tower was served for two months between two contracts without one."""

from collections.abc import Iterable, Sequence

from archive import contracts, people
from archive.app import Archive
from archive.demo.plants import Paper
from archive.intake import Claims

COMMITTEE = "JF大厦业主委员会"
US = "槐序物业服务有限公司"


def _paper(title: str, class_code: str, number: str, day: str, party: str, term: str) -> Paper:
    text = f"{title}\n合同编号:{number}\n甲方:{party}\n乙方:{US}\n合同期限:{term}。\n签订日期:{day}"
    claims = Claims(
        title,
        class_code,
        2,
        "JF01",
        "SWB",
        doc_number=number,
        issuer="商务部",
        parties=(party, US),
        document_date=day,
        shelf_location="一号库房-02柜-1层-03盒",
    )
    return Paper(f"{title}.txt", text, claims)


PAPERS = (
    _paper(
        "JF大厦前期物业服务合同",
        "HT01",
        "HT-2014-002",
        "2014-06-10",
        "金帆置业有限公司",
        "2014年7月1日至2019年6月30日",
    ),
    _paper("JF大厦物业服务合同", "HT02", "HT-2018-006", "2018-05-18", COMMITTEE, "2018年7月1日至2022年6月30日"),
    _paper(
        "JF大厦物业服务合同（第二期）", "HT02", "HT-2022-009", "2022-08-25", COMMITTEE, "2022年9月1日至2028年8月31日"
    ),
)
TERMS = (("2014-07-01", "2019-06-30"), ("2018-07-01", "2022-06-30"), ("2022-09-01", "2028-08-31"))
EVIDENCE = ("parties", "authority", "clauses", "seals", "annexes", "review")


def plant(archive: Archive, ids: Sequence[str]) -> Iterable[str]:
    drafter, reviewer = people.named(archive, "shenyanqiu"), people.named(archive, "zongwenbin")
    days = {"taken_over_on": "2014-07-01", "committee_on": "2018-03-12"}
    contracts.state_project(archive, drafter, "JF01", days)
    before = ""
    for record_id, (begins, ends) in zip(ids, TERMS, strict=True):
        said = {"begins_on": begins, "ends_on": ends, "originals": "3", "subject": "JF大厦物业服务，一级标准"}
        if before:
            made = contracts.renew(archive, drafter, before, record_id, said)
        else:
            made = contracts.draft(archive, drafter, record_id, {**said, **_parties()})
        made = contracts.confirm(archive, reviewer, made.id, revision=made.revision)
        for item in EVIDENCE:
            contracts.prove(archive, drafter, made.id, item, note="随合同正本装订，已核对")
        before = made.id
    return (before,)


def _parties() -> dict[str, str]:
    return {"party_a": "金帆置业有限公司", "party_b": US, "signed_on": "2014-06-10"}
