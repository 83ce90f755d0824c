"""四性检测: what is tested when, every run with its results, and which records are next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from access.rules import Scope
from archive.errors import NotFound
from archive.model import GONE, LIFECYCLES
from archive.model.properties import Run, Tested
from archive.tables.parts import parts
from archive.tables.schema.ledger import ledger
from archive.tables.schema.properties import property_results, property_rules, property_runs, property_standings
from archive.tables.schema.records import components, numbered, records
from archive.tables.scopes import inside

NO_SUCH_RUN = "There is no such test."
_NOT_TESTED = (*GONE, "merged")
_TESTED = tuple(one for one in LIFECYCLES if one not in _NOT_TESTED)
_STEPS = ("record.captured", "record.accessioned")
_AT_ONCE = 500


class Properties:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # What is asked

    def rules(self) -> Sequence[Mapping[str, Any]]:
        """What the company set itself, in the order in which it was set."""
        rows = self._connection.execute(
            sa.select(property_rules).order_by(property_rules.c.set_at, property_rules.c.id)
        )
        return [dict(row) for row in rows.mappings()]

    def add_rule(self, values: Mapping[str, Any]) -> None:
        self._connection.execute(property_rules.insert().values(**values))

    # Runs

    def add(self, run: Run) -> None:
        values = {field.name: getattr(run, field.name) for field in fields(Run)}
        values["items"] = {code: list(counts) for code, counts in run.items.items()}
        self._connection.execute(property_runs.insert().values(values))

    def add_lines(self, run: Run, results: Iterable[Tested]) -> None:
        lines = [
            {
                "run_id": run.id,
                "record_id": one.record_id,
                "failed": [list(some) for some in one.failed],
                "skipped": list(one.skipped),
            }
            for one in results
        ]
        if lines:
            self._connection.execute(property_results.insert(), lines)

    def run(self, run_id: str) -> Run:
        found = self._runs(property_runs.c.id == run_id, limit=1)
        if not found:
            raise NotFound(NO_SUCH_RUN, "no-such-test")
        return found[0]

    def runs(
        self, occasion: str = "", *, within: Scope | None = None, number: str = "", limit: int = 100
    ) -> Sequence[Run]:
        """The latest first: of one occasion, of one number, with a line for a record of a scope, as far as is said."""
        wanted: list[sa.ColumnElement[bool]] = [sa.true()]
        if occasion:
            wanted.append(property_runs.c.occasion == occasion)
        if number:
            wanted.append(property_runs.c.number == number)
        if within is not None:
            wanted.append(
                sa.exists(
                    sa.select(sa.literal(1))
                    .select_from(property_results.join(records, records.c.id == property_results.c.record_id))
                    .where(property_results.c.run_id == property_runs.c.id, inside(within))
                )
            )
        return self._runs(sa.and_(*wanted), limit=limit)

    def of_subject(self, subject_id: str) -> Sequence[Run]:
        return self._runs(property_runs.c.subject_id == subject_id, limit=50)

    def of_record(self, record_id: str) -> Sequence[tuple[Run, Tested]]:
        """The runs in which a record has a line, the latest first."""
        rows = self._connection.execute(
            sa.select(property_results).where(property_results.c.record_id == record_id)
        ).mappings()
        lines = {row["run_id"]: _tested(row) for row in rows}
        return [(run, lines[run.id]) for run in self._runs(property_runs.c.id.in_(lines), limit=len(lines) or 1)]

    def without_line(self, run_id: str, ids: Sequence[str]) -> Sequence[str]:
        """Those of these records that have no line in a run."""
        rows = self._connection.execute(
            sa.select(property_results.c.record_id).where(property_results.c.run_id == run_id)
        )
        there = set(rows.scalars())
        return [one for one in ids if one not in there]

    def results(self, run_id: str, scope: Scope) -> Sequence[Tested]:
        """The lines of a run for records of a scope: what failed first."""
        rows = self._connection.execute(
            sa.select(property_results)
            .join(records, records.c.id == property_results.c.record_id)
            .where(property_results.c.run_id == run_id, inside(scope))
            .order_by(records.c.archival_code, records.c.id)
        ).mappings()
        return sorted((_tested(row) for row in rows), key=lambda one: not one.failed)

    def _runs(self, condition: sa.ColumnElement[bool], *, limit: int) -> Sequence[Run]:
        rows = self._connection.execute(
            sa.select(property_runs)
            .where(condition)
            .order_by(property_runs.c.begun_at.desc(), property_runs.c.number.desc())
            .limit(limit)
        )
        return [_run(row) for row in rows.mappings()]

    # Standings

    def stand(self, run: Run, results: Sequence[tuple[Tested, bool]], *, read: bool) -> None:
        """What each of these records stands at now; the second of a pair: it failed what must be passed."""
        ids = [one.record_id for one, _ in results]
        before: dict[str, datetime | None] = {}
        for start in range(0, len(ids), _AT_ONCE):
            these = property_standings.c.record_id.in_(ids[start : start + _AT_ONCE])
            rows = self._connection.execute(
                sa.select(property_standings.c.record_id, property_standings.c.read_at).where(these)
            )
            before.update((row[0], row[1]) for row in rows)
            self._connection.execute(property_standings.delete().where(these))
        lines = [
            {
                "record_id": one.record_id,
                "run_id": run.id,
                "tested_at": run.ended_at,
                "read_at": run.ended_at if read else before.get(one.record_id),
                "failed": [list(some) for some in one.failed],
                "grave": grave,
            }
            for one, grave in results
        ]
        if lines:
            self._connection.execute(property_standings.insert(), lines)

    def standing(self, record_id: str) -> tuple[datetime, Tested] | None:
        """When a record was tested last, and how it stood."""
        row = (
            self._connection.execute(sa.select(property_standings).where(property_standings.c.record_id == record_id))
            .mappings()
            .one_or_none()
        )
        return None if row is None else (row["tested_at"], Tested(record_id, _pairs(row["failed"]), ()))

    def grave(self, scope: Scope) -> Sequence[tuple[str, datetime, Tested]]:
        """The records of a scope that fail what must be passed."""
        rows = self._connection.execute(
            sa.select(property_standings)
            .join(records, records.c.id == property_standings.c.record_id)
            .where(property_standings.c.grave, inside(scope))
            .order_by(property_standings.c.record_id)
        ).mappings()
        return [
            (row["record_id"], row["tested_at"], Tested(row["record_id"], _pairs(row["failed"]), ())) for row in rows
        ]

    def next(self, limit: int) -> Sequence[str]:
        """The records whose bytes were read longest ago, those never read first."""
        rows = self._connection.execute(
            sa.select(records.c.id)
            .outerjoin(property_standings, property_standings.c.record_id == records.c.id)
            .where(records.c.lifecycle.not_in(_NOT_TESTED))
            .order_by(property_standings.c.read_at.is_not(None), property_standings.c.read_at, records.c.id)
            .limit(limit)
        )
        return list(rows.scalars())

    def untested(self, ids: Sequence[str]) -> Sequence[str]:
        """Those of these records that were never tested, in the same order."""
        found: set[str] = set()
        for some in parts(ids):
            rows = self._connection.execute(
                sa.select(records.c.id)
                .outerjoin(property_standings, property_standings.c.record_id == records.c.id)
                .where(
                    records.c.id.in_(some),
                    records.c.lifecycle.not_in(_NOT_TESTED),
                    property_standings.c.record_id.is_(None),
                )
            )
            found.update(rows.scalars())
        return [one for one in ids if one in found]

    def covered(self) -> tuple[int, int, datetime | None]:
        """How many records there are, how many have had their bytes read, and the earliest of those readings."""
        read_at = property_standings.c.read_at
        read = sa.select(sa.func.count()).where(read_at.is_not(None))
        there = sa.select(sa.func.count()).select_from(records).where(records.c.lifecycle.in_(_TESTED))
        of = property_standings.join(records, records.c.id == property_standings.c.record_id)
        # Of all that was read less what has gone since: the one from its index, the other is little.
        gone = sa.select(sa.func.count()).select_from(of).where(records.c.lifecycle.in_(_NOT_TESTED))
        gone = gone.where(read_at.is_not(None))
        total, every, left = self._connection.execute(
            sa.select(there.scalar_subquery(), read.scalar_subquery(), gone.scalar_subquery())
        ).one()
        first = self._connection.execute(
            sa.select(read_at)
            .select_from(of)
            .where(read_at.is_not(None), records.c.lifecycle.in_(_TESTED))
            .order_by(read_at)
            .limit(1)
        ).scalar()
        return total, every - left, first

    # What a test looks at

    def files_of(self, ids: Sequence[str]) -> Mapping[str, Sequence[tuple[str, str, int]]]:
        """Every file of every version of these records: component, digest, size."""
        found: dict[str, list[tuple[str, str, int]]] = {one: [] for one in ids}
        for some in parts(ids):
            rows = self._connection.execute(
                sa.select(components.c.record_id, components.c.id, components.c.digest, components.c.size_bytes)
                .where(components.c.record_id.in_(some))
                .order_by(components.c.record_id, components.c.id)
            )
            for row in rows:
                found[row[0]].append((row[1], row[2], row[3]))
        return found

    def steps_of(self, ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Which kinds of things are written down about each of these records."""
        found: dict[str, set[str]] = {one: set() for one in ids}
        rows = self._connection.execute(
            sa.select(ledger.c.subject_id, ledger.c.action)
            .where(ledger.c.subject_kind == "record", ledger.c.subject_id.in_(ids), ledger.c.action.in_(_STEPS))
            .distinct()
        )
        for row in rows:
            found[row[0]].add(row[1])
        return {one: frozenset(actions) for one, actions in found.items()}

    def twins(self, ids: Sequence[str]) -> frozenset[str]:
        """Those of these records that another one at their site shares number, title and date with."""
        other = records.alias("other")
        rows = self._connection.execute(
            sa.select(records.c.id).where(
                records.c.id.in_(ids),
                sa.exists().where(
                    numbered(other),
                    other.c.doc_number == records.c.doc_number,
                    other.c.site == records.c.site,
                    other.c.title == records.c.title,
                    other.c.document_date.is_not_distinct_from(records.c.document_date),
                    other.c.id != records.c.id,
                    other.c.lifecycle.not_in(_NOT_TESTED),
                ),
            )
        )
        return frozenset(rows.scalars())


def _run(row: sa.RowMapping) -> Run:
    values = {field.name: row[field.name] for field in fields(Run)}
    values["items"] = {code: tuple(counts) for code, counts in row["items"].items()}
    return Run(**values)


def _tested(row: sa.RowMapping) -> Tested:
    return Tested(row["record_id"], _pairs(row["failed"]), tuple(row["skipped"]))


def _pairs(value: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((some[0], some[1]) for some in value)
