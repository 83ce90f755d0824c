"""断号报告: every number of every series behind which nothing stands, and what is known of it."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import forms, numbering
from archive.app import Archive
from archive.printing import Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "断号报告", "en": "Missing numbers"}
GROUP = "arrange"
DUTY = Action.SEE_ARCHIVE
ASKED: tuple[Asked, ...] = ()

KINDS: Mapping[str, tuple[str, str]] = {
    "outstanding": ("空白表单已发出，尚未收回", "given out as a blank form, not come back"),
    "void": ("作废", "void"),
    "never-written": ("已计号，登记中无此号", "counted, and in no line of the register"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:  # noqa: ARG001 — nothing can be asked
    told = forms.told(archive, say)
    rows = tuple(
        (
            number,
            gap.code,
            gap.series,
            told(gap.form),
            say(*KINDS[gap.kind]),
            gap.issued.issued_at.astimezone().date() if gap.issued else None,
            (gap.issued.given_to or gap.giver) if gap.issued else "",
            gap.issued.void_reason if gap.issued else "",
        )
        for number, gap in enumerate(numbering.gaps(archive, actor), 1)
    )
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("编号", "Number"), 2.2),
        Column(say("号段", "Series"), 2),
        Column(say("表单", "Form"), 1.6),
        Column(say("情况", "What is the matter"), 2.4),
        Column(say("发出日期", "Given out"), 1),
        Column(say("领用", "With whom"), 1),
        Column(say("说明", "Remarks"), 2),
    )
    signatures = Signatures((say("检查人", "Checked by"), say("档案管理员", "Document controller")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signatures), landscape=True)
