"""Contracts and what is known of their projects."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.errors import Conflict, NotFound
from archive.model.contracts import Amendment, Contract, Evidence, Project
from archive.tables.schema.contracts import (
    contract_amendments,
    contract_evidence,
    contract_projects,
    contracts,
)

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

    # Evidence

    def evidence(self, contract_id: str) -> Sequence[Evidence]:
        rows = self._connection.execute(
            sa.select(contract_evidence)
            .where(contract_evidence.c.contract_id == contract_id)
            .order_by(contract_evidence.c.put_at, contract_evidence.c.item)
        )
        found: list[dict[str, Any]] = [{**row, "record_id": row["record_id"] or ""} for row in rows.mappings()]
        return [Evidence(**one) for one in found]

    def prove(self, one: Evidence) -> None:
        """Put it down, in the place of what proved the same before."""
        self.disprove(one.contract_id, one.item)
        values = {**asdict(one), "record_id": one.record_id or None}
        self._connection.execute(contract_evidence.insert().values(values))

    def disprove(self, contract_id: str, item: str) -> bool:
        key = sa.and_(contract_evidence.c.contract_id == contract_id, contract_evidence.c.item == item)
        return bool(self._connection.execute(contract_evidence.delete().where(key)).rowcount)

    # Amendments

    def amend(self, one: Amendment) -> None:
        """Put it down, or in the place of how it was before."""
        key = contract_amendments.c.id == one.id
        if not self._connection.execute(contract_amendments.update().where(key).values(asdict(one))).rowcount:
            self._connection.execute(contract_amendments.insert().values(asdict(one)))

    def amendments(self, contract_ids: Collection[str]) -> Sequence[Amendment]:
        """In the order in which they take effect."""
        rows = self._connection.execute(
            sa.select(contract_amendments)
            .where(contract_amendments.c.contract_id.in_(contract_ids))
            .order_by(contract_amendments.c.effective_on, contract_amendments.c.drafted_at)
        )
        return [Amendment(**row) for row in rows.mappings()]

    def is_amendment(self, record_id: str) -> bool:
        query = sa.select(contract_amendments.c.id).where(
            contract_amendments.c.record_id == record_id, contract_amendments.c.state != "void"
        )
        return self._connection.execute(query).first() is not None

    def _where(self, condition: sa.ColumnElement[bool]) -> Sequence[Contract]:
        rows = self._connection.execute(
            sa.select(contracts).where(condition).order_by(contracts.c.site, contracts.c.begins_on, contracts.c.id)
        )
        found = list(rows.mappings())
        proved: dict[str, list[str]] = {}
        if found:
            wanted = sa.select(contracts.c.id).where(condition)
            items = sa.select(contract_evidence.c.contract_id, contract_evidence.c.item).where(
                contract_evidence.c.contract_id.in_(wanted)
            )
            for contract_id, item in self._connection.execute(items.order_by(contract_evidence.c.item)):
                proved.setdefault(contract_id, []).append(item)
        return [_contract(row, proved.get(row["id"], ())) for row in found]


STORED = tuple(name for name in Contract.__slots__ if name != "evidence")


def _values(one: Contract) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(one, name) for name in STORED}
    return {**values, "drafters": list(one.drafters), "predecessor_id": one.predecessor_id or None}


def _contract(row: sa.RowMapping, evidence: Sequence[str]) -> Contract:
    values: dict[str, Any] = {name: row[name] for name in STORED}
    values |= {
        "evidence": tuple(evidence),
        "drafters": tuple(row["drafters"]),
        "predecessor_id": row["predecessor_id"] or "",
    }
    return Contract(**values)
