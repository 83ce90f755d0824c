"""受控文件清单: every controlled document, the edition in force on a day, and the three people behind it (2.5)."""

from collections.abc import Mapping
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import documents, organisation
from archive.app import Archive
from archive.documents import Row
from archive.printing import Cell, Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "受控文件清单", "en": "Register of controlled documents"}
GROUP = "arrange"
DUTY = Action.SEE_DOCUMENTS
NAMES: Mapping[str, tuple[str, str]] = {
    "manual": ("手册", "manual"),
    "policy": ("管理制度", "policy"),
    "procedure": ("程序文件", "procedure"),
    "instruction": ("作业指导", "instruction"),
    "duty": ("岗位职责", "duties of a post"),
    "standard": ("工作标准", "standard"),
    "plan": ("预案方案", "plan"),
    "form": ("表单", "form"),
}
ASKED = (
    Asked("on", "截至（默认今天）", "As of (default: today)", kind="date"),
    Asked("kind", "类型", "Kind", options=NAMES),
    Asked("department", "部门", "Department", "department"),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    day = date.fromisoformat(asked["on"]) if asked["on"] else archive.now().astimezone().date()
    rows = documents.register(archive, actor, on=day, kind=asked["kind"], department=asked["department"])
    people = documents.people_of(archive, actor, rows)
    with archive.read() as tx:
        places = organisation.places(tx)
    columns = tuple(
        Column(say(zh, en), share, number=number)
        for zh, en, share, number in (
            ("序号", "No.", 0.5, True),
            ("文件编号", "Number", 1.2, False),
            ("名称", "Title", 2.6, False),
            ("类型", "Kind", 0.9, False),
            ("版次", "Edition", 0.7, False),
            ("生效日", "In force from", 1.1, False),
            ("编写", "Written", 0.9, False),
            ("审核", "Reviewed", 0.9, False),
            ("批准", "Approved", 0.9, False),
            ("部门", "Department", 0.8, False),
            ("发放份数", "Copies out", 0.7, True),
            ("待收回", "To call back", 0.7, True),
            ("下次评审", "Next review", 1.1, False),
            ("状态", "State", 0.9, False),
        )
    )
    lines = tuple(_line(number, row, people, places, say) for number, row in enumerate(rows, 1))
    about = (say(f"截至 {day}", f"As of {day}"),)
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, lines),), about=about, landscape=True)


def _line(
    number: int, row: Row, people: Mapping[str, str], places: Mapping[str, tuple[str, str]], say: Say
) -> tuple[Cell, ...]:
    one, document = row.effective, row.document
    if one is not None:
        state = say("有效", "in force")
    elif row.coming is not None:
        state = say("待生效", "to come")
    else:
        state = say("在编", "in the making") if row.making else say("已作废", "obsolete")
    return (
        number,
        document.number,
        document.title,
        say(*NAMES[document.kind]),
        one.label if one else "–",
        one.effective_from if one else "–",
        people.get(one.author_id, "") if one else "–",
        people.get(one.reviewer_id, "") if one else "–",
        people.get(one.approver_id, "") if one else "–",
        say(*places.get(document.department, (document.department or "–",) * 2)),
        row.copies_out,
        row.to_recall,
        document.review_on or "–",
        state,
    )
