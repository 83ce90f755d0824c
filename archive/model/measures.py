"""Reviews and audits, what they found, and the measures that follow: each with an owner, a day and a second person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

KINDS = ("management", "internal", "external")
"""管理评审, 内部审核, 外部审核."""
GRADES = ("observation", "minor", "major")
"""观察项, 轻微不合格, 严重不合格."""
STATES = ("open", "done", "closed")


@dataclass(frozen=True, slots=True)
class Review:
    """管理评审 or an audit: planned for a day, held on one, with the record in which it is written down."""

    id: str
    number: str
    kind: str
    site: str
    """Empty: the whole company."""
    title: str
    planned_on: date
    lead_id: str
    """Who leads it; nobody audits the department they belong to."""
    department: str
    """Which department is audited; empty: every one."""
    opened_at: datetime
    opened_by: str
    held_on: date | None = None
    record_id: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    closed_why: str = ""
    """Why it was closed with inputs missing; empty when none was."""


@dataclass(frozen=True, slots=True)
class InputTick:
    """A management review was given one of its inputs, and these records show it."""

    review_id: str
    code: str
    ticked_at: datetime
    ticked_by: str
    note: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    id: str
    review_id: str
    site: str
    grade: str
    clause: str
    said: str
    found_at: datetime
    found_by: str


@dataclass(frozen=True, slots=True)
class Measure:
    """纠正措施: what somebody does until a day, and what shows that it was done. Another person closes it."""

    id: str
    number: str
    site: str
    about: str
    """What is wrong, or is to become better."""
    plan: str
    owner_id: str
    due_on: date
    opened_at: datetime
    opened_by: str
    review_id: str = ""
    finding_id: str = ""
    cause: str = ""
    done_at: datetime | None = None
    done_by: str = ""
    evidence: str = ""
    record_id: str = ""
    """The record that shows that it was done, if there is one."""
    closed_at: datetime | None = None
    closed_by: str = ""
    answer: str = ""
    """The last word: whether it worked, or why it was sent back."""

    @property
    def state(self) -> str:
        return "closed" if self.closed_at else "done" if self.done_at else "open"

    def overdue(self, day: date) -> bool:
        return self.done_at is None and self.due_on < day


def review_due(reviews: Iterable[Review]) -> date | None:
    """By when the next management review is held: a year after the last (1.9); None where none was ever held."""
    held = [one.held_on for one in reviews if one.kind == "management" and one.held_on is not None]
    return a_year_after(max(held)) if held else None


def a_year_after(day: date) -> date:
    """The same day of the next year; the last of February after a leap day."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def yearly(
    reviews: Mapping[str, Review], findings: Sequence[Finding], year: int, kind: str
) -> Mapping[str, Mapping[str, int]]:
    """Site → grade → how many findings of audits of a kind that were held in a year (3.3)."""
    counts: dict[str, dict[str, int]] = {}
    for one in findings:
        review = reviews.get(one.review_id)
        if review is not None and review.kind == kind and (review.held_on or review.planned_on).year == year:
            per = counts.setdefault(one.site, dict.fromkeys(GRADES, 0))
            per[one.grade] += 1
    return dict(sorted(counts.items()))
