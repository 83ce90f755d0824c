"""阅读记录: who read one record in a period, on which days, how often and by which right."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from access.actors import Actor
from access.rules import Action
from archive import auditing
from archive.access_sheets import RULES, several
from archive.app import Archive
from archive.loan_sheets import LEVELS
from archive.printing import Column, Facts, Printout, Signatures, Table, Words
from archive.reports import Asked, Say

TITLE = {"zh": "阅读记录", "en": "Who read a record"}
GROUP = "system"
DUTY = Action.SEE_LEDGER
ASKED: tuple[Asked, ...] = (
    Asked(
        "record", "档号、文号或标签代码", "Reference code, document number or code on the label", "record", needed=True
    ),
    Asked("from", "起", "From", "date"),
    Asked("to", "止", "Until", "date"),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    first = datetime.fromisoformat(asked["from"]).astimezone() if asked["from"] else None
    last = datetime.fromisoformat(asked["to"]).astimezone() + timedelta(days=1) if asked["to"] else None
    found = auditing.who_read(archive, actor, asked["record"], first, last)
    record = found.record
    assert record is not None, "one record was asked about"
    title = say(TITLE["zh"], TITLE["en"])
    period = say("自{}至{}", "from {} until {}").format(
        asked["from"] or say("收录之日", "the beginning"), asked["to"] or say("今日", "today")
    )
    about = Facts(
        (
            (say("题名", "Title"), record.title),
            (say("档号", "Reference code"), record.archival_code or "–"),
            (say("密级", "Level"), say(*LEVELS[record.level])),
            (say("期间", "Period"), period),
        ),
        2,
    )
    columns = (
        Column(say("日期", "Day"), 1),
        Column(say("姓名", "Name"), 1.4),
        Column(say("次数", "Times"), 0.6, number=True),
        Column(say("页数", "Pages"), 0.6, number=True),
        Column(say("起", "From"), 0.6),
        Column(say("止", "Until"), 0.6),
        Column(say("依据", "By right of"), 2),
    )
    rows = tuple(
        (
            one.day,
            found.people.get(one.person_id, one.person_id),
            one.times,
            one.pages,
            one.first.astimezone().strftime("%H:%M"),
            one.last.astimezone().strftime("%H:%M"),
            several(one.rights, RULES, say),
        )
        for one in found.readings
    )
    said = say(
        "普通商密及以上、含敏感个人信息的档案记入阅读记录。",
        "What is read is written down from level 2 on, and for sensitive personal information.",
    )
    cut = say("仅列最近部分，请缩短期间。", "Only the newest are listed; narrow the period.") if found.truncated else ""
    signatures = Signatures((say("打印人", "Printed by"), say("核对人", "Checked by")))
    return Printout(title, (about, Table(columns, rows), Words(f"{said}{cut}"), signatures))
