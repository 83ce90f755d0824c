"""What people are told of falls into topics; for each, and for each way out, they choose whether it comes at once, once
a day or not at all; and there are hours at which nothing is to ring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from access.rules import Action

HERE = "here"
"""The bell at the head of every page: chosen beside the ways out of the house, and always there."""

DIGEST_AT = time(8)
"""When the digest leaves for whoever has not chosen an hour."""

_LOOKED_AHEAD = 15
"""Ends of quiet that are looked for before it is said that there is none: a week has at most two a day."""


class Way(StrEnum):
    NOW = "now"
    DIGEST = "digest"
    OFF = "off"


_LOUDER: Mapping[Way, int] = {Way.OFF: 0, Way.DIGEST: 1, Way.NOW: 2}


@dataclass(frozen=True, slots=True)
class Topic:
    """One line of what a person may choose. `duty` is the action without which nobody is told of it; None: anybody."""

    code: str
    kinds: tuple[str, ...]
    usual: Way = Way.NOW
    least: Way = Way.OFF
    """It can be chosen no quieter than this."""
    urgent: bool = False
    """It rings in quiet hours too."""
    duty: Action | None = None

    def allows(self, way: Way, *, room: bool = False) -> bool:
        """May it be chosen? In a room, where others hear who is told, always."""
        return room or _LOUDER[way] >= _LOUDER[self.least]


TOPICS: Sequence[Topic] = (
    Topic(
        "security",
        (
            "alert.raised", "reading.throttled", "emergency.asked", "emergency.opened", "emergency.review-late",
            "ledger.clock-corrected", "restore.asked", "share.waits",
        ),
        least=Way.NOW,
        urgent=True,
    ),
    Topic("account", ("rights.changed", "password.reset", "grant.opened", "grant.ended"), least=Way.NOW, urgent=True),
    Topic("called-back", ("loan.recalled", "loan.revoked"), least=Way.NOW, urgent=True, duty=Action.DECIDE_LOANS),
    Topic("overdue", ("loan.overdue",), least=Way.DIGEST, duty=Action.DECIDE_LOANS),
    Topic("due", ("loan.due-soon", "loan.due"), duty=Action.DECIDE_LOANS),
    Topic("asked", ("loan.asked", "loan.still-asked"), duty=Action.DECIDE_LOANS),
    Topic(
        "consent",
        ("matrix.proposed", "grant.asked", "reset.asked", "lowering.asked", "delegation.given"),
        duty=Action.DECIDE_LOANS,
    ),
    Topic(
        "decided",
        (
            "loan.ready", "loan.copy-ready", "loan.copied", "loan.opened", "loan.rejected", "loan.renewed",
            "loan.renewal-refused", "loan.cancelled", "loan.lapsed", "loan.at-repair", "reservation.turn",
            "lowering.decided", "lowering.void", "dossier.waiver-decided", "contract.sent-back", "controlled.sent-back",
        ),
    ),
    Topic(
        "to-read",
        ("controlled.to-read", "controlled.copy", "controlled.recalled", "law.to-read", "law.still-to-read"),
        least=Way.DIGEST,
    ),
    Topic("handed-in", ("handed-in.quarantined",), duty=Action.CAPTURE),
    Topic("owed", ("dossier.owed", "dossier.chased", "dossier.handed-on")),
    Topic("others-overdue", ("loan.still-out", "loan.damaged", "loan.lost", "repair.lost"), usual=Way.DIGEST),
    Topic(
        "handover",
        (
            "handover.planned", "handover.frozen", "handover.confirm", "handover.void", "handover.sign",
            "handover.sealed", "handover.completed", "handover.cancelled",
        ),
        duty=Action.TAKE_PART,
    ),
    Topic("contracts", ("due.contracts",), usual=Way.DIGEST, least=Way.DIGEST, duty=Action.SEE_CONTRACTS),
    Topic("reviews", ("due.reviews",), usual=Way.DIGEST, duty=Action.SEE_DOCUMENTS),
    Topic("deadlines", ("due.others",), usual=Way.DIGEST),
    Topic("holdings", ("room.action", "properties.failed", "inbox.left-lying"), duty=Action.SEE_STATUS),
    # At once or daily is said at each search.
    Topic("searches", ("search.news",), duty=Action.SAVE_SEARCHES),
    Topic(
        "backups",
        (
            "backup.never", "backup.clock", "backup.overdue", "backup.failed", "backup.damaged",
            "backup.not-all-copied", "backup.uncovered", "backup.behind", "backup.drill-stale",
        ),
        least=Way.DIGEST,
        duty=Action.SEE_BACKUPS,
    ),
)  # fmt: skip
"""Every kind of notice stands in exactly one of them."""

TOPIC_OF: Mapping[str, Topic] = {kind: topic for topic in TOPICS for kind in topic.kinds}
TEST = "message.test"
"""A message that somebody asked for to see whether it arrives; it belongs to no topic."""

Chosen = Mapping[tuple[str, str], Way]
"""(code of a topic, name of a channel or HERE) → what somebody chose."""


def way(chosen: Chosen, kind: str, channel: str, *, room: bool = False) -> Way:
    """How this kind is told there: as was chosen, but never quieter than may be; as usual where nothing was chosen."""
    topic = TOPIC_OF[kind]
    said = chosen.get((topic.code, channel))
    if said is None or not topic.allows(said, room=room):
        return topic.usual if channel != HERE else Way.NOW
    return said


class Clash(StrEnum):
    """Why hours cannot be: one end of the quiet ones is missing; nothing would ever ring; or no digest on its hour."""

    HALF = "half"
    ALWAYS = "always"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Hours:
    """When a person is told: by the clock of the server, as everywhere. Weekdays count from Monday, 0."""

    digest_at: time = DIGEST_AT
    quiet_from: time | None = None
    quiet_until: time | None = None
    """Earlier than `quiet_from`: the next morning."""
    quiet_days: frozenset[int] = frozenset(range(7))
    """The days on which quiet hours begin."""
    rest_days: frozenset[int] = frozenset()
    """Quiet from midnight to midnight, and without a digest."""

    def quiet_end(self, at: datetime) -> datetime | None:
        """When what would ring now may; None where it may now."""
        local = _local(at)
        ends = self._end(local)
        return None if ends == local else _instant(ends, at)

    def next_digest(self, at: datetime) -> datetime:
        """The first hour for the digest after this instant."""
        local = _local(at)
        days = (local.date() + timedelta(days=n) for n in range(8 + _LOOKED_AHEAD))
        found = (datetime.combine(day, self.digest_at) for day in days if day.weekday() not in self.rest_days)
        return _instant(next(one for one in found if one > local), at)

    def clash(self) -> Clash | None:
        if (self.quiet_from is None) != (self.quiet_until is None):
            return Clash.HALF
        if len(self.rest_days) == 7 or (self.quiet_from is not None and self.quiet_from == self.quiet_until):
            return Clash.ALWAYS
        # Every weekday once, at its hour for the digest: 2024-01-01 was a Monday.
        mornings = [datetime.combine(datetime(2024, 1, 8 + n), self.digest_at) for n in range(7)]
        wanted = [one for one in mornings if one.weekday() not in self.rest_days]
        return Clash.DIGEST if any(self._end(one) != one for one in wanted) else None

    def _end(self, local: datetime) -> datetime:
        for _ in range(_LOOKED_AHEAD):
            if local.weekday() in self.rest_days:
                local = datetime.combine(local.date() + timedelta(days=1), time())
            elif (ends := self._quiet_now(local)) is not None:
                local = ends
            else:
                break
        return local

    def _quiet_now(self, local: datetime) -> datetime | None:
        if self.quiet_from is None or self.quiet_until is None:
            return None
        for began in (local.date(), local.date() - timedelta(days=1)):
            last = began if self.quiet_from < self.quiet_until else began + timedelta(days=1)
            begins, ends = datetime.combine(began, self.quiet_from), datetime.combine(last, self.quiet_until)
            if began.weekday() in self.quiet_days and begins <= local < ends:
                return ends
        return None


def _local(at: datetime) -> datetime:
    """As the clock on the wall of the server says it."""
    return at.astimezone().replace(tzinfo=None)


def _instant(local: datetime, like: datetime) -> datetime:
    return local.astimezone(like.tzinfo)
