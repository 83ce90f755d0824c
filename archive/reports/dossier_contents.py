"""卷内目录: what lies in a dossier, line by line, and what is missing from it."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import dossiers
from archive.app import Archive
from archive.printing import Column, Facts, Printout, Signatures, Table, Words
from archive.reports import Asked, Say

TITLE = {"zh": "卷内目录", "en": "Contents of a dossier"}
GROUP = "arrange"
DUTY = Action.SEE_DOSSIERS
ASKED: tuple[Asked, ...] = (Asked("dossier", "卷宗号", "Number of the dossier", "dossier", needed=True),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    shown = dossiers.show(archive, actor, dossiers.named(archive, actor, asked["dossier"]))
    folder, one = shown.folder, shown.folder.dossier
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("文件编号", "Number"), 1.7),
        Column(say("责任者", "Issued by"), 1.3),
        Column(say("文件题名", "Title"), 3),
        Column(say("日期", "Date"), 0.9),
        Column(say("页数", "Pages"), 0.6, number=True),
        Column(say("备注", "Remarks"), 1.6),
    )
    lying = [
        (each.requirement, record)
        for each in folder.standings
        for _, record in folder.records.get(each.requirement.item, ())
    ]
    rows = tuple(
        (
            at,
            record.archival_code or record.doc_number or say("未编号", "none yet"),
            record.issuer,
            record.title,
            f"{record.document_date:%Y%m%d}" if record.document_date else "",
            shown.pages.get(record.id) or None,
            f"{need.item} {say(need.name_zh, need.name_en)}",
        )
        for at, (need, record) in enumerate(lying, 1)
    )
    waived = [each.requirement for each in folder.standings if each.state == "waived"]
    absent = [("缺", "missing", each.requirement) for each in folder.missing]
    absent += [("免", "waived", need) for need in waived]
    lacking = tuple(
        (at, need.item, say(need.name_zh, need.name_en), say(zh, en)) for at, (zh, en, need) in enumerate(absent, 1)
    )
    facts = Facts(
        (
            (say("卷宗号", "Number"), one.number),
            (say("卷宗题名", "Title"), one.title),
            (say("类型", "Type"), say(folder.checklist.name_zh, folder.checklist.name_en)),
            (say("对象", "For"), one.subject),
            (say("项目", "Site"), one.site),
            (say("齐全率", "Complete"), f"{folder.percent} %"),
        ),
        abreast=2,
    )
    head = (Column(say("序号", "No."), 0.5, number=True), Column(say("项", "Item"), 0.6))
    tail = (Column(say("应归文件", "Document"), 4), Column(say("情况", "State"), 1))
    missing = (Words(say("缺件与免交", "Missing and waived"), heading=True), Table((*head, *tail), lacking))
    signed = Signatures((say("立卷人", "Arranged by"), say("检查人", "Checked by")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (facts, Table(columns, rows), *(missing if lacking else ()), signed))
