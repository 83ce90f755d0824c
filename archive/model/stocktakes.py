"""A stocktake: what should lie in a place, what somebody saw there, and how the two differ. Plain frozen values."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

CONDITIONS = ("good", "damaged", "pages-missing", "faded")
"""完好、破损、缺页、褪色 (domain §1.2, clause 2.2)."""

DIFFERENCES = ("missing", "misplaced", "unexpected", "damaged")
"""What has to be explained. That a paper is on loan explains itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """A paper of a stocktake. Where it should be was written down when it began and does not change any more."""

    record_id: str
    expected_id: str
    """The place it should be in; empty: it was not expected here."""
    pages_expected: int
    """0: nobody knows."""
    on_loan: bool
    """It was on loan, or away at repair, when the stocktake began."""
    seen_id: str = ""
    """The place it was seen in."""
    seen_at: datetime | None = None
    seen_by: str = ""
    pages: int | None = None
    condition: str = ""
    explanation: str = ""
    owner_id: str = ""
    due_on: date | None = None
    explained_by: str = ""
    settled_at: datetime | None = None
    settled_by: str = ""

    @property
    def difference(self) -> str:
        """One of DIFFERENCES, on-loan, or empty: it is as it should be."""
        if self.seen_at is None:
            return "on-loan" if self.on_loan else "missing"
        if not self.expected_id or self.on_loan:
            return "unexpected"
        if self.seen_id != self.expected_id:
            return "misplaced"
        return "damaged" if self.harmed else ""

    @property
    def harmed(self) -> bool:
        """Wherever it lay: pages were missing, or it was not whole."""
        fewer = self.pages is not None and self.pages < self.pages_expected
        return fewer or self.condition not in ("", "good")

    @property
    def open(self) -> bool:
        return self.difference in DIFFERENCES and not self.explanation


@dataclass(frozen=True, slots=True)
class Signature:
    person_id: str
    signed_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Stocktake:
    """A walk of two people over a place and everything in it."""

    id: str
    number: str
    site: str
    location_id: str
    address: str
    begun_by: str
    with_id: str
    begun_at: datetime
    counted_at: datetime | None = None
    """Since when nothing is counted any more."""
    closed_at: datetime | None = None
    record_id: str = ""
    """The record it was filed as."""
    lines: tuple[Line, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def people(self) -> tuple[str, str]:
        return self.begun_by, self.with_id

    @property
    def state(self) -> str:
        return "closed" if self.closed_at else "counted" if self.counted_at else "counting"


def digest(lines: Sequence[Line]) -> str:
    """What is signed: every line as it stands, in an order that stays; what is settled later is not part of it."""
    said = [
        {name: value for name, value in asdict(one).items() if not name.startswith("settled")}
        for one in sorted(lines, key=lambda one: one.record_id)
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
