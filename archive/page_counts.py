"""页数核对: how many pages a paper should have, and how many were there when somebody counted last (2.2).

Papers are counted at stocktakes, when they are lent and come back, and when they were mended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.model import Record
from archive.tables import Transaction


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


@dataclass(frozen=True, slots=True)
class Known:
    """How many pages a paper has by what is known of it."""

    pages: int
    by: str = ""
    """The number of the stocktake, loan or repair in which they were counted last; empty: as many as its scan has."""


SHEETS = ("application/pdf", "application/ofd", "image/")
"""Files whose pages are those of a paper. A text or a spreadsheet has as many as its printer makes of it."""


def known(tx: Transaction, record_id: str) -> Known | None:
    """What a paper is held against when it is counted; None where nobody knows.

    What came back from a loan with pages missing was completed before it is lent again: it has what went out.
    """
    counted = [
        *((at, Known(pages, by)) for _, _, pages, at, by in tx.stocktakes.counted_pages(record_id)),
        *((at, Known(out, by)) for _, out, _, at, by in tx.loans.counted_pages(record_id)),
        *((at, Known(pages, by)) for pages, at, by in tx.repairs.counted_pages(record_id)),
    ]
    if counted:
        return max(counted, key=lambda one: one[0])[1]
    files = tx.records.components_of([record_id])[record_id]
    sheets = sum(one.page_count for one in files if not one.parent_id and one.media_type.startswith(SHEETS))
    return Known(sheets) if sheets else None


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
