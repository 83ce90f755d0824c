"""缺件清单: what is missing from open dossiers, who sees to it, and by when."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import dossiers
from archive.app import Archive
from archive.model.dossiers import Standing
from archive.printing import Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "卷宗缺件清单", "en": "Missing documents"}
GROUP = "arrange"
DUTY = Action.SEE_DOSSIERS
ASKED = (
    Asked("site", "项目", "Site", "site"),
    Asked("type", "类型", "Type", "checklist"),
    Asked("dossier", "卷宗号", "Number of the dossier", "dossier"),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    only = dossiers.named(archive, actor, asked["dossier"]) if asked["dossier"] else ""
    found = dossiers.missing(archive, actor, site=asked["site"], kind=asked["type"], dossier=only)
    today = archive.now().astimezone().date()
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("卷宗号", "Dossier"), 1.5),
        Column(say("对象", "For"), 1.1),
        Column(say("缺件", "Missing document"), 2.6),
        Column(say("责任人", "Answers for it"), 1.2),
        Column(say("限期", "Due"), 1),
        Column(say("逾期天数", "Days overdue"), 0.8, number=True),
        Column(say("已催次数", "Reminded"), 0.8, number=True),
        Column(say("书面承诺", "Promised by"), 1.2),
    )
    rows = tuple(
        (
            at,
            folder.dossier.number,
            folder.dossier.subject,
            say(one.requirement.name_zh, one.requirement.name_en),
            _who(found, one, say),
            one.due_on or say("未定", "not set"),
            (today - one.due_on).days if one.due_on and one.overdue(today) else None,
            one.debt.chases if one.debt and one.debt.chases else None,
            one.debt.promised_by if one.debt else "",
        )
        for at, (folder, one) in enumerate(found.rows, 1)
    )
    signed = Signatures((say("编制", "Made by"), say("责任部门", "Department")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signed), landscape=True)


def _who(found: dossiers.Missing, one: Standing, say: Say) -> str:
    name = found.people.get(one.owner_id, one.owner_id)
    return name + say("（已离职）", " (left)") if one.owner_id in found.left else name
