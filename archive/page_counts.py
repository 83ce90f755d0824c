"""页数核对: how many pages a paper should have, and how many were there when somebody counted last (2.2).

Papers are counted at stocktakes and when they come back from a loan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.model import Record


@dataclass(frozen=True, slots=True)
class Count:
    """What was counted last of one paper. `by` is the number of the stocktake or loan."""

    record: Record
    expected: int
    pages: int
    at: datetime
    by: str

    @property
    def missing(self) -> int:
        return max(self.expected - self.pages, 0)


def latest(archive: Archive, actor: Actor, *, site: str = "") -> Sequence[Count]:
    """The last count of every paper this person may find, those that lack pages first."""
    rules.require(actor, Action.SEE_ARCHIVE)
    with archive.read() as tx:
        counted = sorted((*tx.stocktakes.counted_pages(), *tx.loans.counted_pages()), key=lambda one: one[3])
        last = {one[0]: one for one in counted}
        records = tx.records.admitted(list(last), rules.scope(actor, Action.FIND))
    found: list[Count] = []
    for key, record in records.items():
        _, expected, pages, at, by = last[key]
        if site in ("", record.site):
            found.append(Count(record, expected, pages, at, by))
    return sorted(found, key=lambda one: (-one.missing, one.record.archival_code or one.record.doc_number, one.by))
