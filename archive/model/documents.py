"""Controlled documents as values: editions, numbered copies, readers; which edition is in force on a day (INV-14)."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from access.documents import FILES_STAND, IN_FORCE_ONCE, State

KINDS = ("manual", "policy", "procedure", "instruction", "duty", "standard", "plan", "form")
Standing = Literal[
    "draft", "review", "reviewed", "approved", "to-come", "effective", "obsolete", "retained", "released", "dropped"
]
OUTCOMES = ("returned", "destroyed", "lost")
"""What became of a numbered copy that was called back."""
CHECKS = ("stays", "change", "withdraw")
"""What a periodic review may find."""


@dataclass(frozen=True, slots=True)
class Document:
    """受控文件: something that has one edition in force at a time. To the rules it is what its records are."""

    id: str
    number: str
    title: str
    kind: str
    department: str
    owner_id: str
    """Who answers for it: reviews it when its review is due."""
    review_months: int
    review_on: date | None
    """The day by which somebody looks whether it still holds; None until an edition was issued."""
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Edition:
    """版次: one record, and how far it has come."""

    id: str
    document_id: str
    ordinal: int
    label: str
    """As it stands on the paper: A/0, 第3版."""
    record_id: str
    state: State
    author_id: str
    drafted_at: datetime
    why: str = ""
    """Reason of the change."""
    impact: str = ""
    """What it changes for others: posts, forms, training."""
    reviewer_id: str = ""
    reviewed_at: datetime | None = None
    approver_id: str = ""
    approved_at: datetime | None = None
    issued_by: str = ""
    issued_at: datetime | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    """The first day on which it does not hold any more."""
    said: str = ""
    """The last word about it: why it was sent back, withdrawn, retained."""
    revision: int = 1

    def in_force(self, day: date) -> bool:
        """The one sentence that says when an edition holds."""
        return (
            self.effective_from is not None
            and self.effective_from <= day
            and (self.effective_until is None or day < self.effective_until)
        )

    @property
    def files_stand(self) -> bool:
        """It was submitted: its record gets no other file."""
        return self.state in FILES_STAND

    def obsolete(self, day: date) -> bool:
        return self.effective_until is not None and self.effective_until <= day

    def standing(self, day: date) -> Standing:
        if self.state not in IN_FORCE_ONCE:
            return self.state.value  # type: ignore[return-value]  # the states outside IN_FORCE_ONCE are standings
        if self.state in (State.RETAINED, State.RELEASED):
            return "retained" if self.state is State.RETAINED else "released"
        if self.obsolete(day):
            return "obsolete"
        return "effective" if self.in_force(day) else "to-come"


@dataclass(frozen=True, slots=True)
class Copy:
    """受控副本: a numbered copy on paper and where it is."""

    id: str
    edition_id: str
    number: int
    """受控号: of the document; a copy of the next edition at the same place has the same one."""
    holder_id: str
    place: str
    handed_at: datetime | None = None
    handed_by: str = ""
    received_at: datetime | None = None
    """When its holder said that they have it."""
    recalled_at: datetime | None = None
    recalled_by: str = ""
    outcome: str = ""
    witness_id: str = ""
    """The second person where a copy was destroyed."""
    note: str = ""

    @property
    def out(self) -> bool:
        return self.handed_at is not None and self.recalled_at is None


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has to know an edition, and whether they said that they do."""

    edition_id: str
    person_id: str
    asked_at: datetime
    asked_by: str
    due_on: date
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A periodic review: somebody looked whether the document still holds."""

    id: str
    document_id: str
    checked_at: datetime
    checked_by: str
    outcome: str
    note: str
    next_on: date


@dataclass(frozen=True, slots=True)
class Obsolete:
    """What the mark on everything shown of an obsolete edition says."""

    number: str
    label: str
    since: date
    instead: str = ""
    """Label of the edition that holds instead; empty if there is none."""
    retained: bool = False


def in_force(editions: Iterable[Edition], day: date) -> Edition | None:
    """The one edition that holds on a day, if any does."""
    return next((one for one in editions if one.in_force(day)), None)


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def by_document(editions: Iterable[Edition]) -> Mapping[str, tuple[Edition, ...]]:
    """Document → its editions in the order in which they were made."""
    found: dict[str, list[Edition]] = {}
    for one in sorted(editions, key=lambda each: each.ordinal):
        found.setdefault(one.document_id, []).append(one)
    return {document_id: tuple(some) for document_id, some in found.items()}
