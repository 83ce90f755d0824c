"""Laws and other rules from outside (2.3): their standing, what took their place, and where a text names them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

STATUSES = ("upcoming", "in_force", "amended", "partly_repealed", "repealed", "superseded", "unknown")
GONE = frozenset({"repealed", "superseded"})
"""Nothing is to rely on it any more."""
RANKS = ("law", "regulation", "rule", "local", "standard", "other")
REVIEW_DAYS: Mapping[str, int] = {"local": 30}
REVIEW_DAYS_ELSE = 90
"""How soon it is looked at again (domain §3.5): local rules every month, everything else every quarter."""


@dataclass(frozen=True, slots=True)
class Law:
    """外来文件: one line of the register of laws. An empty field is one that nobody has stated."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    number: str = ""
    """文号."""
    issuer: str = ""
    rank: str = "other"
    published_on: date | None = None
    effective_on: date | None = None
    ended_on: date | None = None
    status: str = "unknown"
    successor: str = ""
    """Code of the law that took its place."""
    departments: str = ""
    """Whom it binds."""
    source: str = ""
    """Where its text was read."""
    verified_on: date | None = None
    """When somebody held this line against the text; None: not verified."""

    def gone(self, day: date) -> bool:
        return self.status in GONE and (self.ended_on is None or self.ended_on <= day)


@dataclass(frozen=True, slots=True)
class LawVersion:
    version: int
    changed_at: datetime
    changed_by: str
    reason: str
    law: Law


@dataclass(frozen=True, slots=True)
class LawReview:
    """适用性评审: somebody looked whom it binds and which documents of the company follow from it."""

    id: str
    code: str
    reviewed_at: datetime
    reviewed_by: str
    applies: bool
    note: str
    next_on: date


@dataclass(frozen=True, slots=True)
class LawReader:
    """Somebody whom a law is for, and when they said that they have read it in this version."""

    code: str
    version: int
    """That they are to read, and once they have, that they read."""
    person_id: str
    asked_at: datetime
    asked_by: str
    due_on: date
    read_at: datetime | None = None
    reminded_on: date | None = None


def named_in(text: str, laws: Iterable[Law]) -> Sequence[str]:
    """Codes of the laws that a text names in 《》, by their name or an alias; with or without 中华人民共和国."""
    known = {_plain(name): law.code for law in laws for name in (law.name, *law.aliases) if name}
    found = dict.fromkeys(known[name] for title in _TITLES.findall(text) if (name := _plain(title)) in known)
    return list(found)


_TITLES = re.compile(r"《([^《》\n]{2,60})》")


def _plain(name: str) -> str:
    return re.sub(r"\s|[(（].*?[)）]", "", name).removeprefix("中华人民共和国")
