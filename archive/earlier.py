"""Earlier versions of files are searched when somebody asks for it: what was replaced is not forgotten.

The index has what holds now. Versions that were replaced are few; their kept texts are looked through one by one, of
what this person may read only, the newest first.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import asking, records
from archive.app import Archive
from archive.errors import Corrupt, Invalid, NotFound
from archive.labels import BODY_LEVEL_MAX
from archive.model import Component, Record
from indexer.errors import BadQuery
from indexer.query import All, Any, Between, Enough, Labelled, Node, Not, Phrase, Query, phrases
from indexer.snippets import Marker, Snippet

VERSIONS_MAX = 5000
TIME_S = 5.0
HITS_MAX = 100


@dataclass(frozen=True, slots=True)
class Earlier:
    """A version that was replaced, and the lines in it."""

    record: Record
    version: Component
    snippets: tuple[Snippet, ...]


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    hits: Sequence[Earlier]
    looked_at: int
    """Versions that were looked through."""
    whole: bool
    """All there are that this person may read; otherwise the newest of them."""


def find(archive: Archive, actor: Actor, text: str) -> EarlierAnswer:
    """The replaced versions that answer. What narrows to a class, a site or a time is left out of account.

    Raises Invalid for a question that cannot be understood, or an empty one.
    """
    began = time.monotonic()
    with archive.read() as tx:
        try:
            query = asking.understood(tx, text, archive.now().astimezone().date())
        except BadQuery as error:
            raise Invalid(str(error), "bad-query") from None
        if query.root is None:
            raise Invalid("There is nothing to look for: type at least one letter, digit or character.", "bad-query")
        replaced = tx.records.replaced(
            rules.scope(actor, Action.READ), level_max=BODY_LEVEL_MAX, limit=VERSIONS_MAX + 1
        )
    marker, alone = Marker(query), {phrase: Marker(Query(phrase)) for phrase in phrases(query.root)}
    hits: list[Earlier] = []
    looked_at = 0
    for record, version in replaced[:VERSIONS_MAX]:
        if len(hits) == HITS_MAX or time.monotonic() - began > TIME_S:
            break
        looked_at += 1
        pages = _pages(archive, version)
        if _answers(query.root, _has(record, version, pages, alone)):
            hits.append(Earlier(record, version, marker.snippet(pages)))
    return EarlierAnswer(hits, looked_at, looked_at == len(replaced))


def _pages(archive: Archive, version: Component) -> Sequence[str]:
    try:
        return records.pages_of(archive, version)
    except (Corrupt, NotFound):
        # `muniment verify` names it; a search goes on without it.
        return ()


def _has(
    record: Record, version: Component, pages: Sequence[str], alone: Mapping[Phrase, Marker]
) -> Callable[[Phrase], bool]:
    described = {
        "title": (record.title,),
        "number": (record.doc_number, record.archival_code),
        "party": (*record.parties, record.issuer),
    }

    def has(phrase: Phrase) -> bool:
        if phrase.field is not None:
            said = (alone[phrase].highlight(one, phrase.field) for one in described.get(phrase.field, ()))
            return any(marked for parts in said for _, marked in parts)
        return bool(alone[phrase].snippet((*pages, version.file_name), most=1))

    return has


def _answers(node: Node, has: Callable[[Phrase], bool]) -> bool:
    match node:
        case Phrase():
            return has(node)
        case All(parts):
            return all(_answers(part, has) for part in parts)
        case Any(parts):
            return any(_answers(part, has) for part in parts)
        case Enough(parts, least):
            return sum(map(has, parts)) >= least
        case Not(part):
            return not _answers(part, has)
        case Labelled() | Between():
            return True
