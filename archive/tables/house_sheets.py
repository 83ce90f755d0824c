"""Sheets that the company wrote in its own words: each as a whole, as it was from a moment on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from archive.tables.schema.house_sheets import house_sheets

Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SheetVersion:
    version: int
    changed_at: datetime
    changed_by: str
    reason: str
    rows: tuple[Line, ...]


class HouseSheets:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def every(self, sheet: str) -> Sequence[SheetVersion]:
        """Every version of a sheet, newest first."""
        rows = self._connection.execute(
            sa.select(house_sheets).where(house_sheets.c.sheet == sheet).order_by(house_sheets.c.version.desc())
        )
        return [
            SheetVersion(row["version"], row["changed_at"], row["changed_by"], row["reason"], tuple(row["rows"]))
            for row in rows.mappings()
        ]

    def add(self, sheet: str, rows: Sequence[Line], at: datetime, by: str, reason: str) -> None:
        known = self.every(sheet)
        self._connection.execute(
            house_sheets.insert().values(
                sheet=sheet,
                version=known[0].version + 1 if known else 1,
                changed_at=at,
                changed_by=by,
                reason=reason,
                rows=[dict(one) for one in rows],
            )
        )
