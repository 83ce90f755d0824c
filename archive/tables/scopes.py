"""A Scope as SQL: the twin of `Scope.admits`, proven equal by a property test."""

from functools import lru_cache

import sqlalchemy as sa

from access.rules import Scope
from archive.tables.schema.records import records


@lru_cache(256)
def inside(scope: Scope) -> sa.ColumnElement[bool]:
    """The condition under which a row of `records` is admitted. It depends on the scope alone, so it is kept."""
    clauses: list[sa.ColumnElement[bool]] = []
    for clause in scope.clauses:
        conditions: list[sa.ColumnElement[bool]] = [
            records.c.lifecycle.in_(sorted(clause.lifecycles)),
            records.c.level <= clause.level_max,
        ]
        if clause.pii_max is not None:
            conditions.append(records.c.pii <= clause.pii_max)
        if clause.sites is not None:
            conditions.append(records.c.site.in_(sorted(clause.sites)))
        if clause.departments is not None:
            conditions.append(records.c.department.in_(sorted(clause.departments)))
        if clause.ids is not None:
            conditions.append(records.c.id.in_(sorted(clause.ids)))
        if clause.classes is not None:
            conditions.append(records.c.class_code.in_(sorted(clause.classes)))
        clauses.append(sa.and_(*conditions))
    return sa.or_(sa.false(), *clauses)
