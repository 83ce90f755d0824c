"""What looked unusual, and who has looked into it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from archive.errors import NotFound
from archive.model import Alert
from archive.tables.schema.alerts import alerts


class Alerts:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def raise_once(self, alert: Alert) -> bool:
        """True for exactly one caller per person, kind and hour; later ones only bring the number up to date."""
        same = (alerts.c.person_id == alert.person_id, alerts.c.kind == alert.kind, alerts.c.hour == alert.hour)
        known = self._connection.execute(sa.select(alerts.c.id).where(*same)).first()
        if known is None:
            self._connection.execute(
                alerts.insert().values({column.name: getattr(alert, column.name) for column in alerts.c})
            )
        else:
            self._connection.execute(
                alerts.update().where(*same, alerts.c.count < alert.count).values(count=alert.count)
            )
        return known is None

    def get(self, alert_id: str) -> Alert:
        row = self._connection.execute(sa.select(alerts).where(alerts.c.id == alert_id)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such alert.")
        return _alert(row)

    def close(self, alert_id: str, by: str, at: datetime, finding: str) -> bool:
        """False when somebody has closed it already."""
        return (
            self._connection.execute(
                alerts.update()
                .where(alerts.c.id == alert_id, alerts.c.closed_at.is_(None))
                .values(closed_by=by, closed_at=at, finding=finding)
            ).rowcount
            == 1
        )

    def listed(self, *, limit: int = 200) -> Sequence[Alert]:
        """The open ones first, then the newest."""
        rows = self._connection.execute(
            sa.select(alerts)
            .order_by(alerts.c.closed_at.is_not(None), alerts.c.hour.desc(), alerts.c.person_id, alerts.c.kind)
            .limit(limit)
        )
        return [_alert(row) for row in rows.mappings()]


def _alert(row: sa.RowMapping) -> Alert:
    values: dict[str, Any] = dict(row)
    return Alert(**values)
