"""A question is answered: the index proposes, the tables dispose.

Labels in the index make filters, counts and facets exact and fast; every hit that is shown is decided again
against the live tables. Records whose index entry is older than their row are hidden meanwhile: a stale
index can hide for a second, but never leak.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from access import rules
from access.actors import LEVELS, Actor
from access.rules import Action, Scope
from archive import asking, readiness, records
from archive.app import Archive
from archive.errors import Conflict, Corrupt, Invalid, NotFound
from archive.labels import format_of
from archive.model import PII, Component, Record
from archive.model.documents import Obsolete
from archive.tables import Transaction
from archive.tables.loans import NOT_LENT, Standing
from archive.tables.objects import StoredObject
from archive.threads import Shared, together
from indexer.engines import EVERYTHING, SORTS, Condition, Filter, Hits
from indexer.errors import BadQuery, IndexBroken, IndexerError
from indexer.loosening import loosened
from indexer.query import Phrase, Query, Remark, wanted
from indexer.snippets import Marker, Snippet

log = logging.getLogger("muniment.search")

SIZE_MAX = 100
REACH_MAX = 10_000
"""How deep paging goes; who needs more narrows the question."""

IDS_AT_ONCE = 500
LITERAL_FEW = 10
"""When fewer answer literally, what comes nearest stands behind them."""
STALE_AT_MOST = 200
"""So many hits are asked after in the tables before nothing is said to be there: the index may lag behind them."""
FILES_WEIGHED = 8
"""Of a record that has many files, so many are still looked at once words were found in one."""
WORDS_WEIGHED_MAX = 8
"""Of a question that nothing answers, so many of its words are looked for alone."""

__all__ = ["FACETS", "SIZE_MAX", "SORTS", "Answer", "Found", "Question", "as_filter", "find", "listed"]

FACETS = ("class", "level", "site", "department", "year", "format", "carrier")


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Empty filters narrow nothing; years are those of the document's date."""

    text: str = ""
    classes: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    sites: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    sort: str = "relevance"
    page: int = 1
    size: int = 20
    among: frozenset[str] | None = None
    """Only these records; None for all."""

    @property
    def narrowed(self) -> bool:
        """Is anything but the text asked for?"""
        chosen = (self.classes, self.levels, self.sites, self.departments, self.formats, self.carriers)
        return any(chosen) or self.year_from is not None or self.year_to is not None


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: where it is, and the lines that show why, for those who may read it."""

    record: Record
    title: tuple[tuple[str, bool], ...]
    """The title in pieces, each with whether it matched."""
    number: tuple[tuple[str, bool], ...]
    code: tuple[tuple[str, bool], ...]
    """The reference code 档号 in pieces."""
    may_read: bool
    page: int | None
    snippets: tuple[Snippet, ...]
    file: Component | None
    """The file in which the lines stand: the first of the record, or one beside or inside it; None without lines."""
    components: tuple[Component, ...]
    format: str
    """The kind of file it is, which is part of its description; empty while it has none."""
    nearest: bool
    """It does not answer literally, but comes nearest; it stands behind those that do, and is not counted."""
    may_apply: bool
    """May this person ask to borrow it?"""
    standing: Standing
    """Where its paper is, and what this person has borrowed of it: from the live tables, never from the index."""
    obsolete: Obsolete | None
    """Since when it does not hold any more, and what holds instead: what its lines say must not be taken for valid."""


@dataclass(frozen=True, slots=True)
class Answer:
    total: int
    hits: tuple[Found, ...]
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict[str, Mapping[str, int]])
    took_ms: float = 0.0
    problem: str = ""
    """Why the question could not be understood, as a sentence; empty if it could."""
    fault: BadQuery | None = None
    """The same for programs: what is wrong, at which letter, and what to write instead."""
    remarks: tuple[Remark, ...] = ()
    """How what was only half said was understood."""
    relaxed: bool = False
    """Nothing answers literally: these have enough of what was asked for, the best first."""
    alone: tuple[tuple[str, int], ...] = ()
    """When nothing was found: how many records each word would find alone, with the same filters."""
    incomplete: bool = False
    """Records are missing in the index, which is being built anew: there may be more that answer."""
    unfiltered: int = 0
    """When nothing was found: how many there would be without the filters."""


def find(archive: Archive, actor: Actor, question: Question) -> Answer:
    """The records that answer, as far as this actor may find them.

    Titles, numbers and parties match within FIND, bodies within READ. A question that cannot be understood
    is answered with `problem`, not with an error. Raises Conflict while the index is being rebuilt.
    """
    began = time.perf_counter()
    size = min(max(question.size, 1), SIZE_MAX)
    offset = (max(question.page, 1) - 1) * size
    if offset + size > REACH_MAX:
        raise Invalid("Paging ends here; narrow the question instead.", "too-deep")
    index = _Asking(archive, rules.scope(actor, Action.FIND), rules.scope(actor, Action.READ))
    relaxed = False
    today = archive.now().astimezone().date()
    with archive.read() as tx:
        try:
            query = asking.understood(tx, question.text, today)
        except BadQuery as error:
            return Answer(0, (), problem=str(error), fault=error)
        # First what is stale, then the index: whatever is committed there in between is newer, never older.
        hide = tx.index_queue.ids()
        incomplete = not readiness.is_whole(tx)
        narrow = _narrowed(question, today.year)
        shown = partial(index.search, tx, hide=hide, narrow=narrow, sort=question.sort, offset=offset, limit=size)
        hits = shown(query)
        alone, unfiltered = (), 0
        if not hits.total and query.root is not None:
            alone = index.weighed(tx, query, hide, narrow)
            unfiltered = index.search(tx, query, hide).total if question.narrowed else 0
            if (loose := loosened(query)) is not None:
                hits, query, relaxed = shown(loose), loose, True
        ids = [hit.id for hit in hits.hits]
        near, nearby = _nearest(tx, index, question, query, hits, hide, narrow) if not relaxed else (query, ())
        live = tx.records.admitted([*ids, *nearby], index.find)
        components = tx.records.components_of(list(live))
        standings = tx.loans.standings(list(live), actor.id, archive.now())
        obsolete = tx.documents.obsolete(list(live), today)
        marker, nearest = Marker(query), Marker(near)
        # Lines are shown of what was asked for in words.
        legible = [one.id for one in live.values() if marker.asked and index.read.admits(one)]
        texts = tx.objects.texts_of(legible)
    lendable = rules.scope(actor, Action.BORROW)
    hoped = [(marks, one) for marks, some in ((marker, ids), (nearest, nearby)) for one in some if one in live]
    shown_as: dict[int, Found] = {}

    def show(_failed: Callable[[], bool]) -> None:
        for place, (marks, one) in waiting:
            shown_as[place] = _found(
                marks,
                live[one],
                components[one],
                partial(_lines, archive, texts, live[one], marks),
                may_read=index.read.admits(live[one]),
                may_apply=lendable.admits(live[one]),
                nearest=marks is nearest,
                standing=standings.get(one, NOT_LENT),
                obsolete=obsolete.get(one),
            )

    # Where each text is waited for, a page of them takes as long as the slowest few and not as all of them.
    waiting = Shared(enumerate(hoped))
    together(show, min(archive.objects.at_once, len(hoped)), waiting=True)
    found = tuple(shown_as[place] for place in range(len(hoped)))
    return Answer(
        total=hits.total - sum(one not in live for one in ids),
        hits=found,
        facets=hits.facets,
        took_ms=(time.perf_counter() - began) * 1000,
        remarks=query.remarks,
        relaxed=relaxed and bool(hits.total),
        alone=alone,
        incomplete=incomplete,
        unfiltered=unfiltered,
    )


def _nearest(
    tx: Transaction,
    index: "_Asking",
    question: Question,
    query: Query,
    hits: Hits,
    hide: frozenset[str],
    narrow: Filter,
) -> tuple[Query, tuple[str, ...]]:
    """A sentence that few answer literally, loosened, and what comes nearest besides those few."""
    few = 0 < hits.total < min(LITERAL_FEW, question.size) and question.page <= 1 and question.sort == "relevance"
    loose = loosened(query) if few else None
    if loose is None:
        return query, ()
    most = min(LITERAL_FEW, question.size)
    literal = {hit.id for hit in hits.hits}
    found = index.search(tx, loose, hide, narrow=narrow, limit=most, faceted=False)
    besides = [hit.id for hit in found.hits if hit.id not in literal]
    return loose, tuple(besides[: most - hits.total])


def warm(archive: Archive) -> None:
    """Open the index that is in use, if there is one."""
    with archive.read() as tx:
        name = tx.meta.get("index")
    try:
        if name is not None:
            archive.engine(name).count()
    except IndexerError:
        archive.forget_engine()


def listed(archive: Archive, actor: Actor, question: Question, *, most: int) -> tuple[int, Sequence[Record]]:
    """How many records answer literally, and the first of them without their lines; paging is left out.

    Raises Invalid for a question that cannot be understood, Conflict while the index is being rebuilt.
    """
    index = _Asking(archive, rules.scope(actor, Action.FIND), rules.scope(actor, Action.READ))
    with archive.read() as tx:
        try:
            query = asking.understood(tx, question.text, archive.now().astimezone().date())
        except BadQuery as error:
            raise Invalid(str(error), "bad-query") from None
        hide = tx.index_queue.ids()
        narrow = _narrowed(question, archive.now().year)
        hits = index.search(tx, query, hide, narrow=narrow, sort=question.sort, limit=min(most, REACH_MAX))
        ids = [hit.id for hit in hits.hits]
        live: dict[str, Record] = {}
        for start in range(0, len(ids), IDS_AT_ONCE):
            live.update(tx.records.admitted(ids[start : start + IDS_AT_ONCE], index.find))
    return hits.total - (len(ids) - len(live)), [live[one] for one in ids if one in live]


def ranked(archive: Archive, actor: Actor, query: Query, *, most: int) -> Sequence[tuple[Record, float]]:
    """The records that answer best, each with its score."""
    index = _Asking(archive, rules.scope(actor, Action.FIND), rules.scope(actor, Action.READ))
    with archive.read() as tx:
        hits = index.search(tx, query, tx.index_queue.ids(), limit=most).hits
        live = tx.records.admitted([hit.id for hit in hits], index.find)
    return [(live[hit.id], hit.score) for hit in hits if hit.id in live]


def frequencies(archive: Archive, actor: Actor, texts: Sequence[str]) -> tuple[int, Sequence[int]]:
    """How many records this person may find, and in how many of them each of these texts stands."""
    index = _Asking(archive, rules.scope(actor, Action.FIND), rules.scope(actor, Action.READ))
    with archive.read() as tx:
        hide = tx.index_queue.ids()
        counts = [index.search(tx, Query(Phrase(text), text), hide).total for text in texts]
        return index.search(tx, Query(None), hide).total, counts


def first_answered(archive: Archive, actor: Actor, question: Question, texts: Sequence[str]) -> str:
    """The first of these texts that would find something literally, asked by this person with the filters of the
    question; empty if none does. What they may not find, and words of bodies they may not read, answer nothing."""
    index = _Asking(archive, rules.scope(actor, Action.FIND), rules.scope(actor, Action.READ))
    today = archive.now().astimezone().date()
    with archive.read() as tx:
        hide, narrow = tx.index_queue.ids(), _narrowed(question, today.year)
        for text in texts:
            try:
                query = asking.understood(tx, text, today)
            except BadQuery:
                continue
            hits = index.search(tx, query, hide, narrow=narrow, limit=STALE_AT_MOST, faceted=False).hits
            if tx.records.admitted([hit.id for hit in hits], index.find):
                return text
    return ""


class _Asking:
    """Questions to the index within one transaction, always within what somebody may FIND and READ at this moment."""

    def __init__(self, archive: Archive, find: Scope, read: Scope) -> None:
        self._archive = archive
        self.find, self.read = find, read
        self._index = ""

    def search(
        self,
        tx: Transaction,
        query: Query,
        hide: frozenset[str],
        *,
        narrow: Filter = EVERYTHING,
        sort: str = "relevance",
        offset: int = 0,
        limit: int = 0,
        faceted: bool = True,
    ) -> Hits:
        try:
            self._index = self._index or _index_in_use(tx)
            return self._archive.engine(self._index).search(
                query,
                find=as_filter(self.find),
                read=as_filter(self.read),
                narrow=narrow,
                hide=hide,
                sort=sort,
                offset=offset,
                limit=limit,
                facets=FACETS if limit and faceted else (),
            )
        except IndexBroken:
            self._archive.forget_engine()
            raise Conflict("The index is being rebuilt; search will be back in a moment.", "index-rebuilding") from None

    def weighed(
        self, tx: Transaction, query: Query, hide: frozenset[str], narrow: Filter
    ) -> tuple[tuple[str, int], ...]:
        """How many records each word of a question finds alone."""
        phrases = tuple(dict.fromkeys(wanted(query.root)))[:WORDS_WEIGHED_MAX]
        if len(phrases) < 2:
            return ()
        return tuple((one.text, self.search(tx, Query(one, one.text), hide, narrow=narrow).total) for one in phrases)


def _index_in_use(tx: Transaction) -> str:
    name = tx.meta.get("index")
    if name is None:
        raise IndexBroken("There is no index yet.")
    return name


def as_filter(scope: Scope) -> Filter:
    """A Scope as an engine filter: the twin of `Scope.admits`, proven equal by a property test."""
    alternatives: list[tuple[Condition, ...]] = []
    for clause in scope.telling:
        conditions = [
            Condition("lifecycle", clause.lifecycles),
            Condition("level", frozenset(str(level) for level in LEVELS if level <= clause.level_max)),
        ]
        if clause.pii_max is not None:
            conditions.append(Condition("pii", frozenset(str(pii) for pii in PII.values() if pii <= clause.pii_max)))
        if clause.sites is not None:
            conditions.append(Condition("site", clause.sites))
        if clause.departments is not None:
            conditions.append(Condition("department", clause.departments))
        if clause.ids is not None:
            conditions.append(Condition("id", clause.ids))
        if clause.classes is not None:
            conditions.append(Condition("class", clause.classes))
        alternatives.append(tuple(conditions))
    return tuple(alternatives)


def _narrowed(question: Question, this_year: int) -> Filter:
    chosen: Mapping[str, Iterable[str]] = {
        "class": question.classes,
        "level": map(str, question.levels),
        "site": question.sites,
        "department": question.departments,
        "format": question.formats,
        "carrier": question.carriers,
    }
    conditions = [Condition(label, wished) for label, values in chosen.items() if (wished := frozenset(values))]
    if question.among is not None:
        conditions.append(Condition("id", question.among))
    if question.year_from is not None or question.year_to is not None:
        first, last = question.year_from or 1900, question.year_to or this_year + 50
        conditions.append(Condition("year", frozenset(str(year) for year in range(max(first, 1), min(last, 9999) + 1))))
    return (tuple(conditions),)


def _lines(
    archive: Archive, texts: Mapping[str, StoredObject], record: Record, marker: Marker, component: Component
) -> tuple[Snippet, ...]:
    """The lines of one file that show what was asked for; asked again, they are remembered like the text itself.

    A hit whose text is spoilt is shown without its lines; `muniment verify` names it, the index has it read anew.
    """
    remember = not records.weighty(record)

    def marked() -> tuple[Snippet, ...]:
        return marker.snippet(records.pages_of(archive, component, texts, remember=remember))

    try:
        if not remember or component.partly_recognised or component.text_digest not in texts:
            return marked()
        return archive.texts.recall(
            ("lines", component.text_digest, marker.in_body), marked, partial(_in_memory, marker.in_body)
        )
    except (Corrupt, NotFound) as error:
        log.error("the text of component %s cannot be shown: %s", component.id, error)
        return ()


def _in_memory(asked: Sequence[Phrase], lines: Sequence[Snippet]) -> int:
    """Bytes, counted generously, of the lines and of what they are remembered by."""
    words = sum(300 + 4 * len(phrase.text) for phrase in asked)
    return words + sum(500 + 4 * sum(len(text) for text, _ in line.parts) for line in lines)


def _found(
    marker: Marker,
    record: Record,
    components: tuple[Component, ...],
    lines: Callable[[Component], tuple[Snippet, ...]],
    *,
    may_read: bool,
    may_apply: bool,
    nearest: bool,
    standing: Standing,
    obsolete: Obsolete | None,
) -> Found:
    file, snippets = _where(components, marker, lines) if may_read and marker.asked else (None, ())
    return Found(
        record=record,
        title=marker.highlight(record.title),
        number=marker.highlight(record.doc_number, "number"),
        code=marker.highlight(record.archival_code, "number"),
        may_read=may_read,
        page=snippets[0].page if snippets else None,
        snippets=snippets,
        file=file,
        components=components if may_read else (),
        format=format_of(components[0].media_type) if components else "",
        nearest=nearest,
        may_apply=may_apply,
        standing=standing,
        obsolete=obsolete,
    )


def _where(
    components: Sequence[Component], marker: Marker, lines_of: Callable[[Component], tuple[Snippet, ...]]
) -> tuple[Component | None, tuple[Snippet, ...]]:
    """The file that shows most of what was asked for, with its lines; rather one that is inside than one that lists
    what is inside it."""
    best: tuple[int, Component | None, tuple[Snippet, ...]] = (0, None, ())
    left = FILES_WEIGHED
    for component in components:
        lines = lines_of(component)
        shown = len(frozenset[int]().union(*(line.shows for line in lines)))
        if named := component.parent_id and marker.snippet((component.file_name,), most=1):
            by_name = len(named[0].shows)
            if by_name > shown or not lines:
                lines, shown = named, by_name
        inside = best[1] is not None and component.parent_id == best[1].id
        if shown > best[0] or (inside and shown == best[0] > 0):
            best = shown, component, lines
        left -= bool(best[0])
        if (best[0] >= marker.asked and not _lists(best[1], components)) or left <= 0:
            break
    return best[1], best[2]


def _lists(component: Component | None, components: Sequence[Component]) -> bool:
    """Are there files inside it?"""
    return component is not None and any(other.parent_id == component.id for other in components)
