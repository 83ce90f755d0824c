"""What falls due. One file per source in this folder; the file name is the kind of its dues.

A source has

    TITLE       what such dues are called, in zh and en
    DUTY        the action whose roles are shown them; an action that begins with see-, or one that tokens of calendars
                may do (`access.rules.TOKEN_SCOPES`)
    due(archive, actor, span, say) -> Iterable[Due]
                what is not done yet and falls due until the end of the span, overdue included, within what this actor
                may find; changes nothing. `say(zh, en)` is the word in the reader's language

and is thereby on the page of tasks, in the calendar, in its feed and in the API. What was done is not due any more:
nobody ticks anything off. `tests/contracts/test_dues.py` holds every source to these words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Invalid

Say = Callable[[str, str], str]

AHEAD_DAYS = 30
"""How far ahead what is due is counted as near: what comes after it stands on the page of tasks under “later”."""
FEED_DAYS = 400
"""How far a calendar that is subscribed to looks ahead: over the end of every yearly term."""


@dataclass(frozen=True, slots=True)
class Span:
    """As of which day, and until which day it is asked, that day included."""

    today: date
    until: date


@dataclass(frozen=True, slots=True)
class Due:
    """Something that somebody has to do by a day.

    Whose it is: a person, or else everybody who has the duty. `link` is the address below the archive's own at which it
    is done, as /loans/ID.
    """

    subject: str
    """Id of what it is about; with the kind and the day it tells this due from every other."""
    sentence: str
    on: date
    link: str
    person: str = ""
    duty: Action | None = None
    barred: frozenset[str] = frozenset()
    """Those who have the duty and may not do this: what they did is looked at."""
    line: str = ""
    """Code of the line of the desk (`archive.desk`) that counts it already, for those who have that line."""


@dataclass(frozen=True, slots=True)
class Task:
    """A due as one person sees it."""

    kind: str
    title: str
    due: Due
    mine: bool
    days: int
    """Until it is due; below zero: overdue for so long."""


class Source(Protocol):
    TITLE: Mapping[str, str]
    DUTY: Action

    def due(self, archive: Archive, actor: Actor, span: Span, say: Say) -> Iterable[Due]: ...


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_source(name: str) -> Source:
    return cast("Source", import_module(f"{__name__}.{name}"))


def kinds(actor: Actor, language: str) -> Mapping[str, str]:
    """Name → title of the kinds of dues that this person may be shown."""
    sources = {name: open_source(name) for name in names()}
    return {name: one.TITLE[language] for name, one in sources.items() if rules.may(actor, one.DUTY)}


def every(
    archive: Archive,
    actor: Actor,
    *,
    until: date | None = None,
    kind: str = "",
    mine: bool = False,
    language: str = "zh",
) -> Sequence[Task]:
    """What falls due until a day (in thirty days), the most urgent first; overdue comes before everything else.

    Raises Invalid for a kind there is none of.
    """
    if kind and kind not in names():
        raise Invalid(f"There is no kind of due {kind!r}; there are: {', '.join(names())}.", "no-such-kind")
    today = archive.now().astimezone().date()
    span = Span(today, until or today + timedelta(days=AHEAD_DAYS))
    offered = kinds(actor, language)
    tasks = [
        task
        for name, title in offered.items()
        if not kind or name == kind
        for one in open_source(name).due(archive, actor, span, _say(language))
        if one.on <= span.until
        for task in (Task(name, title, one, _mine(actor, one), (one.on - today).days),)
        if task.mine or not mine
    ]
    return sorted(tasks, key=lambda task: (task.due.on, task.kind, task.due.sentence))


def _mine(actor: Actor, due: Due) -> bool:
    if due.person:
        return due.person == actor.id
    return due.duty is not None and actor.id not in due.barred and rules.may(actor, due.duty)


def _say(language: str) -> Say:
    return lambda zh, en: zh if language == "zh" else en
