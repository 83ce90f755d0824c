"""What somebody should know, how they want to be told, and whether a message about it has left the house. Ids only: no
titles, no names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import sqlalchemy as sa

from archive.model import Notice
from archive.model.notices import Chosen, Hours, Way
from archive.tables.schema.notices import deliveries, notice_choices, notice_hours, notices, outbox


@dataclass(frozen=True, slots=True)
class Traffic:
    """How a channel is doing."""

    last_sent_at: datetime | None
    waiting: int
    """Notices that have yet to leave by it, those for a digest included."""
    unclear: int
    """So many were being sent when their process ended: they may have arrived or not, and are not sent again."""


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

    def of(self, person_id: str, *, unread: bool | None = None, kind: str = "", limit: int = 100) -> Sequence[Notice]:
        """The newest first; those that were read, or not, if asked; of one kind if given."""
        query = sa.select(notices).where(notices.c.person_id == person_id)
        if unread is not None:
            query = query.where(notices.c.read_at.is_(None) if unread else notices.c.read_at.is_not(None))
        if kind:
            query = query.where(notices.c.kind == kind)
        rows = self._connection.execute(query.order_by(notices.c.at.desc(), notices.c.id).limit(limit))
        return [_notice(row) for row in rows.mappings()]

    def unread(self, person_id: str) -> int:
        return self._connection.execute(
            sa.select(sa.func.count()).where(notices.c.person_id == person_id, notices.c.read_at.is_(None))
        ).scalar_one()

    def set_read(self, person_id: str, at: datetime, notice_id: str = "") -> None:
        """Everything this person has been told is read, or this one notice of theirs."""
        changed = notices.update().where(notices.c.person_id == person_id, notices.c.read_at.is_(None))
        self._connection.execute(
            (changed.where(notices.c.id == notice_id) if notice_id else changed).values(read_at=at)
        )

    # ---- What waits to leave, and what left ----

    def put_out(self, notice: Notice, channel: str, at: datetime) -> None:
        """It is to leave by this channel."""
        self._connection.execute(
            outbox.insert().values(notice_id=notice.id, channel=channel, person_id=notice.person_id, waits_since=at)
        )

    def waiting(self, person_id: str, channel: str) -> Sequence[Notice]:
        """What is to leave to this person by this channel, in the order in which it was said."""
        rows = self._connection.execute(
            sa.select(notices)
            .join(outbox, outbox.c.notice_id == notices.c.id)
            .where(outbox.c.person_id == person_id, outbox.c.channel == channel)
            .order_by(notices.c.at, notices.c.id)
        )
        return [_notice(row) for row in rows.mappings()]

    def drop(self, notice_id: str, channel: str) -> bool:
        """It is not to leave by this channel any more. False if it was not going to."""
        gone = outbox.delete().where(outbox.c.notice_id == notice_id, outbox.c.channel == channel)
        return self._connection.execute(gone).rowcount == 1

    def claim(self, notice_id: str, channel: str, at: datetime) -> bool:
        """True for exactly one caller: whoever is told True sends it. Claimed first, sent afterwards."""
        if not self.drop(notice_id, channel) or self.delivered(notice_id, channel):
            return False
        self._connection.execute(deliveries.insert().values(notice_id=notice_id, channel=channel, claimed_at=at))
        return True

    def delivered(self, notice_id: str, channel: str) -> bool:
        """Has somebody taken it out to send it?"""
        return (
            self._connection.execute(sa.select(deliveries.c.channel).where(_is(notice_id, channel))).first() is not None
        )

    def unclaim(self, notice: Notice, channel: str, at: datetime) -> None:
        """It is certain that nothing was sent: it waits again."""
        self._connection.execute(deliveries.delete().where(_is(notice.id, channel)))
        self.put_out(notice, channel, at)

    def sent(self, notice_id: str, channel: str, at: datetime) -> None:
        self._connection.execute(deliveries.update().where(_is(notice_id, channel)).values(sent_at=at))

    def traffic(self, channel: str, since: datetime, before: datetime) -> Traffic:
        """How this channel is doing; unclear is what was claimed between these instants and never said to be sent."""
        of, run = deliveries.c.channel == channel, self._connection.execute
        unsure = deliveries.c.sent_at.is_(None) & deliveries.c.claimed_at.between(since, before)
        return Traffic(
            run(sa.select(sa.func.max(deliveries.c.sent_at)).where(of)).scalar_one(),
            run(sa.select(sa.func.count()).select_from(outbox).where(outbox.c.channel == channel)).scalar_one(),
            run(sa.select(sa.func.count()).select_from(deliveries).where(of, unsure)).scalar_one(),
        )

    # ---- How somebody wants to be told ----

    def chosen(self, person_id: str) -> Chosen:
        rows = self._connection.execute(sa.select(notice_choices).where(notice_choices.c.person_id == person_id))
        return {(row.topic, row.channel): Way(row.way) for row in rows}

    def choose(self, person_id: str, chosen: Chosen) -> None:
        """In place of everything chosen before."""
        self._connection.execute(notice_choices.delete().where(notice_choices.c.person_id == person_id))
        for (topic, channel), way in chosen.items():
            self._connection.execute(
                notice_choices.insert().values(person_id=person_id, topic=topic, channel=channel, way=way.value)
            )

    def hours(self, person_id: str) -> Hours:
        row = self._connection.execute(sa.select(notice_hours).where(notice_hours.c.person_id == person_id)).first()
        return Hours() if row is None else _hours(row)

    def set_hours(self, person_id: str, hours: Hours, digest_next_at: datetime | None) -> None:
        """`digest_next_at`: when what waits for a digest leaves; None while nothing does."""
        values = {
            "digest_at": _said(hours.digest_at),
            "quiet_from": _said(hours.quiet_from),
            "quiet_until": _said(hours.quiet_until),
            "quiet_days": "".join(map(str, sorted(hours.quiet_days))),
            "rest_days": "".join(map(str, sorted(hours.rest_days))),
            "digest_next_at": digest_next_at,
        }
        of = notice_hours.c.person_id == person_id
        if self._connection.execute(notice_hours.update().where(of).values(values)).rowcount == 0:
            self._connection.execute(notice_hours.insert().values(person_id=person_id, **values))

    def digest_next_at(self, person_id: str) -> datetime | None:
        return self._connection.execute(
            sa.select(notice_hours.c.digest_next_at).where(notice_hours.c.person_id == person_id)
        ).scalar_one_or_none()

    def digests_due(self, at: datetime) -> Sequence[str]:
        """Whose digest is to leave by now."""
        due = sa.select(notice_hours.c.person_id).where(notice_hours.c.digest_next_at <= at)
        return list(self._connection.execute(due.order_by(notice_hours.c.person_id)).scalars())


def _is(notice_id: str, channel: str) -> sa.ColumnElement[bool]:
    return (deliveries.c.notice_id == notice_id) & (deliveries.c.channel == channel)


def _notice(row: sa.RowMapping) -> Notice:
    values: dict[str, Any] = dict(row)
    return Notice(**values)


def _hours(row: Any) -> Hours:
    return Hours(
        time.fromisoformat(row.digest_at),
        _time(row.quiet_from),
        _time(row.quiet_until),
        frozenset(map(int, row.quiet_days)),
        frozenset(map(int, row.rest_days)),
    )


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if text else None


def _said(hour: time | None) -> str:
    return "" if hour is None else hour.isoformat("minutes")
