"""管理评审输入核对表: what a management review is given to look at, to be ticked and signed (1.9; ISO 9001 9.3.2)."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import house_sheets, measures, review_inputs
from archive.app import Archive
from archive.house_sheets import review_inputs as items
from archive.printing import Column, Facts, Printout, Signatures, Table
from archive.reports import Asked, Say
from archive.review_inputs import Line

TITLE = {"zh": "管理评审输入核对表", "en": "Inputs of a management review"}
GROUP = "statistics"
DUTY = Action.SEE_DOCUMENTS
ASKED = (Asked("number", "评审编号（可空）", "Number of the review (may be empty)"),)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    board = measures.board(archive, actor)
    known = (one for one in board.reviews if one.kind == "management" and one.number == asked["number"])
    review = next(known, None)
    people: Mapping[str, str] = {}
    if review is not None:
        shown = review_inputs.show(archive, actor, review.id)
        lines, people = shown.lines, shown.people
    else:
        with archive.read() as tx:
            lines = [Line(items.check(one), None) for one in house_sheets.lines(tx, "review_inputs")]
    columns = (
        Column(say("序号", "No."), 0.5, number=True),
        Column(say("评审输入", "Input"), 3),
        Column(say("依据", "Source"), 2),
        Column(say("已备", "There"), 0.6),
        Column(say("资料名称或档号", "Paper or reference code"), 2.4),
        Column(say("提供人", "From"), 1),
    )
    rows = tuple(
        (
            number,
            say(one.input.zh, one.input.en),
            one.input.source,
            "☑" if one.tick else "☐",
            "\n".join(f"{each.title} {each.archival_code}".strip() for each in one.records),
            people.get(one.tick.ticked_by, "") if one.tick else "",
        )
        for number, one in enumerate(lines, 1)
    )
    facts = Facts(
        (
            (say("评审编号", "Review"), review.number if review else ""),
            (say("评审名称", "Title"), review.title if review else ""),
            (say("计划日期", "Planned for"), review.planned_on.isoformat() if review else ""),
            (say("主持人", "Led by"), board.people.get(review.lead_id, "") if review else ""),
        ),
        abreast=2,
    )
    signatures = Signatures((say("管理者代表", "Management representative"), say("最高管理者", "Top management")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (facts, Table(columns, rows), signatures))
