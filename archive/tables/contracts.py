"""Contracts and what is known of their projects."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.errors import Conflict, NotFound
from archive.model.contracts import Contract, Project
from archive.tables.schema.contracts import contract_projects, contracts

NO_SUCH_CONTRACT = "There is no such contract."


class Contracts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: Contract, at: datetime) -> None:
        self._connection.execute(contracts.insert().values({**_values(one), "drafted_at": at}))

    def change(self, one: Contract) -> Contract:
        """Write it down as its next revision. Raises Conflict when somebody else was faster."""
        after = replace(one, revision=one.revision + 1)
        changed = self._connection.execute(
            contracts.update()
            .where(contracts.c.id == one.id, contracts.c.revision == one.revision)
            .values(_values(after))
        ).rowcount
        if not changed:
            raise Conflict("Somebody else has changed it meanwhile: look at it again.", "revision")
        return after

    def get(self, contract_id: str) -> Contract:
        found = self._where(contracts.c.id == contract_id)
        if not found:
            raise NotFound(NO_SUCH_CONTRACT)
        return found[0]

    def every(self) -> Sequence[Contract]:
        return self._where(sa.true())

    def of_site(self, site: str) -> Sequence[Contract]:
        return self._where(contracts.c.site == site)

    def of_records(self, ids: Sequence[str]) -> Mapping[str, Contract]:
        """Record → the contract it is."""
        return {one.record_id: one for one in self._where(contracts.c.record_id.in_(ids))}

    def project(self, site: str) -> Project:
        row = self._connection.execute(sa.select(contract_projects).where(contract_projects.c.site == site))
        found = row.mappings().one_or_none()
        return Project(site) if found is None else Project(**found)

    def put_project(self, project: Project) -> None:
        self._connection.execute(contract_projects.delete().where(contract_projects.c.site == project.site))
        values = {name: getattr(project, name) for name in Project.__slots__}
        self._connection.execute(contract_projects.insert().values(values))

    def _where(self, condition: sa.ColumnElement[bool]) -> Sequence[Contract]:
        rows = self._connection.execute(
            sa.select(contracts).where(condition).order_by(contracts.c.site, contracts.c.begins_on, contracts.c.id)
        )
        return [_contract(row) for row in rows.mappings()]


def _values(one: Contract) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(one, name) for name in Contract.__slots__}
    return {**values, "evidence": list(one.evidence), "predecessor_id": one.predecessor_id or None}


def _contract(row: sa.RowMapping) -> Contract:
    values: dict[str, Any] = {name: row[name] for name in Contract.__slots__}
    values |= {"evidence": tuple(row["evidence"]), "predecessor_id": row["predecessor_id"] or ""}
    return Contract(**values)
