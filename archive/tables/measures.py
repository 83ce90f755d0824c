"""Reviews and audits, their findings, and the measures that follow."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from archive.errors import NotFound
from archive.model.measures import Finding, InputTick, Measure, Review
from archive.tables.schema.measures import findings, measures, review_evidence, review_ticks, reviews

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

    def ticks(self, review_id: str) -> Sequence[InputTick]:
        rows = self._connection.execute(
            sa.select(review_evidence).where(review_evidence.c.review_id == review_id).order_by(review_evidence.c.place)
        )
        records: dict[str, list[str]] = {}
        for row in rows.mappings():
            records.setdefault(row["code"], []).append(row["record_id"])
        found = self._connection.execute(sa.select(review_ticks).where(review_ticks.c.review_id == review_id))
        return [InputTick(**row, records=tuple(records.get(row["code"], ()))) for row in found.mappings()]

    def put_tick(self, one: InputTick) -> None:
        """In the place of what was ticked before."""
        self.remove_tick(one.review_id, one.code)
        values = asdict(one)
        key = {"review_id": one.review_id, "code": one.code}
        evidence = [key | {"record_id": each, "place": at} for at, each in enumerate(values.pop("records"))]
        self._connection.execute(review_ticks.insert().values(values))
        self._connection.execute(review_evidence.insert(), evidence)

    def remove_tick(self, review_id: str, code: str) -> None:
        for table in (review_evidence, review_ticks):
            self._connection.execute(table.delete().where(table.c.review_id == review_id, table.c.code == code))

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
