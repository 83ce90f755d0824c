"""Repair cases of papers, and which papers are away because of one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from access.repairs import AWAY, RUNNING, State
from access.rules import Scope
from archive.errors import NotFound
from archive.model.repairs import Repair
from archive.tables.freezing import refuse_frozen
from archive.tables.parts import parts
from archive.tables.schema.records import records
from archive.tables.schema.repairs import repair_treaters, repairs
from archive.tables.scopes import inside

NO_SUCH_REPAIR = "There is no such repair case, or none that you may see."
_EMPTY = ("stocktake_id", "loan_id", "treated_by")
"""Empty in a case, NULL in the table."""


class Repairs:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: Repair) -> None:
        self._connection.execute(repairs.insert().values(_values(one)))

    def save(self, one: Repair) -> None:
        """Whoever treats the paper by now, or wrote down what was done, has treated it for good."""
        self._connection.execute(repairs.update().where(repairs.c.id == one.id).values(_values(one)))
        for person_id in {one.treated_by, one.done_by} - {""} - self.treaters([one.id])[one.id]:
            self._connection.execute(repair_treaters.insert().values(repair_id=one.id, person_id=person_id))

    def refuse_frozen(self, record_id: str) -> None:
        """Raises Conflict (`frozen`) when a paper that is being handed over would leave for treatment, or stay away
        longer (INV-13)."""
        refuse_frozen(self._connection, [record_id])

    def treaters(self, repair_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
        """By case everybody who ever treated its paper, or wrote down what was done to it."""
        found: dict[str, set[str]] = {one: set() for one in repair_ids}
        for some in parts(repair_ids):
            asked = sa.select(repair_treaters).where(repair_treaters.c.repair_id.in_(some))
            for row in self._connection.execute(asked):
                found[row.repair_id].add(row.person_id)
        return {one: frozenset(people) for one, people in found.items()}

    def get(self, repair_id: str) -> Repair:
        found = self._repairs(repairs.c.id == repair_id)
        if not found:
            raise NotFound(NO_SUCH_REPAIR, "no-such-repair")
        return found[0]

    def within(self, scope: Scope, state: str = "", *, offset: int = 0, most: int | None = None) -> Sequence[Repair]:
        """Those of records that a scope admits, the latest first; of all states, or of one."""
        of_them = repairs.c.record_id.in_(sa.select(records.c.id).where(inside(scope)))
        return self._repairs(of_them & (repairs.c.state == state if state else sa.true()), offset=offset, most=most)

    def counts(self, scope: Scope) -> Mapping[State, int]:
        """How many there are in each state, of records that a scope admits."""
        counted = (
            sa.select(repairs.c.state, sa.func.count())
            .join(records, records.c.id == repairs.c.record_id)
            .where(inside(scope))
            .group_by(repairs.c.state)
        )
        return {State(row[0]): row[1] for row in self._connection.execute(counted)}

    def running(self) -> Sequence[Repair]:
        """Those that are not closed."""
        return self._repairs(repairs.c.state.in_(list(RUNNING)))

    def numbered(self, number: str) -> Repair | None:
        return next(iter(self._repairs(repairs.c.number == number)), None)

    def of_record(self, record_id: str) -> Sequence[Repair]:
        return self._repairs(repairs.c.record_id == record_id)

    def counted_pages(self, record_id: str) -> Sequence[tuple[int, datetime, str]]:
        """Pages that a mended paper had, since when it lies on its shelf again, and the number of the case."""
        asked = sa.select(repairs.c.pages_after, repairs.c.closed_at, repairs.c.number).where(
            repairs.c.record_id == record_id,
            repairs.c.state == State.BACK,
            repairs.c.pages_after.is_not(None),
            repairs.c.closed_at.is_not(None),
        )
        return [(row[0], row[1], row[2]) for row in self._connection.execute(asked)]

    def running_among(self, record_ids: Collection[str]) -> dict[str, Repair]:
        """By record its case that is not closed."""
        found: list[Repair] = []
        for some in parts(record_ids):
            found += self._repairs(repairs.c.record_id.in_(some) & repairs.c.state.in_(list(RUNNING)))
        return {one.record_id: one for one in found}

    def seen_at(self, *, stocktake: str = "", loan: str = "") -> Sequence[Repair]:
        """Those opened from this stocktake, or from this loan."""
        return self._repairs(repairs.c.stocktake_id == stocktake if stocktake else repairs.c.loan_id == loan)

    def away(self, record_ids: Collection[str]) -> dict[str, Repair]:
        """Those of these records whose paper is not on its shelf because of a case."""
        found: list[Repair] = []
        for some in parts(record_ids):
            found += self._repairs(sa.and_(repairs.c.record_id.in_(some), repairs.c.state.in_(list(AWAY))))
        return {one.record_id: one for one in found}

    def _repairs(
        self, condition: sa.ColumnElement[bool], *, offset: int = 0, most: int | None = None
    ) -> Sequence[Repair]:
        rows = self._connection.execute(
            sa.select(repairs)
            .where(condition)
            .order_by(repairs.c.opened_at.desc(), repairs.c.number.desc())
            .offset(offset)
            .limit(most)
        )
        return [_repair(row) for row in rows.mappings()]


def _repair(row: sa.RowMapping) -> Repair:
    values: dict[str, Any] = {**row, "state": State(row["state"])}
    values |= {name: values[name] or "" for name in _EMPTY}
    return Repair(**values)


def _values(one: Repair) -> dict[str, Any]:
    values = asdict(one)
    return values | {name: values[name] or None for name in _EMPTY}
