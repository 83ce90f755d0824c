"""Checklists and their versions; dossiers, what lies in them, what was waived and what is owed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from access.rules import Scope
from archive.errors import NotFound
from archive.model.dossiers import Checklist, ChecklistVersion, Debt, Dossier, Placed, Requirement, Waiver
from archive.tables.schema.dossiers import checklists, dossier_debts, dossier_records, dossier_waivers, dossiers

NO_SUCH_DOSSIER = "There is no such dossier, or none that you may see."


class Dossiers:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Checklists

    def checklists(self) -> Sequence[ChecklistVersion]:
        """The newest version of each."""
        newest = (
            sa.select(checklists.c.code, sa.func.max(checklists.c.version).label("version"))
            .group_by(checklists.c.code)
            .subquery()
        )
        rows = self._connection.execute(
            sa.select(checklists)
            .join(newest, sa.and_(newest.c.code == checklists.c.code, newest.c.version == checklists.c.version))
            .order_by(checklists.c.code)
        )
        return [_version(row) for row in rows.mappings()]

    def versions(self, code: str) -> Sequence[ChecklistVersion]:
        """Every version of one, newest first."""
        rows = self._connection.execute(
            sa.select(checklists).where(checklists.c.code == code).order_by(checklists.c.version.desc())
        )
        return [_version(row) for row in rows.mappings()]

    def add_version(self, checklist: Checklist, at: datetime, by: str, reason: str) -> int:
        known = self.versions(checklist.code)
        version = known[0].version + 1 if known else 1
        self._connection.execute(
            checklists.insert().values(
                code=checklist.code,
                version=version,
                changed_at=at,
                changed_by=by,
                reason=reason,
                content=asdict(checklist),
            )
        )
        return version

    # Dossiers

    def add(self, dossier: Dossier) -> None:
        self._connection.execute(dossiers.insert().values(_values(dossier)))

    def save(self, dossier: Dossier) -> None:
        self._connection.execute(dossiers.update().where(dossiers.c.id == dossier.id).values(_values(dossier)))

    def found(self, dossier_id: str, scope: Scope) -> Dossier:
        """Raises NotFound when there is none, or none within the scope."""
        row = self._connection.execute(sa.select(dossiers).where(dossiers.c.id == dossier_id)).mappings().one_or_none()
        if row is None or not scope.admits(one := _dossier(row)):
            raise NotFound(NO_SUCH_DOSSIER, "no-such-dossier")
        return one

    def hidden(self, ids: Sequence[str], scope: Scope) -> frozenset[str]:
        """Of these ids those of dossiers that are outside the scope."""
        rows = self._connection.execute(sa.select(dossiers).where(dossiers.c.id.in_(ids))).mappings()
        return frozenset(one.id for one in map(_dossier, rows) if not scope.admits(one))

    def is_open(self, kind: str, site: str, subject: str) -> bool:
        """Is there an open dossier of this type for this already? For the house's own question."""
        query = sa.select(dossiers.c.id).where(
            dossiers.c.type == kind,
            dossiers.c.site == site,
            dossiers.c.subject == subject,
            dossiers.c.closed_at.is_(None),
        )
        return self._connection.execute(query).first() is not None

    def every(self, scope: Scope, *, kind: str = "", site: str = "", closed: bool | None = None) -> Sequence[Dossier]:
        query = sa.select(dossiers).order_by(dossiers.c.type, dossiers.c.site, dossiers.c.subject, dossiers.c.number)
        if kind:
            query = query.where(dossiers.c.type == kind)
        if site:
            query = query.where(dossiers.c.site == site)
        if closed is not None:
            query = query.where(dossiers.c.closed_at.is_not(None) if closed else dossiers.c.closed_at.is_(None))
        found = (_dossier(row) for row in self._connection.execute(query).mappings())
        return [one for one in found if scope.admits(one)]

    def of_record(self, record_id: str) -> Sequence[str]:
        """Ids of the dossiers it lies in now."""
        rows = self._connection.execute(
            sa.select(dossier_records.c.dossier_id)
            .where(dossier_records.c.record_id == record_id, dossier_records.c.taken_at.is_(None))
            .distinct()
        )
        return list(rows.scalars())

    # What lies in them

    def placed(self, ids: Collection[str], *, all_times: bool = False) -> Sequence[Placed]:
        query = sa.select(dossier_records).where(dossier_records.c.dossier_id.in_(ids))
        if not all_times:
            query = query.where(dossier_records.c.taken_at.is_(None))
        rows = self._connection.execute(query.order_by(dossier_records.c.put_at, dossier_records.c.id))
        return [Placed(**row) for row in rows.mappings()]

    def lies(self, dossier_id: str, item: str, record_id: str) -> bool:
        """Does the record lie in the dossier under this item now?"""
        there = sa.select(dossier_records.c.id).where(
            dossier_records.c.dossier_id == dossier_id,
            dossier_records.c.item == item,
            dossier_records.c.record_id == record_id,
            dossier_records.c.taken_at.is_(None),
        )
        return self._connection.execute(there).first() is not None

    def put(self, placed: Placed) -> None:
        self._connection.execute(dossier_records.insert().values(asdict(placed)))

    def take(self, placed_id: str, at: datetime, by: str, reason: str) -> None:
        self._connection.execute(
            dossier_records.update()
            .where(dossier_records.c.id == placed_id)
            .values(taken_at=at, taken_by=by, reason=reason)
        )

    # What is waived, and what is owed

    def waivers(self, ids: Collection[str]) -> Sequence[Waiver]:
        """Oldest first."""
        rows = self._connection.execute(
            sa.select(dossier_waivers)
            .where(dossier_waivers.c.dossier_id.in_(ids))
            .order_by(dossier_waivers.c.asked_at, dossier_waivers.c.id)
        )
        return [Waiver(**row) for row in rows.mappings()]

    def ask(self, waiver: Waiver) -> None:
        self._connection.execute(dossier_waivers.insert().values(asdict(waiver)))

    def decide(self, waiver_id: str, at: datetime, by: str, *, granted: bool, answer: str) -> None:
        self._connection.execute(
            dossier_waivers.update()
            .where(dossier_waivers.c.id == waiver_id)
            .values(decided_at=at, decided_by=by, granted=granted, answer=answer)
        )

    def debts(self, ids: Collection[str]) -> Mapping[str, Mapping[str, Debt]]:
        """By dossier and item."""
        rows = self._connection.execute(sa.select(dossier_debts).where(dossier_debts.c.dossier_id.in_(ids)))
        found: dict[str, dict[str, Debt]] = {one: {} for one in ids}
        for row in rows.mappings():
            found[row["dossier_id"]][row["item"]] = Debt(**row)
        return found

    def owe(self, debt: Debt) -> None:
        """Add it, or put it in the place of what was owed before."""
        key = sa.and_(dossier_debts.c.dossier_id == debt.dossier_id, dossier_debts.c.item == debt.item)
        if not self._connection.execute(dossier_debts.update().where(key).values(asdict(debt))).rowcount:
            self._connection.execute(dossier_debts.insert().values(asdict(debt)))


def _values(dossier: Dossier) -> dict[str, Any]:
    values = {one.name: getattr(dossier, one.name) for one in fields(Dossier)}
    return {**values, "facts": sorted(dossier.facts)}


def _dossier(row: sa.RowMapping) -> Dossier:
    said: dict[str, Any] = {**row, "facts": frozenset(row["facts"])}
    return Dossier(**said)


def _version(row: sa.RowMapping) -> ChecklistVersion:
    content: dict[str, Any] = row["content"]
    needs = tuple(Requirement(**one) for one in content["requirements"])
    said: dict[str, Any] = {**content, "requirements": needs}
    checklist = Checklist(**said)
    return ChecklistVersion(row["version"], row["changed_at"], row["changed_by"], row["reason"], checklist)
