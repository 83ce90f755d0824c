"""The records office of the demo company at work: dossiers of tenants, owners, machines and projects, filled as far as
their papers have come, and the other contracts, most of them confirmed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import contract_desk, contracts, dossiers, people
from archive.app import Archive
from archive.dossiers import Opening
from archive.model import Record
from archive.model.dossiers import Checklist

KEEPER, REVIEWER = "shenyanqiu", "zongwenbin"
DONE = "demo-records-office"
"""Under this name the tables keep that it was done."""
PER_CLASS = 100
UNDER_REVIEW = 3
"""So many contracts, those that begin last, still wait for their review; the last of them was sent back."""

_TENANT, _OWNER, _ANY = re.compile(r"[AB]座\d{3,4}"), re.compile(r"(?<!\d)\d-\d{3,4}"), re.compile("")
_LIFT, _MACHINE = re.compile(r"\d号客用电梯|消防电梯"), re.compile("火灾报警控制器|离心式冷水机组")
_DECORATION = (("装修申请", ("01", "03", "05")), ("装修巡查", ("07", "08")), ("装修竣工", ("09", "10")))


@dataclass(frozen=True, slots=True)
class Kind:
    """Dossiers of one type: where, of which classes, whose subject stands in titles, and what lies under which item."""

    type: str
    sites: tuple[str, ...]
    classes: tuple[str, ...]
    subject: re.Pattern[str]
    """What the dossier is of; where nothing is looked for, the project itself."""
    items: tuple[tuple[str, tuple[str, ...]], ...]
    """A piece of a title, and the items it is put under."""
    owner: str


KINDS = (
    Kind("ZH", ("JF01",), ("KH02", "KH03", "KH04", "HT04"), _TENANT, (
        ("租户情况登记表", ("02",)), ("租赁合同", ("03",)), ("安全责任书", ("04",)), ("场地交接", ("05",)),
        ("钥匙及配制", ("07",)), ("上门拜访", ("10",)), ("装修", ("11",)), ("退租通知单", ("12",)),
        ("清洁检查", ("18",)),
    ), "baizhiyuan"),
    Kind("YZ", ("YL02",), ("KH01", "KH03"), _OWNER, (
        ("业主情况登记表", ("01",)), ("验房单", ("04",)), ("钥匙领用", ("07",)), ("装修", ("11",)),
    ), "baizhiyuan"),
    Kind("ZX", ("JF01",), ("KH03",), _TENANT, _DECORATION, "baizhiyuan"),
    Kind("ZX", ("YL02",), ("KH03",), _OWNER, _DECORATION, "baizhiyuan"),
    Kind("DT", ("JF01", "YL02"), ("SB01", "SB02"), _LIFT, (
        ("登记卡", ("01",)), ("检验报告", ("02",)), ("维保记录", ("04",)),
    ), "tanhuai"),
    Kind("SB", ("JF01", "YL02"), ("SB01",), _MACHINE, (("登记卡", ("01",)),), "tanhuai"),
    Kind("XM", ("JF01", "YL02"), ("WY01", "WY02", "WY03", "WY04"), _ANY, (
        ("权属", ("01",)), ("批准文件", ("01",)), ("准许使用", ("01",)), ("承接查验记录", ("02",)),

        ("移交资料", ("02",)), ("公用房台账", ("03",)), ("公共用房", ("03",)), ("设备清册", ("03",)),
        ("决议", ("05",)), ("公示", ("06",)),
    ), "baizhiyuan"),
    Kind("XF", ("JF01", "YL02"), ("AQ01",), _ANY, (
        ("检查记录", ("07",)), ("整改", ("09",)), ("演练", ("11",)),
    ), "shiruopan"),
    Kind("CYA", ("YL02",), ("WY02", "WY01"), _ANY, (
        ("消防验收", ("05",)), ("移交资料清单", ("08",)), ("临时管理规约", ("27",)), ("承接查验记录", ("31",)),
        ("遗留问题", ("32",)),
    ), "tanhuai"),
)  # fmt: skip
FINISHED = ("ZX", "3-1707")
"""The dossier that is closed: what it lacks is waived by another."""


def bring(archive: Archive) -> None:
    """All of it, once."""
    with archive.read() as tx:
        if tx.meta.get(DONE) is not None:
            return
    keeper = people.named(archive, KEEPER)
    for kind in KINDS:
        for site in kind.sites:
            _fill(archive, keeper, kind, site)
    _chase(archive, keeper)
    _register(archive, keeper)
    with archive.write() as tx:
        tx.meta.put(DONE, "done")


# ---- Dossiers ----


def _fill(archive: Archive, keeper: Actor, kind: Kind, site: str) -> None:
    scope = rules.scope(keeper, Action.FIND)
    with archive.read() as tx:
        filed = [one for code in kind.classes for one in tx.records.filed(scope, code, site, limit=PER_CLASS)]
        name = next(one.name for one in tx.organisation.sites() if one.code == site)
    asked = dossiers.matrix(archive, keeper, kind.type, site)
    checklist = asked.chosen
    assert checklist is not None
    there = {folder.dossier.subject for folder in asked.folders}
    by_subject: dict[str, list[tuple[str, Record]]] = {}
    for record in filed:
        subject = kind.subject.search(record.title)
        items = [item for piece, under in kind.items if piece in record.title for item in under]
        if subject and items:
            by_subject.setdefault(subject[0] or name, []).extend((item, record) for item in dict.fromkeys(items))
    for subject, found in sorted(by_subject.items()):
        if subject in there:
            continue
        opening = Opening(
            kind.type, site, subject, _title(checklist, subject, found), owner=kind.owner,
            facts=_facts(checklist, {item for item, _ in found}),
        )  # fmt: skip
        made = dossiers.open_dossier(archive, keeper, opening)
        for item, record in found:
            dossiers.put(archive, keeper, made.id, item, record.id)
        if (kind.type, subject) == FINISHED:
            _finish(archive, keeper, made.id)


def _title(checklist: Checklist, subject: str, found: list[tuple[str, Record]]) -> str:
    """The unit and whose it is, where a paper says so, as 3-1707　项堃 in brackets; else what it is a dossier of."""
    for _, record in found:
        whose = re.search(rf"（{re.escape(subject)}\s+([^）]+)）", record.title)
        if whose:
            return f"{whose[1]} {subject}"
    return f"{subject} {checklist.name_zh.partition('(')[0]}"


def _facts(checklist: Checklist, filled: set[str]) -> frozenset[str]:
    """Whatever the papers show to be so: that a tenant moved out, that a unit was decorated."""
    return frozenset(
        need.condition for need in checklist.requirements if need.item in filled and need.condition[:1] not in ("", "!")
    )


def _finish(archive: Archive, keeper: Actor, dossier_id: str) -> None:
    other = people.named(archive, "baizhiyuan")
    missing = dossiers.show(archive, keeper, dossier_id).folder.missing
    if not all(one.requirement.waivable for one in missing):
        return  # of few papers not enough has come
    for one in missing:
        asked = dossiers.ask_waiver(archive, keeper, dossier_id, one.requirement.item, "施工前已核对原件，未留复印件")
        dossiers.decide_waiver(archive, other, dossier_id, asked.id, yes=True, answer="同意，已由工程部确认")
    dossiers.close(archive, keeper, dossier_id)


def _chase(archive: Archive, keeper: Actor) -> None:
    """Some of what is missing has somebody who gets it by a day, one of them was reminded, one asked to go without."""
    today = archive.now().astimezone().date()
    owed: Mapping[str, tuple[str, int, str]] = {
        "ZH": ("baizhiyuan", 14, ""), "DT": ("tanhuai", 21, ""), "CYA": ("tanhuai", 30, "云麓岑置业有限公司"),
    }  # fmt: skip
    for kind, (owner, days, promised_by) in owed.items():
        for folder in dossiers.matrix(archive, keeper, kind).folders[-1:]:
            if not folder.missing:
                continue
            dossier_id, item = folder.dossier.id, folder.missing[0].requirement.item
            day = (today + timedelta(days=days)).isoformat()
            dossiers.owe(archive, keeper, dossier_id, item, owner=owner, due_on=day, promised_by=promised_by)
            dossiers.chase(archive, keeper, dossier_id, [item])
            waivable = [one.requirement.item for one in folder.missing[1:] if one.requirement.waivable]
            if waivable:
                dossiers.ask_waiver(archive, keeper, dossier_id, waivable[0], "对方书面说明无此项资料")


# ---- Contracts ----


def _register(archive: Archive, keeper: Actor) -> None:
    """The drafts that the machine made of contracts with others are taken over, and somebody else confirms them."""
    reviewer = people.named(archive, REVIEWER)
    drafts = [row.contract for row in contract_desk.register(archive, keeper, state="draft")]
    mine = sorted(
        (one for one in drafts if contracts.nobodys(one) and not one.exclusive and one.begins_on is not None),
        key=lambda one: (one.begins_on, one.number),
    )
    for one in drafts:
        if contracts.nobodys(one) and one.begins_on is None:
            contracts.void(archive, keeper, one.id)  # lists of how suppliers did lie in the same class
    for number, one in enumerate(mine):
        made = contracts.draft(archive, keeper, one.record_id, {"originals": "2", "originals_at": ""})
        if number >= len(mine) - UNDER_REVIEW:
            if made.id == mine[-1].id:
                contracts.send_back(archive, reviewer, made.id, "验收标准未写明，请补充后再报", revision=made.revision)
            continue
        asked = [check.item.code for check in contract_desk.show(archive, keeper, one.id).checklist]
        for item in asked if number % 3 else asked[:2]:
            contracts.prove(archive, keeper, one.id, item, note="随合同正本装订，已核对")
        made = contracts.confirm(archive, reviewer, made.id, revision=made.revision, despite="供应商已催，月底前补齐")
        if made.until is not None and made.until <= contracts.today(archive):
            contracts.end(archive, reviewer, made.id, "", revision=made.revision, why="expired")
