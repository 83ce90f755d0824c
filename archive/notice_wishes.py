"""Somebody says how they want to be told: by topic and way out, and at which hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import notify
from archive.app import Archive
from archive.errors import Invalid
from archive.model.notices import HERE, TOPICS, Chosen, Clash, Hours, Topic, Way, way


@dataclass(frozen=True, slots=True)
class Wishes:
    topics: Sequence[Topic]
    """Those of which this person may be told, in the order of the page."""
    channels: Sequence[str]
    """Ways out of the house that are set up here, HERE first."""
    ways: Chosen
    """What holds for each topic and way out."""
    hours: Hours


def of(archive: Archive, actor: Actor) -> Wishes:
    """How this person is told now; what they have not chosen is as usual."""
    rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        chosen, hours = tx.notices.chosen(actor.id), tx.notices.hours(actor.id)
    topics, channels = _topics(actor), _channels(archive)
    ways = {
        (topic.code, one): way(chosen, topic.kinds[0], one, room=in_a_room(one)) for topic in topics for one in channels
    }
    return Wishes(topics, channels, ways, hours)


def choose(archive: Archive, actor: Actor, chosen: Mapping[tuple[str, str], str], hours: Hours) -> None:
    """Take over what was chosen; of topics that are not named nothing changes. What waits for a digest leaves at the
    new hour.

    Raises Invalid for what cannot be switched off, for a way there is none of, and for hours that clash.
    """
    rules.scope(actor, Action.FIND)
    _refuse_clashing(hours)
    topics, channels = {topic.code: topic for topic in _topics(actor)}, _channels(archive)
    said: dict[tuple[str, str], Way] = {}
    for (code, channel), word in chosen.items():
        if code not in topics or channel not in channels or word not in set(Way):
            raise Invalid("There is no such choice.", "no-such-choice")
        if channel == HERE and word == Way.DIGEST:
            raise Invalid("There is no such choice.", "no-such-choice")
        if not topics[code].allows(Way(word), room=in_a_room(channel)):
            raise Invalid("This cannot be switched off.", "not-to-be-silenced")
        said[code, channel] = Way(word)
    with archive.write() as tx:
        tx.notices.choose(actor.id, {**tx.notices.chosen(actor.id), **said})
        waits = tx.notices.digest_next_at(actor.id) is not None
        tx.notices.set_hours(actor.id, hours, hours.next_digest(archive.now()) if waits else None)
        tx.ledger.add(archive.now(), actor.id, "notices.chosen", "person", actor.id)


def in_a_room(channel: str) -> bool:
    """Do others hear there that somebody is told? Then nobody has to be."""
    return channel != HERE and notify.is_room(channel)


def _refuse_clashing(hours: Hours) -> None:
    match hours.clash():
        case Clash.HALF:
            raise Invalid("Say from when and until when it is to be quiet, or leave both empty.", "quiet-half")
        case Clash.ALWAYS:
            raise Invalid("Then it would always be quiet: leave some time at which you may be told.", "quiet-always")
        case Clash.DIGEST:
            raise Invalid("The digest would leave in your quiet hours: choose another hour for it.", "quiet-digest")
        case None:
            pass


def _topics(actor: Actor) -> Sequence[Topic]:
    return [topic for topic in TOPICS if topic.duty is None or rules.may(actor, topic.duty)]


def _channels(archive: Archive) -> Sequence[str]:
    out = [name for name in archive.settings.channels if notify.reach(name) != notify.NOBODY]
    return [HERE, *sorted(out)]
