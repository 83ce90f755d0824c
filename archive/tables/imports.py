"""Imports under way, and what became of each row; the arrivals of their files stand with all others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.errors import NotFound
from archive.tables.schema.imports import import_rows, imports


@dataclass(frozen=True, slots=True)
class Import:
    """A table that says of many files what each is, and who gave it."""

    id: str
    digest: str
    name: str
    opened_by: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One row: ready for its file, with a problem of its own, refused with its file, or taken in."""

    row: int
    file: str
    called: str
    said: Mapping[str, str]
    outcome: str
    code: str = ""
    reason: str = ""


class Imports:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: Import, rows: Iterable[ImportRow]) -> None:
        self._connection.execute(imports.insert().values({name: getattr(one, name) for name in Import.__slots__}))
        values = [{"import_id": one.id, **{name: getattr(row, name) for name in ImportRow.__slots__}} for row in rows]
        self._connection.execute(import_rows.insert(), values)

    def get(self, import_id: str, person_id: str) -> Import:
        """One of this person's imports: nobody sees those of others."""
        mine = sa.select(imports).where(imports.c.id == import_id, imports.c.opened_by == person_id)
        found = self._connection.execute(mine).mappings().one_or_none()
        if found is None:
            raise NotFound("There is no such import.", "no-such-import")
        return Import(**found)

    def of_table(self, digest: str, person_id: str) -> Import | None:
        same = sa.select(imports).where(imports.c.digest == digest, imports.c.opened_by == person_id)
        found = self._connection.execute(same).mappings().one_or_none()
        return None if found is None else Import(**found)

    def of_person(self, person_id: str) -> Sequence[tuple[Import, Mapping[str, int]]]:
        """Newest first, each with how many of its rows stand where."""
        mine = sa.select(imports).where(imports.c.opened_by == person_id).order_by(imports.c.opened_at.desc())
        return [(Import(**row), self.counts(row["id"])) for row in self._connection.execute(mine).mappings()]

    def counts(self, import_id: str) -> Mapping[str, int]:
        rows = self._connection.execute(
            sa.select(import_rows.c.outcome, sa.func.count())
            .where(import_rows.c.import_id == import_id)
            .group_by(import_rows.c.outcome)
        )
        return {"ready": 0, "problem": 0, "refused": 0, "taken": 0} | {row[0]: row[1] for row in rows}

    def rows(self, import_id: str, *, outcome: str = "", most: int | None = None) -> Sequence[ImportRow]:
        """In their order; only those with this outcome, if one is named, and no more than `most`."""
        query = sa.select(import_rows).where(import_rows.c.import_id == import_id).order_by(import_rows.c.row)
        if outcome:
            query = query.where(import_rows.c.outcome == outcome)
        return [_row(row) for row in self._connection.execute(query.limit(most)).mappings()]

    def called(self, import_id: str, name: str) -> Sequence[ImportRow]:
        """The rows whose file has this name, in whatever folder."""
        rows = self._connection.execute(
            sa.select(import_rows)
            .where(import_rows.c.import_id == import_id, import_rows.c.called == name)
            .order_by(import_rows.c.row)
        )
        return [_row(row) for row in rows.mappings()]

    def awaited(self, import_id: str) -> Sequence[str]:
        """The names of the files that have not come yet, or were refused."""
        waiting = import_rows.c.outcome.in_(("ready", "refused"))
        names = sa.select(import_rows.c.called).where(import_rows.c.import_id == import_id, waiting).distinct()
        return list(self._connection.execute(names).scalars())

    def waits(self, import_id: str) -> bool:
        """Is there a row whose file has never come?"""
        ready = (import_rows.c.import_id == import_id) & (import_rows.c.outcome == "ready")
        return self._connection.execute(sa.select(import_rows.c.row).where(ready).limit(1)).first() is not None

    def say(self, import_id: str, row: int, outcome: str, code: str = "", reason: str = "") -> bool:
        """What became of a row; True when its file had never come before. Of one that was taken in the record says
        everything else."""
        this = (import_rows.c.import_id == import_id) & (import_rows.c.row == row)
        before = self._connection.execute(sa.select(import_rows.c.outcome).where(this)).scalar()
        values: dict[str, object] = {"outcome": outcome, "code": code, "reason": reason}
        self._connection.execute(
            import_rows.update().where(this).values(values | ({"said": {}} if outcome == "taken" else {}))
        )
        return before == "ready"

    def drop_before(self, at: datetime) -> None:
        """Those that were begun before then."""
        old = sa.select(imports.c.id).where(imports.c.opened_at < at)
        for import_id in list(self._connection.execute(old).scalars()):
            self.drop(import_id)

    def drop(self, import_id: str) -> None:
        self._connection.execute(import_rows.delete().where(import_rows.c.import_id == import_id))
        self._connection.execute(imports.delete().where(imports.c.id == import_id))


def _row(row: sa.RowMapping) -> ImportRow:
    return ImportRow(**{name: row[name] for name in ImportRow.__slots__})
