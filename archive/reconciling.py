"""Does every file add up, day by day and inbox by inbox; and is anything left lying in an inbox?

A file that is seen is filed, linked as a duplicate, in quarantine, or on its way: there is no fifth thing. What an
intake never sees, a name that programs give to unfinished files, a file that nobody may read, is looked for in the
folders themselves by a round, and somebody is told.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from access import rules
from access.actors import SERVICE, Actor, Role
from access.rules import Action
from archive.app import Archive
from archive.config import Inbox
from archive.tables import Transaction
from archive.telling import tell

DAYS = 14
LEFT = "inbox-alarms"
"""Under this name the tables keep what the last look found lying in the inboxes."""
LOOKED_AT_MAX = 200_000
_NO_DOCUMENTS = frozenset((".ds_store", "thumbs.db", "desktop.ini", ".localized"))
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Sum:
    """What became of the files of one day from one inbox, or one door."""

    day: str
    source: str
    """Name of the inbox; upload, command, api, mail or import for what came by another door."""
    seen: int
    filed: int
    duplicate: int
    quarantined: int
    waiting: int

    @property
    def adds_up(self) -> bool:
        return self.seen == self.filed + self.duplicate + self.quarantined + self.waiting


@dataclass(frozen=True, slots=True)
class Left:
    """Files that lie in an inbox longer than they should."""

    inbox: str
    count: int
    oldest: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Books:
    """The sums, what does not add up with them, what lies about, and how fast files come in."""

    sums: Sequence[Sum]
    unexplained: int
    """Files kept without having been seen, or seen as kept and not there; 0 when everything adds up."""
    left: Sequence[Left]
    last_hour: int
    to_read: int

    @property
    def balanced(self) -> bool:
        return self.unexplained == 0 and all(one.adds_up for one in self.sums)


def books(archive: Archive, actor: Actor, *, days: int = DAYS) -> Books:
    """The sums of the last days, newest first. Counts only: nothing here says what came in."""
    if not actor.roles & rules.DUTIES[Action.SEE_STATUS]:
        rules.require(actor, Action.SEE_INTAKE)
    at = archive.now()
    midnight = at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    names = {str(inbox.path): inbox.name for inbox in archive.settings.inboxes}
    with archive.read() as tx:
        rows = tx.intake.by_day(midnight - timedelta(days=days - 1), at.astimezone().utcoffset() or timedelta())
        unexplained = tx.intake.unexplained()
        last_hour = tx.intake.seen_since(at - _HOUR)
        to_read = sum(count for (kind, state), count in tx.jobs.counts().items() if kind == "read" and state != "dead")
        left = _left(tx)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for day, source, inbox, outcome, count in rows:
        of_one = found.setdefault((day, names.get(inbox, Path(inbox).name) if inbox else source), {})
        of_one[outcome] = of_one.get(outcome, 0) + count
    sums = [_sum(day, source, counts) for (day, source), counts in sorted(found.items(), reverse=True)]
    return Books(sums, unexplained, left, last_hour, to_read)


def look(archive: Archive) -> int:
    """Look through the inboxes for what lies there too long; tell, once a day, whoever answers for it. Safe to repeat.

    Returns how many files there are.
    """
    at = archive.now()
    found: list[Left] = []
    for inbox in archive.settings.inboxes:
        if inbox.alarm_minutes:
            ages = sorted(_lying(inbox, at - timedelta(minutes=inbox.alarm_minutes)))
            if ages:
                found.append(Left(inbox.name, len(ages), ages[0], inbox.alarm_minutes))
                with archive.write() as tx:
                    _alarm(archive, tx, inbox, len(ages), at)
    kept = [[one.inbox, one.count, one.oldest.timestamp(), one.minutes] for one in found]
    with archive.write() as tx:
        tx.meta.put(LEFT, json.dumps(kept, ensure_ascii=False))
    return sum(one.count for one in found)


def _alarm(archive: Archive, tx: Transaction, inbox: Inbox, count: int, at: datetime) -> None:
    today = at.astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    subject = "inbox/" + hashlib.sha256(str(inbox.path).encode()).hexdigest()[:32]
    if not tx.reminders.claim(subject, today, 0, at):
        return
    keepers = [
        person.id
        for person in tx.people.holding([Role.DOCUMENT_CONTROLLER.value])
        if not inbox.site or inbox.site in person.sites
    ]
    owner = tx.people.by_login(inbox.owner) if inbox.owner else None
    people = {*keepers, *([owner.person.id] if owner else [])}
    tell(
        archive,
        tx,
        people,
        "inbox.left-lying",
        ("inbox", subject),
        inbox=inbox.name,
        count=str(count),
        minutes=str(inbox.alarm_minutes),
    )
    tx.ledger.add(at, SERVICE.id, "inbox.alarm", "inbox", subject, site=inbox.site, files=count)


def _lying(inbox: Inbox, before: datetime) -> Iterator[datetime]:
    """When each file that has lain here since before then was last touched, unfinished ones too."""
    folders, seen = [inbox.path], 0
    while folders and seen < LOOKED_AT_MAX:
        try:
            entries = list(os.scandir(folders.pop()))
        except OSError:
            # The watcher says so; nothing can be counted where nothing can be read.
            continue
        for entry in entries:
            seen += 1
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if path not in (inbox.done, inbox.quarantine):
                    folders.append(path)
                continue
            if entry.name.lower() in _NO_DOCUMENTS:
                continue
            try:
                state = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            # A copy keeps the time its file was changed; when it came here only this tells.
            touched = datetime.fromtimestamp(max(state.st_mtime, state.st_ctime), UTC)
            if touched < before:
                yield touched


def _left(tx: Transaction) -> Sequence[Left]:
    kept: Sequence[tuple[str, int, float, int]] = json.loads(tx.meta.get(LEFT) or "[]")
    return [Left(inbox, count, datetime.fromtimestamp(oldest, UTC), minutes) for inbox, count, oldest, minutes in kept]


def _sum(day: str, source: str, counts: Mapping[str, int]) -> Sum:
    return Sum(
        day,
        source,
        counts.get("seen", 0),
        counts.get("captured", 0),
        counts.get("duplicate", 0),
        counts.get("quarantined", 0),
        counts.get("waiting", 0),
    )
