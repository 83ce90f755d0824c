"""What is done with many records, and what becomes of each, as something a person reads."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import LazyString

from archive.deeds import describe
from archive.records import Vocabulary
from web import words
from web.language import gettext
from web.language import lazy_gettext as _l

DEEDS: Mapping[str, LazyString] = {
    "describe": _l("Correct facts"),
    "file": _l("File them"),
    "dossier": _l("Put into a dossier"),
    "hold": _l("Put on hold"),
}
STATES: Mapping[str, LazyString] = {
    "chosen": _l("chosen"),
    "waiting": _l("waits its turn"),
    "ready": _l("would be done"),
    "unchanged": _l("is so already"),
    "refused": _l("cannot be done"),
    "done": _l("done"),
    "undone": _l("undone"),
}
PHASES: Mapping[str, LazyString] = {
    "chosen": _l("Chosen"),
    "trying": _l("Tried out"),
    "doing": _l("Done"),
    "undoing": _l("Undone"),
}
CHANGED: Mapping[str, LazyString] = {
    **{name: words.FIELDS[name] for name in describe.FIELDS},
    "lifecycle": _l("State"),
    "dossier": _l("Dossier"),
    "hold": _l("Hold"),
}
"""The changes that are shown; of others the house takes note for itself."""


def changes(found: Mapping[str, Sequence[Any]], vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """What a change is about, what it was and what it became, in words."""
    for name, (before, after) in found.items():
        if name in CHANGED:
            yield str(CHANGED[name]), _shown(name, before, vocabulary), _shown(name, after, vocabulary)


def asked(said: Mapping[str, str], vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    """What was asked for, in words."""
    if "number" in said:
        yield str(CHANGED["dossier"]), f"{said['number']} {said['item']}"
    elif "reason" in said:
        yield gettext("Reason"), said["reason"]
    else:
        for name, value in said.items():
            yield str(CHANGED[name]), _shown(name, int(value) if name == "level" else value, vocabulary)


def _shown(name: str, value: Any, vocabulary: Vocabulary) -> str:
    if value == "":
        return "–"
    if name == "level":
        return str(words.LEVELS[value])
    if name == "lifecycle":
        return str(words.LIFECYCLES[value])
    if name == "class_code":
        called = {one.code: words.class_name(one) for one in vocabulary.classes}
        return f"{value} {called.get(value, '')}".strip()
    if name == "parties":
        return gettext(", ").join(value.splitlines() if isinstance(value, str) else value) or "–"
    if name in ("site", "department"):
        return words.place(value)
    return str(value)
