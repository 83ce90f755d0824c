"""纠正措施台账: every measure with owner, day, evidence and who closed it; audit findings of the year by site (3.3)."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import measures
from archive.app import Archive
from archive.model.measures import GRADES
from archive.printing import Column, Printout, Signatures, Table
from archive.reports import Asked, Say

TITLE = {"zh": "审核发现与纠正措施台账", "en": "Findings and corrective measures"}
GROUP = "statistics"
DUTY = Action.SEE_DOCUMENTS
ASKED = (Asked("year", "年度（默认今年）", "Year (default: this one)", "year"),)

STATES: Mapping[str, tuple[str, str]] = {
    "open": ("进行中", "open"),
    "done": ("待验证", "to be looked at"),
    "closed": ("已关闭", "closed"),
}
GRADE_WORDS: Mapping[str, tuple[str, str]] = {
    "observation": ("观察项", "observations"),
    "minor": ("轻微不合格", "minor"),
    "major": ("严重不合格", "major"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    found = measures.board(archive, actor, year=int(asked["year"] or 0))
    counts = Table(
        (
            Column(say("项目", "Site"), 2),
            *(Column(say(*GRADE_WORDS[grade]), 1, number=True) for grade in GRADES),
            Column(say("外审合计", "Together"), 1, number=True),
        ),
        tuple(
            (site or say("全公司", "company"), *(per[grade] for grade in GRADES), sum(per.values()))
            for site, per in found.counts("external").items()
        ),
        caption=say(f"{found.year} 年外部审核发现", f"Findings of external audits in {found.year}"),
    )
    lines = Table(
        tuple(
            Column(say(zh, en), share)
            for zh, en, share in (
                ("编号", "Number", 1.3),
                ("项目", "Site", 0.7),
                ("事项", "About", 2),
                ("原因", "Cause", 1.5),
                ("措施", "Measure", 2),
                ("责任人", "Owner", 0.9),
                ("限期", "Due", 1.1),
                ("完成情况与证据", "Evidence", 2),
                ("验证人", "Closed by", 0.9),
                ("状态", "State", 0.8),
            )
        ),
        tuple(
            (
                one.number,
                one.site or say("全公司", "company"),
                one.about,
                one.cause,
                one.plan,
                found.people.get(one.owner_id, ""),
                one.due_on,
                one.evidence,
                found.people.get(one.closed_by, ""),
                say(*STATES[one.state]),
            )
            for one in found.measures
        ),
        caption=say("纠正措施", "Measures"),
    )
    signed = Signatures((say("管理者代表", "Management representative"), say("批准", "Approved")))
    return Printout(say(TITLE["zh"], TITLE["en"]), (counts, lines, signed), landscape=True)
