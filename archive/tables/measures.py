"""Reviews and audits, their findings, and the measures that follow."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from archive.errors import NotFound
from archive.model.measures import Finding, Measure, Review
from archive.tables.schema.measures import findings, measures, reviews

NO_SUCH_REVIEW = "There is no such review or audit, or none that you may see."
NO_SUCH_MEASURE = "There is no such measure, or none that you may see."
_LINKS = ("record_id", "review_id", "finding_id")


class Measures:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add_review(self, one: Review) -> None:
        self._connection.execute(reviews.insert().values(_out(asdict(one), reviews)))

    def save_review(self, one: Review) -> None:
        self._connection.execute(reviews.update().where(reviews.c.id == one.id).values(_out(asdict(one), reviews)))

    def reviews(self) -> Sequence[Review]:
        """The latest first."""
        rows = self._connection.execute(sa.select(reviews).order_by(reviews.c.planned_on.desc(), reviews.c.number))
        return [Review(**_in(row)) for row in rows.mappings()]

    def review(self, review_id: str) -> Review:
        row = self._connection.execute(sa.select(reviews).where(reviews.c.id == review_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(NO_SUCH_REVIEW, "no-such-review")
        return Review(**_in(row))

    def add_finding(self, one: Finding) -> None:
        self._connection.execute(findings.insert().values(asdict(one)))

    def findings(self) -> Sequence[Finding]:
        rows = self._connection.execute(sa.select(findings).order_by(findings.c.found_at, findings.c.id))
        return [Finding(**_in(row)) for row in rows.mappings()]

    def add(self, one: Measure) -> None:
        self._connection.execute(measures.insert().values(_out(asdict(one), measures)))

    def save(self, one: Measure) -> None:
        self._connection.execute(measures.update().where(measures.c.id == one.id).values(_out(asdict(one), measures)))

    def every(self) -> Sequence[Measure]:
        """Those that are due first, first."""
        rows = self._connection.execute(sa.select(measures).order_by(measures.c.due_on, measures.c.number))
        return [Measure(**_in(row)) for row in rows.mappings()]

    def get(self, measure_id: str) -> Measure:
        row = self._connection.execute(sa.select(measures).where(measures.c.id == measure_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(NO_SUCH_MEASURE, "no-such-measure")
        return Measure(**_in(row))


def _out(values: dict[str, Any], table: sa.Table) -> dict[str, Any]:
    return {name: (value or None) if name in _LINKS and name in table.c else value for name, value in values.items()}


def _in(row: sa.RowMapping) -> dict[str, Any]:
    values: dict[str, Any] = dict(row)
    for name in _LINKS:
        if name in values and values[name] is None:
            values[name] = ""
    return values
