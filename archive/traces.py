"""What somebody opened and asked lately: theirs alone, shown to nobody else, forgotten when they say so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access import rules
from access.actors import Actor
from access.rules import Action
from archive.app import Archive
from archive.model import Record

KEPT = 100
QUESTION_MAX = 200


@dataclass(frozen=True, slots=True)
class Opened:
    record: Record
    at: datetime


def opened(archive: Archive, actor: Actor, record_id: str, *, question: str = "") -> None:
    """Remember that this person opened a record, and with which question they came to it."""
    question = " ".join(question.split())[:QUESTION_MAX]
    with archive.read() as tx:
        tx.records.found(record_id, rules.scope(actor, Action.FIND))
        latest = [one for one, _ in tx.searches.opened(actor.id, 1)]
        asked = list(tx.searches.asked(actor.id, 1))
    if latest == [record_id] and (not question or asked == [question]):
        return
    with archive.write() as tx:
        tx.searches.open_record(actor.id, record_id, archive.now())
        if question:
            tx.searches.ask(actor.id, question, archive.now())
        tx.searches.forget_traces(actor.id, keep=KEPT)


def recent(archive: Archive, actor: Actor, *, limit: int = 10) -> Sequence[Opened]:
    """What this person opened, the latest first, as far as they may find it now."""
    with archive.read() as tx:
        known = tx.searches.opened(actor.id, KEPT)
        live = tx.records.admitted([one for one, _ in known], rules.scope(actor, Action.FIND))
    return [Opened(live[one], at) for one, at in known if one in live][:limit]


def questions(archive: Archive, actor: Actor, *, limit: int = 10) -> Sequence[str]:
    """What this person asked, the latest first. Words of their own: they say nothing of any record."""
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.read() as tx:
        return tx.searches.asked(actor.id, limit)


def forget(archive: Archive, actor: Actor) -> None:
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.write() as tx:
        tx.searches.forget_traces(actor.id)
