"""Reference codes, volumes and accession batches. A code that was given out stays here for ever."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from archive.errors import NotFound
from archive.tables.parts import parts
from archive.tables.schema.counters import counters
from archive.tables.schema.numbering import accessions, record_terms, reference_codes, volumes

COUNTED = "code:"
"""Before the name of a series in the table of counters."""


@dataclass(frozen=True, slots=True)
class Volume:
    """案卷: records of one matter, kept and numbered together."""

    id: str
    class_code: str
    site: str
    project: str
    code: str
    title: str
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Accession:
    """A batch that one person handed over and another accepted into the archive."""

    id: str
    number: str
    giver_id: str
    receiver_id: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A code that was given out. Without a record it is the serial of a blank form that has not come back."""

    code: str
    series: str
    number: int
    issued_at: datetime
    issued_by: str
    record_id: str = ""
    volume_id: str = ""
    accession_id: str = ""
    void_reason: str = ""
    given_to: str = ""
    """Who has the blank, as whoever gave it out says it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is decided for one record about how long it is kept."""

    record_id: str
    case: str = ""
    """Which rule of its class holds; empty: the first."""
    began_on: date | None = None
    """When the event happened from which its term runs; None: not stated, or it is the year of the document."""
    extended_until: date | None = None
    permanent: bool = False
    reason: str = ""
    """Why it was extended or made permanent."""


class Numbering:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def issue(self, one: Issued) -> None:
        values = {name: getattr(one, name) for name in Issued.__slots__}
        for name in ("record_id", "volume_id", "accession_id"):
            values[name] = values[name] or None
        self._connection.execute(reference_codes.insert().values(values))

    def get(self, code: str) -> Issued | None:
        row = self._connection.execute(sa.select(reference_codes).where(reference_codes.c.code == code))
        found = row.mappings().one_or_none()
        return None if found is None else _issued(found)

    def of_record(self, record_id: str) -> Issued | None:
        row = self._connection.execute(sa.select(reference_codes).where(reference_codes.c.record_id == record_id))
        found = row.mappings().one_or_none()
        return None if found is None else _issued(found)

    def issued(self, some: Sequence[str]) -> Mapping[str, Issued]:
        """Those of these codes that were given out."""
        found: dict[str, Issued] = {}
        for part in parts(some):
            asked = sa.select(reference_codes).where(reference_codes.c.code.in_(part))
            found |= {row["code"]: _issued(row) for row in self._connection.execute(asked).mappings()}
        return found

    def fill(self, code: str, record_id: str, accession_id: str = "") -> None:
        """A blank form has come back: its serial belongs to this record now."""
        self._connection.execute(
            reference_codes.update()
            .where(reference_codes.c.code == code)
            .values(record_id=record_id, accession_id=accession_id or None)
        )

    def give_back(self, code: str) -> None:
        """It was not this form that came back: its serial is out again."""
        self._connection.execute(
            reference_codes.update().where(reference_codes.c.code == code).values(record_id=None, accession_id=None)
        )

    def void(self, code: str, reason: str) -> None:
        self._connection.execute(
            reference_codes.update().where(reference_codes.c.code == code).values(void_reason=reason)
        )

    def without_record(self) -> Sequence[Issued]:
        """Serials that were given out and have not come back, voided ones included."""
        rows = self._connection.execute(
            sa.select(reference_codes)
            .where(reference_codes.c.record_id.is_(None))
            .order_by(reference_codes.c.series, reference_codes.c.number)
        )
        return [_issued(row) for row in rows.mappings()]

    def last_filled(self) -> Mapping[str, int]:
        """Series → its highest number behind which a record stands."""
        rows = self._connection.execute(
            sa.select(reference_codes.c.series, sa.func.max(reference_codes.c.number))
            .where(reference_codes.c.record_id.is_not(None))
            .group_by(reference_codes.c.series)
        )
        return {row[0]: row[1] for row in rows}

    def never_written(self, series: Collection[str] | None = None) -> Mapping[str, tuple[int, Sequence[int]]]:
        """Series of which more numbers were counted than codes written: highest number, and those that are missing.
        Of all of them, or of these."""
        asked = counters.c.name.startswith(COUNTED)
        these = sa.true()
        if series is not None:
            asked = counters.c.name.in_([COUNTED + one for one in series])
            these = reference_codes.c.series.in_(series)
        counted = {
            name.removeprefix(COUNTED): value
            for name, value in self._connection.execute(sa.select(counters.c.name, counters.c.value).where(asked))
        }
        written: dict[str, int] = {
            row.series: row.written
            for row in self._connection.execute(
                sa.select(reference_codes.c.series, sa.func.count().label("written"))
                .where(these)
                .group_by(reference_codes.c.series)
            )
        }
        short = [name for name, value in counted.items() if written.get(name, 0) < value]
        if short:
            # What counts volumes writes no codes.
            codes = self._connection.execute(sa.select(volumes.c.code)).scalars()
            opened = {code.rpartition("-")[0] for code in codes}
            short = [name for name in short if name not in opened]
        found: dict[str, tuple[int, Sequence[int]]] = {}
        for name in sorted(short):
            there = set(
                self._connection.execute(
                    sa.select(reference_codes.c.number).where(reference_codes.c.series == name)
                ).scalars()
            )
            found[name] = (counted[name], [n for n in range(1, counted[name] + 1) if n not in there])
        return found

    # Volumes

    def open_volume(self, volume: Volume) -> None:
        self._connection.execute(volumes.insert().values({name: getattr(volume, name) for name in Volume.__slots__}))

    def volume(self, volume_id: str) -> Volume:
        row = self._connection.execute(sa.select(volumes).where(volumes.c.id == volume_id)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such volume.", "no-such-volume")
        return Volume(**row)

    def open_volumes(self, class_code: str, site: str) -> Sequence[Volume]:
        rows = self._connection.execute(
            sa.select(volumes)
            .where(volumes.c.class_code == class_code, volumes.c.site == site, volumes.c.closed_at.is_(None))
            .order_by(volumes.c.code)
        )
        return [Volume(**row) for row in rows.mappings()]

    # Batches

    def add_accession(self, one: Accession) -> None:
        self._connection.execute(accessions.insert().values({name: getattr(one, name) for name in Accession.__slots__}))

    def accession(self, accession_id: str) -> Accession:
        row = self._connection.execute(sa.select(accessions).where(accessions.c.id == accession_id)).mappings()
        found = row.one_or_none()
        if found is None:
            raise NotFound("There is no such batch.", "no-such-batch")
        return Accession(**found)

    def accession_numbered(self, number: str) -> Accession | None:
        row = self._connection.execute(sa.select(accessions).where(accessions.c.number == number)).mappings()
        found = row.one_or_none()
        return None if found is None else Accession(**found)

    def accessions(self, limit: int = 50) -> Sequence[Accession]:
        """The newest first."""
        rows = self._connection.execute(sa.select(accessions).order_by(accessions.c.at.desc()).limit(limit))
        return [Accession(**row) for row in rows.mappings()]

    def codes_of(self, accession_ids: Collection[str]) -> Mapping[str, Sequence[Issued]]:
        """The codes that were given out in each of these batches, in order."""
        found: dict[str, list[Issued]] = {one: [] for one in accession_ids}
        for some in parts(accession_ids):
            rows = self._connection.execute(
                sa.select(reference_codes)
                .where(reference_codes.c.accession_id.in_(some))
                .order_by(reference_codes.c.series, reference_codes.c.number)
            )
            for row in rows.mappings():
                found[row["accession_id"]].append(_issued(row))
        return found

    # Terms of single records

    def terms(self, ids: Sequence[str]) -> Mapping[str, Terms]:
        found: dict[str, Terms] = {}
        for some in parts(ids):
            for row in self._connection.execute(sa.select(record_terms).where(record_terms.c.record_id.in_(some))):
                found[row.record_id] = Terms(
                    row.record_id, row.case_name, row.began_on, row.extended_until, row.permanent, row.reason
                )
        return found

    def put_terms(self, terms: Terms) -> None:
        self._connection.execute(record_terms.delete().where(record_terms.c.record_id == terms.record_id))
        self._connection.execute(
            record_terms.insert().values(
                record_id=terms.record_id,
                case_name=terms.case,
                began_on=terms.began_on,
                extended_until=terms.extended_until,
                permanent=terms.permanent,
                reason=terms.reason,
            )
        )


def _issued(row: sa.RowMapping) -> Issued:
    values = dict(row)
    for name in ("record_id", "volume_id", "accession_id"):
        values[name] = values[name] or ""
    return Issued(**values)
