"""Proposals to lower a level: which wait for a second person, for their day or for their event."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from access.declassification import Proposal
from access.rules import Scope
from archive.errors import Conflict, NotFound
from archive.tables.schema.declassifications import declassifications as table
from archive.tables.schema.records import records
from archive.tables.scopes import inside


class Declassifications:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, proposal: Proposal) -> None:
        if self._where(
            table.c.record_id == proposal.record_id,
            table.c.decision != "refused",
            table.c.done_at.is_(None),
            sa.not_(table.c.void),
        ):
            raise Conflict("A proposal for this record is running already.", "proposed-already")
        self._connection.execute(table.insert().values(_values(proposal)))

    def get(self, proposal_id: str) -> Proposal:
        found = self._where(table.c.id == proposal_id)
        if not found:
            raise NotFound("There is no such proposal.")
        return found[0]

    def save(self, proposal: Proposal, before: Proposal) -> None:
        """Save a proposal that was as `before`. Raises Conflict if somebody else was faster."""
        changed = self._connection.execute(
            table.update()
            .where(
                table.c.id == proposal.id,
                table.c.decision == before.decision,
                table.c.void == before.void,
                table.c.happened_by == before.happened_by,
                table.c.done_at.is_(None),
            )
            .values(_values(proposal))
        ).rowcount
        if changed != 1:
            raise Conflict("Somebody else has changed this meanwhile; reload the page.", "changed-meanwhile")

    def of(self, record_id: str) -> Sequence[Proposal]:
        return self._where(table.c.record_id == record_id)

    def running(self, scope: Scope | None = None) -> Sequence[Proposal]:
        """Those that are open or wait for their day or event, of records inside the scope if it is given."""
        conditions = [table.c.decision != "refused", table.c.done_at.is_(None), sa.not_(table.c.void)]
        if scope is not None:
            conditions.append(sa.exists().where(records.c.id == table.c.record_id, inside(scope)))
        return self._where(*conditions)

    def _where(self, *conditions: sa.ColumnElement[bool]) -> Sequence[Proposal]:
        rows = self._connection.execute(
            sa.select(table).where(*conditions).order_by(table.c.proposed_at.desc(), table.c.id)
        )
        return [_proposal(row) for row in rows.mappings()]


def _values(proposal: Proposal) -> dict[str, Any]:
    return {column.name: getattr(proposal, column.name) for column in table.c}


def _proposal(row: sa.RowMapping) -> Proposal:
    values: dict[str, Any] = dict(row)
    return Proposal(**values)
