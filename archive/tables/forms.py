"""Forms and their versions; every copy of one under its serial."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from access.rules import Scope
from archive.model.forms import Field, Form, FormVersion, Sheet, Square
from archive.tables.schema.columns import EPOCH
from archive.tables.schema.counters import counters
from archive.tables.schema.forms import form_sheets, form_squares, form_versions
from archive.tables.schema.numbering import reference_codes
from archive.tables.schema.records import records
from archive.tables.scopes import inside

AT_ONCE = 500
_VOID = sa.or_(sa.func.coalesce(reference_codes.c.void_reason, "") != "", form_sheets.c.void_reason != "")
_COUNTED_BY_FORM = form_sheets.c.serial.startswith(form_sheets.c.form + "-")
SERIES = "form-"
"""What the name of a counter begins with in which a form counts its own copies."""
_COLUMNS = tuple(form_sheets.c[name] for name in Sheet.__slots__)


class Forms:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # The register

    def newest(self) -> Mapping[str, FormVersion]:
        """The newest version of each by its number."""
        rows = self._connection.execute(
            sa.select(form_versions).order_by(form_versions.c.code, form_versions.c.version)
        )
        return {row["code"]: _version(row) for row in rows.mappings()}

    def versions(self, code: str) -> Sequence[FormVersion]:
        """Newest first."""
        rows = self._connection.execute(
            sa.select(form_versions).where(form_versions.c.code == code).order_by(form_versions.c.version.desc())
        )
        return [_version(row) for row in rows.mappings()]

    def add_version(self, form: Form, at: datetime, by: str, reason: str) -> int:
        known = self.versions(form.code)
        version = known[0].version + 1 if known else 1
        self._connection.execute(
            form_versions.insert().values(
                code=form.code, version=version, changed_at=at, changed_by=by, reason=reason, content=asdict(form)
            )
        )
        return version

    # Copies

    def put(self, sheet: Sheet, *, once: str = "") -> None:
        """Write down a copy, or what became of it."""
        values: dict[str, Any] = {name: getattr(sheet, name) for name in Sheet.__slots__}
        values["record_id"] = sheet.record_id or None
        if once:
            values["once"] = once
        if self.sheet(sheet.serial) is None:
            self._connection.execute(form_sheets.insert().values(values))
        else:
            self._connection.execute(form_sheets.update().where(form_sheets.c.serial == sheet.serial).values(values))

    def sheet(self, serial: str) -> Sheet | None:
        return self._one(form_sheets.c.serial == serial)

    def of_record(self, record_id: str) -> Sheet | None:
        return self._one(form_sheets.c.record_id == record_id)

    def give_back(self, record_id: str) -> bool:
        """The record is no copy of a form after all: its sheet is a blank that is out. False: it was filled in here."""
        done = self._connection.execute(
            form_sheets.update()
            .where(form_sheets.c.record_id == record_id, form_sheets.c.how == "scan")
            .values(record_id=None, filled_at=None, filled_by="", completed_at=None, how="blank")
        )
        return bool(done.rowcount)

    def sent(self, once: str) -> Sheet | None:
        return self._one(form_sheets.c.once == once) if once else None

    def of_records(self, ids: Sequence[str]) -> Sequence[Sheet]:
        """Those that became one of these records."""
        found: list[Sheet] = []
        for start in range(0, len(ids), AT_ONCE):
            some = form_sheets.c.record_id.in_(ids[start : start + AT_ONCE])
            found += map(_sheet, self._connection.execute(sa.select(*_COLUMNS).where(some)).mappings())
        return found

    def sheets_of(self, serials: Sequence[str]) -> Sequence[Sheet]:
        """Those that bear one of these serials."""
        found: list[Sheet] = []
        for start in range(0, len(serials), AT_ONCE):
            some = form_sheets.c.serial.in_(serials[start : start + AT_ONCE])
            found += map(_sheet, self._connection.execute(sa.select(*_COLUMNS).where(some)).mappings())
        return found

    def void(self, serial: str, reason: str) -> None:
        self._connection.execute(form_sheets.update().where(form_sheets.c.serial == serial).values(void_reason=reason))

    def own_blanks(self) -> Sequence[Sheet]:
        """Those with a serial of the form itself that have not come back, voided ones included."""
        asked = sa.select(*_COLUMNS).where(form_sheets.c.how == "blank", _COUNTED_BY_FORM)
        rows = self._connection.execute(asked.order_by(form_sheets.c.serial))
        return [_sheet(row) for row in rows.mappings()]

    def own_serials(self) -> Mapping[str, tuple[int, Mapping[int, bool]]]:
        """Series in which forms count their own copies: how far was counted, and of each number that was written down
        whether it has come back."""
        asked = sa.select(form_sheets.c.serial, form_sheets.c.record_id.is_not(None)).where(_COUNTED_BY_FORM)
        written: dict[str, dict[int, bool]] = {}
        for serial, back in self._connection.execute(asked.execution_options(yield_per=AT_ONCE)):
            series, _, number = serial.rpartition("-")
            written.setdefault(series, {})[int(number)] = bool(back)
        counted = sa.select(counters.c.name, counters.c.value).where(counters.c.name.startswith(SERIES))
        return {
            name.removeprefix(SERIES): (value, written.get(name.removeprefix(SERIES), {}))
            for name, value in self._connection.execute(counted)
        }

    def blanks(self, form: str) -> Mapping[Sheet, tuple[int, int]]:
        """How many are out and how many are void: one copy for all that are alike to the rules, without its serial."""
        alike = ("site", "level", "class_code", "given_by")
        void = sa.func.sum(sa.case((_VOID, 1), else_=0))
        rows = self._connection.execute(
            sa.select(*(form_sheets.c[name] for name in alike), sa.func.count().label("every"), void.label("void"))
            .select_from(form_sheets.outerjoin(reference_codes, reference_codes.c.code == form_sheets.c.serial))
            .where(form_sheets.c.form == form, form_sheets.c.how == "blank")
            .group_by(*(form_sheets.c[name] for name in alike))
        )
        return {
            Sheet("", form, 0, row.site, row.level, row.class_code, EPOCH, row.given_by): (
                row.every - row.void,
                row.void,
            )
            for row in rows
        }

    def back(self, form: str, scope: Scope) -> Mapping[str, int]:
        """How many became records that are admitted, by how they were filled in."""
        rows = self._connection.execute(
            sa.select(form_sheets.c.how, sa.func.count())
            .select_from(form_sheets.join(records, records.c.id == form_sheets.c.record_id))
            .where(form_sheets.c.form == form, inside(scope))
            .group_by(form_sheets.c.how)
        )
        return {row[0]: row[1] for row in rows}

    def sheets(self, form: str, state: str = "") -> Iterator[Sheet]:
        """The latest first, read as they are asked for; `state` is out, void, scan or screen, or empty for all."""
        asked = sa.select(*_COLUMNS).where(form_sheets.c.form == form)
        if state in ("out", "void"):
            there = form_sheets.outerjoin(reference_codes, reference_codes.c.code == form_sheets.c.serial)
            asked = asked.select_from(there).where(form_sheets.c.how == "blank", _VOID if state == "void" else ~_VOID)
        elif state:
            asked = asked.where(form_sheets.c.how == state)
        asked = asked.order_by(form_sheets.c.given_at.desc(), form_sheets.c.serial.desc())
        rows = self._connection.execute(asked.execution_options(yield_per=AT_ONCE))
        return (_sheet(row) for row in rows.mappings())

    # Squares that bound nothing

    def square(self, record_id: str) -> Square | None:
        row = self._connection.execute(sa.select(form_squares).where(form_squares.c.record_id == record_id))
        found = row.mappings().one_or_none()
        return None if found is None else Square(**found)

    def note_square(self, one: Square) -> None:
        """In the place of what was noted of this record before."""
        self.forget_square(one.record_id)
        self._connection.execute(form_squares.insert().values({name: getattr(one, name) for name in Square.__slots__}))

    def forget_square(self, record_id: str) -> None:
        self._connection.execute(form_squares.delete().where(form_squares.c.record_id == record_id))

    def anything_out(self) -> bool:
        """Was any blank given out, or any form filled in? Without one no scan can be a form that comes back."""
        out = sa.exists().where(reference_codes.c.record_id.is_(None))
        return bool(self._connection.execute(sa.select(sa.or_(out, sa.exists(form_sheets.select())))).scalar())

    def _one(self, where: sa.ColumnElement[bool]) -> Sheet | None:
        row = self._connection.execute(sa.select(*_COLUMNS).where(where)).mappings().one_or_none()
        return None if row is None else _sheet(row)


def _sheet(row: sa.RowMapping) -> Sheet:
    values: dict[str, Any] = dict(row)
    values["record_id"] = values["record_id"] or ""
    return Sheet(**values)


def _version(row: sa.RowMapping) -> FormVersion:
    said: dict[str, Any] = dict(row["content"])
    said["aliases"] = tuple(said["aliases"])
    fields: list[dict[str, Any]] = said["fields"]
    for one in fields:
        one["choices"] = tuple(one["choices"])
    said["fields"] = tuple(Field(**one) for one in fields)
    return FormVersion(row["version"], row["changed_at"], row["changed_by"], row["reason"], Form(**said))
