"""Which tables a piece of work reads from one end to the other, by what the database says of its own plans.

How long something takes depends on the machine; that it reads all there is does not.
"""

import re
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

_READ = re.compile(r"^SCAN (\w+)|(?:Seq Scan on|Parallel Seq Scan on) (\w+)")
_SORT = re.compile(r"^USE TEMP B-TREE FOR ORDER BY|^ *(?:-> +)?Sort  [(]")
_PLANNED = ("SELECT", "UPDATE", "DELETE", "WITH")


@dataclass(frozen=True, slots=True)
class Plan:
    statement: str
    lines: tuple[str, ...]

    @property
    def read_whole(self) -> frozenset[str]:
        """Tables read to their end, or an index of theirs, unless so many rows are enough."""
        if "LIMIT" in self.statement and "WHERE" not in self.statement and not self.sorts:
            return frozenset()
        return frozenset(found[1] or found[2] for line in self.lines if (found := _READ.search(line)))

    @property
    def sorts(self) -> bool:
        """Is all that was found put in order before the first of it is given?"""
        return any(_SORT.search(line) for line in self.lines)


@contextmanager
def plans() -> Generator[list[Plan]]:
    """Filled with the plan of every statement of this block, on whichever thread."""
    found: list[Plan] = []

    def look(connection: sa.Connection, _cursor: Any, statement: str, said: Any, _context: Any, many: bool) -> None:
        if not many and statement.lstrip().startswith(_PLANNED):
            found.append(Plan(statement, _plan(connection, statement, said)))

    event.listen(sa.Engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        event.remove(sa.Engine, "before_cursor_execute", look)


def read_whole(found: Iterable[Plan], tables: frozenset[str]) -> Mapping[str, Plan]:
    """Those of these tables that were read to their end, and by what."""
    return {table: plan for plan in found for table in plan.read_whole & tables}


def _plan(connection: sa.Connection, statement: str, said: Any) -> tuple[str, ...]:
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        return tuple(row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {statement}", said).fetchall())
    with driver.cursor() as cursor:
        # A table of three rows is read whole, and put in order, by any database in its right mind.
        cursor.execute("SET enable_seqscan = off; SET enable_sort = off")
        cursor.execute(f"EXPLAIN {statement}", said)
        lines = tuple(row[0] for row in cursor.fetchall())
        cursor.execute("SET enable_seqscan = on; SET enable_sort = on")
    return lines
