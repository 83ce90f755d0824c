"""What falls due as a calendar: a month on a page, and an address that calendar programs subscribe to.

The address holds a token that was made for it (`access.rules.CALENDAR`): whoever has it sees what its person may be
shown at that moment, titles included, and can do nothing else with it.
"""

# icalendar has no complete type information:
# pyright: reportUnknownMemberType=false

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from icalendar import Calendar, Event

from access.actors import Actor
from access.rules import CALENDAR
from archive import dues, people, tokens
from archive.app import Archive
from archive.dues import Task
from archive.errors import Invalid, NotFound, NotSignedIn

REFRESHED = timedelta(hours=4)
"""How often a calendar program is asked to look again."""


@dataclass(frozen=True, slots=True)
class Month:
    """A month as weeks from Monday to Sunday, with what falls due on each of its days."""

    first: date
    weeks: Sequence[Sequence[date]]
    tasks: Mapping[date, Sequence[Task]]

    @property
    def before(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        return _next(self.first)


def month(archive: Archive, actor: Actor, wanted: str, *, kind: str, mine: bool, language: str) -> Month:
    """A month, written as 2026-03 (empty: this one). Raises Invalid for what is none."""
    try:
        first = date.fromisoformat(f"{wanted}-01") if wanted else archive.now().astimezone().date().replace(day=1)
    except ValueError:
        raise Invalid(f"{wanted!r} is no month; write it as 2026-03.", "not-a-date") from None
    if not 1900 < first.year < 9000:
        raise Invalid(f"{wanted!r} is no month; write it as 2026-03.", "not-a-date")
    monday = first - timedelta(days=first.weekday())
    weeks: list[list[date]] = []
    while monday < _next(first):
        weeks.append([monday + timedelta(days=n) for n in range(7)])
        monday += timedelta(days=7)
    found: dict[date, list[Task]] = {}
    for task in dues.every(archive, actor, until=weeks[-1][-1], kind=kind, mine=mine, language=language):
        if task.due.on >= weeks[0][0]:
            found.setdefault(task.due.on, []).append(task)
    return Month(first, weeks, found)


def feed(archive: Archive, token: str, *, root: str, language: str, address: str = "") -> bytes:
    """Everything that is due or falls due within a year, for whoever stands behind a token, as iCalendar (RFC 5545).

    `root` is the address of the archive. Raises NotFound for a token that is unknown, ended, or was made for
    something else.
    """
    try:
        bearer = tokens.bearer(archive, token, address)
    except NotSignedIn:
        bearer = None
    if bearer is None or bearer.scope != CALENDAR:
        raise NotFound("There is no such calendar.")
    actor = people.at_the_door(archive, bearer.person, only=bearer.only)
    until = archive.now().astimezone().date() + timedelta(days=dues.FEED_DAYS)
    return as_icalendar(archive, dues.every(archive, actor, until=until, language=language), root=root)


def as_icalendar(archive: Archive, tasks: Sequence[Task], *, root: str) -> bytes:
    """Each task as a day in a calendar; a task keeps its id from one reading to the next."""
    calendar = Calendar()
    calendar.add("prodid", "-//Muniment//archive//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", archive.settings.company or "Muniment")
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    for task in tasks:
        event = Event()
        event.add("uid", f"{task.kind}-{task.due.subject}-{task.due.on:%Y%m%d}@muniment")
        event.add("dtstamp", archive.now())
        event.add("dtstart", task.due.on)
        event.add("dtend", task.due.on + timedelta(days=1))
        event.add("summary", task.due.sentence)
        event.add("categories", [task.title])
        event.add("url", root.rstrip("/") + task.due.link)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar.to_ical()


def _next(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)
