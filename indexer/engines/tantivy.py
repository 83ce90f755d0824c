"""The engine for many records: Tantivy, a library in Rust (`pip install tantivy`; one line of configuration).

The same places as in the default engine go into its inverted index as words: a phrase is a phrase there, because
every gap, every beginning of a run and every border between values is a word of its own. Totals, facets and filters
are as exact as in the default engine. Two things differ: the rarity of a word is counted over the whole index, so
that the order of hits (never their number) can depend on records the reader may not find; and characters that stand
side by side in a text without being words there weigh as much as words.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false
# Tantivy's stubs are incomplete.

import math
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import tantivy
from tantivy import Document, FieldType, Index, Occur, Order, SchemaBuilder, TextAnalyzerBuilder, Tokenizer
from tantivy import Query as T

from indexer import words
from indexer.engines import (
    BODY_LABELS,
    DAYS,
    EVERYTHING,
    NAMED_WHOLE,
    NOTHING,
    SORTS,
    STANDINGS,
    TYPED_WHOLE,
    Entry,
    Filter,
    Hit,
    Hits,
)
from indexer.errors import IndexBroken
from indexer.folder import IndexFolder
from indexer.memory import Memory
from indexer.places import headings
from indexer.query import All, Between, Enough, Labelled, Node, Not, Phrase, Query, spellings
from indexer.query import Any as AnyOf
from indexer.segments import TITLE_KEY_WORDS, title_keys
from indexer.spaced import BORDER, Laid, words_of

LAYOUT: Final = 8
FIELDS: Final = {"title": "title", "number": "numbers", "party": "parties"}
WORTH: Final = {"title": 3.0, "numbers": 6.0, "parties": 3.0, "headings": 1.0, "body": 1.0}
OF_BODY: Final = ("body", "headings")
"""What stands in a heading stands in the body too."""
PIECE_WORTH: Final = WORTH | {"title": 0.15, "parties": 0.15, "headings": 0.0}
"""A word is asked of what is called so, a piece of a sentence of what speaks of it."""
TELLING: Final = 0.3
"""Of pieces, the rare ones tell more than rarity says: it counts once more to this power."""
HINT_SHARE_MAX: Final = 0.2
"""A character that stands in more of the bodies hints at nothing."""
RIGHTS: tuple[str, ...] = ("lifecycle", "level", "pii", "site", "department")
"""Labels of which one word is made: rights look at all of them at once, for every question."""
NEAR: Final = 24
"""Words of a question that stand so few places apart belong together …"""
NEARNESS: Final = 0.5
"""… which is worth so much of a word."""

_RERANKED: Final = 200
_LAID_OUT_AT_ONCE: Final = 100_000
"""Letters. Many short texts at once cost little more than one; more than the caches of a processor hold cost more."""
_FEW: Final = 16
"""So many values are asked for one by one: a set of terms is made into an automaton for every part of the index."""
_HEAP_BYTES: Final = 64_000_000
_IDLE_S: Final = 0.5
"""A writer that has had nothing to do for so long lets others in."""
_COURTESY_S: Final = 0.03
"""After letting go for another writer, so that it and not we are next."""
_BUCKETS_MAX: Final = 65_000
_UNDATED: Final = 99999999
_RIGHTS_BORDER: Final = "\x1f"
_UNSAID: Final = "\x1e"
"""In place of a label that an entry does not have: no filter admits it, not even one that admits the empty value."""
_REMEMBERED_BYTES: Final = 16_000_000
_Seen = tuple[int, int, int]
"""What a commit is told apart by."""


def open_engine(folder: Path, *, writable: bool, patience_s: float = 10.0) -> "TantivyEngine":
    """Open or create. `patience_s` is how long a writer waits for another one."""
    return TantivyEngine(folder, writable=writable, patience_s=patience_s)


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    for field in WORTH:
        builder.add_text_field(field, tokenizer_name="places", index_option="position")
    builder.add_text_field("signs", tokenizer_name="places", index_option="freq")
    for field in ("called", "named"):
        builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("rights", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("labels", tokenizer_name="raw", index_option="basic")
    builder.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic", expand_dots_enabled=False)
    for field in ("newest", "oldest", "arrival", *_TITLE_KEYS):
        builder.add_unsigned_field(field, fast=True)
    for label in DAYS:
        builder.add_unsigned_field(label, fast=True, indexed=True)
    builder.add_unsigned_field("standing", fast=True)
    return builder.build()


_TITLE_KEYS: Final = tuple(f"title{i}" for i in range(TITLE_KEY_WORDS))


class TantivyEngine:
    """See `indexer.engines.Engine`. May be used by many threads at once."""

    def __init__(self, folder: Path, *, writable: bool, patience_s: float) -> None:
        self._path = folder
        self._writable = writable
        self._schema = _schema()
        self._changing = threading.Lock()
        self._refreshing = threading.Lock()
        self._writer: tantivy.IndexWriter | None = None
        self._held = ExitStack()
        self._idle: threading.Timer | None = None
        self._own = IndexFolder(folder, f"tantivy-{LAYOUT}", patience_s=patience_s, create=self._create)
        try:
            self._index = Index(self._schema, path=str(folder))
        except ValueError as error:
            raise IndexBroken("The index is damaged; rebuild it.") from error
        self._index.register_tokenizer("places", TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        self._seen = self._state()
        self._memory = Memory(_REMEMBERED_BYTES)

    # Writing

    def put(self, entries: Sequence[Entry]) -> None:
        latest = {entry.id: entry for entry in entries}
        self._change(list(latest), _documents(list(latest.values())))

    def drop(self, ids: Iterable[str]) -> None:
        self._change(list(dict.fromkeys(ids)), ())

    def clear(self) -> None:
        self._change(None, ())

    def close(self) -> None:
        with self._changing:
            self._rest(merge=False)

    def _change(self, ids: list[str] | None, documents: Iterable[Document]) -> None:
        """Forget these ids (None: all) and add these documents, in one commit."""
        if not self._writable:
            raise IndexBroken("This index was opened for reading only.")
        if ids is not None and not ids:
            return
        with self._changing:
            try:
                self._write(ids, documents)
            except BaseException:
                self._rest(merge=False)
                raise
            if self._own.make_way():
                self._rest(merge=False)
                time.sleep(_COURTESY_S)
                return
            self._idle = threading.Timer(_IDLE_S, self._rest_if_idle)
            self._idle.daemon = True
            self._idle.start()

    def _write(self, ids: list[str] | None, documents: Iterable[Document]) -> None:
        writer = self._ready()
        if ids is None:
            writer.delete_all_documents()
        else:
            writer.delete_documents_by_query(T.term_set_query(self._schema, "id", ids))
        for document in documents:
            writer.add_document(document)
        writer.commit()

    def _ready(self) -> tantivy.IndexWriter:
        """The writer, with the lock of the folder. Both are kept for a while, because merges go on between puts."""
        if self._idle is not None:
            self._idle.cancel()
        if self._writer is None:
            with ExitStack() as held:
                held.enter_context(self._own.writing())
                self._writer = self._index.writer(heap_size=_HEAP_BYTES, num_threads=1)
                self._held = held.pop_all()
        return self._writer

    def _rest_if_idle(self) -> None:
        with self._changing:
            if self._idle is threading.current_thread():
                self._rest(merge=True)

    def _rest(self, *, merge: bool) -> None:
        """Let the next writer in, after the merges that are under way or without them."""
        if self._idle is not None:
            self._idle.cancel()
            self._idle = None
        if self._writer is not None and merge:
            self._writer.wait_merging_threads()
        self._writer = None
        self._held.close()

    def _create(self) -> None:
        Index(self._schema, path=str(self._path))

    # Reading

    def search(
        self,
        query: Query,
        *,
        find: Filter,
        read: Filter,
        narrow: Filter = EVERYTHING,
        hide: frozenset[str] = frozenset(),
        sort: str = "relevance",
        offset: int = 0,
        limit: int = 20,
        facets: Sequence[str] = (),
    ) -> Hits:
        if sort not in SORTS:
            raise ValueError(f"sort must be one of {', '.join(SORTS)}")
        seen, searcher = self._opened()
        offset, limit = max(0, offset), max(0, limit)
        same = (seen, query, find, read, narrow)

        def work_out() -> Hits:
            asked = self._question(query, find, read, narrow, hide)
            total, hits = self._sorted(searcher, asked, sort, offset, limit)
            if hide:
                return Hits(total, tuple(hits), self._facets(searcher, asked, facets))
            # The next page of the same answer counts nothing again.
            counting = (*same, tuple(facets))
            counted = self._memory.recall(counting, lambda: self._facets(searcher, asked, facets), _size_of_facets)
            return Hits(total, tuple(hits), counted)

        if hide:  # what waits to be written makes this answer old in a moment
            return work_out()
        page = (*same, sort, offset, limit, tuple(facets))
        return self._memory.recall(page, work_out, lambda hits: 1000 + 200 * len(hits.hits))

    def ids(self) -> frozenset[str]:
        _, searcher = self._opened()
        found = searcher.search(T.all_query(), max(1, searcher.num_docs)).hits
        return frozenset(str(searcher.doc(address).get_first("id")) for _, address in found)

    def count(self, *, within_s: float = 5.0) -> int:  # noqa: ARG002 — it lies on this machine
        return self._opened()[1].num_docs

    def _opened(self) -> tuple[_Seen, tantivy.Searcher]:
        """The newest commit, whichever process made it, and its name: what is remembered of it is not older."""
        with self._refreshing:
            state = self._state()
            if state != self._seen:
                self._index.reload()
                self._seen = state
            return state, self._index.searcher()

    def _state(self) -> _Seen:
        try:
            meta = (self._path / "meta.json").stat()
        except FileNotFoundError as error:
            raise IndexBroken("The index is gone; rebuild it.") from error
        return meta.st_ino, meta.st_mtime_ns, meta.st_size

    def _sorted(
        self, searcher: tantivy.Searcher, asked: T, sort: str, offset: int, limit: int
    ) -> tuple[int, list[Hit]]:
        if sort == "title":
            total = int(searcher.search(asked, 1).count)  # pyright: ignore[reportAttributeAccessIssue]
            # Beyond the last the library would stumble.
            there = min(limit, total - offset)
            return total, self._by_title(searcher, asked, offset, there) if there > 0 else []
        if sort == "relevance":
            total, found = self._best(searcher, asked, offset, limit)
        else:
            order = Order.Asc if sort == "oldest" else Order.Desc
            searched = searcher.search(asked, max(1, limit), order_by_field=sort, offset=offset, order=order)
            total = int(searched.count)  # pyright: ignore[reportAttributeAccessIssue]
            found = [(0.0, address) for _, address in searched.hits[:limit]]
        return total, [Hit(str(searcher.doc(address).get_first("id")), score) for score, address in found]

    def _by_title(self, searcher: tantivy.Searcher, asked: T, offset: int, limit: int) -> list[Hit]:
        """In the order of several columns, which only aggregations know."""
        order = [{key: "asc"} for key in _TITLE_KEYS]
        wished = {"size": limit, "from": offset, "sort": order, "docvalue_fields": ["id"]}
        found = searcher.aggregate(asked, {"hits": {"top_hits": wished}})
        return [Hit(str(hit["docvalue_fields"]["id"][0]), 0.0) for hit in found["hits"]["hits"]]

    def _best(
        self, searcher: tantivy.Searcher, asked: T, offset: int, limit: int
    ) -> tuple[int, list[tuple[float, Any]]]:
        """The best first. What an entry's standing makes of its score is worked out for the best and some more."""
        found = searcher.search(asked, offset + limit + _RERANKED)
        addresses = [address for _, address in found.hits]
        if not addresses:
            return int(found.count), []  # pyright: ignore[reportAttributeAccessIssue]
        standing = np.array(searcher.fast_field_values("standing", addresses), np.float64) / 100
        scores = np.array([score for score, _ in found.hits]) * standing
        order = np.argsort(-scores, kind="stable")[offset : offset + limit].tolist()
        return int(found.count), [(float(scores[i]), addresses[i]) for i in order]  # pyright: ignore[reportAttributeAccessIssue]

    def _question(self, query: Query, find: Filter, read: Filter, narrow: Filter, hide: frozenset[str]) -> T:
        within = [self._filter(one) for one in (find, narrow) if one != EVERYTHING]
        if query.root is not None:
            within.insert(0, self._node(query.root, read))
        asked, called = _all([*within, *self._hidden(hide)]), list(self._called(query.typed, read))
        return T.boolean_query([(Occur.Must, asked), *called]) if called else asked

    def _called(self, typed: str, read: Filter) -> Iterator[tuple[Occur, T]]:
        """What is called exactly what was typed; it matches anyway."""
        if key := words.called(typed):
            yield Occur.Should, T.const_score_query(self._term("called", key), TYPED_WHOLE)
            named = T.const_score_query(self._term("named", key), NAMED_WHOLE)
            yield Occur.Should, named if read == EVERYTHING else _all([named, self._filter(read)])

    def _term(self, field: str, key: int) -> T:
        return T.term_query(self._schema, field, f"{key:x}", "basic")

    def _node(self, node: Node, read: Filter) -> T:
        """What matches, of bodies as far as they may be read."""
        match node:
            case Phrase():
                return self._phrases(node, WORTH, read)
            case Labelled(label, allowed):
                return self._read(_unscored(self._condition(label, allowed)), label, read)
            case Between(label, low, high):
                between = (
                    T.range_query(self._schema, label, FieldType.Unsigned, int(low), int(high))
                    if label in DAYS
                    else T.empty_query()
                )
                return self._read(_unscored(between), label, read)
            case Enough():
                # Many pieces: the rights are asked once for all of them.
                everywhere = self._enough(node, EVERYTHING)
                if read == EVERYTHING:
                    return everywhere
                outside = self._enough(node, NOTHING)
                rights = self._filter(read)
                return _any([_all([everywhere, rights]), _all([outside, _not(rights)])])
            case Not(part):
                return _not(self._node(part, read))
            case All(parts):
                together = _all([self._node(part, read) for part in parts])
                nearness = list(self._nearness(parts, read))
                return T.boolean_query([(Occur.Must, together), *nearness]) if nearness else together
            case AnyOf(parts):
                return _any([self._node(part, read) for part in parts])

    def _read(self, query: T, label: str, read: Filter) -> T:
        if label not in BODY_LABELS or read == EVERYTHING:
            return query
        return _all([query, self._filter(read)])

    def _enough(self, node: Enough, read: Filter) -> T:
        several = [(Occur.Should, self._phrases(part, PIECE_WORTH, read)) for part in node.parts]
        enough = T.boolean_query(several, minimum_number_should_match=node.least)
        hints = [(Occur.Should, hint) for one in node.hints if read != NOTHING for hint in self._hint(one)]
        return T.boolean_query([(Occur.Must, enough), *hints])

    def _nearness(self, parts: Sequence[Node], read: Filter) -> Iterator[tuple[Occur, T]]:
        """Bodies in which words that were typed one behind the other stand near each other; they match anyway."""
        words_asked = [part for part in parts if isinstance(part, Phrase) and part.field is None]
        for one, other in pairwise(words_asked):
            first, second = (words_of(phrase.text, whole=phrase.whole) for phrase in (one, other))
            if read != NOTHING and first[0] and second[0] and not (first[1] or second[1]):
                near = T.phrase_query(self._schema, "body", [first[0][-1][1], second[0][0][1]], NEAR)
                worth = T.boost_query(near, NEARNESS)
                yield Occur.Should, worth if read == EVERYTHING else _all([worth, self._filter(read)])

    def _phrases(self, phrase: Phrase, worth: Mapping[str, float], read: Filter) -> T:
        """A phrase in every field in which it may stand."""
        counts = phrase.weight * (self._rarity("body", phrase.text)[0] ** TELLING if phrase.piece else 1.0)

        def within(fields: Iterable[str]) -> list[T]:
            return [T.boost_query(self._phrase(phrase, name), counts * worth[name]) for name in fields if worth[name]]

        if phrase.field:
            return _any(within([FIELDS[phrase.field]]))
        outside = within(name for name in worth if name not in OF_BODY)
        if read == NOTHING:
            return _any(outside)
        body = within(OF_BODY)
        return _any([*outside, *body] if read == EVERYTHING else [*outside, _all([_any(body), self._filter(read)])])

    def _hint(self, phrase: Phrase) -> Iterator[T]:
        """A character alone, which matches nothing that is not there already."""
        rarity, share = self._rarity("signs", phrase.text)
        if 0 < share <= HINT_SHARE_MAX:
            yield T.boost_query(T.term_query(self._schema, "signs", phrase.text), phrase.weight * rarity**TELLING)

    def _rarity(self, field: str, word: str) -> tuple[float, float]:
        """How telling a word is, and in which share of all entries it stands."""
        searcher = self._index.searcher()
        everything, there = max(1, searcher.num_docs), searcher.doc_freq(field, word)
        return math.log1p((everything - there + 0.5) / (there + 0.5)), there / everything

    def _phrase(self, phrase: Phrase, field: str) -> T:
        """A phrase, in whatever form it stands there."""
        ways = [self._words(text, field, whole=whole) for text, whole in spellings(phrase)]
        return ways[0] if len(ways) == 1 else T.disjunction_max_query(ways)

    def _words(self, text: str, field: str, *, whole: bool = False) -> T:
        typed, unfinished = words_of(text, whole=whole)
        if not typed:
            return T.empty_query()
        if unfinished:
            offset, last = typed[-1]
            pattern = last + ".*"
            if len(typed) == 1:
                return T.regex_query(self._schema, field, pattern)
            return T.regex_phrase_query(self._schema, field, [*typed[:-1], (offset, pattern)])
        if len(typed) == 1:
            return T.term_query(self._schema, field, typed[0][1])
        return T.phrase_query(self._schema, field, list(typed))

    def _filter(self, conditions: Filter) -> T:
        """Entries that a filter admits. Alternatives that look at rights alone are one set of words."""
        if conditions == EVERYTHING:
            return _unscored(T.all_query())
        plain = tuple(group for group in conditions if all(condition.label in RIGHTS for condition in group))
        ways = [
            _all([self._condition(condition.label, condition.allowed) for condition in group])
            for group in conditions
            if group not in plain
        ]
        if plain and (terms := self._rights(plain)):
            ways.append(T.term_set_query(self._schema, "rights", list(terms)))
        return _unscored(_any(ways))

    def _rights(self, alternatives: Filter) -> tuple[str, ...]:
        """The words of `rights` that any of these alternatives admits, as far as there are entries with them."""

        def work_out() -> tuple[str, ...]:
            known = [term for term, _ in self._index.searcher().terms_with_prefix("rights", "")]
            values: dict[str, dict[str, str]] = {
                term: dict(zip(RIGHTS, term.split(_RIGHTS_BORDER), strict=True)) for term in known
            }
            return tuple(
                term
                for term in known
                if any(all(values[term][one.label] in one.allowed for one in group) for group in alternatives)
            )

        return self._memory.recall((self._seen, alternatives), work_out, lambda terms: 64 * len(terms))

    def _condition(self, label: str, allowed: frozenset[str]) -> T:
        if not allowed:
            return T.empty_query()
        if label == "id":
            return T.term_set_query(self._schema, "id", list(allowed))
        terms = [f"{label}={value}" for value in sorted(allowed)]
        if len(terms) > _FEW:
            return T.term_set_query(self._schema, "labels", terms)
        return _any([T.term_query(self._schema, "labels", term, "basic") for term in terms])

    def _hidden(self, hide: frozenset[str]) -> Iterator[T]:
        if hide:
            yield _unscored(_not(T.term_set_query(self._schema, "id", list(hide))))

    def _facets(self, searcher: tantivy.Searcher, asked: T, labels: Sequence[str]) -> dict[str, dict[str, int]]:
        if not labels:
            return {}
        buckets = {"size": _BUCKETS_MAX, "segment_size": _BUCKETS_MAX}
        wished = {f"f{i}": {"terms": {"field": f"facets.{label}", **buckets}} for i, label in enumerate(labels)}
        counted = searcher.aggregate(asked, wished)
        return {
            label: {bucket["key"]: bucket["doc_count"] for bucket in counted[f"f{i}"]["buckets"]}
            for i, label in enumerate(labels)
        }


def _size_of_facets(facets: Mapping[str, Mapping[str, int]]) -> int:
    return 1000 + 100 * sum(map(len, facets.values()))


def _documents(entries: Sequence[Entry]) -> Iterator[Document]:
    """The entries in the words of Tantivy; the texts of several are laid out at once, which costs a third."""
    together: list[tuple[Entry, Mapping[str, Sequence[str]]]] = []
    letters = 0
    for number, entry in enumerate(entries, start=1):
        body = words.fold("\n".join(entry.pages))
        values = {
            "title": [words.fold(entry.title)],
            "numbers": list(map(words.fold, entry.numbers)),
            "parties": list(map(words.fold, entry.parties)),
            "body": [body],
            "headings": [body[start:end] for start, end in headings(body)],
        }
        together.append((entry, values))
        letters += len(body)
        if letters > _LAID_OUT_AT_ONCE or number == len(entries):
            yield from _laid_out(together)
            together, letters = [], 0


def _laid_out(together: Sequence[tuple[Entry, Mapping[str, Sequence[str]]]]) -> Iterator[Document]:
    laid = Laid([value for _, fields in together for values in fields.values() for value in values])
    keys = title_keys([entry.title for entry, _ in together]).tolist()
    at = 0
    for (entry, fields), key in zip(together, keys, strict=True):
        document = _described(entry, key)
        for field, values in fields.items():
            # What can be read from each place on, and the signs between them; between values a border.
            document.add_text(field, f" {BORDER} ".join(laid.words[at : at + len(values)]))
            if field == "body":
                document.add_text("signs", laid.signs[at])
            at += len(values)
        yield document


def _described(entry: Entry, title_key: Sequence[int]) -> Document:
    """What is known of an entry besides its words."""
    document = Document()
    document.add_text("id", entry.id)
    document.add_text("rights", _RIGHTS_BORDER.join(entry.labels.get(label, _UNSAID) for label in RIGHTS))
    for field, texts in (("called", (entry.title, *entry.numbers)), ("named", entry.names)):
        for key in dict.fromkeys(map(words.called, texts)):
            document.add_text(field, f"{key:x}")
    labels = {label: value for label, value in entry.labels.items() if label not in DAYS}
    for label, value in labels.items():
        document.add_text("labels", f"{label}={value}")
    if labels:
        document.add_json("facets", labels)
    for label in DAYS:
        if value := entry.labels.get(label):
            document.add_unsigned(label, int(value))
    document.add_unsigned("standing", round(100 * STANDINGS.get(entry.labels.get("standing", ""), 1.0)))
    document.add_unsigned("newest", entry.date or 0)
    document.add_unsigned("oldest", entry.date or _UNDATED)
    document.add_unsigned("arrival", max(0, entry.captured))
    for field, part in zip(_TITLE_KEYS, title_key, strict=True):
        document.add_unsigned(field, part)
    return document


def _all(queries: Sequence[T]) -> T:
    return T.boolean_query([(Occur.Must, query) for query in queries]) if queries else T.all_query()


def _any(queries: Sequence[T]) -> T:
    return T.boolean_query([(Occur.Should, query) for query in queries]) if queries else T.empty_query()


def _not(query: T) -> T:
    return T.boolean_query([(Occur.Must, _unscored(T.all_query())), (Occur.MustNot, query)])


def _unscored(query: T) -> T:
    return T.const_score_query(query, 0.0)
