"""What was typed becomes a question in the words of the house: 类:合同 is the codes of its classes, 密级:内部 a level.

Classes, sites, departments and levels are known to everybody who has signed in, so that a wrong one can be named
and the nearest right one offered.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from difflib import get_close_matches

from access.actors import LEVELS
from archive.tables import Transaction
from indexer import words
from indexer.errors import BadQuery
from indexer.query import Query, parse

LEVEL_NAMES: Mapping[int, tuple[str, ...]] = {
    0: ("公开", "public"),
    1: ("内部", "internal"),
    2: ("普通商密", "商密", "秘密", "confidential"),
    3: ("核心商密", "机密", "绝密", "core secret"),
}
OFFERED_MAX = 5

Names = Mapping[str, Iterable[str]]
"""Value of a label → what people call it."""


def understood(tx: Transaction, typed: str, today: date) -> Query:
    """Raises BadQuery with the place and what to write instead."""

    def meaning(label: str, text: str) -> frozenset[str]:
        return _levels(text) if label == "level" else _values(label, text, _names(tx, label))

    return parse(typed, meaning=meaning, today=today)


def _names(tx: Transaction, label: str) -> Names:
    if label == "class":
        return {one.code: (one.name_zh, one.name_en) for one in tx.file_plan.every()}
    places = tx.organisation.sites() if label == "site" else tx.organisation.departments()
    return {one.code: (one.name, one.name_en) for one in places}


def _values(label: str, text: str, names: Names) -> frozenset[str]:
    """The values of this code or name; else of those that begin with the code; else that have the words in a name."""
    asked = words.fold(text)
    spoken = {code: [words.fold(name) for name in (code, *known)] for code, known in names.items()}
    ways = (
        {code for code, known in spoken.items() if asked in known},
        {code for code, known in spoken.items() if known[0].startswith(asked)},
        {code for code, known in spoken.items() if any(asked in name for name in known)},
    )
    if found := next(filter(None, ways), None):
        return frozenset(found)
    by_name = {name: code for code, known in spoken.items() for name in known}
    near = get_close_matches(asked, by_name, OFFERED_MAX, 0.3) or list(by_name)[:1]
    instead = by_name[near[0]] if near else ""
    raise BadQuery(
        f"There is no {label} {text}; write for example {instead}", kind=f"no-{label}", found=text, instead=instead
    )


def _levels(text: str) -> frozenset[str]:
    asked = words.fold(text)
    named = {words.fold(name): level for level, names in LEVEL_NAMES.items() for name in (str(level), *names)}
    sign = next((sign for sign in (">=", "<=", "≥", "≤", ">", "<") if asked.startswith(sign)), "")
    first, _, last = asked.removeprefix(sign).partition("..")
    if first not in named or (last and last not in named):
        raise BadQuery(f"There is no level {text}; write 0, 1, 2 or 3", kind="no-level", found=text, instead="0..3")
    low, high = named[first], named[last or first]
    within = {
        ">=": range(low, len(LEVELS)),
        "≥": range(low, len(LEVELS)),
        ">": range(low + 1, len(LEVELS)),
        "<=": range(low + 1),
        "≤": range(low + 1),
        "<": range(low),
    }.get(sign, range(low, high + 1))
    return frozenset(str(level) for level in LEVELS if level in within)
