"""Holds and disposals; and the one place at which content is destroyed (INV-04)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from archive.errors import Conflict, NotFound
from archive.tables.freezing import refuse_frozen
from archive.tables.parts import parts
from archive.tables.schema import metadata
from archive.tables.schema.certified_copies import certified_copies
from archive.tables.schema.intake import intake
from archive.tables.schema.laws import law_citations
from archive.tables.schema.layouts import layouts
from archive.tables.schema.likeness import sketch_bands, sketches
from archive.tables.schema.objects import objects
from archive.tables.schema.recognitions import recognised_pages, recognitions
from archive.tables.schema.records import components, records, renditions, suggestions
from archive.tables.schema.retention import debris, disposal_items, disposal_people, disposals, held_records, holds
from archive.tables.schema.rooms import placements
from archive.tables.schema.searches import opened_records, search_arrivals, search_finds
from archive.tables.schema.selections import selected_records
from archive.tables.schema.unlocked import unlocked_copies


@dataclass(frozen=True, slots=True)
class Hold:
    """冻结: why certain records are not disposed of, whatever their term."""

    id: str
    number: str
    reason: str
    placed_at: datetime
    placed_by: str
    released_at: datetime | None = None
    released_by: str = ""
    release_reason: str = ""


@dataclass(frozen=True, slots=True)
class Disposal:
    """A list of records whose term has ended, and how far its appraisal and destruction have come."""

    id: str
    number: str
    state: str
    opened_at: datetime
    opened_by: str
    report: str = ""
    digest: str = ""
    """Of what is proposed to be destroyed: what approver and witnesses put their names to."""
    approved_at: datetime | None = None
    approved_by: str = ""
    cooling_until: datetime | None = None
    executed_at: datetime | None = None
    executed_by: str = ""
    index_name: str = ""
    cleaned_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Party:
    person_id: str
    part: str
    signed_at: datetime | None
    digest: str


@dataclass(frozen=True, slots=True)
class Item:
    record_id: str
    position: int
    pages: int
    period: str
    due_on: date
    decision: str = ""
    years: int = 0
    reason: str = ""
    decided_by: str = ""
    files: str = ""
    """A digest over every file it had when it was proposed."""
    left_out: str = ""
    done_at: datetime | None = None


class Retention:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Holds

    def place(self, hold: Hold) -> None:
        self._connection.execute(holds.insert().values({name: getattr(hold, name) for name in Hold.__slots__}))

    def hold(self, hold_id: str) -> Hold:
        row = self._connection.execute(sa.select(holds).where(holds.c.id == hold_id)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such hold.", "no-such-hold")
        return Hold(**row)

    def holds(self) -> Sequence[Hold]:
        rows = self._connection.execute(sa.select(holds).order_by(holds.c.placed_at.desc(), holds.c.number.desc()))
        return [Hold(**row) for row in rows.mappings()]

    def add_to_hold(self, hold_id: str, ids: Collection[str], at: datetime, by: str) -> None:
        """Those that are under it already stay as they are."""
        there: set[str] = set()
        for some in parts(ids):
            these = (held_records.c.hold_id == hold_id) & held_records.c.record_id.in_(some)
            there.update(self._connection.execute(sa.select(held_records.c.record_id).where(these)).scalars())
        rows = [
            {"hold_id": hold_id, "record_id": record_id, "added_at": at, "added_by": by}
            for record_id in ids
            if record_id not in there
        ]
        if rows:
            self._connection.execute(held_records.insert(), rows)

    def release(self, hold_id: str, at: datetime, by: str, reason: str) -> None:
        self._connection.execute(
            holds.update().where(holds.c.id == hold_id).values(released_at=at, released_by=by, release_reason=reason)
        )

    def records_of_holds(self, hold_ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """The records under each of these holds, in the order in which they came under it."""
        found: dict[str, list[str]] = {one: [] for one in hold_ids}
        for some in parts(hold_ids):
            rows = self._connection.execute(
                sa.select(held_records.c.hold_id, held_records.c.record_id)
                .where(held_records.c.hold_id.in_(some))
                .order_by(held_records.c.added_at)
            )
            for row in rows:
                found[row.hold_id].append(row.record_id)
        return found

    def holds_on(self, ids: Collection[str]) -> Mapping[str, Sequence[Hold]]:
        """The holds that stand on each of these records now."""
        found: dict[str, list[Hold]] = {}
        for some in parts(ids):
            rows = self._connection.execute(
                sa.select(held_records.c.record_id, holds)
                .join(holds, holds.c.id == held_records.c.hold_id)
                .where(held_records.c.record_id.in_(some), holds.c.released_at.is_(None))
                .order_by(holds.c.number)
            )
            for row in rows.mappings():
                said = {name: row[name] for name in Hold.__slots__}
                found.setdefault(row["record_id"], []).append(Hold(**said))
        return found

    # Disposals

    def digests_of(self, ids: Collection[str]) -> Mapping[str, Sequence[str]]:
        """Of each of these records the digests of all its files, in order: every version, and what is inside them."""
        found: dict[str, list[str]] = {record_id: [] for record_id in ids}
        for some in parts(ids):
            rows = self._connection.execute(
                sa.select(components.c.record_id, components.c.digest)
                .where(components.c.record_id.in_(some))
                .order_by(components.c.record_id, components.c.digest)
            )
            for row in rows:
                found[row.record_id].append(row.digest)
        return found

    def open(self, disposal: Disposal, items: Iterable[Item], group: Iterable[str]) -> None:
        values = {name: getattr(disposal, name) for name in Disposal.__slots__}
        self._connection.execute(disposals.insert().values(values))
        rows = [
            {"disposal_id": disposal.id, **{name: getattr(item, name) for name in Item.__slots__}} for item in items
        ]
        self._connection.execute(disposal_items.insert(), rows)
        for person_id in group:
            self.add_party(disposal.id, person_id, "group")

    def get(self, disposal_id: str) -> Disposal:
        row = self._connection.execute(sa.select(disposals).where(disposals.c.id == disposal_id)).mappings()
        found = row.one_or_none()
        if found is None:
            raise NotFound("There is no such disposal.", "no-such-disposal")
        return Disposal(**found)

    def every(self, *states: str) -> Sequence[Disposal]:
        """Newest first; in these states only if any are named."""
        query = sa.select(disposals).order_by(disposals.c.opened_at.desc(), disposals.c.number.desc())
        if states:
            query = query.where(disposals.c.state.in_(states))
        return [Disposal(**row) for row in self._connection.execute(query).mappings()]

    def save(self, disposal: Disposal) -> None:
        values = {name: getattr(disposal, name) for name in Disposal.__slots__}
        self._connection.execute(disposals.update().where(disposals.c.id == disposal.id).values(values))

    def add_party(self, disposal_id: str, person_id: str, part: str) -> None:
        self._connection.execute(
            disposal_people.insert().values(disposal_id=disposal_id, person_id=person_id, part=part, digest="")
        )

    def sign(self, disposal_id: str, person_id: str, at: datetime, digest: str) -> None:
        self._connection.execute(
            disposal_people.update()
            .where(disposal_people.c.disposal_id == disposal_id, disposal_people.c.person_id == person_id)
            .values(signed_at=at, digest=digest)
        )

    def forget_signatures(self, disposal_id: str) -> None:
        """The list changed: what was signed is signed no more, and witnesses are named anew."""
        self._connection.execute(
            disposal_people.delete().where(
                disposal_people.c.disposal_id == disposal_id, disposal_people.c.part == "witness"
            )
        )

    def parties(self, disposal_id: str) -> Sequence[Party]:
        return self.parties_of([disposal_id])[disposal_id]

    def parties_of(self, disposal_ids: Collection[str]) -> Mapping[str, Sequence[Party]]:
        """Who has a part in each of these lists."""
        found: dict[str, list[Party]] = {one: [] for one in disposal_ids}
        for some in parts(disposal_ids):
            rows = self._connection.execute(
                sa.select(disposal_people)
                .where(disposal_people.c.disposal_id.in_(some))
                .order_by(disposal_people.c.part, disposal_people.c.person_id)
            )
            for row in rows:
                found[row.disposal_id].append(Party(row.person_id, row.part, row.signed_at, row.digest))
        return found

    def items(self, disposal_id: str) -> Sequence[Item]:
        return self.items_of([disposal_id])[disposal_id]

    def items_of(self, disposal_ids: Collection[str]) -> Mapping[str, Sequence[Item]]:
        """What stands in each of these lists, in its order."""
        found: dict[str, list[Item]] = {one: [] for one in disposal_ids}
        for some in parts(disposal_ids):
            rows = self._connection.execute(
                sa.select(disposal_items)
                .where(disposal_items.c.disposal_id.in_(some))
                .order_by(disposal_items.c.position)
            )
            for row in rows.mappings():
                found[row["disposal_id"]].append(Item(**{name: row[name] for name in Item.__slots__}))
        return found

    def save_item(self, disposal_id: str, item: Item) -> None:
        values: dict[str, Any] = {name: getattr(item, name) for name in Item.__slots__}
        self._connection.execute(
            disposal_items.update()
            .where(disposal_items.c.disposal_id == disposal_id, disposal_items.c.record_id == item.record_id)
            .values(values)
        )

    def being_appraised(self, ids: Collection[str], states: Collection[str]) -> frozenset[str]:
        """Those of these records that stand in an open list already."""
        found: set[str] = set()
        for some in parts(ids):
            rows = self._connection.execute(
                sa.select(disposal_items.c.record_id)
                .join(disposals, disposals.c.id == disposal_items.c.disposal_id)
                .where(disposal_items.c.record_id.in_(some), disposals.c.state.in_(states))
            )
            found.update(rows.scalars())
        return frozenset(found)

    # The end of a record: the single choke point

    def destroy(self, record_id: str, new_id: Callable[[], str]) -> None:
        """Make the content of a record impossible to open: its keys, everything read from it or made of it.

        The one way there is. Raises Conflict when a hold stands on it, or it is being handed over (INV-04). What the
        disk still holds without a key is written down as debris, for whoever removes it.
        """
        if self.holds_on([record_id]):
            raise Conflict("A hold stands on it: it is not destroyed.", "held")
        refuse_frozen(self._connection, [record_id])
        own = list(
            self._connection.execute(sa.select(components.c.id).where(components.c.record_id == record_id)).scalars()
        )
        held = {digest for column in _OBJECTS for digest in self._digests(column, record_id, own)}
        for table in CONTENT:
            self._connection.execute(table.delete().where(_of(table, record_id, own)))
        self._connection.execute(components.delete().where(components.c.record_id == record_id))
        self._connection.execute(
            certified_copies.update().where(certified_copies.c.record_id == record_id).values(digest=None)
        )
        self.let_go(held, new_id)
        came = sa.select(intake.c.moved_to).where(intake.c.record_id == record_id, intake.c.moved_to != "")
        for moved_to in list(self._connection.execute(came).scalars()):
            self._connection.execute(debris.insert().values(id=new_id(), kind="source", what=moved_to))
        self._connection.execute(
            intake.update().where(intake.c.record_id == record_id).values(name="", path="", moved_to="")
        )
        self._connection.execute(
            records.update()
            .where(records.c.id == record_id)
            .values(lifecycle="destroyed", shelf_location="", revision=records.c.revision + 1)
        )

    def forget_pictures(self, component_id: str, new_id: Callable[[], str]) -> None:
        """The pictures of a component show what it is shown as no more: they are drawn anew."""
        own = sa.delete(renditions).where(renditions.c.component_id == component_id).returning(renditions.c.digest)
        self.let_go(set(self._connection.execute(own).scalars()), new_id)

    def let_go(self, digests: Iterable[str], new_id: Callable[[], str]) -> None:
        """Destroy the keys of what nothing points to any more."""
        for digest in sorted(digests):
            if not any(self._uses(column, digest) for column in _OBJECTS):
                gone = objects.delete().where(objects.c.digest == digest).returning(objects.c.address)
                for address in self._connection.execute(gone).scalars():
                    self._connection.execute(debris.insert().values(id=new_id(), kind="object", what=address))

    def _digests(self, column: "sa.Column[str]", record_id: str, own: Sequence[str]) -> Iterable[str]:
        """Which objects the record and its components point to from this column."""
        table = column.table
        if table is not components and table is not certified_copies and table not in CONTENT:
            return ()
        key = components.c.id.in_(own) if table is components else _of(table, record_id, own)
        return self._connection.execute(sa.select(column).where(key, column.is_not(None))).scalars().all()

    def _uses(self, column: "sa.Column[str]", digest: str) -> bool:
        return self._connection.execute(sa.select(sa.literal(1)).where(column == digest).limit(1)).first() is not None

    def debris(self) -> Sequence[tuple[str, str, str]]:
        """Id, kind and address or path of what has still to be removed from the disk."""
        rows = self._connection.execute(sa.select(debris).order_by(debris.c.id).limit(1000))
        return [(row.id, row.kind, row.what) for row in rows]

    def removed(self, debris_id: str) -> None:
        self._connection.execute(debris.delete().where(debris.c.id == debris_id))


def _of(table: "sa.FromClause", record_id: str, own: Sequence[str]) -> sa.ColumnElement[bool]:
    """The rows of a table that belong to a record, by its components or by itself."""
    return table.c.component_id.in_(own) if "component_id" in table.c else table.c.record_id == record_id


CONTENT: tuple[sa.Table, ...] = (
    recognised_pages,
    recognitions,
    sketch_bands,
    sketches,
    renditions,
    suggestions,
    search_finds,
    search_arrivals,
    opened_records,
    unlocked_copies,
    layouts,
    law_citations,
    placements,
    selected_records,
)
"""Tables with what was read from a record or made of it, those that refer to others first: they go with it."""

HISTORY = frozenset(
    {
        "certified_copies", "components", "contract_amendments", "contract_evidence", "contracts", "custody",
        "declassifications", "disposal_items", "document_editions", "dossier_records", "drill_tasks", "drills",
        "form_sheets", "form_squares", "handover_freezes", "handover_lines", "held_records", "index_queue", "intake",
        "loan_items", "management_reviews", "measures", "property_results", "property_standings", "record_terms",
        "reference_codes", "repairs", "reservations", "review_evidence", "stocktake_lines", "stocktakes",
    }
)  # fmt: skip
"""Tables that say what happened to a record, not what is in it: they stay. Its components are deleted by name;
of a certified copy the code stays, so that whoever holds one on paper can verify it, and the file goes."""

_OBJECTS: tuple["sa.Column[str]", ...] = tuple(
    column
    for table in metadata.sorted_tables
    for column in table.c
    if any(key.column is objects.c.digest for key in column.foreign_keys)
)
"""Every column that points to an object: one that any of them still points to is not destroyed."""
