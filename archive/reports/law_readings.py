"""法规阅知登记表: who was asked to read which law, in which version, by when, and who has (2.3)."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import fileplan, law_reading, organisation
from archive.app import Archive
from archive.law_reading import Line
from archive.printing import Cell, Column, Printout, Signatures, Table, shown
from archive.reports import Asked, Say

TITLE = {"zh": "法规阅知登记表", "en": "Reading of laws"}
GROUP = "arrange"
DUTY = Action.SEE_DOCUMENTS
ASKED = (Asked("law", "法规代码（默认全部）", "Code of the law (default: all)", "law"),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    columns = tuple(
        Column(say(zh, en), share, number=number)
        for zh, en, share, number in (
            ("序号", "No.", 0.5, True),
            ("法规", "Law", 2.6, False),
            ("版本", "Version", 0.6, True),
            ("姓名", "Name", 0.9, False),
            ("部门", "Department", 0.9, False),
            ("要求日期", "Asked", 1.2, False),
            ("期限", "By", 1, False),
            ("阅知时间", "Read", 1.3, False),
            ("情况", "State", 1.1, False),
            ("签名", "Signature", 1.2, False),
        )
    )
    today = fileplan.today(archive)

    def row(number: int, line: Line) -> tuple[Cell, ...]:
        one = line.reader
        if line.late(today):
            state = say("逾期未阅", "late")
        elif one.read_at is None:
            state = say("待阅", "to read")
        else:
            state = say("已阅旧版", "read before it changed") if line.stale else say("已阅", "read")
        return (
            number,
            line.law.name,
            one.version,
            line.person,
            say(*places.get(line.department, (line.department,) * 2)),
            shown(one.asked_at),
            one.due_on,
            shown(one.read_at) if one.read_at else "",
            state,
            "",
        )

    with archive.read() as tx:
        places = organisation.places(tx)
    lines = law_reading.lines(archive, actor, code=asked["law"].strip().upper())
    rows = tuple(row(number, line) for number, line in enumerate(lines, 1))
    signed = Signatures((say("文件管理员", "Document controller"), say("复核", "Checked by")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows), signed), landscape=True)
