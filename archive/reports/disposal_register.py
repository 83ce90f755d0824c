"""销毁清册: what a disposal destroyed, who decided, approved and watched, and the two stages of its certificate."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import disposal, fileplan
from archive.app import Archive
from archive.errors import NotFound
from archive.printing import Column, Facts, Printout, Signatures, Table, Words
from archive.reports import Asked, Say

TITLE = {"zh": "销毁清册", "en": "Destruction register"}
GROUP = "dispose"
DUTY = Action.SEE_ARCHIVE
ASKED = (Asked("number", "鉴定批次号", "Number of the disposal", needed=True),)

LEFT_OUT: Mapping[str, tuple[str, str]] = {
    "held": ("未销毁：冻结", "left out: held"),
    "lent": ("未销毁：借出", "left out: lent"),
    "at-repair": ("未销毁：修复中", "left out: at repair"),
    "frozen": ("未销毁：交接中", "left out: being handed over"),
    "not-due": ("未销毁：保管期限未满", "left out: its term has not ended"),
    "changed": ("未销毁：批准后文件有变动", "left out: it got another file since it was approved"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    shown = next(
        (one for one in disposal.every(archive, actor) if one.disposal.number == asked["number"].strip()), None
    )
    if shown is None:
        raise NotFound("There is no such disposal.", "no-such-disposal")
    one, people = shown.disposal, shown.people
    day = say("未完成", "not yet")
    facts = Facts(
        (
            (say("批次", "Number"), one.number),
            (say("批准人", "Approved by"), people.get(one.approved_by, "")),
            (say("销毁执行", "Executed"), f"{one.executed_at.astimezone():%Y-%m-%d}" if one.executed_at else day),
            (
                say("磁盘与索引清除", "Gone from disk and index"),
                f"{one.cleaned_at.astimezone():%Y-%m-%d}" if one.cleaned_at else day,
            ),
            (
                say("备份清除", "Gone from every backup"),
                f"{one.completed_at.astimezone():%Y-%m-%d}" if one.completed_at else day,
            ),
            (say("清单摘要", "Digest of the list"), one.digest[:16]),
        ),
        abreast=2,
    )
    rows = tuple(
        (
            item.position,
            shown.records[item.record_id].title,
            shown.records[item.record_id].document_date,
            shown.records[item.record_id].archival_code,
            item.pages,
            say(item.period, fileplan.spelt(item.period, {})),
            item.reason,
            say(*LEFT_OUT[item.left_out])
            if item.left_out in LEFT_OUT
            else say("已销毁", "destroyed")
            if item.done_at
            else "",
        )
        for item in shown.items
        if item.decision == "destroy"
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("题名", "Title"), 3.4),
        Column(say("日期", "Date"), 1),
        Column(say("档号", "Reference code"), 2.2),
        Column(say("页数", "Pages"), 0.6, number=True),
        Column(say("原保管期限", "Period"), 0.8),
        Column(say("销毁原因与鉴定意见", "Reason"), 2.4),
        Column(say("备注", "Remarks"), 1.2),
    )
    signatures = Signatures(
        (
            say("鉴定小组负责人", "Head of the group"),
            say("批准人", "Approved by"),
            say("监销人", "Witness"),
            say("监销人", "Witness"),
        )
    )
    blocks = (facts, Words(one.report), Table(columns, rows), signatures)
    return Printout(
        say(TITLE["zh"], TITLE["en"]), blocks if one.report else (facts, blocks[2], signatures), landscape=True
    )
