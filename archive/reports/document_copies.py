"""文件发放回收登记表: every numbered copy, who has it and where, signed for when, and what became of it."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import distributing
from archive.app import Archive
from archive.distributing import Line
from archive.printing import Cell, Column, Printout, Signatures, Table, shown
from archive.reports import Asked, Say

TITLE = {"zh": "文件发放回收登记表", "en": "Distribution of controlled documents"}
GROUP = "arrange"
DUTY = Action.SEE_DOCUMENTS
ASKED = (Asked("number", "文件编号（默认全部）", "Number of the document (default: all)", "document"),)

OUTCOMES: Mapping[str, tuple[str, str]] = {
    "returned": ("收回", "returned"),
    "destroyed": ("两人销毁", "destroyed by two"),
    "lost": ("遗失", "lost"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    lines, people = distributing.lines(archive, actor, number=asked["number"])
    columns = tuple(
        Column(say(zh, en), share, number=number)
        for zh, en, share, number in (
            ("序号", "No.", 0.5, True),
            ("受控号", "Copy", 1.2, False),
            ("文件名称", "Title", 2.2, False),
            ("版次", "Edition", 0.7, False),
            ("存放处", "Place", 1.4, False),
            ("持有人", "Holder", 0.9, False),
            ("发放", "Handed out", 1.2, False),
            ("签收", "Received", 1.2, False),
            ("收回", "Called back", 1.2, False),
            ("经手", "By", 0.9, False),
            ("监销人", "Witness", 0.8, False),
            ("状态", "State", 1, False),
        )
    )
    rows = tuple(_row(number, line, people, say) for number, line in enumerate(lines, 1))
    signed = Signatures((say("文件管理员", "Document controller"), say("复核", "Checked by")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signed), landscape=True)


def _row(number: int, line: Line, people: Mapping[str, str], say: Say) -> tuple[Cell, ...]:
    copy = line.copy
    if copy.outcome:
        state = say(*OUTCOMES[copy.outcome])
    elif copy.handed_at is None:
        state = say("待发放", "to be handed out")
    else:
        state = say("作废未收回", "obsolete, still out") if line.obsolete else say("在用", "in use")
    return (
        number,
        line.number,
        line.row.document.title,
        line.edition.label,
        copy.place,
        people.get(copy.holder_id, ""),
        shown(copy.handed_at) if copy.handed_at else "",
        shown(copy.received_at) if copy.received_at else "",
        shown(copy.recalled_at) if copy.recalled_at else "",
        people.get(copy.recalled_by or copy.handed_by, ""),
        people.get(copy.witness_id, ""),
        state,
    )
