"""Records chosen to be worked on together, and how far that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from access.rules import Scope
from archive.errors import NotFound
from archive.tables.parts import parts
from archive.tables.schema.records import records
from archive.tables.schema.selections import selected_records, selections
from archive.tables.scopes import inside

NO_SUCH_SELECTION = "There is no such selection."


@dataclass(frozen=True, slots=True)
class Selection:
    """Who chose records, and what is done with each of them.

    `phase` is chosen, trying, doing or undoing. `clearance` is the ceiling of the session in which it was asked,
    `origin` the address of the list the first of them were chosen in.
    """

    id: str
    person_id: str
    chosen_at: datetime
    phase: str = "chosen"
    deed: str = ""
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    clearance: int = 0
    origin: str = ""


Changes = Mapping[str, Sequence[Any]]
"""Field → what it was and what it became."""


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a selection, and what became of it.

    `state` is chosen, waiting, ready (tried: it would be done), unchanged, refused, done or undone; `code` and `reason`
    say why it was refused, or why it could not be undone.
    """

    record_id: str
    position: int
    state: str
    code: str
    reason: str
    changes: Changes


class Selections:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: Selection, record_ids: Sequence[str]) -> None:
        self._connection.execute(selections.insert().values({name: getattr(one, name) for name in Selection.__slots__}))
        self.put(one.id, record_ids)

    def put(self, selection_id: str, record_ids: Sequence[str]) -> None:
        """These come after those that are in it; none of them may be in it already."""
        this = selected_records.c.selection_id == selection_id
        last = self._connection.execute(sa.select(sa.func.max(selected_records.c.position)).where(this)).scalar() or 0
        empty: dict[str, Any] = {"state": "chosen", "code": "", "reason": "", "changes": {}}
        rows = [
            {"selection_id": selection_id, "record_id": record_id, "position": position, **empty}
            for position, record_id in enumerate(record_ids, last + 1)
        ]
        if rows:
            self._connection.execute(selected_records.insert(), rows)

    def among(self, selection_id: str, record_ids: Sequence[str]) -> set[str]:
        """Those of these records that are in it."""
        query = sa.select(selected_records.c.record_id).where(selected_records.c.selection_id == selection_id)
        return {
            one
            for some in parts(record_ids)
            for one in self._connection.execute(query.where(selected_records.c.record_id.in_(some))).scalars()
        }

    def size(self, selection_id: str) -> int:
        """How many are in it, whoever asks: for the house's own bounds only."""
        this = selected_records.c.selection_id == selection_id
        return self._connection.execute(sa.select(sa.func.count()).where(this)).scalar_one()

    def get(self, selection_id: str, person_id: str) -> Selection:
        """A selection of this person: nobody sees those of others."""
        found = self.find(selection_id)
        if found is None or found.person_id != person_id:
            raise NotFound(NO_SUCH_SELECTION, "no-such-selection")
        return found

    def find(self, selection_id: str) -> Selection | None:
        """Whoever chose it: for the house's own work only. None when it is long forgotten."""
        wanted = sa.select(selections).where(selections.c.id == selection_id)
        found = self._connection.execute(wanted).mappings().one_or_none()
        return None if found is None else Selection(**found)

    def of_person(self, person_id: str, *, most: int) -> Sequence[Selection]:
        """The newest first."""
        mine = sa.select(selections).where(selections.c.person_id == person_id)
        rows = self._connection.execute(mine.order_by(selections.c.chosen_at.desc(), selections.c.id).limit(most))
        return [Selection(**row) for row in rows.mappings()]

    def save(self, one: Selection) -> None:
        values = {name: getattr(one, name) for name in Selection.__slots__}
        self._connection.execute(selections.update().where(selections.c.id == one.id).values(values))

    def counts(self, selection_ids: Sequence[str], scope: Scope) -> Mapping[str, Mapping[str, int]]:
        """By selection and state: of how many records, as far as the scope admits them now."""
        found: dict[str, dict[str, int]] = {one: {} for one in selection_ids}
        query = (
            sa.select(selected_records.c.selection_id, selected_records.c.state, sa.func.count())
            .join(records, records.c.id == selected_records.c.record_id)
            .where(inside(scope))
            .group_by(selected_records.c.selection_id, selected_records.c.state)
        )
        for some in parts(selection_ids):
            for one, state, count in self._connection.execute(query.where(selected_records.c.selection_id.in_(some))):
                found[one][state] = count
        return found

    def lines(
        self, selection_id: str, scope: Scope, *, states: Sequence[str] = (), offset: int = 0, most: int | None = None
    ) -> Sequence[Line]:
        """In the order in which they were chosen, those that the scope admits now."""
        query = (
            sa.select(selected_records)
            .join(records, records.c.id == selected_records.c.record_id)
            .where(selected_records.c.selection_id == selection_id, inside(scope))
            .order_by(selected_records.c.position)
        )
        if states:
            query = query.where(selected_records.c.state.in_(states))
        rows = self._connection.execute(query.offset(offset).limit(most))
        return [Line(**{name: row[name] for name in Line.__slots__}) for row in rows.mappings()]

    def next(self, selection_id: str, most: int) -> Sequence[str]:
        """The records that wait to be worked on, whoever asks: for the house's own work only."""
        waiting = (selected_records.c.selection_id == selection_id) & (selected_records.c.state == "waiting")
        query = sa.select(selected_records.c.record_id).where(waiting).order_by(selected_records.c.position)
        return list(self._connection.execute(query.limit(most)).scalars())

    def changes_of(self, selection_id: str, record_id: str) -> Changes:
        this = (selected_records.c.selection_id == selection_id) & (selected_records.c.record_id == record_id)
        return self._connection.execute(sa.select(selected_records.c.changes).where(this)).scalar_one()

    def say(
        self, selection_id: str, record_id: str, state: str, *, code: str = "", reason: str = "", changes: Changes
    ) -> None:
        """What became of one record."""
        this = (selected_records.c.selection_id == selection_id) & (selected_records.c.record_id == record_id)
        values = {"state": state, "code": code, "reason": reason, "changes": changes}
        self._connection.execute(selected_records.update().where(this).values(values))

    def move(self, selection_id: str, states: Sequence[str], to: str) -> int:
        """Those in these states are in another from now on, and nothing is said of them; how many they are."""
        those = (selected_records.c.selection_id == selection_id) & selected_records.c.state.in_(states)
        changed = selected_records.update().where(those).values(state=to, code="", reason="")
        return self._connection.execute(changed).rowcount

    def drop_before(self, at: datetime) -> None:
        """Those that were chosen before then."""
        old = sa.select(selections.c.id).where(selections.c.chosen_at < at)
        self._connection.execute(selected_records.delete().where(selected_records.c.selection_id.in_(old)))
        self._connection.execute(selections.delete().where(selections.c.chosen_at < at))
