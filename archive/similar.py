"""Records like this one: those that share its telling words, as far as somebody may find and read them.

The words come from the title and the parties, and from the text where the text may be read. How telling a word is
depends on how few records bear it among those this person may find, so that nothing else can be inferred from it.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import records, search
from archive.app import Archive
from archive.errors import Corrupt, NotFound
from archive.model import Component, Record
from indexer import words
from indexer.query import Any, Phrase, Query

LETTERS_MAX = 30_000
"""So much of the text is looked at; the beginning of a paper says what it is about."""
WEIGHED_MAX = 24
TERMS_MAX = 12
TITLE_COUNTS = 3
ALIKE_MIN = 0.2
"""A record counts as similar from this share of the worth of the record itself."""


@dataclass(frozen=True, slots=True)
class Alike:
    record: Record
    alike: float
    """Between ALIKE_MIN and 1."""


def similar(archive: Archive, actor: Actor, record_id: str, *, limit: int = 6) -> Sequence[Alike]:
    """The most similar first. NotFound if the record may not be found; Conflict while the index is being rebuilt."""
    find, read = rules.scope(actor, Action.FIND), rules.scope(actor, Action.READ)
    with archive.read() as tx:
        record = tx.records.found(record_id, find)
        components = tx.records.components_of([record_id])[record_id] if read.admits(record) else ()
    text = "\n".join(_text(archive, component) for component in components)[:LETTERS_MAX]
    counted = _words(record.title, TITLE_COUNTS) + _words("\n".join(record.parties), 1) + _words(text, 1)
    candidates = [word for word, _ in counted.most_common(WEIGHED_MAX)]
    everything, frequencies = search.frequencies(archive, actor, candidates)
    telling = {
        word: (1 + math.log(counted[word])) * math.log(1 + everything / frequency)
        for word, frequency in zip(candidates, frequencies, strict=True)
        if frequency > 1
    }
    terms = sorted(telling, key=lambda word: (-telling[word], word))[:TERMS_MAX]
    if not terms:
        return []
    phrases = tuple(Phrase(term) for term in terms)
    found = search.ranked(archive, actor, Query(Any(phrases)), most=limit + 1)
    own = next((score for one, score in found if one.id == record_id), found[0][1] if found else 0.0)
    return [
        Alike(one, min(1.0, score / own))
        for one, score in found
        if one.id != record_id and own > 0 and score >= ALIKE_MIN * own
    ][:limit]


def _words(text: str, weight: int) -> Counter[str]:
    folded = "".join(words.fold(text).split())
    found = (word for word, _, _ in words.dictionary_words(folded) if len(word) > 1 and words.split(word))
    return Counter({word: count * weight for word, count in Counter(found).items()})


def _text(archive: Archive, component: Component) -> str:
    try:
        return "\n".join(records.pages_of(archive, component))
    except (Corrupt, NotFound):
        return ""  # `muniment verify` names it; what is known of the record still says what it is like
