"""The classes of the file plan, every state they had, what took whose place, and when each was reviewed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from archive.model import RecordClass
from archive.tables.schema.fileplan import class_crosswalk, class_reviews, class_versions, classes


@dataclass(frozen=True, slots=True)
class ClassVersion:
    """A state of a class: from when it held, who made it so, and why."""

    version: int
    valid_from: date
    changed_at: datetime
    changed_by: str
    reason: str
    record_class: RecordClass


@dataclass(frozen=True, slots=True)
class Renumbering:
    """One class took the place of another."""

    old_code: str
    new_code: str
    at: datetime
    by: str
    reason: str


class FilePlan:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def every(self) -> Sequence[RecordClass]:
        return [_class(row) for row in self._connection.execute(sa.select(classes).order_by(classes.c.code)).mappings()]

    def get(self, code: str) -> RecordClass | None:
        row = self._connection.execute(sa.select(classes).where(classes.c.code == code)).mappings().one_or_none()
        return None if row is None else _class(row)

    def put(self, record_class: RecordClass) -> None:
        """Add a class, or replace what is said of it."""
        values = {column.name: getattr(record_class, column.name) for column in classes.c}
        values["required_documents"] = list(record_class.required_documents)
        known = self._connection.execute(
            classes.update().where(classes.c.code == record_class.code).values(values)
        ).rowcount
        if not known:
            self._connection.execute(classes.insert().values(values))

    # Its past

    def add_version(self, record_class: RecordClass, valid_from: date, at: datetime, by: str, reason: str) -> None:
        newest = sa.select(sa.func.coalesce(sa.func.max(class_versions.c.version), 0)).where(
            class_versions.c.code == record_class.code
        )
        self._connection.execute(
            class_versions.insert().values(
                code=record_class.code,
                version=self._connection.execute(newest).scalar_one() + 1,
                valid_from=valid_from,
                changed_at=at,
                changed_by=by,
                reason=reason,
                content=_content(record_class),
            )
        )

    def versions(self, code: str) -> Sequence[ClassVersion]:
        """Every state of a class, oldest first."""
        rows = self._connection.execute(
            sa.select(class_versions).where(class_versions.c.code == code).order_by(class_versions.c.version)
        )
        return [_version(row) for row in rows.mappings()]

    def as_of(self, day: date) -> Sequence[RecordClass]:
        """The classes as they were at the end of a day."""
        newest = (
            sa.select(class_versions.c.code, sa.func.max(class_versions.c.version).label("version"))
            .where(class_versions.c.valid_from <= day)
            .group_by(class_versions.c.code)
            .subquery()
        )
        rows = self._connection.execute(
            sa.select(class_versions)
            .join(
                newest,
                (newest.c.code == class_versions.c.code) & (newest.c.version == class_versions.c.version),
            )
            .order_by(class_versions.c.code)
        )
        return [_version(row).record_class for row in rows.mappings()]

    def add_renumbering(self, one: Renumbering) -> None:
        self._connection.execute(
            class_crosswalk.insert().values(
                old_code=one.old_code, new_code=one.new_code, at=one.at, by=one.by, reason=one.reason
            )
        )

    def renumberings(self, code: str | None = None) -> Sequence[Renumbering]:
        """What took whose place, oldest first; of one class, or of all."""
        query = sa.select(class_crosswalk).order_by(class_crosswalk.c.at, class_crosswalk.c.old_code)
        if code is not None:
            query = query.where((class_crosswalk.c.old_code == code) | (class_crosswalk.c.new_code == code))
        return [Renumbering(**row) for row in self._connection.execute(query).mappings()]

    # Reviews

    def add_review(self, code: str, on: date, by: str, note: str) -> None:
        """A second review of a day replaces the first."""
        key = (class_reviews.c.code == code) & (class_reviews.c.reviewed_on == on)
        self._connection.execute(class_reviews.delete().where(key))
        self._connection.execute(class_reviews.insert().values(code=code, reviewed_on=on, by=by, note=note))

    def last_reviews(self) -> Mapping[str, date]:
        """When each class was last reviewed; what never was counts from its first version."""
        begun = self._connection.execute(
            sa.select(class_versions.c.code, sa.func.min(class_versions.c.valid_from)).group_by(class_versions.c.code)
        )
        reviewed = self._connection.execute(
            sa.select(class_reviews.c.code, sa.func.max(class_reviews.c.reviewed_on)).group_by(class_reviews.c.code)
        )
        return dict((*begun, *reviewed))


def _class(row: sa.RowMapping) -> RecordClass:
    values: dict[str, Any] = {**row, "required_documents": tuple(row["required_documents"])}
    return RecordClass(**values)


def _content(one: RecordClass) -> dict[str, Any]:
    values = {column.name: getattr(one, column.name) for column in classes.c}
    closed_on = one.closed_on.isoformat() if one.closed_on else None
    return {**values, "required_documents": list(one.required_documents), "closed_on": closed_on}


def _version(row: sa.RowMapping) -> ClassVersion:
    said: dict[str, Any] = dict(row["content"])
    said["required_documents"] = tuple(said["required_documents"])
    said["closed_on"] = date.fromisoformat(said["closed_on"]) if said["closed_on"] else None
    return ClassVersion(
        row["version"], row["valid_from"], row["changed_at"], row["changed_by"], row["reason"], RecordClass(**said)
    )
