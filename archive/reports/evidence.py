"""条款证据索引: for each clause of the standard and each goal what proves it, and how much there is (1.6)."""

from collections.abc import Mapping

from access.actors import Actor
from access.rules import Action
from archive import evidence, naming
from archive.app import Archive
from archive.printing import Column, Printout, Table
from archive.reports import Asked, Say

TITLE = {"zh": "条款证据索引", "en": "Evidence by clause"}
GROUP = "statistics"
DUTY = Action.SEE_DOCUMENTS
ASKED = (
    Asked("until", "截止日（默认今年年底）", "Last day (default: end of this year)", "date"),
    Asked("since", "起始日（默认当年年初）", "First day (default: beginning of that year)", "date"),
)


def make(archive: Archive, actor: Actor, asked: Mapping[str, str], say: Say) -> Printout:
    last, first = naming.parsed_date(asked["until"]), naming.parsed_date(asked["since"])
    found = evidence.index(archive, actor, year=last.year if last else 0, first=first, last=last if first else None)
    period = str(found.year) if not first else f"{found.first} – {found.last}"
    columns = (
        Column(say("条款/目标", "Clause or goal"), 0.9),
        Column(say("内容", "What it asks"), 2.6),
        Column(say("证据（类目：件数）", "Evidence (class: records)"), 3.2),
        Column(say("合计", "Total"), 0.7, number=True),
        Column(period, 0.7 if not first else 1.2, number=True),
        Column(say("最近日期", "Latest"), 1),
        Column(say("依据", "Source"), 1.6),
    )
    rows = tuple(
        (
            one.proof.code,
            say(one.proof.zh, one.proof.en),
            say("；", "; ").join(
                f"{code}{say(found.classes.get(code, ('', ''))[0], '')} {count}" for code, count in one.by_class.items()
            ) or "–",
            one.records,
            one.of_the_year,
            one.latest or "–",
            one.proof.source,
        )
        for one in found.lines
    )  # fmt: skip
    about = (say("件数以本人可检索的档案为限", "Counted is what the reader may find"),)
    return Printout(say(TITLE["zh"], TITLE["en"]), (Table(columns, rows),), landscape=True, about=about)
