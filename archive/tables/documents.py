"""Controlled documents, their editions, numbered copies, readers and periodic reviews."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from access.documents import FILES_STAND, State
from archive.errors import Conflict, NotFound
from archive.model.documents import Check, Copy, Document, Edition, Obsolete, Reader
from archive.tables.schema.documents import (
    controlled_documents,
    document_checks,
    document_copies,
    document_editions,
    document_readers,
)

# Every search asks this, and making a statement costs more than answering it.
_ENDED = sa.select(document_editions.c.record_id).where(
    document_editions.c.record_id.in_(sa.bindparam("ids", expanding=True)),
    document_editions.c.effective_until <= sa.bindparam("day"),
)
NO_SUCH_DOCUMENT = "There is no such controlled document, or none that you may see."


class Documents:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # Documents

    def add(self, one: Document) -> None:
        self._connection.execute(controlled_documents.insert().values(_values(one)))

    def save(self, one: Document) -> None:
        self._connection.execute(
            controlled_documents.update().where(controlled_documents.c.id == one.id).values(_values(one))
        )

    def every(self) -> Sequence[Document]:
        rows = self._connection.execute(sa.select(controlled_documents).order_by(controlled_documents.c.number))
        return [Document(**row) for row in rows.mappings()]

    def get(self, document_id: str) -> Document:
        return self._document(controlled_documents.c.id == document_id)

    def by_number(self, number: str) -> Document | None:
        """For the house's own question: is this number taken?"""
        query = sa.select(controlled_documents).where(controlled_documents.c.number == number)
        row = self._connection.execute(query).mappings().one_or_none()
        return None if row is None else Document(**row)

    def _document(self, condition: sa.ColumnElement[bool]) -> Document:
        row = self._connection.execute(sa.select(controlled_documents).where(condition)).mappings().one_or_none()
        if row is None:
            raise NotFound(NO_SUCH_DOCUMENT, "no-such-document")
        return Document(**row)

    # Editions

    def add_edition(self, one: Edition) -> None:
        self._connection.execute(document_editions.insert().values(_values(one)))

    def change(self, one: Edition) -> Edition:
        """Write it down as its next revision. Raises Conflict when somebody else was faster."""
        after = replace(one, revision=one.revision + 1)
        changed = self._connection.execute(
            document_editions.update()
            .where(document_editions.c.id == one.id, document_editions.c.revision == one.revision)
            .values(_values(after))
        ).rowcount
        if not changed:
            raise Conflict("Somebody else has changed it meanwhile: look at it again.", "revision")
        return after

    def edition(self, edition_id: str) -> Edition:
        found = self._editions(document_editions.c.id == edition_id)
        if not found:
            raise NotFound(NO_SUCH_DOCUMENT, "no-such-document")
        return found[0]

    def editions(self) -> Sequence[Edition]:
        return self._editions(sa.true())

    def editions_of(self, document_id: str) -> Sequence[Edition]:
        """In the order in which they were made."""
        return self._editions(document_editions.c.document_id == document_id)

    def of_records(self, ids: Collection[str]) -> Mapping[str, Edition]:
        """Record → the edition it is."""
        return {one.record_id: one for one in self._editions(document_editions.c.record_id.in_(ids))}

    def ended_between(self, after: date, until: date) -> Sequence[str]:
        """Records of editions that ceased to hold on a day after the one and not after the other."""
        rows = self._connection.execute(
            sa.select(document_editions.c.record_id).where(
                document_editions.c.effective_until > after, document_editions.c.effective_until <= until
            )
        )
        return list(rows.scalars())

    def obsolete(self, ids: Collection[str], day: date) -> Mapping[str, Obsolete]:
        """Of these records those that are editions which do not hold any more on this day."""
        # Most records are no editions: one question answers for all of them.
        there = self._connection.execute(_ENDED, {"ids": list(ids), "day": day}).scalars().all()
        if not there:
            return {}
        ended = self.of_records(there)
        others = self._editions(document_editions.c.document_id.in_({one.document_id for one in ended.values()}))
        holds = {one.document_id: one.label for one in others if one.in_force(day)}
        numbers = self._connection.execute(
            sa.select(controlled_documents.c.id, controlled_documents.c.number).where(
                controlled_documents.c.id.in_({one.document_id for one in ended.values()})
            )
        )
        number = {row.id: row.number for row in numbers}
        return {
            record_id: Obsolete(
                number[one.document_id],
                one.label,
                one.effective_until,
                holds.get(one.document_id, ""),
                retained=one.state is State.RETAINED,
            )
            for record_id, one in ended.items()
            if one.effective_until is not None
        }

    def refuse_new_files(self, ids: Collection[str]) -> None:
        """Raises Conflict if any of these is an edition beyond its draft: what is reviewed is what is issued."""
        states = [one.state for one in self.of_records(ids).values()]
        if FILES_STAND.intersection(states):
            raise Conflict(
                "It is an edition of a controlled document that was submitted: change it by a new edition.",
                "edition-stands",
            )

    def _editions(self, condition: sa.ColumnElement[bool]) -> Sequence[Edition]:
        rows = self._connection.execute(
            sa.select(document_editions)
            .where(condition)
            .order_by(document_editions.c.document_id, document_editions.c.ordinal)
        )
        return [_edition(row) for row in rows.mappings()]

    # Numbered copies

    def add_copy(self, one: Copy) -> None:
        self._connection.execute(document_copies.insert().values(_values(one)))

    def save_copy(self, one: Copy) -> None:
        self._connection.execute(document_copies.update().where(document_copies.c.id == one.id).values(_values(one)))

    def copy(self, copy_id: str) -> Copy:
        row = self._connection.execute(sa.select(document_copies).where(document_copies.c.id == copy_id)).mappings()
        found = row.one_or_none()
        if found is None:
            raise NotFound("There is no such copy.", "no-such-copy")
        return Copy(**found)

    def copies(self, edition_ids: Collection[str]) -> Sequence[Copy]:
        """By number; of one number the latest edition last."""
        rows = self._connection.execute(
            sa.select(document_copies)
            .join(document_editions, document_editions.c.id == document_copies.c.edition_id)
            .where(document_copies.c.edition_id.in_(edition_ids))
            .order_by(document_copies.c.number, document_editions.c.ordinal)
        )
        return [Copy(**row) for row in rows.mappings()]

    def last_copy(self, document_id: str) -> int:
        """The highest number of a copy of any edition: numbers are not given out twice."""
        query = (
            sa.select(sa.func.max(document_copies.c.number))
            .join(document_editions, document_editions.c.id == document_copies.c.edition_id)
            .where(document_editions.c.document_id == document_id)
        )
        return self._connection.execute(query).scalar() or 0

    # Who has to know an edition

    def ask(self, one: Reader) -> None:
        """Ask somebody to read it; whoever was asked before is asked again only if they have not."""
        key = sa.and_(document_readers.c.edition_id == one.edition_id, document_readers.c.person_id == one.person_id)
        known = self._connection.execute(sa.select(document_readers.c.read_at).where(key)).one_or_none()
        if known is None:
            self._connection.execute(document_readers.insert().values(_values(one)))
        elif known.read_at is None:
            self._connection.execute(document_readers.update().where(key).values(due_on=one.due_on))

    def has_read(self, edition_id: str, person_id: str, at: datetime) -> bool:
        """Write down that somebody who was asked has read it; False if they were not asked, or said so before."""
        return bool(
            self._connection.execute(
                document_readers.update()
                .where(
                    document_readers.c.edition_id == edition_id,
                    document_readers.c.person_id == person_id,
                    document_readers.c.read_at.is_(None),
                )
                .values(read_at=at)
            ).rowcount
        )

    def readers(self, edition_ids: Collection[str]) -> Sequence[Reader]:
        rows = self._connection.execute(
            sa.select(document_readers)
            .where(document_readers.c.edition_id.in_(edition_ids))
            .order_by(document_readers.c.asked_at, document_readers.c.person_id)
        )
        return [Reader(**row) for row in rows.mappings()]

    def asked_of(self, person_id: str) -> Sequence[Reader]:
        """What one person is asked to read and has not read, the earliest due first."""
        rows = self._connection.execute(
            sa.select(document_readers)
            .where(document_readers.c.person_id == person_id, document_readers.c.read_at.is_(None))
            .order_by(document_readers.c.due_on)
        )
        return [Reader(**row) for row in rows.mappings()]

    # Periodic reviews

    def add_check(self, one: Check) -> None:
        self._connection.execute(document_checks.insert().values(_values(one)))

    def checks(self, document_id: str) -> Sequence[Check]:
        """Newest first."""
        rows = self._connection.execute(
            sa.select(document_checks)
            .where(document_checks.c.document_id == document_id)
            .order_by(document_checks.c.checked_at.desc(), document_checks.c.id)
        )
        return [Check(**row) for row in rows.mappings()]


def _values(one: Document | Edition | Copy | Reader | Check) -> dict[str, Any]:
    return {name: getattr(one, name) for name in type(one).__slots__}


def _edition(row: sa.RowMapping) -> Edition:
    said: dict[str, Any] = {**row, "state": State(row["state"])}
    return Edition(**said)
