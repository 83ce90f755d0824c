"""A repair case: what is wrong with a paper, who treats it where, and what was done. A plain frozen value."""

from dataclasses import dataclass
from datetime import date, datetime

from access.repairs import State

URGENCIES = ("usual", "urgent")
SOURCES = ("hand", "stocktake", "loan")
"""Where it was seen: by whoever looked at the paper, in a stocktake, or when it came back from a loan."""


@dataclass(frozen=True, slots=True)
class Repair:
    id: str
    number: str
    record_id: str
    kind: str
    """A code of the sheet `damage` as it held when the case was opened."""
    said: str
    urgency: str
    seen_on: date
    seen_by: str
    opened_at: datetime
    opened_by: str
    source: str = "hand"
    stocktake_id: str = ""
    loan_id: str = ""
    state: State = State.OPEN
    treated_by: str = ""
    """Somebody of us; empty while a company treats it."""
    company: str = ""
    out_on: date | None = None
    due_on: date | None = None
    pages_before: int | None = None
    done_on: date | None = None
    done_by: str = ""
    """Who wrote down what was done."""
    work: str = ""
    """What was done; why it cannot be mended; or why the case was dropped."""
    materials: str = ""
    pages_after: int | None = None
    closed_at: datetime | None = None
    closed_by: str = ""
    """Who saw it on its shelf again, dropped the case, or gave the paper up."""
    lost_at: datetime | None = None
    """When it was said that it is lost; stays when it is found."""
    lost_by: str = ""
    loss: str = ""
    """How it was lost; then where it was found, or why it was given up, each on a line of its own."""

    def overdue(self, day: date) -> bool:
        return self.state is State.IN_TREATMENT and self.due_on is not None and self.due_on < day
