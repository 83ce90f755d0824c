"""Stocktakes with their lines and signatures, and where papers were last seen."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.errors import NotFound
from archive.model.stocktakes import Line, Signature, Stocktake
from archive.tables.parts import parts
from archive.tables.schema.stocktakes import stocktake_lines, stocktake_signatures, stocktakes

NO_SUCH_STOCKTAKE = "There is no such stocktake."
_OWN = [column for column in stocktake_lines.c if column.name != "stocktake_id"]
_EMPTY = ("expected_id", "seen_id", "owner_id")
"""Empty in a line, NULL in the table."""


class Stocktakes:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: Stocktake) -> None:
        self._connection.execute(stocktakes.insert().values(_values(one)))
        if one.lines:
            self._connection.execute(
                stocktake_lines.insert(), [{"stocktake_id": one.id, **_line_values(line)} for line in one.lines]
            )

    def save(self, one: Stocktake) -> None:
        """The stocktake itself, without its lines."""
        self._connection.execute(stocktakes.update().where(stocktakes.c.id == one.id).values(_values(one)))

    def save_line(self, stocktake_id: str, line: Line) -> None:
        """A line as it is now; one that was not expected is added."""
        key = sa.and_(stocktake_lines.c.stocktake_id == stocktake_id, stocktake_lines.c.record_id == line.record_id)
        changed = self._connection.execute(stocktake_lines.update().where(key).values(_line_values(line)))
        if not changed.rowcount:
            self._connection.execute(stocktake_lines.insert().values(stocktake_id=stocktake_id, **_line_values(line)))

    def sign(self, stocktake_id: str, signature: Signature) -> None:
        self._connection.execute(
            stocktake_signatures.insert().values(
                stocktake_id=stocktake_id,
                person_id=signature.person_id,
                signed_at=signature.signed_at,
                digest=signature.digest,
            )
        )

    def forget_signatures(self, stocktake_id: str) -> None:
        self._connection.execute(
            stocktake_signatures.delete().where(stocktake_signatures.c.stocktake_id == stocktake_id)
        )

    def get(self, stocktake_id: str) -> Stocktake:
        found = self._stocktakes(stocktakes.c.id == stocktake_id)
        if not found:
            raise NotFound(NO_SUCH_STOCKTAKE, "no-such-stocktake")
        return found[0]

    def numbers(self, ids: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for some in parts(ids):
            asked = sa.select(stocktakes.c.id, stocktakes.c.number).where(stocktakes.c.id.in_(some))
            found.update((row.id, row.number) for row in self._connection.execute(asked))
        return found

    def every(self, sites: Collection[str] | None, limit: int = 200) -> Sequence[Stocktake]:
        """Those of these sites, or all; the latest first."""
        return self._stocktakes(sa.true() if sites is None else stocktakes.c.site.in_(sites), limit=limit)

    def last_seen(self, record_ids: Sequence[str]) -> Mapping[str, tuple[datetime, str]]:
        """When and in which place each of these papers was last seen in a stocktake."""
        rows = self._connection.execute(
            sa.select(stocktake_lines.c.record_id, stocktake_lines.c.seen_at, stocktake_lines.c.seen_id)
            .where(stocktake_lines.c.record_id.in_(record_ids), stocktake_lines.c.seen_at.is_not(None))
            .order_by(stocktake_lines.c.seen_at)
        )
        return {row.record_id: (row.seen_at, row.seen_id) for row in rows}

    def counted_pages(self, record_id: str = "") -> Sequence[tuple[str, int, int, datetime, str]]:
        """Record, pages it should have, pages counted, when, and the number of the stocktake; the latest last."""
        rows = self._connection.execute(
            sa.select(
                stocktake_lines.c.record_id,
                stocktake_lines.c.pages_expected,
                stocktake_lines.c.pages,
                stocktake_lines.c.seen_at,
                stocktakes.c.number,
            )
            .join(stocktakes, stocktakes.c.id == stocktake_lines.c.stocktake_id)
            .where(
                stocktake_lines.c.pages.is_not(None),
                stocktake_lines.c.seen_at.is_not(None),
                stocktake_lines.c.record_id == record_id if record_id else sa.true(),
            )
            .order_by(stocktake_lines.c.seen_at)
        )
        return [(row[0], row[1], row[2], row[3], row[4]) for row in rows]

    def _stocktakes(self, condition: sa.ColumnElement[bool], *, limit: int = 1) -> Sequence[Stocktake]:
        rows = list(
            self._connection.execute(
                sa.select(stocktakes)
                .where(condition)
                .order_by(stocktakes.c.begun_at.desc(), stocktakes.c.id)
                .limit(limit)
            ).mappings()
        )
        ids = [row["id"] for row in rows]
        lines: dict[str, list[Line]] = {one: [] for one in ids}
        for row in self._connection.execute(
            sa.select(stocktake_lines)
            .where(stocktake_lines.c.stocktake_id.in_(ids))
            .order_by(stocktake_lines.c.stocktake_id, stocktake_lines.c.record_id)
        ).mappings():
            lines[row["stocktake_id"]].append(_line(row))
        signed: dict[str, list[Signature]] = {one: [] for one in ids}
        for row in self._connection.execute(
            sa.select(stocktake_signatures)
            .where(stocktake_signatures.c.stocktake_id.in_(ids))
            .order_by(stocktake_signatures.c.signed_at)
        ).mappings():
            signed[row["stocktake_id"]].append(Signature(row["person_id"], row["signed_at"], row["digest"]))
        return [_stocktake(row, lines[row["id"]], signed[row["id"]]) for row in rows]


def _stocktake(row: sa.RowMapping, lines: Sequence[Line], signed: Sequence[Signature]) -> Stocktake:
    values: dict[str, Any] = {**row, "record_id": row["record_id"] or ""}
    return Stocktake(**values, lines=tuple(lines), signatures=tuple(signed))


def _line(row: sa.RowMapping) -> Line:
    values: dict[str, Any] = {column.name: row[column.name] for column in _OWN}
    values |= {name: values[name] or "" for name in _EMPTY}
    return Line(**values)


def _values(one: Stocktake) -> dict[str, Any]:
    values: dict[str, Any] = {column.name: getattr(one, column.name) for column in stocktakes.c}
    return {**values, "record_id": one.record_id or None}


def _line_values(line: Line) -> dict[str, Any]:
    values: dict[str, Any] = {column.name: getattr(line, column.name) for column in _OWN}
    return {**values, **{name: values[name] or None for name in _EMPTY}}
