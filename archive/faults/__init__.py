"""What is not as it has to be. One file per kind of fault in this folder; the file name is the kind.

A kind has

    TITLE       what such a fault is called, in zh and en
    SEVERITY    high (a right or a duty is being lost), middle (something is missing or contradictory), low (untidy)
    DUTY        the action whose roles are shown it
    find(archive, actor, on, say) -> Iterable[Fault]
                every fault there is as of a day, within what this actor may find, in an order that stays; changes
                nothing. `say(zh, en)` is the word in the reader's language

and is thereby on the page of faults, in `muniment report faults` and in the API. A fault is found anew each time and
gone when it is mended: nothing of it is stored. Each kind has a file in `archive/demo/plants/` that plants it in the
demo company. `tests/contracts/test_faults.py` holds every kind to these words.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal, Protocol, cast

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.errors import Invalid

Say = Callable[[str, str], str]
Severity = Literal["high", "middle", "low"]
SEVERITIES: tuple[Severity, ...] = ("high", "middle", "low")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: what it is about, in which sentence, and the address below the archive's own at which it
    is mended."""

    subject: str
    sentence: str
    link: str


@dataclass(frozen=True, slots=True)
class Found:
    kind: str
    title: str
    severity: Severity
    fault: Fault


class Kind(Protocol):
    TITLE: Mapping[str, str]
    SEVERITY: Severity
    DUTY: Action

    def find(self, archive: Archive, actor: Actor, on: date, say: Say) -> Iterable[Fault]: ...


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_kind(name: str) -> Kind:
    return cast("Kind", import_module(f"{__name__}.{name}"))


def kinds(actor: Actor, language: str) -> Mapping[str, str]:
    """Name → title of the kinds that this person may be shown."""
    known = {name: open_kind(name) for name in names()}
    return {name: one.TITLE[language] for name, one in known.items() if rules.may(actor, one.DUTY)}


def every(
    archive: Archive, actor: Actor, *, on: date | None = None, kind: str = "", language: str = "zh"
) -> Sequence[Found]:
    """What is wrong as of a day (today), the gravest first. Raises Invalid for a kind there is none of."""
    if kind and kind not in names():
        raise Invalid(f"There is no kind of fault {kind!r}; there are: {', '.join(names())}.", "no-such-kind")
    day = on or archive.now().astimezone().date()
    found = [
        Found(name, title, open_kind(name).SEVERITY, fault)
        for name, title in kinds(actor, language).items()
        if not kind or name == kind
        for fault in open_kind(name).find(archive, actor, day, _say(language))
    ]
    return sorted(found, key=lambda one: SEVERITIES.index(one.severity))


def _say(language: str) -> Say:
    return lambda zh, en: zh if language == "zh" else en
