"""What somebody types is continued: by their own questions, and by titles, numbers and parties they may find.

The names stand in memory (`indexer.spellings`) and follow the ledger: whatever changes a record writes a line there.
Like the index they only propose; every name is shown only if a record that bears it is admitted at this moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from access import rules
from access.actors import Actor
from access.rules import Action, Scope
from archive import labels, search
from archive.app import Archive
from archive.model import Record
from archive.search import Question
from archive.tables import Transaction
from indexer import mistypings, words
from indexer.spellings import Match, Named

OWN_MAX = 3
"""So many of the suggestions may be questions asked before."""
OWN_KEPT = 100
TYPED_MAX = 100
LEARNED_AT_ONCE = 20_000
"""Records. What is made of more at once would fill the memory."""
OFFERS_TRIED = 5
"""Of what may have been meant by something mistyped, the likeliest: each costs one search, and the page that found
nothing waits for all of them. What stands further down is a guess."""
KINDS = ("question", "title", "number", "party")


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that continues what was typed, and what kind of thing it is: one of KINDS."""

    kind: str
    text: str


def complete(archive: Archive, actor: Actor, typed: str, *, limit: int = 8) -> Sequence[Proposal]:
    """What may be meant, best first: own questions, then names that begin with what was typed or contain it.

    Latin letters are read as pinyin, its initials, or both: `wyht` proposes 物业合同.
    """
    find = rules.scope(actor, Action.FIND)
    typed = typed[:TYPED_MAX]
    folded = words.fold(typed).strip()
    if not folded:
        return ()
    with archive.read() as tx:
        follow(archive, tx)
        own = [text for text in tx.searches.asked(actor.id, OWN_KEPT) if words.fold(text).startswith(folded)]
        matches = archive.names.spellings.match(typed, find=search.as_filter(find), limit=limit)
        found = list(_still_true(tx, matches, find))
    proposals = [*(Proposal("question", text) for text in own[:OWN_MAX] if words.fold(text) != folded), *found]
    first = {proposal.text: proposal for proposal in reversed(proposals)}
    return tuple(dict.fromkeys(first[proposal.text] for proposal in proposals))[:limit]


def warm(archive: Archive) -> None:
    """Learn the names, open the index and load the dictionary of what may have been mistyped, which takes seconds,
    before somebody asks: for a process that has just started."""
    search.warm(archive)
    mistypings.alternatives("维宝何同")
    with archive.read() as tx:
        follow(archive, tx)


def meant(archive: Archive, actor: Actor, typed: str) -> str:
    """What sounds like this and stands in the name of a record that may be found: 物业何同 is 物业合同. Else empty."""
    find = rules.scope(actor, Action.FIND)
    with archive.read() as tx:
        follow(archive, tx)
        spellings = archive.names.spellings
        matches = spellings.match(typed[:TYPED_MAX], find=search.as_filter(find), limit=3, by_sound=True)
        true = {proposal.text for proposal in _still_true(tx, matches, find)}
    parts = (match.part for match in matches if match.text in true)
    return next((part for part in parts if part != words.fold(typed)), "")


def meant_in_texts(archive: Archive, actor: Actor, question: Question) -> str:
    """What was mistyped, as it stands in a record that this person finds if they ask for it themselves. Else empty.

    What may have been meant comes from a dictionary, never from the index; it is asked for like a question of theirs,
    so that an offer tells nothing that asking would not. At most OFFERS_TRIED are asked.
    """
    tried = islice(mistypings.alternatives(question.text), OFFERS_TRIED)
    return search.first_answered(archive, actor, question, tuple(tried))


def follow(archive: Archive, tx: Transaction) -> None:
    """Bring the names up to where the ledger stands in this transaction.

    While somebody else does so for the first time, which takes a second or two for very many records, nobody waits.
    """
    names = archive.names
    seq, _ = tx.ledger.head()
    if names.seq >= seq or not names.turn.acquire(blocking=names.seq >= 0):
        return
    try:
        if names.seq < 0:
            every = iter(tx.records.named())
            while some := list(islice(every, LEARNED_AT_ONCE)):
                _put(archive, some)
        elif names.seq < seq:
            changed = tx.ledger.subjects("record", after=names.seq)
            there = list(tx.records.named(changed))
            _put(archive, there, gone=set(changed) - {record.id for record in there})
        names.seq = max(names.seq, seq)
    finally:
        names.turn.release()


def _put(archive: Archive, records: Sequence[Record], *, gone: Iterable[str] = ()) -> None:
    hidden = [record.id for record in records if record.lifecycle == "quarantined"]
    named = [
        Named(record.id, labels.rights_of(record), names_of(record))
        for record in records
        if record.lifecycle != "quarantined"
    ]
    archive.names.spellings.put(named, gone=[*gone, *hidden])


def names_of(record: Record) -> tuple[tuple[str, str], ...]:
    numbers = dict.fromkeys(number for number in (record.archival_code, record.doc_number) if number)
    parties = dict.fromkeys(party for party in (*record.parties, record.issuer) if party)
    return (
        ("title", record.title),
        *(("number", number) for number in numbers),
        *(("party", party) for party in parties),
    )


def _still_true(tx: Transaction, matches: Sequence[Match], find: Scope) -> Iterable[Proposal]:
    live = tx.records.admitted([one for match in matches for one in match.ids], find)
    for match in matches:
        bearers = (live[one] for one in match.ids if one in live)
        if any((match.kind, match.text) in names_of(record) for record in bearers):
            yield Proposal(match.kind, match.text)
