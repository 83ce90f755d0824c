"""Long work that somebody asked for, how far it is, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from archive.errors import NotFound
from archive.tables.schema.errands import errands

NO_SUCH_ERRAND = "There is no such work."


@dataclass(frozen=True, slots=True)
class Errand:
    """`state` is waiting, running, done, failed or stopped; `code` and `reason` say why it failed.

    `rights` is a digest of what may be found by whoever asked, when it was made.
    """

    id: str
    person_id: str
    kind: str
    asked_at: datetime
    said: Mapping[str, str] = field(default_factory=dict[str, str])
    clearance: int = 0
    rights: str = ""
    state: str = "waiting"
    done: int = 0
    total: int = 0
    code: str = ""
    reason: str = ""
    ended_at: datetime | None = None
    digest: str | None = None

    @property
    def going(self) -> bool:
        return self.state in ("waiting", "running")


class Errands:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: Errand) -> None:
        self._connection.execute(errands.insert().values({name: getattr(one, name) for name in Errand.__slots__}))

    def get(self, errand_id: str, person_id: str) -> Errand:
        """Work of this person: nobody sees that of others."""
        found = self.find(errand_id)
        if found is None or found.person_id != person_id:
            raise NotFound(NO_SUCH_ERRAND, "no-such-errand")
        return found

    def find(self, errand_id: str) -> Errand | None:
        """Whoever asked for it: for the house's own work only. None when it is long forgotten."""
        found = self._connection.execute(sa.select(errands).where(errands.c.id == errand_id)).mappings().one_or_none()
        return None if found is None else Errand(**found)

    def of_person(self, person_id: str, *kinds: str) -> Sequence[Errand]:
        """The newest first."""
        mine = sa.select(errands).where(errands.c.person_id == person_id, errands.c.kind.in_(kinds))
        rows = self._connection.execute(mine.order_by(errands.c.asked_at.desc(), errands.c.id))
        return [Errand(**row) for row in rows.mappings()]

    def save(self, one: Errand) -> None:
        values = {name: getattr(one, name) for name in Errand.__slots__}
        self._connection.execute(errands.update().where(errands.c.id == one.id).values(values))

    def drop_before(self, at: datetime) -> Sequence[str]:
        """Those that were asked for before then; what came of them, by its digest."""
        dropped = errands.delete().where(errands.c.asked_at < at).returning(errands.c.digest)
        return [digest for digest in self._connection.execute(dropped).scalars() if digest]
