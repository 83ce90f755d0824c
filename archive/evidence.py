"""条款证据索引: for each clause of the standard and each goal, the records, pages and printouts that prove it (1.6).

What proves what is a sheet that the company may change; how much there is, is asked anew within what a reader may
find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import house_sheets
from archive.app import Archive
from archive.house_sheets import evidence
from archive.house_sheets.evidence import Proof


@dataclass(frozen=True, slots=True)
class Line:
    """A clause or goal with how many records prove it, of all time and of the year, and the day of the latest."""

    proof: Proof
    records: int
    of_the_year: int
    latest: date | None
    by_class: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Index:
    year: int
    lines: Sequence[Line]
    classes: Mapping[str, str]
    """The classes that are named, as the file plan calls them in Chinese."""


def index(archive: Archive, actor: Actor, *, year: int = 0) -> Index:
    """Every clause and goal. Records that this person may not find count for nothing."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    year = year or archive.now().astimezone().year
    with archive.read() as tx:
        proofs = [evidence.check(one) for one in house_sheets.lines(tx, "evidence")]
        counts = tx.records.proving(rules.scope(actor, Action.FIND), date(year, 1, 1), date(year, 12, 31))
        names = {one.code: one.name_zh for one in tx.file_plan.every()}
    lines: list[Line] = []
    for proof in proofs:
        mine = {code: counts[code] for code in proof.classes if code in counts}
        lines.append(
            Line(
                proof,
                sum(count for count, _, _ in mine.values()),
                sum(within for _, within, _ in mine.values()),
                max((latest for _, _, latest in mine.values() if latest), default=None),
                {code: mine[code][0] if code in mine else 0 for code in proof.classes},
            )
        )
    return Index(year, lines, names)
