"""What is known of each record, its components, and what was read from them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from access.rules import Scope
from archive.errors import Conflict, NotFound
from archive.model import GONE, KEPT, Component, Record, Suggestion
from archive.tables.freezing import refuse_frozen
from archive.tables.parts import parts
from archive.tables.rooms import follow
from archive.tables.schema.contracts import contract_amendments, contracts
from archive.tables.schema.declassifications import declassifications
from archive.tables.schema.documents import document_editions
from archive.tables.schema.intake import intake
from archive.tables.schema.loans import loan_items
from archive.tables.schema.records import components, numbered, records, renditions, suggestions
from archive.tables.schema.repairs import repairs
from archive.tables.scopes import inside

NO_SUCH_RECORD = "There is no such record."
DAY = timedelta(days=1)

# Every search asks these, and making a statement costs more than answering it.
_IDS: "sa.BindParameter[Any]" = sa.bindparam("ids", expanding=True)
_MANY = sa.select(records).where(records.c.id.in_(_IDS))


@lru_cache(256)
def _many_inside(scope: Scope) -> "sa.Select[Any]":
    return _MANY.where(inside(scope))


@lru_cache(256)
def _left_inside(scope: Scope) -> "sa.Select[int, int]":
    return (
        sa.select(sa.func.count(), sa.func.count().filter(inside(scope)))
        .select_from(records)
        .where(records.c.id.in_(_IDS), records.c.lifecycle.not_in(sorted(GONE)))
    )


_COMPONENTS = (
    sa.select(components)
    .where(components.c.record_id.in_(_IDS), components.c.current)
    .order_by(components.c.record_id, components.c.part, components.c.depth, components.c.position)
)

_PAPER_OF_CONTRACT = (
    sa.select(contracts.c.record_id).where(contracts.c.id == contract_amendments.c.contract_id).scalar_subquery()
)
BEHIND: "tuple[tuple[Any, Any], ...]" = (
    (records.c.id, records.c.id),
    (loan_items.c.loan_id, loan_items.c.record_id),
    (loan_items.c.id, loan_items.c.record_id),
    (intake.c.id, intake.c.record_id),
    (components.c.id, components.c.record_id),
    (declassifications.c.id, declassifications.c.record_id),
    (contracts.c.id, contracts.c.record_id),
    (contract_amendments.c.id, contract_amendments.c.record_id),
    (contract_amendments.c.id, _PAPER_OF_CONTRACT),
    (document_editions.c.id, document_editions.c.record_id),
    (document_editions.c.document_id, document_editions.c.record_id),
    (repairs.c.id, repairs.c.record_id),
)
"""Where the id of something of a record stands, and where the record: who may not know of that, not of this either."""


@dataclass(frozen=True, slots=True)
class Proving:
    """How many records of a class there are, how many dated within a period, the latest day, and how many by year."""

    records: int
    of_the_period: int
    latest: date | None
    by_year: Mapping[int, int]

    def with_(self, more: "Proving") -> "Proving":
        """Those of two lots together."""
        return Proving(
            self.records + more.records,
            self.of_the_period + more.of_the_period,
            max((one for one in (self.latest, more.latest) if one is not None), default=None),
            {year: count + more.by_year[year] for year, count in self.by_year.items()},
        )


class Records:
    noted: set[str] | None = None
    """Where the ids of the records that are handed out from here are noted, if somebody wants to know them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def _row(self, row: "sa.Row[Any]") -> Record:
        if self.noted is not None:
            self.noted.add(row.id)
        return _record(row)

    def add(self, record: Record) -> None:
        self._connection.execute(records.insert().values(_values(record)))
        if record.shelf_location:
            follow(self._connection, record)

    def found(self, record_id: str, scope: Scope) -> Record:
        """The record, if the scope admits it. NotFound otherwise: hidden and absent are the same answer (T11)."""
        row = self._connection.execute(sa.select(records).where(records.c.id == record_id, inside(scope))).one_or_none()
        if row is None:
            raise NotFound(NO_SUCH_RECORD)
        return self._row(row)

    def get(self, record_id: str) -> Record:
        """The record, whoever asks: for the house's own work only."""
        row = self._connection.execute(sa.select(records).where(records.c.id == record_id)).one_or_none()
        if row is None:
            raise NotFound(NO_SUCH_RECORD)
        return self._row(row)

    def admitted(self, ids: Sequence[str], scope: Scope) -> Mapping[str, Record]:
        """Those of these records that the scope admits now, however many are asked about."""
        found: dict[str, Record] = {}
        for some in parts(ids):
            rows = self._connection.execute(_many_inside(scope), {"ids": some})
            found.update((row.id, self._row(row)) for row in rows)
        return found

    def many(self, ids: Sequence[str]) -> Mapping[str, Record]:
        """These records, whoever asks: for the house's own work only."""
        found: dict[str, Record] = {}
        for some in parts(ids):
            found.update((row.id, self._row(row)) for row in self._connection.execute(_MANY, {"ids": some}))
        return found

    def named(self, ids: Sequence[str] | None = None) -> Iterable[Record]:
        """These records, or all of them, in bounded memory, whoever asks: for the house's own work only."""
        if ids is None:
            rows = self._connection.execute(sa.select(records).execution_options(yield_per=1000))
            for row in rows:
                yield self._row(row)
            return
        for start in range(0, len(ids), 500):
            yield from self.many(ids[start : start + 500]).values()

    def change(self, record: Record) -> Record:
        """Save a changed description. Raises Conflict if somebody else has changed it meanwhile, or if it is frozen
        by a handover: whatever changes a record goes through here (INV-13)."""
        refuse_frozen(self._connection, [record.id])
        values = _values(record)
        values["revision"] = record.revision + 1
        changed = self._connection.execute(
            records.update().where(records.c.id == record.id, records.c.revision == record.revision).values(values)
        ).rowcount
        if changed != 1:
            raise Conflict(
                "Somebody else has changed this record meanwhile; reload it and enter your change again.", "changed"
            )
        follow(self._connection, record)
        return self.get(record.id)

    def listed(self, scope: Scope, *, lifecycle: str, offset: int = 0, limit: int = 50) -> Sequence[Record]:
        """Records of one state inside a scope, oldest arrival first."""
        rows = self._connection.execute(
            sa.select(records)
            .where(records.c.lifecycle == lifecycle, inside(scope))
            .order_by(records.c.captured_at, records.c.id)
            .offset(offset)
            .limit(limit)
        )
        return [self._row(row) for row in rows]

    def on_shelf(self, scope: Scope, location: str, *, limit: int) -> Sequence[Record]:
        """Papers of a scope below a shelf address (everywhere, if it is empty), in the order of the shelves."""
        rows = self._connection.execute(
            sa.select(records)
            .where(
                inside(scope),
                records.c.shelf_location != "",
                records.c.shelf_location.startswith(location, autoescape=True),
            )
            .order_by(records.c.shelf_location, records.c.id)
            .limit(limit)
        )
        return [self._row(row) for row in rows]

    def titled(self, words: str, scope: Scope, *, limit: int) -> Sequence[str]:
        """Ids of the records of a scope with these words in their title."""
        rows = self._connection.execute(
            sa.select(records.c.id)
            .where(records.c.title.contains(words, autoescape=True), inside(scope))
            .order_by(records.c.id)
            .limit(limit)
        )
        return [row[0] for row in rows]

    def called(self, label: str, scope: Scope) -> Sequence[Record]:
        """The records of a scope with this id, reference code or document number; at most two of them."""
        known = (
            records.c.id == label,
            # As the index of codes says it.
            sa.and_(records.c.archival_code == label, records.c.archival_code != sa.literal_column("''")),
            sa.and_(records.c.doc_number == label, numbered(records)),
        )
        for one in known:
            rows = self._connection.execute(sa.select(records).where(one, inside(scope)).limit(2))
            found = [self._row(row) for row in rows]
            if found:
                return found
        return ()

    def counted(self, scope: Scope) -> Mapping[str, int]:
        """How many records of each state a scope admits."""
        # Said once for all clauses, SQLite walks over the index once and not once for each of them.
        known = {one for clause in scope.clauses for one in clause.lifecycles}
        rows = self._connection.execute(
            sa.select(records.c.lifecycle, sa.func.count())
            .where(records.c.lifecycle.in_(sorted(known)), inside(scope))
            .group_by(records.c.lifecycle)
        )
        return {row[0]: row[1] for row in rows}

    def count(self, scope: Scope, lifecycle: str) -> int:
        """How many records of this state a scope admits."""
        query = sa.select(sa.func.count()).select_from(records)
        return self._connection.execute(query.where(records.c.lifecycle == lifecycle, inside(scope))).scalar_one()

    def left_of(self, ids: Collection[str], scope: Scope) -> tuple[int, int]:
        """How many of these records are not gone, and how many of those a scope admits, however many are asked about:
        they are counted, and none is handed out."""
        kept = live = 0
        for some in parts(ids):
            of_some, of_scope = self._connection.execute(_left_inside(scope), {"ids": some}).one()
            kept, live = kept + of_some, live + of_scope
        return kept, live

    def behind(self, ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """Id → the records it is, or that what has this id is of, by BEHIND."""
        found: dict[str, frozenset[str]] = {}
        for column, record in BEHIND:
            for one, record_id in self._connection.execute(sa.select(column, record).where(column.in_(ids))):
                if record_id:
                    found[one] = found.get(one, frozenset()) | {record_id}
        return found

    def by_level(self, scope: Scope) -> Mapping[int, int]:
        """How many kept records of each level a scope admits."""
        rows = self._connection.execute(
            sa.select(records.c.level, sa.func.count())
            .where(records.c.lifecycle.in_(KEPT), inside(scope))
            .group_by(records.c.level)
            .order_by(records.c.level)
        )
        return {row[0]: row[1] for row in rows}

    def filed_by_class_and_site(self, scope: Scope) -> Sequence[tuple[str, str, int]]:
        """Where records wait for their reference code, and how many."""
        rows = self._connection.execute(
            sa.select(records.c.class_code, records.c.site, sa.func.count())
            .where(records.c.lifecycle == "filed", inside(scope))
            .group_by(records.c.class_code, records.c.site)
            .order_by(records.c.class_code, records.c.site)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def filed(self, scope: Scope, class_code: str, site: str, *, limit: int) -> Sequence[Record]:
        """Those that wait for their reference code in one class at one site, oldest document first."""
        rows = self._connection.execute(
            sa.select(records)
            .where(
                records.c.lifecycle == "filed",
                records.c.class_code == class_code,
                records.c.site == site,
                inside(scope),
            )
            .order_by(records.c.document_date, records.c.id)
            .limit(limit)
        )
        return [self._row(row) for row in rows]

    def unregistered(self, scope: Scope, classes: Collection[str], site: str, *, limit: int) -> Sequence[Record]:
        """What is filed or in the archive in these classes, at a site or at any, and is neither a confirmed contract
        nor an amendment; the latest document first. Of what is a draft whoever asks decides."""
        confirmed = sa.exists().where(contracts.c.record_id == records.c.id, contracts.c.state == "confirmed")
        amending = sa.exists().where(
            contract_amendments.c.record_id == records.c.id, contract_amendments.c.state != "void"
        )
        rows = self._connection.execute(
            sa.select(records)
            .where(
                records.c.lifecycle.in_(KEPT),
                records.c.class_code.in_(classes),
                records.c.site == site if site else sa.true(),
                ~confirmed,
                ~amending,
                inside(scope),
            )
            .order_by(records.c.document_date.desc().nulls_last(), records.c.id)
            .limit(limit)
        )
        return [self._row(row) for row in rows]

    def of_class_before(self, scope: Scope, class_code: str, day: date) -> Iterator[Sequence[Record]]:
        """What is in the archive in a class with a document of before a day: no term of it can have begun later. A part
        at a time, in bounded memory."""
        rows = self._connection.execute(
            sa.select(records).where(
                records.c.class_code == class_code,
                records.c.lifecycle == "archived",
                records.c.document_date < day,
                inside(scope),
            )
        )
        for some in rows.partitions(1000):
            yield [self._row(row) for row in some]

    def catalogue(self, scope: Scope, *, site: str = "", year: int | None = None) -> Sequence[Record]:
        """What is in the archive, in the order of its codes."""
        wanted = [records.c.lifecycle == "archived", inside(scope)]
        if site:
            wanted.append(records.c.site == site)
        if year is not None:
            wanted.append(records.c.document_date.between(date(year, 1, 1), date(year, 12, 31)))
        rows = self._connection.execute(sa.select(records).where(*wanted).order_by(records.c.archival_code))
        return [self._row(row) for row in rows]

    def counted_by_class(self, scope: Scope) -> Mapping[str, int]:
        """How many kept records of each class a scope admits."""
        found: Counter[str] = Counter()
        for row in self._kept_by_class(scope, sa.func.count()):
            found[row[0]] += row[1]
        return found

    def proving(self, scope: Scope, first: date, last: date, years: Sequence[int]) -> Mapping[str, Proving]:
        """What the kept records that a scope admits say of each class, in one walk over them."""
        spans = [(first, last), *((date(year, 1, 1), date(year, 12, 31)) for year in years)]
        # Counted is from each day on: a span is what is between two of them.
        days = sorted({day for begins, ends in spans for day in (begins, ends + DAY)})
        since = [sa.func.count().filter(records.c.document_date >= day) for day in days]
        found: dict[str, Proving] = {}
        for row in self._kept_by_class(scope, sa.func.count(), sa.func.max(records.c.document_date), *since):
            code, count, latest = row[0], row[1], row[2]
            later: Mapping[date, int] = dict(zip(days, row[3:], strict=True))
            in_period, *by_year = (later[begins] - later[ends + DAY] for begins, ends in spans)
            more = Proving(count, in_period, latest, dict(zip(years, by_year, strict=True)))
            found[code] = found[code].with_(more) if code in found else more
        return found

    def _kept_by_class(self, scope: Scope, *said: sa.ColumnElement[Any]) -> Iterator[tuple[Any, ...]]:
        """For each state that is kept and each class: the class, and what is said of those a scope admits.

        One state at a time, they come in the order of the index, and nothing has to be sorted.
        """
        for lifecycle in KEPT:
            rows = self._connection.execute(
                sa.select(records.c.class_code, *said)
                .where(records.c.lifecycle == lifecycle, records.c.class_code.is_not(None), inside(scope))
                .group_by(records.c.class_code)
            )
            yield from map(tuple, rows)

    def dated_within(self, scope: Scope, classes: Sequence[str], first: date, last: date) -> Iterator[Record]:
        """Kept records of these classes that a scope admits, dated within these days; in the order of their days."""
        rows = self._connection.execute(
            sa.select(records)
            .where(
                records.c.lifecycle.in_(KEPT),
                records.c.class_code.in_(classes),
                records.c.document_date.between(first, last),
                inside(scope),
            )
            .order_by(records.c.document_date, records.c.id)
        )
        return (self._row(row) for row in rows)

    def by_lifecycle(self) -> Mapping[str, int]:
        """How many records there are of each state: the house's own count, for those who run it."""
        rows = self._connection.execute(sa.select(records.c.lifecycle, sa.func.count()).group_by(records.c.lifecycle))
        return {row[0]: row[1] for row in rows}

    def ids(self) -> Iterable[str]:
        return self._connection.execute(sa.select(records.c.id).order_by(records.c.id)).scalars()

    # Components

    def add_component(self, component: Component) -> None:
        values = {column.name: getattr(component, column.name) for column in components.c}
        values["cautions"] = [list(caution) for caution in component.cautions]
        for reference in ("text_digest", "parent_id", "root_id"):
            values[reference] = values[reference] or None
        self._connection.execute(components.insert().values(values))

    def component_with(self, digest: str) -> Component | None:
        """The component with exactly these bytes, if they were captured before by themselves; the first of them."""
        row = self._connection.execute(
            sa.select(components)
            .where(components.c.digest == digest, components.c.parent_id.is_(None))
            .order_by(components.c.added_at, components.c.id)
            .limit(1)
        ).one_or_none()
        return None if row is None else _component(row)

    def component(self, component_id: str) -> Component:
        row = self._connection.execute(sa.select(components).where(components.c.id == component_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such file.")
        return _component(row)

    def components_of(self, ids: Sequence[str]) -> Mapping[str, tuple[Component, ...]]:
        """The files of each of these records as they are now: each followed by the files inside it."""
        result: dict[str, tuple[Component, ...]] = dict.fromkeys(ids, ())
        found: dict[str, list[Component]] = {}
        for some in parts(ids):
            for row in self._connection.execute(_COMPONENTS, {"ids": some}):
                found.setdefault(row.record_id, []).append(_component(row))
        return {**result, **{record_id: _in_order(of_one) for record_id, of_one in found.items()}}

    def versions_of(self, record_id: str) -> Sequence[Component]:
        """Every version of every file of a record, newest first; without the files inside them."""
        rows = self._connection.execute(
            sa.select(components)
            .where(components.c.record_id == record_id, components.c.parent_id.is_(None))
            .order_by(components.c.part, components.c.version.desc())
        )
        return [_component(row) for row in rows]

    def replaced(self, scope: Scope, *, level_max: int, limit: int) -> Sequence[tuple[Record, Component]]:
        """Versions with a text that are current no more, of records inside the scope, the newest first."""
        query = (
            sa.select(components.c.id, components.c.record_id)
            .join(records, records.c.id == components.c.record_id)
            .where(~components.c.current, components.c.text_digest.is_not(None))
            .where(records.c.level <= level_max, inside(scope))
            .order_by(components.c.added_at.desc(), components.c.id)
            .limit(limit)
        )
        found = self._connection.execute(query).all()
        of = self.many(list({row.record_id for row in found}))
        every = sa.select(components).where(components.c.id.in_(_IDS))
        rows = self._connection.execute(every, {"ids": [row.id for row in found]})
        versions = {row.id: _component(row) for row in rows}
        return [(of[row.record_id], versions[row.id]) for row in found]

    def inside(self, component_id: str) -> Sequence[Component]:
        """The files found in this one, not those inside them."""
        rows = self._connection.execute(
            sa.select(components).where(components.c.parent_id == component_id).order_by(components.c.position)
        )
        return [_component(row) for row in rows]

    def weight_inside(self, root_id: str) -> tuple[int, int]:
        """How many files are inside a file, however deep, and how many bytes they come to."""
        row = self._connection.execute(
            sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(components.c.size_bytes), 0)).where(
                components.c.root_id == root_id
            )
        ).one()
        return row[0], int(row[1])

    def give(self, component_id: str, record_id: str, *, part: int, version: int, why: str) -> None:
        """A file that came by itself belongs to another record from now on, with all that is inside it."""
        self._connection.execute(
            components.update()
            .where((components.c.id == component_id) | (components.c.root_id == component_id))
            .values(record_id=record_id, part=part, version=version)
        )
        self._connection.execute(components.update().where(components.c.id == component_id).values(why=why))

    def first_papers(self, *, level_max: int, limit: int) -> Sequence[tuple[str, str, str]]:
        """Class, file name and text of the main file of filed records, newest first: what is to be learned from."""
        rows = self._connection.execute(
            sa.select(records.c.class_code, components.c.file_name, components.c.text_digest)
            .join(components, components.c.record_id == records.c.id)
            .where(
                records.c.lifecycle.in_(KEPT),
                records.c.level <= level_max,
                components.c.current,
                components.c.part == 1,
                components.c.parent_id.is_(None),
                components.c.text_digest.is_not(None),
            )
            .order_by(records.c.captured_at.desc(), records.c.id)
            .limit(limit)
        )
        return [(row[0], row[1], row[2]) for row in rows]

    def supersede(self, component_id: str) -> None:
        """This version is no longer the current one, nor are the files inside it."""
        self._connection.execute(
            components.update()
            .where((components.c.id == component_id) | (components.c.root_id == component_id))
            .values(current=False)
        )

    def every_component(self) -> Iterable[Component]:
        for row in self._connection.execute(sa.select(components).order_by(components.c.id)):
            yield _component(row)

    def set_reading(
        self,
        component_id: str,
        *,
        media_type: str,
        text_digest: str | None,
        page_count: int,
        image_pages: int,
        cautions: Sequence[tuple[str, str]],
    ) -> None:
        """What reading a component has shown."""
        self._connection.execute(
            components.update()
            .where(components.c.id == component_id)
            .values(
                media_type=media_type,
                text_digest=text_digest,
                page_count=page_count,
                image_pages=image_pages,
                cautions=[list(caution) for caution in cautions],
            )
        )

    def set_text(self, component_id: str, text_digest: str | None, cautions: Sequence[tuple[str, str]]) -> None:
        """The words of a component after more of them were recognised."""
        self._connection.execute(
            components.update()
            .where(components.c.id == component_id)
            .values(text_digest=text_digest, cautions=[list(caution) for caution in cautions])
        )

    # Renditions and suggestions: made from components, made again when lost

    def rendition(self, component_id: str, page: int, width_px: int) -> str | None:
        return self._connection.execute(
            sa.select(renditions.c.digest).where(
                renditions.c.component_id == component_id, renditions.c.page == page, renditions.c.width_px == width_px
            )
        ).scalar()

    def renditions_of(self, component_id: str) -> frozenset[tuple[int, int]]:
        """Which pages are drawn, in which width."""
        rows = self._connection.execute(
            sa.select(renditions.c.page, renditions.c.width_px).where(renditions.c.component_id == component_id)
        )
        return frozenset((row[0], row[1]) for row in rows)

    def add_rendition(self, component_id: str, page: int, width_px: int, digest: str) -> None:
        """Remember a page image. Two readers may have made the same one at once: the first stays."""
        if self.rendition(component_id, page, width_px) is None:
            self._connection.execute(
                renditions.insert().values(component_id=component_id, page=page, width_px=width_px, digest=digest)
            )

    def suggest(self, record_id: str, found: Sequence[Suggestion]) -> None:
        """Replace what the machine suggests for a record."""
        self._connection.execute(suggestions.delete().where(suggestions.c.record_id == record_id))
        positions: dict[str, int] = {}
        rows: list[dict[str, object]] = []
        for one in found:
            position = positions[one.field] = positions.get(one.field, -1) + 1
            rows.append(
                {
                    "record_id": record_id,
                    "field": one.field,
                    "position": position,
                    "value": one.value,
                    "confidence": one.confidence,
                    "page": one.page,
                    "starts": one.start,
                    "ends": one.end,
                }
            )
        if rows:
            self._connection.execute(suggestions.insert(), rows)

    def suggested(self, ids: Sequence[str], field: str) -> Mapping[str, str]:
        """What was read first of all for one field of these records."""
        rows = self._connection.execute(
            sa.select(suggestions.c.record_id, suggestions.c.value).where(
                suggestions.c.record_id.in_(ids), suggestions.c.field == field, suggestions.c.position == 0
            )
        )
        return {row[0]: row[1] for row in rows}

    def suggestions_of(self, record_id: str) -> Sequence[Suggestion]:
        rows = self._connection.execute(
            sa.select(suggestions)
            .where(suggestions.c.record_id == record_id)
            .order_by(suggestions.c.field, suggestions.c.position)
        )
        return [Suggestion(row.field, row.value, row.confidence, row.page, row.starts, row.ends) for row in rows]


def _values(record: Record) -> dict[str, object]:
    values: dict[str, object] = {column.name: getattr(record, column.name) for column in records.c}
    values["class_code"] = record.class_code or None
    values["parties"] = list(record.parties)
    return values


def _record(row: "sa.Row[Any]") -> Record:
    values = list(row)
    values[_CLASS] = values[_CLASS] or ""
    values[_PARTIES] = tuple(values[_PARTIES])
    return Record(*values)


def _component(row: "sa.Row[Any]") -> Component:
    values = list(row)
    if values[_CAUTIONS]:
        values[_CAUTIONS] = tuple((code, detail) for code, detail in values[_CAUTIONS])
    else:
        values[_CAUTIONS] = ()
    for reference in _REFERENCES:
        values[reference] = values[reference] or ""
    return Component(*values)


# By place: a row that is asked for every name by itself takes several times as long.
_OF_RECORD = tuple(records.c.keys())
assert tuple(field.name for field in fields(Record)) == _OF_RECORD
_CLASS, _PARTIES = _OF_RECORD.index("class_code"), _OF_RECORD.index("parties")
_OF_COMPONENT = tuple(components.c.keys())
assert tuple(field.name for field in fields(Component)) == _OF_COMPONENT
_CAUTIONS = _OF_COMPONENT.index("cautions")
_REFERENCES = tuple(_OF_COMPONENT.index(name) for name in ("text_digest", "parent_id", "root_id"))


def _in_order(found: Sequence[Component]) -> tuple[Component, ...]:
    """Each file followed by those inside it, as one reads a table of contents."""
    below: dict[str, list[Component]] = {}
    for component in found:
        below.setdefault(component.parent_id, []).append(component)

    def walked(parent_id: str) -> list[Component]:
        return [one for child in below.get(parent_id, ()) for one in (child, *walked(child.id))]

    return tuple(walked(""))
