"""What somebody should know, and whether a message about it has left the house. Ids only: no titles, no names."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.model import Notice
from archive.tables.schema.notices import deliveries, notices


class Notices:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, notice: Notice) -> None:
        values = {column.name: getattr(notice, column.name) for column in notices.c}
        values["details"] = dict(notice.details)
        self._connection.execute(notices.insert().values(values))

    def get(self, notice_id: str) -> Notice | None:
        row = self._connection.execute(sa.select(notices).where(notices.c.id == notice_id)).mappings().one_or_none()
        return None if row is None else _notice(row)

    def of(self, person_id: str, *, unread: bool = False, limit: int = 100) -> Sequence[Notice]:
        """The newest first."""
        query = sa.select(notices).where(notices.c.person_id == person_id)
        if unread:
            query = query.where(notices.c.read_at.is_(None))
        rows = self._connection.execute(query.order_by(notices.c.at.desc(), notices.c.id).limit(limit))
        return [_notice(row) for row in rows.mappings()]

    def unread(self, person_id: str) -> int:
        return self._connection.execute(
            sa.select(sa.func.count()).where(notices.c.person_id == person_id, notices.c.read_at.is_(None))
        ).scalar_one()

    def set_read(self, person_id: str, at: datetime) -> None:
        """Everything this person has been told is read."""
        self._connection.execute(
            notices.update().where(notices.c.person_id == person_id, notices.c.read_at.is_(None)).values(read_at=at)
        )

    def claim(self, notice_id: str, channel: str, at: datetime) -> bool:
        """True for exactly one caller: whoever is told True sends it. Claimed first, sent afterwards."""
        known = self._connection.execute(
            sa.select(deliveries.c.channel).where(deliveries.c.notice_id == notice_id, deliveries.c.channel == channel)
        ).first()
        if known is None:
            self._connection.execute(deliveries.insert().values(notice_id=notice_id, channel=channel, claimed_at=at))
        return known is None

    def unclaim(self, notice_id: str, channel: str) -> None:
        """It is certain that nothing was sent: it may be tried again."""
        self._connection.execute(
            deliveries.delete().where(deliveries.c.notice_id == notice_id, deliveries.c.channel == channel)
        )


def _notice(row: sa.RowMapping) -> Notice:
    values: dict[str, Any] = dict(row)
    return Notice(**values)
