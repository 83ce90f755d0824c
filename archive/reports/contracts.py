"""合同清单: every contract with its period of validity, no row with a blank where its end is asked for (2.13)."""

from collections.abc import Mapping
from datetime import timedelta

from access.actors import Actor
from access.rules import Action
from archive import contracts
from archive.app import Archive
from archive.contracts import Row
from archive.printing import Cell, Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "合同清单", "en": "Register of contracts"}
DUTY = Action.SEE_CONTRACTS
ASKED = (Asked("site", "项目", "Site"), Asked("kind", "类型", "Kind"))

KINDS: Mapping[str, tuple[str, str]] = {
    "preliminary": ("前期物业服务合同", "preliminary service"),
    "service": ("物业服务合同", "property service"),
    "outsourcing": ("外包采购维保", "outsourcing"),
    "lease": ("租赁经营", "lease"),
    "other": ("其他", "other"),
}
STANDINGS: Mapping[str, tuple[str, str]] = {
    "draft": ("草稿", "draft"),
    "void": ("作废", "void"),
    "to-come": ("未生效", "to come"),
    "in-force": ("履行中", "in force"),
    "indefinite": ("不定期", "indefinite"),
    "expired": ("已到期", "expired"),
    "terminated": ("已终止", "terminated"),
    "superseded": ("已被取代", "superseded"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    rows = contracts.register(archive, actor, site=asked["site"], kind=asked["kind"])
    columns = tuple(
        Column(say(zh, en), share, number=number)
        for zh, en, share, number in (
            ("序号", "No.", 0.5, True),
            ("合同编号", "Number", 1.3, False),
            ("名称", "Title", 2.4, False),
            ("类型", "Kind", 1, False),
            ("项目", "Site", 0.7, False),
            ("甲方", "Party A", 1.4, False),
            ("乙方", "Party B", 1.4, False),
            ("签订日", "Signed", 1.1, False),
            ("有效期限", "Validity", 1.7, False),
            ("剩余天数", "Days left", 0.7, True),
            ("通知截止日", "Notice by", 1.1, False),
            ("状态", "State", 0.8, False),
            ("原件", "Originals", 1.4, False),
            ("档号", "Reference code", 1.6, False),
        )
    )
    lines = tuple(_line(number, row, say) for number, row in enumerate(rows, 1))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, lines),), landscape=True)


def _line(number: int, row: Row, say: Say) -> tuple[Cell, ...]:
    one, none = row.contract, say("未登记", "not stated")
    last = None if one.until is None else one.until - timedelta(days=1)
    begins = one.begins_on.isoformat() if one.begins_on else none
    open_end = say("不定期", "open end") if one.indefinite else none
    copies = say(f"{one.originals} 份 {one.originals_at}", f"{one.originals} at {one.originals_at}")
    return (
        number,
        one.number or none,
        one.title,
        say(*KINDS[one.kind]),
        one.site,
        one.party_a or none,
        one.party_b or none,
        one.signed_on or none,
        f"{begins} – {last or open_end}",
        "–" if row.days_left is None else row.days_left,
        row.notice_by or "–",
        say(*STANDINGS[row.standing]),
        copies if one.originals and one.originals_at else none,
        row.record.archival_code or none,
    )
