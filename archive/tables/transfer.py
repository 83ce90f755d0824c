"""Every row of one database comes into another of the same schema, whatever kind either is, and is compared there.

Rows come oldest first: what is new since the last time is at the end of each table, so that a copy in pages differs
from the one before in few of them.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from archive.tables.schema import metadata
from archive.tables.schema.columns import Instant

BATCH = 500
_DIGEST_MAX = 1 << 256


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and a digest over them that does not depend on their order."""

    rows: int = 0
    digest: int = 0

    def plus(self, row: sa.RowMapping) -> "Sum":
        plain = json.dumps(list(row.values()), default=_plain, ensure_ascii=False, sort_keys=True).encode()
        digest = int.from_bytes(hashlib.sha256(plain).digest(), "big")
        return Sum(self.rows + 1, (self.digest + digest) % _DIGEST_MAX)


def fill(source: sa.Connection, target: sa.Connection, *, summed: bool = True) -> Mapping[str, Sum]:
    """Copy every row into the empty tables of `target`, in its transaction; the sums of what was read.

    Summing is a third of the work: who compares nothing afterwards leaves it out.

    Memory does not grow with the tables. Raises IntegrityError for what the schema refuses.
    """
    postgresql = target.dialect.name == "postgresql"
    within = [
        constraint
        for table in metadata.sorted_tables
        for constraint in table.foreign_key_constraints
        if constraint.referred_table is table
    ]
    if postgresql:
        # A row may come before the one of its own table that it refers to; all is there when they are checked.
        for constraint in within:
            target.execute(sa.schema.DropConstraint(constraint))
    else:
        target.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    sums: dict[str, Sum] = {}
    for table in metadata.sorted_tables:
        total = Sum()
        for rows in _batches(source, table):
            if summed:
                for row in rows:
                    total = total.plus(row)
            target.execute(table.insert(), [dict(row) for row in rows])
        sums[table.name] = total
        if postgresql:
            _count_on(target, table)
    if postgresql:
        for constraint in within:
            target.execute(sa.schema.AddConstraint(constraint))
    return sums


def sums(connection: sa.Connection) -> Mapping[str, Sum]:
    """The same of a database as it is."""
    found: dict[str, Sum] = {}
    for table in metadata.sorted_tables:
        total = Sum()
        for rows in _batches(connection, table):
            for row in rows:
                total = total.plus(row)
        found[table.name] = total
    return found


def empty(connection: sa.Connection) -> bool:
    """Is there no row in any table?"""
    return not any(
        connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first()
        for table in metadata.sorted_tables
    )


def _batches(connection: sa.Connection, table: sa.Table) -> Iterator[list[sa.RowMapping]]:
    moments = [column for column in table.c if isinstance(column.type, Instant) and not column.nullable]
    query = sa.select(table).order_by(*moments[:1], *table.primary_key.columns)
    with connection.execution_options(stream_results=True).execute(query) as result:
        for rows in result.mappings().partitions(BATCH):
            yield list(rows)


def _count_on(target: sa.Connection, table: sa.Table) -> None:
    """Let numbers that the database gives go on behind the highest there is."""
    column = table.autoincrement_column
    if column is not None and column.autoincrement is True:
        highest = sa.select(sa.func.max(column)).scalar_subquery()
        target.execute(sa.select(sa.func.setval(sa.func.pg_get_serial_sequence(table.name, column.name), highest)))


def _plain(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
