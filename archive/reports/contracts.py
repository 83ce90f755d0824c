"""合同清单: every contract with its period of validity, no row with a blank where its end is asked for (2.13)."""

from collections.abc import Mapping
from datetime import date, timedelta

from access.actors import Actor
from access.rules import Action
from archive import contract_desk
from archive.app import Archive
from archive.contract_desk import Row
from archive.printing import Cell, Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "合同清单", "en": "Register of contracts"}
GROUP = "arrange"
DUTY = Action.SEE_CONTRACTS
KINDS: Mapping[str, tuple[str, str]] = {
    "preliminary": ("前期物业服务合同", "preliminary service"),
    "service": ("物业服务合同", "property service"),
    "outsourcing": ("外包采购维保", "outsourcing"),
    "lease": ("租赁经营", "lease"),
    "other": ("其他", "other"),
}
STANDINGS: Mapping[str, tuple[str, str]] = {
    "draft": ("待评审", "to be reviewed"),
    "sent-back": ("已退回", "sent back"),
    "void": ("作废", "void"),
    "to-come": ("未生效", "to come"),
    "in-force": ("履行中", "in force"),
    "indefinite": ("不定期", "indefinite"),
    "expired": ("已到期", "expired"),
    "terminated": ("已终止", "terminated"),
    "superseded": ("已被取代", "superseded"),
}
ASKED = (
    Asked("site", "项目", "Site", "site"),
    Asked("kind", "类型", "Kind", options=KINDS),
    Asked("state", "状态", "State", options=STANDINGS),
)


# Widths are shares of an A4 page on its side: what is read as words gets room, days get what a day needs.
COLUMNS: tuple[tuple[str, str, float, bool], ...] = (
    ("序号", "No.", 0.5, True),
    ("合同编号", "Number", 1.3, False),
    ("名称", "Title", 1.5, False),
    ("类型", "Kind", 0.8, False),
    ("项目", "Site", 0.72, False),
    ("甲方", "Party A", 1.15, False),
    ("乙方", "Party B", 1.15, False),
    ("签订日", "Signed", 1.12, False),
    ("有效期限", "Validity", 1.4, False),
    ("剩余天数", "Days left", 0.68, True),
    ("通知截止日", "Notice by", 1.12, False),
    ("标的/标准", "Subject", 0.95, False),
    ("上一份/下一份", "Before / after", 1.15, False),
    ("状态", "State", 0.75, False),
    ("原件", "Originals", 1.3, False),
    ("档号", "Reference code", 1.05, False),
    ("责任人", "Answers for it", 0.75, False),
    ("评审结论", "Review", 2, False),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    found = contract_desk.desk(archive, actor, site=asked["site"], kind=asked["kind"], state=asked["state"])
    columns = tuple(Column(say(zh, en), share, number=number) for zh, en, share, number in COLUMNS)
    lines = tuple(_line(number, row, found.people, say) for number, row in enumerate(found.rows, 1))
    signed = Signatures((say("编制", "Made by"), say("审核", "Reviewed by"), say("批准", "Approved by")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, lines), signed), landscape=True)


def _line(number: int, row: Row, people: Mapping[str, str], say: Say) -> tuple[Cell, ...]:
    one, none = row.contract, say("未登记", "not stated")
    last = None if one.until is None else one.until - timedelta(days=1)
    begins = _day(one.begins_on, none)
    open_end = say("不定期", "open end") if one.indefinite else none
    copies = say(f"{one.originals} 份 {one.originals_at}", f"{one.originals} at {one.originals_at}")
    beside = [other.number or other.title if other else say("无", "none") for other in (row.before, row.after)]
    reviewed = people.get(one.confirmed_by, "")
    return (
        number,
        one.number or none,
        one.title,
        say(*KINDS[one.kind]),
        one.site,
        one.party_a or none,
        one.party_b or none,
        _day(one.signed_on, none),
        say(f"{begins} 至 {_day(last, open_end)}", f"{begins} to {_day(last, open_end)}"),
        _left(row, say),
        _day(row.notice_by, say("不适用", "none")),
        one.subject or none,
        f"{beside[0]} / {beside[1]}",
        say(*STANDINGS[row.standing]),
        copies if one.originals and one.originals_at else none,
        row.record.archival_code or say("未编号", "none yet"),
        people.get(one.drafted_by) or say("未登记", "not stated"),
        _review(row, reviewed, say),
    )


def _review(row: Row, reviewed: str, say: Say) -> str:
    one = row.contract
    if not reviewed:
        back = say(f"退回：{one.sent_back_why}", f"sent back: {one.sent_back_why}")
        return back if one.sent_back_why else say("待评审", "to be reviewed")
    said = say(f"{reviewed}确认", f"confirmed by {reviewed}")
    despite = say(f"，证据未齐：{one.confirmed_despite}", f", not all proved: {one.confirmed_despite}")
    return said + despite if one.confirmed_despite else said


def _day(day: date | None, otherwise: str) -> str:
    """In eight digits, as catalogues write it: narrow enough not to be broken."""
    return f"{day:%Y%m%d}" if day else otherwise


def _left(row: Row, say: Say) -> Cell:
    if row.standing not in ("in-force", "to-come", "indefinite"):
        return say("草稿", "draft") if row.contract.state == "draft" else say("已止", "over")
    return say("不限", "open") if row.days_left is None else row.days_left
