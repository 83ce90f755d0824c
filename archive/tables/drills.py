"""Retrieval drills and their tasks."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa

from archive.errors import NotFound
from archive.model import Drill, DrillTask
from archive.tables.schema.drills import drill_tasks, drills

NO_SUCH_DRILL = "There is no such drill."


class Drills:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, drill: Drill) -> None:
        self._connection.execute(drills.insert().values(_values(drill)))
        self._connection.execute(
            drill_tasks.insert(),
            [{"drill_id": drill.id, **{f.name: getattr(task, f.name) for f in fields(task)}} for task in drill.tasks],
        )

    def get(self, drill_id: str) -> Drill:
        found = self._drills(drills.c.id == drill_id)
        if not found:
            raise NotFound(NO_SUCH_DRILL)
        return found[0]

    def latest(self, limit: int = 50) -> Sequence[Drill]:
        return self._drills(sa.true(), limit=limit)

    def of(self, person_id: str, limit: int = 50) -> Sequence[Drill]:
        """Those in which this person is timed, or which they conduct."""
        return self._drills(sa.or_(drills.c.person_id == person_id, drills.c.conductor_id == person_id), limit=limit)

    def running(self, person_id: str) -> Drill | None:
        """The one in which this person is timed and which has not been closed."""
        found = self._drills(sa.and_(drills.c.person_id == person_id, drills.c.closed_at.is_(None)))
        return found[0] if found else None

    def save(self, drill: Drill) -> None:
        self._connection.execute(drills.update().where(drills.c.id == drill.id).values(_values(drill)))

    def save_task(self, drill_id: str, task: DrillTask) -> None:
        values = {f.name: getattr(task, f.name) for f in fields(task)}
        self._connection.execute(
            drill_tasks.update()
            .where(drill_tasks.c.drill_id == drill_id, drill_tasks.c.position == task.position)
            .values(values)
        )

    def _drills(self, condition: sa.ColumnElement[bool], *, limit: int = 1) -> Sequence[Drill]:
        rows = list(
            self._connection.execute(
                sa.select(drills).where(condition).order_by(drills.c.created_at.desc(), drills.c.id).limit(limit)
            ).mappings()
        )
        tasks: dict[str, list[DrillTask]] = {row["id"]: [] for row in rows}
        found = self._connection.execute(
            sa.select(drill_tasks)
            .where(drill_tasks.c.drill_id.in_(list(tasks)))
            .order_by(drill_tasks.c.drill_id, drill_tasks.c.position)
        )
        for row in found.mappings():
            tasks[row["drill_id"]].append(DrillTask(**{f.name: row[f.name] for f in fields(DrillTask)}))
        return [_drill(row, tuple(tasks[row["id"]])) for row in rows]


def _drill(row: sa.RowMapping, tasks: tuple[DrillTask, ...]) -> Drill:
    values: dict[str, Any] = {**row, "record_id": row["record_id"] or ""}
    return Drill(**values, tasks=tasks)


def _values(drill: Drill) -> dict[str, object]:
    values: dict[str, object] = {column.name: getattr(drill, column.name) for column in drills.c}
    return {**values, "record_id": drill.record_id or None}
