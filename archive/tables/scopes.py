"""A Scope as SQL: the twin of `Scope.admits`, proven equal by a property test."""

from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from access.rules import Scope
from archive.tables.schema.records import records


@lru_cache(256)
def inside(scope: Scope) -> sa.ColumnElement[bool]:
    """The condition under which a row of `records` is admitted. It depends on the scope alone, so it is kept.

    It narrows what a statement asks for, and never chooses the index by which it is found.
    """
    clauses: list[sa.ColumnElement[bool]] = []
    for clause in scope.telling:
        conditions: list[sa.ColumnElement[bool]] = [
            _Beside(records.c.lifecycle).in_(sorted(clause.lifecycles)),
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
            conditions.append(_Beside(records.c.class_code).in_(sorted(clause.classes)))
        clauses.append(sa.and_(*conditions))
    return sa.or_(sa.false(), *clauses)


class _Beside(FunctionElement[str]):
    """A column that SQLite looks for no index of: without statistics it holds the index of a state, which half of all
    records have, for as good as that of twenty ids (https://www.sqlite.org/optoverview.html, section 8.1.2)."""

    inherit_cache = True
    type = sa.String()


@compiles(_Beside)
def _as_it_is(element: _Beside, compiler: Any, **words: Any) -> str:
    return compiler.process(element.clauses, **words)


@compiles(_Beside, "sqlite")
def _without_index(element: _Beside, compiler: Any, **words: Any) -> str:
    return f"+{compiler.process(element.clauses, **words)}"
