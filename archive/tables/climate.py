"""The air of store-rooms: rules, instruments, readings, corrective actions and inspections."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from archive.errors import NotFound
from archive.model.climate import Action, Calibration, Inspection, Instrument, Reading, Rule
from archive.tables.schema.climate import (
    calibrations,
    inspection_items,
    inspections,
    instruments,
    readings,
    room_actions,
    room_rules,
)


class Climate:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Rules

    def add_rule(self, rule: Rule) -> None:
        values = {column.name: getattr(rule, column.name) for column in room_rules.c}
        self._connection.execute(room_rules.insert().values({**values, "location_id": rule.location_id or None}))

    def rules(self) -> Sequence[Rule]:
        """All there ever were: those of every room first, the latest first."""
        rows = self._connection.execute(
            sa.select(room_rules).order_by(
                sa.func.coalesce(room_rules.c.location_id, ""), room_rules.c.media, room_rules.c.begins_on.desc(),
                room_rules.c.set_at.desc(),
            )
        ).mappings()  # fmt: skip
        return [_rule(row) for row in rows]

    # Instruments

    def add_instrument(self, one: Instrument) -> None:
        self._connection.execute(instruments.insert().values(_columns(instruments, one)))

    def retire(self, instrument_id: str, on: date) -> None:
        self._connection.execute(instruments.update().where(instruments.c.id == instrument_id).values(retired_on=on))

    def add_calibration(self, instrument_id: str, one: Calibration) -> None:
        values = {field.name: getattr(one, field.name) for field in fields(one)}
        self._connection.execute(calibrations.insert().values(instrument_id=instrument_id, **values))

    def instrument(self, instrument_id: str) -> Instrument:
        found = self._instruments(instruments.c.id == instrument_id)
        if not found:
            raise NotFound("There is no such instrument.", "no-such-instrument")
        return found[0]

    def numbered(self, number: str) -> Instrument | None:
        return next(iter(self._instruments(instruments.c.number == number)), None)

    def instruments_in(self, location_ids: Collection[str] | None = None) -> Sequence[Instrument]:
        return self._instruments(sa.true() if location_ids is None else instruments.c.location_id.in_(location_ids))

    def _instruments(self, condition: sa.ColumnElement[bool]) -> Sequence[Instrument]:
        rows = list(
            self._connection.execute(
                sa.select(instruments).where(condition).order_by(instruments.c.location_id, instruments.c.number)
            ).mappings()
        )
        known: dict[str, list[Calibration]] = {row["id"]: [] for row in rows}
        found = self._connection.execute(
            sa.select(calibrations)
            .where(calibrations.c.instrument_id.in_(list(known)))
            .order_by(calibrations.c.calibrated_on.desc())
        )
        for row in found.mappings():
            known[row["instrument_id"]].append(Calibration(**{f.name: row[f.name] for f in fields(Calibration)}))
        return [Instrument(**row, calibrations=tuple(known[row["id"]])) for row in rows]

    # Readings

    def add_readings(self, new: Sequence[Reading]) -> None:
        if new:
            self._connection.execute(readings.insert(), [_columns(readings, one) for one in new])

    def reading(self, reading_id: str) -> Reading:
        row = self._connection.execute(sa.select(readings).where(readings.c.id == reading_id)).mappings().first()
        if row is None:
            raise NotFound("There is no such reading.", "no-such-reading")
        return Reading(**row)

    def strike(self, reading_id: str, at: datetime, by: str, why: str) -> None:
        self._connection.execute(
            readings.update().where(readings.c.id == reading_id).values(struck_at=at, struck_by=by, struck_why=why)
        )

    def readings_of(
        self, location_id: str, since: datetime, until: datetime, *, struck: bool = False
    ) -> Sequence[Reading]:
        """From one instant to before another, in the order of time; struck ones only when asked for."""
        condition = sa.and_(
            readings.c.location_id == location_id, readings.c.at >= since, readings.c.at < until,
            sa.true() if struck else readings.c.struck_at.is_(None),
        )  # fmt: skip
        rows = self._connection.execute(sa.select(readings).where(condition).order_by(readings.c.at, readings.c.id))
        return [Reading(**row) for row in rows.mappings()]

    def taken_at(self, instrument_id: str, instants: Collection[datetime]) -> Mapping[datetime, Reading]:
        """What an instrument showed at these instants, as far as it was read then."""
        found: dict[datetime, Reading] = {}
        asked = list(instants)
        for start in range(0, len(asked), 500):
            rows = self._connection.execute(
                sa.select(readings).where(
                    readings.c.instrument_id == instrument_id,
                    readings.c.at.in_(asked[start : start + 500]),
                    readings.c.struck_at.is_(None),
                )
            )
            found |= {row["at"]: Reading(**row) for row in rows.mappings()}
        return found

    # Corrective actions

    def add_action(self, one: Action) -> None:
        self._connection.execute(room_actions.insert().values(_columns(room_actions, one)))

    def save_action(self, one: Action) -> None:
        self._connection.execute(
            room_actions.update().where(room_actions.c.id == one.id).values(_columns(room_actions, one))
        )

    def action(self, action_id: str) -> Action:
        found = self._actions(room_actions.c.id == action_id)
        if not found:
            raise NotFound("There is no such corrective action.", "no-such-room-action")
        return found[0]

    def actions_in(self, location_ids: Collection[str]) -> Sequence[Action]:
        """The latest first."""
        return self._actions(room_actions.c.location_id.in_(location_ids))

    def _actions(self, condition: sa.ColumnElement[bool]) -> Sequence[Action]:
        rows = self._connection.execute(
            sa.select(room_actions).where(condition).order_by(room_actions.c.opened_at.desc(), room_actions.c.number)
        )
        return [Action(**row) for row in rows.mappings()]

    # Inspections

    def add_inspection(self, one: Inspection) -> None:
        self._connection.execute(inspections.insert().values(_columns(inspections, one)))
        self._connection.execute(
            inspection_items.insert(),
            [
                {"inspection_id": one.id, "item": item, "result": result, "measure": measure}
                for item, (result, measure) in one.results.items()
            ],
        )

    def inspections_in(self, location_ids: Collection[str]) -> Sequence[Inspection]:
        """The latest first."""
        rows = list(
            self._connection.execute(
                sa.select(inspections)
                .where(inspections.c.location_id.in_(location_ids))
                .order_by(inspections.c.inspected_on.desc(), inspections.c.entered_at.desc())
            ).mappings()
        )
        results: dict[str, dict[str, tuple[str, str]]] = {row["id"]: {} for row in rows}
        found = self._connection.execute(
            sa.select(inspection_items).where(inspection_items.c.inspection_id.in_(list(results)))
        )
        for row in found.mappings():
            results[row["inspection_id"]][row["item"]] = (row["result"], row["measure"])
        return [Inspection(**row, results=results[row["id"]]) for row in rows]


def _rule(row: sa.RowMapping) -> Rule:
    values: dict[str, Any] = {**row, "location_id": row["location_id"] or ""}
    return Rule(**values)


def _columns(table: sa.Table, value: object) -> dict[str, Any]:
    return {column.name: getattr(value, column.name) for column in table.c}
