"""People are told of what falls due for them: once when it comes within a week, once more when it is late.

What has a ladder or a notice of its own, as loans have, is left to it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta

from access.actors import Actor
from archive import dues
from archive.acting import at_the_door
from archive.app import Archive
from archive.dues import Task
from archive.telling import tell

SOON = timedelta(days=7)

ELSEWHERE = frozenset({"loans", "approvals"})
"""Sources whose people are told step by step by what they come from."""

KIND: Mapping[str, str] = {
    "contracts": "due.contracts",
    "contract_reviews": "due.contracts",
    "documents": "due.reviews",
    "laws": "due.reviews",
    "measures": "due.reviews",
}
"""Source → the notice it belongs to; every other belongs to due.others."""


KINDS = frozenset({*KIND.values(), "due.others"})


def sweep(archive: Archive) -> int:
    """Tell everybody of what came near or became late since they were told; how many notices that were. Safe to
    repeat: each due is told once for each of the two."""
    with archive.read() as tx:
        people = [one for one in tx.people.every() if one.active and one.roles]
    return sum(_tell(archive, person.id, dues_of) for person in people if (dues_of := _mine(archive, person.id)))


def counts(archive: Archive, person_id: str) -> Mapping[str, Mapping[str, str]]:
    """Kind of notice → what it says of this person now; only kinds of which there is something."""
    return {kind: _said(tasks) for kind, tasks in _mine(archive, person_id).items()}


def about(archive: Archive, actor: Actor, language: str) -> Mapping[str, Sequence[Task]]:
    """Kind of notice → what it is about now, the most urgent first, as far as this person may find it now.

    A notice keeps counts only: what leaves the house names no title, and a title may be hidden after it was told.
    """
    return _by_kind(archive, actor, language)


def _mine(archive: Archive, person_id: str) -> Mapping[str, list[Task]]:
    """What is due within a week for this person, as what they may find now says: kind of notice → tasks."""
    with archive.read() as tx:
        person = tx.people.get(person_id)
    if person is None:
        return {}
    return _by_kind(archive, at_the_door(archive, person), archive.settings.language)


def _by_kind(archive: Archive, actor: Actor, language: str) -> Mapping[str, list[Task]]:
    until = archive.now().astimezone().date() + SOON
    found: dict[str, list[Task]] = {}
    for task in dues.every(archive, actor, until=until, mine=True, language=language):
        if task.kind not in ELSEWHERE:
            found.setdefault(KIND.get(task.kind, "due.others"), []).append(task)
    return found


def _tell(archive: Archive, person_id: str, found: Mapping[str, Sequence[Task]]) -> int:
    at, told = archive.now(), 0
    with archive.write() as tx:
        for kind, tasks in found.items():
            fresh = [task for task in tasks if tx.reminders.claim(_mark(person_id, task), _day(task), _rung(task), at)]
            if fresh:
                tell(archive, tx, [person_id], kind, ("due", kind), **_said(tasks))
                told += 1
    return told


def _said(tasks: Sequence[Task]) -> dict[str, str]:
    late = sum(task.days < 0 for task in tasks)
    return {"soon": str(len(tasks) - late), "late": str(late)}


def _rung(task: Task) -> int:
    return 1 if task.days < 0 else -1


def _day(task: Task) -> datetime:
    return datetime.combine(task.due.on, time(), UTC)


def _mark(person_id: str, task: Task) -> str:
    """What tells a due of somebody from every other, in as many signs as there is room for."""
    said = f"{person_id}/{task.kind}/{task.due.subject}"
    return "due/" + hashlib.sha256(said.encode()).hexdigest()[:32]
