"""作废文件清单: editions that hold no more, what took their place, and whether every copy came back (2.5)."""

from collections.abc import Mapping
from datetime import date

from access.actors import Actor
from access.rules import Action
from archive import distributing, documents
from archive.app import Archive
from archive.printing import Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "作废（留存）文件清单", "en": "Obsolete documents"}
GROUP = "arrange"
DUTY = Action.SEE_DOCUMENTS
ASKED = (
    Asked("since", "作废日自（默认全部）", "Obsolete since (default: all)", kind="date"),
    Asked("on", "截至（默认今天）", "As of (default: today)", kind="date"),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    day = date.fromisoformat(asked["on"]) if asked["on"] else archive.now().astimezone().date()
    since = date.fromisoformat(asked["since"]) if asked["since"] else date.min
    copies, _ = distributing.lines(archive, actor)
    out: dict[str, int] = {}
    back: dict[str, int] = {}
    for one in copies:
        if one.copy.handed_at is not None:
            out[one.edition.id] = out.get(one.edition.id, 0) + 1
            back[one.edition.id] = back.get(one.edition.id, 0) + (one.copy.recalled_at is not None)
    rows = [
        (row, one)
        for row in documents.register(archive, actor)
        for one in row.editions
        if one.obsolete(day) and one.effective_until is not None and one.effective_until >= since
    ]
    columns = tuple(
        Column(say(zh, en), share, number=number)
        for zh, en, share, number in (
            ("序号", "No.", 0.5, True),
            ("文件编号", "Number", 1.2, False),
            ("名称", "Title", 2.4, False),
            ("版次", "Edition", 0.7, False),
            ("作废日", "Obsolete since", 1.1, False),
            ("原因", "Why", 2, False),
            ("替代版次", "Instead", 0.9, False),
            ("发放", "Handed out", 0.7, True),
            ("已收回", "Came back", 0.7, True),
            ("处理", "What became of it", 1, False),
        )
    )
    lines = tuple(
        (
            number,
            row.document.number,
            row.document.title,
            one.label,
            one.effective_until,
            one.said or next((each.why for each in row.editions if each.ordinal == one.ordinal + 1), "") or "–",
            next((each.label for each in row.editions if each.effective_from == one.effective_until), "–"),
            out.get(one.id, 0),
            back.get(one.id, 0),
            say("作废留存", "retained") if one.standing(day) == "retained" else say("作废", "obsolete"),
        )
        for number, (row, one) in enumerate(rows, 1)
    )
    signed = Signatures((say("文件管理员", "Document controller"), say("批准", "Approved")))
    about = (say(f"截至 {day}", f"As of {day}"),)
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, lines), signed), about=about, landscape=True)
