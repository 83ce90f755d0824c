"""People of the demo company are at work: a loan waits for a yes, one is being read, one is overdue with somebody
waiting for it, a handover is being counted and something is missing, a tenant holds keys, and laws are read: by some in
time, by one not yet, by one too late.

What is overdue was lent a week ago, by the clock of that day: nothing in the ledger is later than it says.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from access.actors import OPERATOR
from access.handovers import Carrier, Found, Kind
from access.loans import Form
from archive import (
    counter,
    custody,
    dossiers,
    fileplan,
    handover,
    handover_counting,
    intake,
    law_reading,
    laws,
    lending,
    loan_desk,
    people,
    reservations,
    room_keys,
)
from archive.app import Archive
from archive.handover import Plan
from archive.intake import Claims
from archive.lending import Wish
from archive.room_keys import Counted

WEEK = timedelta(days=7)
OVERDUE_DAYS = 3
LAST_WEEK, TODAY = "demo-last-week", "demo-today"
"""Under these names the tables keep that it was done."""
KEEPER, SECOND, BORROWER = "shenyanqiu", "luoqinghe", "mizhaoyang"
KEYS_OF = "A座1806"
READ_LAST_WEEK = (
    "WYTL",
    4,
    ("baizhiyuan", "tanhuai", "yuxinmiao", "qiaoyining"),
    ("baizhiyuan", "tanhuai", "qiaoyining"),
)
"""A law, in how many days it is to be read, by whom, and who has. Whoever has not is three days late today."""
READ_TODAY = (
    ("DAF", 14, (KEEPER, SECOND, "wenshujun", "qiaoyining"), (KEEPER,)),
    ("MFD", 5, ("zongwenbin", "yuxinmiao"), ("zongwenbin",)),
)
SHELF = "二号库房-13柜-1层-01盒"


@dataclass(frozen=True, slots=True)
class Paper:
    name: str
    claims: Claims
    body: str = "正文共四页，附件两页。"


OVERDUE = Paper(
    "JF大厦消防设施年度检测报告.txt",
    Claims(
        "JF大厦消防设施年度检测报告", "SB02", 1, "JF01", "GCB",
        issuer="工程部", document_date="2026-03-20", shelf_location="一号库房-13柜-1层-01盒",
    ),
)  # fmt: skip
ASKED = Paper(
    "JF大厦下半年客户服务工作计划.txt",
    Claims("JF大厦下半年客户服务工作计划", "GL04", 2, "JF01", "KFB", issuer="客户服务部", document_date="2026-05-12"),
)
READ = Paper(
    "JF大厦上半年客户服务工作总结.txt",
    Claims("JF大厦上半年客户服务工作总结", "GL04", 2, "JF01", "KFB", issuer="客户服务部", document_date="2026-04-15"),
)
HANDED = tuple(
    Paper(
        f"云麓花园{what}交接卷.txt",
        Claims(
            f"云麓花园{what}交接卷", "SB01", 1, "YL02", "GCB",
            issuer="工程部", document_date="2025-11-03", shelf_location=SHELF,
        ),
    )
    for what in ("一期电梯", "二期电梯", "生活水泵", "消防水泵", "配电室", "门禁系统")
)  # fmt: skip


SHELVES = frozenset((one.claims.site, one.claims.shelf_location) for one in (OVERDUE, *HANDED))
"""Where their papers stand: site and address."""


def last_week(archive: Archive) -> None:
    """A paper is lent for four days; the clock of this archive stands seven days back."""
    if _done(archive, LAST_WEEK):
        return
    keeper, borrower = (people.named(archive, login) for login in (KEEPER, BORROWER))
    paper = _filed(archive, OVERDUE)
    loan = lending.request(archive, borrower, Wish(((paper, Form.PAPER),), "核对整改项", (WEEK.days - OVERDUE_DAYS)))
    lending.decide(archive, keeper, loan.id, yes=True)
    counter.issue(archive, keeper, paper, pages=6, condition="good")
    _ask_to_read(archive, *READ_LAST_WEEK)
    _do(archive, LAST_WEEK)


def overdue(archive: Archive) -> Sequence[str]:
    """The loan of last week, if the clock stood back when it was lent: it is overdue today."""
    slips = loan_desk.mine(archive, people.named(archive, BORROWER))
    return [slip.loan.id for slip in slips if slip.due_at is not None and slip.due_at < archive.now()]


def bring(archive: Archive) -> None:
    """The papers of everything below are handed in, to be read with all others."""
    for paper in (ASKED, READ, *HANDED):
        _filed(archive, paper)


def today(archive: Archive) -> None:
    """Everything else, as it stands this morning."""
    if _done(archive, TODAY):
        return
    reader, head, owner = (people.named(archive, login) for login in ("yuxinmiao", "zongwenbin", "baizhiyuan"))
    reservations.reserve(archive, people.named(archive, "qiaoyining"), _filed(archive, OVERDUE))

    lending.request(archive, reader, Wish(((_filed(archive, ASKED), Form.DIGITAL),), "编制商务计划", 5))
    reading = lending.request(archive, reader, Wish(((_filed(archive, READ), Form.DIGITAL),), "核对客户意见", 3))
    lending.decide(archive, head, reading.id, yes=True)
    lending.decide(archive, owner, reading.id, yes=True)

    for asked in READ_TODAY:
        _ask_to_read(archive, *asked)
    _count_a_handover(archive)
    _give_out_keys(archive)
    _do(archive, TODAY)


def _ask_to_read(archive: Archive, code: str, days: int, readers: Sequence[str], done: Sequence[str]) -> None:
    keeper = people.named(archive, KEEPER)
    due_on = (fileplan.today(archive) + timedelta(days=days)).isoformat()
    law_reading.ask(archive, keeper, code, readers, due_on=due_on)
    version = laws.show(archive, keeper, code).line.version
    for login in done:
        law_reading.acknowledge(archive, people.named(archive, login), code, version=version)


def _count_a_handover(archive: Archive) -> None:
    """Six papers go to the second keeper: four were found, one is not there, one is still to be counted."""
    keeper, second = people.named(archive, KEEPER), people.named(archive, SECOND)
    papers = [_filed(archive, one) for one in HANDED]
    for site in ("JF01", "YL02"):
        custody.take_charge(archive, keeper, site)
    wanted = Plan(
        Kind.CUSTODIAN, giver=KEEPER, receiver=SECOND, supervisor="mengjinglan", site="YL02", location=SHELF,
        rights_end=False, reason="云麓花园工程卷改由项目档案员保管",
    )  # fmt: skip
    going = handover.freeze(archive, keeper, handover.plan(archive, keeper, wanted).id)
    for paper in papers[:4]:
        handover_counting.scan(archive, second, going.id, paper)
    with archive.read() as tx:
        missing = tx.handovers.line_of(going.id, papers[4], Carrier.PAPER)
    assert missing is not None
    handover_counting.count(archive, second, going.id, missing.position, Found.MISSING)


def _give_out_keys(archive: Archive) -> None:
    """A tenant has three door keys and two cards, paid for a card that was lost, and brought nothing back yet."""
    keeper = people.named(archive, KEEPER)
    for folder in dossiers.matrix(archive, keeper, "ZH", "JF01").folders:
        if folder.dossier.subject != KEYS_OF:
            continue
        for what, key, number, note in (
            ("issued", "房门钥匙", 3, "入驻领用"),
            ("issued", "门禁卡", 3, "入驻领用"),
            ("compensated", "门禁卡", 1, "遗失一张，收据 0012"),
        ):
            room_keys.count(archive, keeper, folder.dossier.id, Counted(what, key, number, "林宛禾", note))


def _filed(archive: Archive, paper: Paper) -> str:
    """The record of this paper; handed in if it was not."""
    content = io.BytesIO(f"{paper.claims.title}\n{paper.body}".encode())
    return intake.hand_in(archive, OPERATOR, content, paper.name, paper.claims, door="command").record_id


def _done(archive: Archive, what: str) -> bool:
    with archive.read() as tx:
        return tx.meta.get(what) is not None


def _do(archive: Archive, what: str) -> None:
    with archive.write() as tx:
        tx.meta.put(what, "done")
