"""What a dossier must hold, as values; and whether it does, worked out and never stored (INV-25)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

NOT = "!"
"""Before a condition: applies where it does not hold."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a checklist: a document that belongs into every dossier of a type for which the condition holds."""

    item: str
    name_zh: str
    name_en: str
    group: str = ""
    condition: str = ""
    """A circumstance of the dossier, as 装修; with ! in front: where it is not so; empty: always."""
    at_least: int = 1
    waivable: bool = True
    within_days: int | None = None
    """Days after the dossier was opened by which it should be there; None: nobody set any."""
    post: str = ""
    """The post that answers for it."""
    source: str = ""
    """Where it is written that this document belongs here, as 条例29."""
    source_date: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """A type of dossier, its class, what one is opened for (unit, machine, project, person), and its documents."""

    code: str
    name_zh: str
    name_en: str
    class_code: str
    subject: str
    requirements: tuple[Requirement, ...]

    @property
    def conditions(self) -> tuple[str, ...]:
        """Every circumstance its documents depend on, in their order."""
        return tuple(dict.fromkeys(one.condition.lstrip(NOT) for one in self.requirements if one.condition))


@dataclass(frozen=True, slots=True)
class ChecklistVersion:
    version: int
    changed_at: datetime
    changed_by: str
    reason: str
    checklist: Checklist


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier. To the rules it is like a record: who may find it is decided by its site, level and class."""

    id: str
    number: str
    type: str
    class_code: str
    site: str
    department: str
    subject: str
    title: str
    level: int
    pii: int
    facts: frozenset[str]
    owner_id: str
    opened_on: date
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    closed_by: str = ""
    closed_version: int | None = None
    note: str = ""

    @property
    def lifecycle(self) -> str:
        return "filed"


@dataclass(frozen=True, slots=True)
class Placed:
    """A record that lies in a dossier under an item of its checklist."""

    id: str
    dossier_id: str
    item: str
    record_id: str
    put_at: datetime
    put_by: str
    taken_at: datetime | None = None
    taken_by: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody asked that a document need not be there; somebody else said yes or no."""

    id: str
    dossier_id: str
    item: str
    reason: str
    asked_at: datetime
    asked_by: str
    decided_at: datetime | None = None
    decided_by: str = ""
    granted: bool = False
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Debt:
    """Who sees to it that a missing document comes, and by when; `promised_by` is somebody outside who promised it."""

    dossier_id: str
    item: str
    owner_id: str
    promised_by: str
    due_on: date
    note: str
    set_at: datetime
    set_by: str
    chased_at: datetime | None = None
    chases: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """How one item of a dossier stands. `state`: present, waived, missing, or not-applicable."""

    requirement: Requirement
    state: str
    present: int
    owner_id: str
    """Whose it is to bring: who was named for it, or else who answers for the dossier."""
    due_on: date | None = None
    debt: Debt | None = None
    waiver: Waiver | None = None

    def overdue(self, today: date) -> bool:
        return self.state == "missing" and self.due_on is not None and self.due_on < today


def applies(requirement: Requirement, facts: Collection[str]) -> bool:
    condition = requirement.condition
    if condition.startswith(NOT):
        return condition.removeprefix(NOT) not in facts
    return not condition or condition in facts


def standings(
    checklist: Checklist,
    dossier: Dossier,
    present: Mapping[str, int],
    waivers: Iterable[Waiver],
    debts: Mapping[str, Debt],
) -> Sequence[Standing]:
    """Every item of the checklist, each with how it stands. `present` counts kept records by item."""
    latest: dict[str, Waiver] = {}
    for one in waivers:
        # A waiver that was granted is not undone by a later one that was not.
        if one.granted or one.item not in latest or not latest[one.item].granted:
            latest[one.item] = one
    found: list[Standing] = []
    for need in checklist.requirements:
        count, waiver, debt = present.get(need.item, 0), latest.get(need.item), debts.get(need.item)
        if not applies(need, dossier.facts):
            state = "not-applicable"
        elif count >= need.at_least:
            state = "present"
        elif waiver is not None and waiver.granted and need.waivable:
            state = "waived"
        else:
            state = "missing"
        owner = debt.owner_id if debt else dossier.owner_id
        due = debt.due_on if debt else None
        if due is None and need.within_days is not None:
            due = dossier.opened_on + timedelta(days=need.within_days)
        found.append(Standing(need, state, count, owner, due, debt, waiver))
    return found


def is_complete(found: Iterable[Standing]) -> bool:
    """齐全: every document that applies is there or waived (INV-25)."""
    return all(one.state != "missing" for one in found)


def percent(found: Iterable[Standing]) -> int:
    """齐全率: how many in a hundred of the documents that apply are there or waived; rounded down: 100 means all."""
    counted = [one.state != "missing" for one in found if one.state != "not-applicable"]
    return 100 * sum(counted) // len(counted) if counted else 100
