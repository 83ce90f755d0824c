"""Saved searches and what was found for them; what each person opened and asked; how long searches took."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import exc

from archive.errors import Conflict, NotFound
from archive.model import SavedSearch
from archive.tables.parts import parts
from archive.tables.schema.columns import EPOCH
from archive.tables.schema.searches import (
    asked_questions,
    opened_records,
    saved_searches,
    search_arrivals,
    search_finds,
    search_times,
)

NO_SUCH_SEARCH = "There is no such saved search."


class Searches:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, search: SavedSearch) -> None:
        values = {column.name: getattr(search, column.name) for column in saved_searches.c}
        try:
            self._connection.execute(saved_searches.insert().values({**values, "question": dict(search.question)}))
        except exc.IntegrityError:
            raise Conflict("You have a saved search of this name already.", "name-taken") from None

    def get(self, search_id: str, person_id: str) -> SavedSearch:
        """One of this person's own. NotFound for everybody else's, as for one that is not there."""
        row = (
            self._connection.execute(
                sa.select(saved_searches).where(
                    saved_searches.c.id == search_id, saved_searches.c.person_id == person_id
                )
            )
            .mappings()
            .one_or_none()
        )
        if row is None:
            raise NotFound(NO_SUCH_SEARCH)
        return SavedSearch(**row)

    def of(self, person_id: str) -> Sequence[SavedSearch]:
        return self._searches(saved_searches.c.person_id == person_id)

    def watched(self) -> Sequence[SavedSearch]:
        """Those whose owners want to be told."""
        return self._searches(saved_searches.c.alert != "none")

    def set_alert(self, search_id: str, alert: str) -> None:
        self._connection.execute(saved_searches.update().where(saved_searches.c.id == search_id).values(alert=alert))

    def forget(self, search_id: str) -> None:
        self._connection.execute(search_finds.delete().where(search_finds.c.search_id == search_id))
        self._connection.execute(saved_searches.delete().where(saved_searches.c.id == search_id))

    def _searches(self, condition: sa.ColumnElement[bool]) -> Sequence[SavedSearch]:
        rows = self._connection.execute(
            sa.select(saved_searches).where(condition).order_by(saved_searches.c.name, saved_searches.c.id)
        )
        return [SavedSearch(**row) for row in rows.mappings()]

    # What came in, and what was found for whom

    def arrive(self, record_ids: Iterable[str], at: datetime) -> None:
        """These records are new and have yet to be held against the saved searches."""
        for some in parts(dict.fromkeys(record_ids)):
            these = sa.select(search_arrivals.c.record_id).where(search_arrivals.c.record_id.in_(some))
            known = set(self._connection.execute(these).scalars())
            fresh = [{"record_id": one, "since": at} for one in some if one not in known]
            if fresh:
                self._connection.execute(search_arrivals.insert(), fresh)

    def arrivals(self, limit: int) -> Sequence[str]:
        """The oldest first."""
        return list(
            self._connection.execute(
                sa.select(search_arrivals.c.record_id)
                .order_by(search_arrivals.c.since, search_arrivals.c.record_id)
                .limit(limit)
            ).scalars()
        )

    def settle(self, record_ids: Sequence[str]) -> None:
        """They have been held against every saved search."""
        self._connection.execute(search_arrivals.delete().where(search_arrivals.c.record_id.in_(record_ids)))

    def found(self, search_id: str, record_ids: Iterable[str], at: datetime) -> None:
        """These records answer the search. One that was found for it before is not found again."""
        known = set(
            self._connection.execute(
                sa.select(search_finds.c.record_id).where(search_finds.c.search_id == search_id)
            ).scalars()
        )
        fresh = [
            {"search_id": search_id, "record_id": one, "found_at": at, "told_at": None}
            for one in record_ids
            if one not in known
        ]
        if fresh:
            self._connection.execute(search_finds.insert(), fresh)

    def untold(self, search_id: str, *, before: datetime) -> Sequence[str]:
        """What was found before an instant and not told of yet."""
        return list(
            self._connection.execute(
                sa.select(search_finds.c.record_id)
                .where(
                    search_finds.c.search_id == search_id,
                    search_finds.c.told_at.is_(None),
                    search_finds.c.found_at < before,
                )
                .order_by(search_finds.c.record_id)
            ).scalars()
        )

    def set_told(self, search_id: str, at: datetime, *, before: datetime) -> None:
        self._connection.execute(
            search_finds.update()
            .where(
                search_finds.c.search_id == search_id,
                search_finds.c.told_at.is_(None),
                search_finds.c.found_at < before,
            )
            .values(told_at=at)
        )

    def found_since(self, search_id: str, since: datetime | None) -> Sequence[str]:
        """What was found for a search after an instant, or ever."""
        query = sa.select(search_finds.c.record_id).where(search_finds.c.search_id == search_id)
        if since is not None:
            query = query.where(search_finds.c.found_at > since)
        return list(self._connection.execute(query.order_by(search_finds.c.record_id)).scalars())

    def look(self, search_id: str, at: datetime) -> None:
        """Its owner has looked at what is new."""
        self._connection.execute(saved_searches.update().where(saved_searches.c.id == search_id).values(looked_at=at))

    # What each person opened and asked: theirs alone

    def open_record(self, person_id: str, record_id: str, at: datetime) -> None:
        self._connection.execute(_ADD_OPENED, {"person": person_id, "record": record_id, "at": _micros(at)})

    def opened(self, person_id: str, limit: int) -> Sequence[tuple[str, datetime]]:
        """The records this person opened, the latest first."""
        rows = self._connection.execute(
            sa.select(opened_records.c.record_id, opened_records.c.at)
            .where(opened_records.c.person_id == person_id)
            .order_by(opened_records.c.at.desc(), opened_records.c.record_id)
            .limit(limit)
        )
        return [(row.record_id, row.at) for row in rows]

    def ask(self, person_id: str, text: str, at: datetime) -> None:
        self._connection.execute(_ADD_ASKED, {"person": person_id, "text": text, "at": _micros(at)})

    def asked(self, person_id: str, limit: int) -> Sequence[str]:
        """What this person asked for, the latest first."""
        return list(
            self._connection.execute(
                sa.select(asked_questions.c.text)
                .where(asked_questions.c.person_id == person_id)
                .order_by(asked_questions.c.at.desc(), asked_questions.c.text)
                .limit(limit)
            ).scalars()
        )

    def forget_traces(self, person_id: str, *, keep: int = 0) -> None:
        """Forget what this person opened and asked, but for the latest of each."""
        for table, what in ((opened_records, opened_records.c.record_id), (asked_questions, asked_questions.c.text)):
            latest = (
                sa.select(what)
                .where(table.c.person_id == person_id)
                .order_by(table.c.at.desc(), what)
                .limit(keep)
                .scalar_subquery()
            )
            self._connection.execute(table.delete().where(table.c.person_id == person_id, what.not_in(latest)))

    # How long searches took: counts alone

    def took(self, hour: datetime, counts: Mapping[int, int]) -> None:
        for up_to_ms, count in counts.items():
            self._connection.execute(_ADD_TIMES, {"hour": _micros(hour), "up_to": up_to_ms, "count": count})

    def times(self, since: datetime) -> Mapping[int, int]:
        """How many searches took up to so many milliseconds since an instant."""
        rows = self._connection.execute(
            sa.select(search_times.c.up_to_ms, sa.func.sum(search_times.c.count))
            .where(search_times.c.hour >= since)
            .group_by(search_times.c.up_to_ms)
            .order_by(search_times.c.up_to_ms)
        )
        return {row[0]: int(row[1]) for row in rows}


# One statement on both databases.
_ADD_OPENED = sa.text(
    "INSERT INTO opened_records (person_id, record_id, at) VALUES (:person, :record, :at) "
    "ON CONFLICT (person_id, record_id) DO UPDATE SET at = excluded.at"
)
_ADD_ASKED = sa.text(
    "INSERT INTO asked_questions (person_id, text, at) VALUES (:person, :text, :at) "
    "ON CONFLICT (person_id, text) DO UPDATE SET at = excluded.at"
)
_ADD_TIMES = sa.text(
    "INSERT INTO search_times (hour, up_to_ms, count) VALUES (:hour, :up_to, :count) "
    "ON CONFLICT (hour, up_to_ms) DO UPDATE SET count = search_times.count + excluded.count"
)


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
