"""法规清单: every law with its standing, what took its place, whom it binds, and when it is looked at again (2.3)."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import laws, organisation
from archive.app import Archive
from archive.laws import Line
from archive.printing import Cell, Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "法规清单", "en": "Register of laws"}
GROUP = "arrange"
DUTY = Action.SEE_DOCUMENTS
STATUSES: Mapping[str, tuple[str, str]] = {
    "upcoming": ("已公布未施行", "upcoming"),
    "in_force": ("现行有效", "in force"),
    "amended": ("已修改", "amended"),
    "partly_repealed": ("部分废止", "partly repealed"),
    "repealed": ("废止", "repealed"),
    "superseded": ("被替代", "superseded"),
    "unknown": ("待核", "to be verified"),
}
ASKED = (Asked("status", "状态（默认全部）", "Standing (default: all)", options=STATUSES),)


RANKS: Mapping[str, tuple[str, str]] = {
    "law": ("法律", "law"),
    "regulation": ("行政法规", "regulation"),
    "rule": ("部门规章", "rule"),
    "local": ("地方性法规", "local"),
    "standard": ("标准", "standard"),
    "other": ("其他", "other"),
}


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    columns = tuple(
        Column(say(zh, en), share, number=number)
        for zh, en, share, number in (
            ("序号", "No.", 0.5, True),
            ("名称", "Name", 2.6, False),
            ("文号", "Number", 1.4, False),
            ("发布机关", "Issued by", 1.5, False),
            ("层级", "Rank", 0.9, False),
            ("施行日", "In force from", 1.1, False),
            ("状态", "Standing", 1, False),
            ("被何替代", "Replaced by", 1.5, False),
            ("适用部门", "Binds", 1.4, False),
            ("引用文件", "Named by", 1.2, False),
            ("文本来源及核对日", "Text and day of verification", 1.8, False),
            ("下次评审", "Next review", 1.1, False),
        )
    )
    lines = laws.register(archive, actor, status=asked["status"])
    names = {line.law.code: line.law.name for line in laws.register(archive, actor)}
    with archive.read() as tx:
        places = dict(organisation.places(tx).values())
    rows = tuple(_row(number, line, names, places, say) for number, line in enumerate(lines, 1))
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows),), landscape=True)


def _departments(said: str, english: Mapping[str, str], say: Say) -> str:
    """As the register writes them, `商务部;工程部`; what no department of this company is called stays as it is."""
    each = [one.strip() for one in said.replace("；", ";").split(";") if one.strip()]
    return say("、", ", ").join(say(one, english.get(one, one)) for one in each) or "–"


def _row(number: int, line: Line, names: Mapping[str, str], places: Mapping[str, str], say: Say) -> tuple[Cell, ...]:
    law = line.law
    verified = f"{law.source} {law.verified_on}" if law.verified_on else say("未核对", "not verified")
    return (
        number,
        law.name,
        law.number or "–",
        law.issuer or "–",
        say(*RANKS[law.rank]),
        law.effective_on or "–",
        say(*STATUSES[law.status]),
        names.get(law.successor, "–"),
        _departments(law.departments, places, say),
        say("、", ", ").join(row.document.number for row, _ in line.cited_by) or "–",
        verified,
        "–" if law.status in ("repealed", "superseded") else line.review_on,
    )
