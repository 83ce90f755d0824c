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
from archive.errors import Invalid
from archive.house_sheets import evidence
from archive.house_sheets.evidence import Proof

TREND_YEARS = 6
YEARS = range(1900, 2201)


@dataclass(frozen=True, slots=True)
class Line:
    """A clause or goal with how many records prove it, of all time and of the period, and the day of the latest."""

    proof: Proof
    records: int
    of_the_year: int
    latest: date | None
    by_class: Mapping[str, int]
    by_year: Mapping[int, int]
    """How many of the last years, the year of the period the last of them."""


@dataclass(frozen=True, slots=True)
class Index:
    first: date
    last: date
    lines: Sequence[Line]
    classes: Mapping[str, tuple[str, str]]
    """The classes that are named, as the file plan calls them in Chinese and in English."""

    @property
    def year(self) -> int:
        return self.last.year

    @property
    def years(self) -> Sequence[int]:
        return range(self.year - TREND_YEARS + 1, self.year + 1)


def require_known(first: date, last: date) -> None:
    """Raises Invalid for days of which nothing is counted: the years before a period, and the day after it, are too."""
    if first.year < YEARS[0] or last.year > YEARS[-1]:
        raise Invalid("Name a period between the years 1900 and 2200.", "period-too-far")


def index(
    archive: Archive, actor: Actor, *, year: int = 0, first: date | None = None, last: date | None = None
) -> Index:
    """Every clause and goal, within a year (this one) or from `first` until `last`. Records that this person may not
    find count for nothing."""
    rules.require(actor, Action.SEE_DOCUMENTS)
    year = year or archive.now().astimezone().year
    first, last = first or date(year, 1, 1), last or date(year, 12, 31)
    require_known(first, last)
    years = range(last.year - TREND_YEARS + 1, last.year + 1)
    with archive.read() as tx:
        proofs = [evidence.check(one) for one in house_sheets.lines(tx, "evidence")]
        counts = tx.records.proving(rules.scope(actor, Action.FIND), first, last, years)
        names = {one.code: (one.name_zh, one.name_en) for one in tx.file_plan.every()}
    lines: list[Line] = []
    for proof in proofs:
        mine = {code: counts[code] for code in proof.classes if code in counts}
        lines.append(
            Line(
                proof,
                sum(one.records for one in mine.values()),
                sum(one.of_the_period for one in mine.values()),
                max((one.latest for one in mine.values() if one.latest), default=None),
                {code: mine[code].records if code in mine else 0 for code in proof.classes},
                {year: sum(one.by_year[year] for one in mine.values()) for year in years},
            )
        )
    return Index(first, last, lines, names)
