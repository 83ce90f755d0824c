"""档案齐全性矩阵: the dossiers of a type against the documents that belong into them."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import dossiers
from archive.app import Archive
from archive.printing import Cell, Column, Printout, Signatures, Table, Words
from archive.reports import Asked, Say

TITLE = {"zh": "档案齐全性矩阵", "en": "Completeness of dossiers"}
GROUP = "arrange"
DUTY = Action.SEE_DOSSIERS
ASKED = (Asked("type", "类型", "Type", "checklist"), Asked("site", "项目", "Site", "site"))

SIGNS: Mapping[str, tuple[str, str]] = {
    "present": ("✓", "✓"),
    "waived": ("免", "W"),
    "missing": ("缺", "✗"),
    "overdue": ("逾", "!"),
    "not-applicable": ("–", "–"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    found = dossiers.matrix(archive, actor, asked["type"], asked["site"])
    needs = found.chosen.requirements if found.chosen else ()
    columns = (
        Column(say("序号", "No."), 0.6, number=True),
        Column(say("对象", "For"), 1.4),
        Column(say("档案号", "Number"), 2.2),
        *(Column(need.item, 0.55 if len(needs) < 20 else 0.85) for need in needs),
        Column(say("齐全率", "Complete"), 0.9),
        Column(say("缺件责任人", "Answers for it"), 1.4),
        Column(say("最近限期", "Next due"), 1.5),
    )
    rows: list[tuple[Cell, ...]] = []
    today = archive.now().astimezone().date()
    for at, folder in enumerate(found.folders, 1):
        states = {one.requirement.item: "overdue" if one.overdue(today) else one.state for one in folder.standings}
        owners = dict.fromkeys(found.people.get(one.owner_id, "") for one in folder.missing)
        due = min((one.due_on for one in folder.missing if one.due_on), default=None)
        rows.append(
            (
                at,
                folder.dossier.subject,
                folder.dossier.number,
                *(say(*SIGNS[states[need.item]]) if need.item in states else "" for need in needs),
                f"{folder.percent} %",
                say("、", ", ").join(owners) or say("无缺件", "none missing"),
                due or "–",
            )
        )
    legend = "；".join(f"{need.item} {say(need.name_zh, need.name_en)}" for need in needs)
    signs = say(
        "✓ 已归；缺 缺件；逾 缺件且已逾期；免 免交；– 不适用",
        "✓ there; ✗ missing; ! overdue; W waived; – does not apply",
    )
    title = say(TITLE["zh"], TITLE["en"])
    name = say(found.chosen.name_zh, found.chosen.name_en) if found.chosen else ""
    signed = Signatures((say("编制", "Made by"), say("检查", "Checked by")))
    return Printout(
        f"{title} {name}".strip(), (Table(columns, tuple(rows)), Words(signs), Words(legend), signed), landscape=True
    )
