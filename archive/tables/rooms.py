"""The places of papers, and which record lies where.

A placement and the written address of a record say the same, whoever changes either: `follow` is called by whatever
adds or changes a record.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from access.rules import Scope
from archive.errors import NotFound
from archive.model import GONE, Record
from archive.model.rooms import Location
from archive.tables.schema.records import records
from archive.tables.schema.rooms import locations, placements
from archive.tables.scopes import inside

NO_SUCH_PLACE = "There is no such place among the rooms: choose one of them, or set it up first."


class Rooms:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, location: Location) -> None:
        self._connection.execute(locations.insert().values(_values(location)))
        self._adopt(location)

    def save(self, location: Location) -> None:
        self._connection.execute(locations.update().where(locations.c.id == location.id).values(_values(location)))

    def get(self, location_id: str) -> Location:
        found = self._locations(locations.c.id == location_id)
        if not found:
            raise NotFound(NO_SUCH_PLACE, "no-such-place")
        return found[0]

    def every(self, sites: Collection[str] | None = None) -> Sequence[Location]:
        """Those of these sites, or all, in the order of their addresses."""
        return self._locations(sa.true() if sites is None else locations.c.site.in_(sites))

    def called(self, label: str, sites: Collection[str] | None = None) -> Sequence[Location]:
        """The places with this id or address."""
        known = sa.or_(locations.c.id == label, locations.c.address == label)
        return self._locations(known if sites is None else sa.and_(known, locations.c.site.in_(sites)))

    def addresses(self, site: str) -> Sequence[str]:
        """The addresses of the places of a site that are in use."""
        asked = sa.select(locations.c.address).where(locations.c.site == site, locations.c.closed_at.is_(None))
        return list(self._connection.execute(asked.order_by(locations.c.address)).scalars())

    def furnished(self, site: str) -> bool:
        """Has this site a place in use?"""
        here = sa.exists().where(locations.c.site == site, locations.c.closed_at.is_(None))
        return bool(self._connection.execute(sa.select(here)).scalar_one())

    def labels(self, sites: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """Site → what may be written of its places in use, their addresses and labels → the address."""
        asked = sa.select(locations.c.site, locations.c.id, locations.c.address)
        found: dict[str, dict[str, str]] = {}
        for site, label, address in self._connection.execute(
            asked.where(locations.c.site.in_(sites), locations.c.closed_at.is_(None))
        ):
            found.setdefault(site, {}).update({label: address, address: address})
        return found

    def of(self, record_ids: Sequence[str]) -> Mapping[str, Location]:
        """Where each of these records lies, as far as its address names a place."""
        found: dict[str, Location] = {}
        for start in range(0, len(record_ids), 5000):
            asked = record_ids[start : start + 5000]
            rows = self._connection.execute(
                sa.select(placements.c.record_id, locations)
                .join(locations, locations.c.id == placements.c.location_id)
                .where(placements.c.record_id.in_(asked))
            ).mappings()
            found.update((row["record_id"], _location(row)) for row in rows)
        return found

    def place(self, record_id: str, location_id: str) -> None:
        """Put a record there. Whoever does so writes the address of the place into the record in the same breath."""
        self._connection.execute(placements.delete().where(placements.c.record_id == record_id))
        self._connection.execute(placements.insert().values(record_id=record_id, location_id=location_id))

    def records_in(self, scope: Scope, location_ids: Collection[str]) -> Sequence[str]:
        """The records of a scope that lie in any of these places, in the order of the shelves."""
        rows = self._connection.execute(
            sa.select(records.c.id)
            .join(placements, placements.c.record_id == records.c.id)
            .where(placements.c.location_id.in_(location_ids), inside(scope))
            .order_by(records.c.shelf_location, records.c.archival_code, records.c.doc_number, records.c.id)
        )
        return list(rows.scalars())

    def all_in(self, location_ids: Collection[str]) -> Sequence[str]:
        """Every record in these places, whoever asks: for the house's own work only."""
        return list(
            self._connection.execute(
                sa.select(placements.c.record_id)
                .where(placements.c.location_id.in_(location_ids))
                .order_by(placements.c.record_id)
            ).scalars()
        )

    def counted(self, scope: Scope) -> Mapping[str, int]:
        """Place → how many records of a scope lie directly in it."""
        rows = self._connection.execute(
            sa.select(placements.c.location_id, sa.func.count())
            # Not a join: SQLite would walk over every record of the scope to find the few that lie somewhere.
            .where(sa.exists().where(records.c.id == placements.c.record_id, inside(scope)))
            .group_by(placements.c.location_id)
        )
        return {row[0]: row[1] for row in rows}

    def unplaced(self, scope: Scope, *, limit: int) -> Sequence[str]:
        """Records of a scope whose address names no place of the tree."""
        shelved, placed = records.alias(), sa.select(placements.c.record_id)
        # The few that are left are held against the scope, not every record.
        left = sa.select(shelved.c.id).where(shelved.c.shelf_location != "", shelved.c.id.not_in(placed))
        rows = self._connection.execute(
            sa.select(records.c.id)
            .where(records.c.id.in_(left), inside(scope))
            .order_by(records.c.shelf_location, records.c.id)
            .limit(limit)
        )
        return list(rows.scalars())

    def _adopt(self, location: Location) -> None:
        """Records whose address was written before there was such a place lie in it from now on."""
        waiting = (
            sa.select(records.c.id, sa.literal(location.id))
            .outerjoin(placements, placements.c.record_id == records.c.id)
            .where(
                records.c.site == location.site,
                records.c.shelf_location == location.address,
                records.c.lifecycle.not_in(GONE),
                placements.c.record_id.is_(None),
            )
        )
        self._connection.execute(placements.insert().from_select(["record_id", "location_id"], waiting))

    def _locations(self, condition: sa.ColumnElement[bool]) -> Sequence[Location]:
        rows = self._connection.execute(
            sa.select(locations).where(condition).order_by(locations.c.site, locations.c.address)
        )
        return [_location(row) for row in rows.mappings()]


def follow(connection: sa.Connection, record: Record) -> None:
    """Let the placement of a record say what its written address says."""
    current = connection.execute(
        sa.select(locations.c.address)
        .join(placements, placements.c.location_id == locations.c.id)
        .where(placements.c.record_id == record.id)
    ).scalar_one_or_none()
    written = "" if record.lifecycle in GONE else record.shelf_location
    if current == (written or None):
        return
    if current is not None:
        connection.execute(placements.delete().where(placements.c.record_id == record.id))
    if written:
        found = connection.execute(
            sa.select(locations.c.id).where(locations.c.site == record.site, locations.c.address == written)
        ).scalar_one_or_none()
        if found is not None:
            connection.execute(placements.insert().values(record_id=record.id, location_id=found))


def _values(location: Location) -> dict[str, Any]:
    values: dict[str, Any] = {column.name: getattr(location, column.name) for column in locations.c}
    return {**values, "parent_id": location.parent_id or None}


def _location(row: sa.RowMapping) -> Location:
    values: dict[str, Any] = {column.name: row[column.name] for column in locations.c}
    values["parent_id"] = row["parent_id"] or ""
    return Location(**values)
