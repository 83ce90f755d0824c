"""档案修复登记表: what was wrong with which paper, who treated it until when, what was done, who saw it back."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import repairs
from archive.app import Archive
from archive.printing import Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "档案修复登记表", "en": "Register of repairs"}
GROUP = "preserve"
DUTY = Action.SEE_ARCHIVE
ASKED = (Asked("year", "年度（默认全部）", "Year (default: every one)", "year"),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    year = asked["year"]
    columns = (
        Column(say("编号", "Number"), 1.2),
        Column(say("档号/文号", "Code or number"), 1.6),
        Column(say("题名", "Title"), 2.2),
        Column(say("破损种类", "Damage"), 0.8),
        Column(say("破损情况", "What is wrong"), 2),
        Column(say("发现日期 / 发现人", "Seen on, by"), 1.2),
        Column(say("修复人 / 单位", "Treated by"), 1.2),
        Column(say("送修 – 应还", "Away – due"), 1.2),
        Column(say("修复内容 / 材料", "What was done, materials"), 2.2),
        Column(say("修前页数", "Before"), 0.5, number=True),
        Column(say("修后页数", "After"), 0.5, number=True),
        Column(say("完成日期 / 登记人", "Done on, by"), 1.2),
        Column(say("状态 / 上架确认", "State, seen back by"), 1.2),
    )
    rows = tuple(
        (
            one.number,
            shown.record.archival_code or shown.record.doc_number,
            shown.record.title,
            say(shown.damage.zh, shown.damage.en),
            one.said,
            _both(str(one.seen_on), shown.people.get(one.seen_by, "")),
            shown.people.get(one.treated_by, "") or one.company,
            f"{one.out_on} – {one.due_on}" if one.out_on else "",
            _both(
                _both(one.work, one.materials),
                say("遗失：", "lost: ") + one.loss.replace("\n", "；") if one.loss else "",
            ),
            one.pages_before,
            one.pages_after,
            _both(str(one.done_on or ""), shown.people.get(one.done_by, "")),
            _both(say(*repairs.STATES[one.state]), shown.people.get(one.closed_by, "")),
        )
        for shown in reversed(repairs.every(archive, actor))
        for one in (shown.repair,)
        if year in ("", str(one.opened_at.astimezone().year))
    )
    signatures = Signatures((say("登记人", "Written by"), say("负责人", "In charge")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signatures), landscape=True)


def _both(first: str, second: str) -> str:
    return " / ".join(filter(None, (first, second)))
