"""A question is kept under a name, asked again, and its owner is told when something new answers it.

A saved search belongs to one person and holds words, never results: what it finds is decided each time anew,
within what its owner may find at that moment. `watch` is the round's share: what came in is held against the
searches of those who want to be told, once the index knows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, cast

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import acting, asking, search, telling
from archive.app import Archive
from archive.errors import Conflict, Invalid
from archive.model import SavedSearch, new_id
from archive.search import Question
from archive.tables import Transaction
from indexer.errors import BadQuery

ALERTS = ("none", "at-once", "daily")
KEPT_MAX = 100
NAME_MAX = 100
DAILY_HOUR = 8
"""At this hour of the server's day, what was found since yesterday's is told of."""
READ_WITHIN = timedelta(hours=1)
"""A record whose file has not been read after so long is held against the searches as it is."""
BATCH = 500
SEEN_UP_TO = "saved-searches-seen"
"""Under this name the tables keep up to which line of the ledger records that came in were noted."""
ARRIVALS = ("record.captured", "record.filed")
UNREAD = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search as its owner sees it."""

    search: SavedSearch
    question: Question
    news: int
    """How many records were found for it since it was last looked at, of those that may be found now."""


def save(archive: Archive, actor: Actor, name: str, question: Question, *, alert: str = "none") -> SavedSearch:
    """Keep this question. Raises Invalid for one that cannot be understood, Conflict for a name that is taken."""
    rules.require(actor, Action.SAVE_SEARCHES)
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX:
        raise Invalid("A saved search needs a name of at most 100 characters.", "no-name")
    kept = SavedSearch(new_id(), actor.id, name, _written(question), _checked(alert), archive.now())
    with archive.write() as tx:
        try:
            asking.understood(tx, question.text, archive.now().astimezone().date())
        except BadQuery as error:
            raise Invalid(str(error), "bad-query") from None
        if len(tx.searches.of(actor.id)) >= KEPT_MAX:
            raise Conflict("At most 100 searches are kept for one person; delete one first.", "too-many-searches")
        tx.searches.add(kept)
    return kept


def mine(archive: Archive, actor: Actor) -> Sequence[Kept]:
    """What this person has saved, by name."""
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.read() as tx:
        return [
            Kept(one, question_of(one), len(_news(tx, actor, one)) if one.alert != "none" else 0)
            for one in tx.searches.of(actor.id)
        ]


def one(archive: Archive, actor: Actor, search_id: str) -> Kept:
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.read() as tx:
        found = tx.searches.get(search_id, actor.id)
        return Kept(found, question_of(found), len(_news(tx, actor, found)))


def news(archive: Archive, actor: Actor, search_id: str) -> Question:
    """The question narrowed to what was found for it lately, decided anew when it is asked; looked at from now on."""
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.write() as tx:
        found = tx.searches.get(search_id, actor.id)
        ids = _news(tx, actor, found)
        tx.searches.look(search_id, archive.now())
    return replace(question_of(found), among=frozenset(ids))


def set_alert(archive: Archive, actor: Actor, search_id: str, alert: str) -> None:
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.write() as tx:
        tx.searches.get(search_id, actor.id)
        tx.searches.set_alert(search_id, _checked(alert))


def forget(archive: Archive, actor: Actor, search_id: str) -> None:
    rules.require(actor, Action.SAVE_SEARCHES)
    with archive.write() as tx:
        tx.searches.get(search_id, actor.id)
        tx.searches.forget(search_id)


def question_of(kept: SavedSearch) -> Question:
    return Question(**{name: _as_kept(value) for name, value in kept.question.items() if name in _WORTH_KEEPING})


_WORTH_KEEPING = {field.name for field in fields(Question)} - {"page", "size", "among"}
"""Where somebody stood in the pages is not part of the question."""


def _as_kept(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


def _written(question: Question) -> Mapping[str, object]:
    """What differs from the empty question."""
    said: dict[str, Any] = asdict(question)
    empty: dict[str, Any] = asdict(Question())
    return {name: value for name, value in said.items() if name in _WORTH_KEEPING and value != empty[name]}


def _checked(alert: str) -> str:
    if alert not in ALERTS:
        raise Invalid(f"An alert is one of: {', '.join(ALERTS)}.", "no-such-alert")
    return alert


def _news(tx: Transaction, actor: Actor, kept: SavedSearch) -> Sequence[str]:
    ids = tx.searches.found_since(kept.id, kept.looked_at)
    return list(tx.records.admitted(ids, rules.scope(actor, Action.FIND)))


# ---- Telling ----


def watch(archive: Archive) -> int:
    """Hold what came in against the searches that are watched, and tell their owners; how many were told.

    Safe to repeat: a record is found for a search once, and told of once.
    """
    with archive.write() as tx:
        _note_arrivals(archive, tx)
        watched = tx.searches.watched()
    while ids := _settled(archive):
        for kept in watched:
            if (owner := _owner(archive, kept)) is not None:
                _hold_against(archive, owner, kept, ids)
        with archive.write() as tx:
            tx.searches.settle(ids)
    return sum(_tell(archive, kept) for kept in watched)


def _note_arrivals(archive: Archive, tx: Transaction) -> None:
    seq, _ = tx.ledger.head()
    seen = tx.meta.get(SEEN_UP_TO)
    if seen is not None and int(seen) < seq:
        tx.searches.arrive(tx.ledger.subjects("record", after=int(seen), actions=ARRIVALS), archive.now())
    if seen is None or int(seen) < seq:
        tx.meta.put(SEEN_UP_TO, str(seq))


def _settled(archive: Archive) -> Sequence[str]:
    """Some of those that came in and are in the index as they will stay."""
    with archive.read() as tx:
        waiting = tx.searches.arrivals(BATCH)
        queued = tx.index_queue.among(waiting)
        components = tx.records.components_of(waiting)
        records = tx.records.many(waiting)
    since = archive.now() - READ_WITHIN
    return [
        one
        for one in waiting
        if one not in queued
        and (
            records[one].captured_at < since
            or not components[one]
            or any(component.media_type != UNREAD for component in components[one])
        )
    ]


def _owner(archive: Archive, kept: SavedSearch) -> Actor | None:
    """The owner as they would stand at the door now, with what their loans open; None if their account is closed."""
    with archive.read() as tx:
        person = tx.people.get(kept.person_id)
    return acting.at_the_door(archive, person) if person is not None and person.active else None


def _hold_against(archive: Archive, owner: Actor, kept: SavedSearch, ids: Sequence[str]) -> None:
    question = replace(question_of(kept), among=frozenset(ids))
    try:
        _, found = search.listed(archive, owner, question, most=len(ids))
    except Invalid:
        return  # it was understood when it was saved; an account that may not see anything finds nothing
    with archive.write() as tx:
        tx.searches.found(kept.id, [record.id for record in found], archive.now())


def _tell(archive: Archive, kept: SavedSearch) -> bool:
    owner, at = _owner(archive, kept), archive.now()
    if owner is None:
        return False
    with archive.write() as tx:
        untold = tx.searches.untold(kept.id, before=_told_until(kept, at))
        known = tx.records.admitted(untold, rules.scope(owner, Action.FIND))
        if not known:
            return False
        tx.searches.set_told(kept.id, at, before=_told_until(kept, at))
        telling.tell(archive, tx, [owner.id], "search.news", ("saved-search", kept.id))
    return True


def _told_until(kept: SavedSearch, at: datetime) -> datetime:
    """What was found before this instant may be told of now."""
    if kept.alert == "at-once":
        return at + timedelta(microseconds=1)
    morning = at.astimezone().replace(hour=DAILY_HOUR, minute=0, second=0, microsecond=0)
    return morning if at >= morning else morning - timedelta(days=1)
