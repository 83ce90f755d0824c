"""The classes of the file plan."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from archive.model import RecordClass
from archive.tables.schema.fileplan import classes


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


def _class(row: sa.RowMapping) -> RecordClass:
    values: dict[str, Any] = {**row, "required_documents": tuple(row["required_documents"])}
    return RecordClass(**values)
