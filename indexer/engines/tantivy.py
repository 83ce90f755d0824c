"""The engine for many records: Tantivy, a library in Rust (`pip install tantivy`; one line of configuration).

The same places as in the default engine go into its inverted index as words: a phrase is a phrase there, because
every gap and every border between values is a word of its own. Totals, facets and filters are as exact as in the
default engine. Two things differ: the rarity of a word is counted over the whole index, so that the order of hits
(never their number) can depend on records the reader may not find; and characters that are no words weigh as much
as words.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeArgument=false, reportUnknownParameterType=false
# Tantivy's stubs are incomplete.

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import tantivy
from tantivy import Document, Index, Occur, Order, SchemaBuilder, TextAnalyzerBuilder, Tokenizer
from tantivy import Query as T

from indexer import words
from indexer.engines import EVERYTHING, NOTHING, SORTS, Entry, Filter, Hit, Hits
from indexer.errors import IndexBroken
from indexer.folder import IndexFolder
from indexer.query import All, Node, Not, Phrase, Query, wanted
from indexer.query import Any as AnyOf
from indexer.segments import TITLE_KEY_WORDS, title_keys

LAYOUT: Final = 1
FIELDS: Final = {"title": "title", "number": "numbers", "party": "parties"}
WORTH: Final = {"title": 3.0, "numbers": 6.0, "parties": 3.0, "body": 1.0}
GAP: Final = "·"
BORDER: Final = "| |"
"""Two words, so that no phrase with one gap reaches over it."""

_HEAP_BYTES: Final = 64_000_000
_IDLE_S: Final = 0.5
"""A writer that has had nothing to do for so long lets others in."""
_COURTESY_S: Final = 0.03
"""After letting go for another writer, so that it and not we are next."""
_BUCKETS_MAX: Final = 65_000
_UNDATED: Final = 99999999


def open_engine(folder: Path, *, writable: bool, patience_s: float = 10.0) -> "TantivyEngine":
    """Open or create. `patience_s` is how long a writer waits for another one."""
    return TantivyEngine(folder, writable=writable, patience_s=patience_s)


def _schema() -> tantivy.Schema:
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for field in WORTH:
        builder.add_text_field(field, tokenizer_name="places", index_option="position")
    builder.add_text_field("title_shown", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("labels", tokenizer_name="raw", index_option="basic")
    builder.add_json_field("facets", fast=True, tokenizer_name="raw", index_option="basic", expand_dots_enabled=False)
    for field in ("newest", "oldest", "arrival", *_TITLE_KEYS):
        builder.add_unsigned_field(field, fast=True)
    return builder.build()


_TITLE_KEYS: Final = tuple(f"title{i}" for i in range(TITLE_KEY_WORDS))


class TantivyEngine:
    """See `indexer.engines.Engine`. May be used by many threads at once."""

    def __init__(self, folder: Path, *, writable: bool, patience_s: float) -> None:
        self._path = folder
        self._writable = writable
        self._schema = _schema()
        self._changing = threading.Lock()
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

    # Writing

    def put(self, entries: Sequence[Entry]) -> None:
        latest = {entry.id: entry for entry in entries}
        self._change(list(latest), [_document(entry) for entry in latest.values()])

    def drop(self, ids: Iterable[str]) -> None:
        self._change(list(dict.fromkeys(ids)), [])

    def clear(self) -> None:
        self._change(None, [])

    def close(self) -> None:
        with self._changing:
            self._rest(merge=False)

    def _change(self, ids: list[str] | None, documents: list[Document]) -> None:
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

    def _write(self, ids: list[str] | None, documents: list[Document]) -> None:
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
        searcher = self._searcher()
        asked = self._question(query.root, find, read, narrow, hide)
        offset, limit = max(0, offset), max(0, limit)
        total, found = self._sorted(searcher, asked, sort, offset, limit)
        ids = [(score, str(searcher.doc(address).get_first("id"))) for score, address in found]
        in_body = self._with_body(searcher, query.root, read, [known for _, known in ids])
        hits = tuple(Hit(known, score, known in in_body) for score, known in ids)
        return Hits(total, hits, self._facets(searcher, asked, facets))

    def suggest(
        self, text: str, *, find: Filter, hide: frozenset[str] = frozenset(), limit: int = 8
    ) -> tuple[str, ...]:
        words_typed, unfinished = _words_of(text, unfinished=True)
        if not words_typed or limit <= 0:
            return ()
        searcher = self._searcher()
        phrase = self._words(words_typed, "title", unfinished=unfinished)
        asked = _all([phrase, self._filter(find), *self._hidden(hide)])
        found = searcher.search(asked, 20 * limit, order_by_field="arrival").hits
        titles = dict.fromkeys(str(searcher.doc(address).get_first("title_shown")) for _, address in found)
        typed = words.fold(text)
        ranked = sorted(titles, key=lambda title: (typed not in words.fold(title)[: len(typed) + 1], len(title)))
        return tuple(ranked[:limit])

    def ids(self) -> frozenset[str]:
        searcher = self._searcher()
        found = searcher.search(T.all_query(), max(1, searcher.num_docs)).hits
        return frozenset(str(searcher.doc(address).get_first("id")) for _, address in found)

    def count(self) -> int:
        return self._searcher().num_docs

    def _searcher(self) -> tantivy.Searcher:
        """Over the newest commit, whichever process made it."""
        state = self._state()
        if state != self._seen:
            self._index.reload()
            self._seen = state
        return self._index.searcher()

    def _state(self) -> tuple[int, int, int]:
        try:
            meta = (self._path / "meta.json").stat()
        except FileNotFoundError as error:
            raise IndexBroken("The index is gone; rebuild it.") from error
        return meta.st_ino, meta.st_mtime_ns, meta.st_size

    def _sorted(
        self, searcher: tantivy.Searcher, asked: T, sort: str, offset: int, limit: int
    ) -> tuple[int, list[tuple[float, Any]]]:
        if sort == "title":
            found = searcher.search(asked, max(1, searcher.num_docs))
            addresses = [address for _, address in found.hits]
            columns = [np.array(searcher.fast_field_values(key, addresses), np.uint64) for key in _TITLE_KEYS]
            order = np.lexsort(columns[::-1])[offset : offset + limit].tolist()
            return len(addresses), [(0.0, addresses[i]) for i in order]
        by = None if sort == "relevance" else sort
        order = Order.Asc if sort == "oldest" else Order.Desc
        found = searcher.search(asked, max(1, limit), order_by_field=by, offset=offset, order=order)
        scored = [(float(score) if by is None else 0.0, address) for score, address in found.hits]
        return int(found.count), scored[:limit]  # pyright: ignore[reportAttributeAccessIssue]

    def _question(self, root: Node | None, find: Filter, read: Filter, narrow: Filter, hide: frozenset[str]) -> T:
        within = [self._filter(find), self._filter(narrow), *self._hidden(hide)]
        if root is None:
            return _all(within)
        everywhere = _all([self._node(root, with_body=True), self._filter(read)])
        outside = _all([self._node(root, with_body=False), _not(self._filter(read))])
        ways = {EVERYTHING: [everywhere], NOTHING: [outside]}.get(read, [everywhere, outside])
        return _all([_any(ways), *within])

    def _node(self, node: Node, *, with_body: bool) -> T:
        match node:
            case Phrase(text, field):
                fields = [FIELDS[field]] if field else [name for name in WORTH if with_body or name != "body"]
                typed, unfinished = _words_of(text, unfinished=False)
                return _any(
                    [T.boost_query(self._words(typed, name, unfinished=unfinished), WORTH[name]) for name in fields]
                )
            case Not(part):
                return _not(self._node(part, with_body=with_body))
            case All(parts):
                return _all([self._node(part, with_body=with_body) for part in parts])
            case AnyOf(parts):
                return _any([self._node(part, with_body=with_body) for part in parts])

    def _words(self, typed: Sequence[str], field: str, *, unfinished: bool) -> T:
        """A phrase; if unfinished, its last word is the beginning of one."""
        if not typed:
            return T.empty_query()
        if unfinished:
            pattern = typed[-1] + ".*"
            if len(typed) == 1:
                return T.regex_query(self._schema, field, pattern)
            return T.regex_phrase_query(self._schema, field, [*typed[:-1], pattern])
        if len(typed) == 1:
            return T.term_query(self._schema, field, typed[0])
        return T.phrase_query(self._schema, field, list(typed))

    def _filter(self, conditions: Filter) -> T:
        if conditions == EVERYTHING:
            return _unscored(T.all_query())
        alternatives = [_all([self._condition(c.label, c.allowed) for c in group]) for group in conditions]
        return _unscored(_any(alternatives))

    def _condition(self, label: str, allowed: frozenset[str]) -> T:
        if not allowed:
            return T.empty_query()
        if label == "id":
            return T.term_set_query(self._schema, "id", list(allowed))
        return T.term_set_query(self._schema, "labels", [f"{label}={value}" for value in allowed])

    def _hidden(self, hide: frozenset[str]) -> Iterator[T]:
        if hide:
            yield _unscored(_not(T.term_set_query(self._schema, "id", list(hide))))

    def _with_body(self, searcher: tantivy.Searcher, root: Node | None, read: Filter, ids: list[str]) -> set[str]:
        """Which of these may be read and have something that was asked for in the body."""
        phrases = [phrase for phrase in dict.fromkeys(wanted(root)) if phrase.field is None]
        if not phrases or not ids:
            return set()
        typed = [_words_of(phrase.text, unfinished=False) for phrase in phrases]
        body = _any([self._words(each, "body", unfinished=unfinished) for each, unfinished in typed])
        asked = _all([body, self._filter(read), T.term_set_query(self._schema, "id", ids)])
        return {str(searcher.doc(address).get_first("id")) for _, address in searcher.search(asked, len(ids)).hits}

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


def _document(entry: Entry) -> Document:
    document = Document()
    document.add_text("id", entry.id)
    document.add_text("title", _places((entry.title,)))
    document.add_text("title_shown", entry.title)
    document.add_text("numbers", _places(entry.numbers))
    document.add_text("parties", _places(entry.parties))
    document.add_text("body", _places(("\n".join(entry.pages),)))
    for label, value in entry.labels.items():
        document.add_text("labels", f"{label}={value}")
    if entry.labels:
        document.add_json("facets", dict(entry.labels))
    document.add_unsigned("newest", entry.date or 0)
    document.add_unsigned("oldest", entry.date or _UNDATED)
    document.add_unsigned("arrival", max(0, entry.captured))
    for field, key in zip(_TITLE_KEYS, title_keys([entry.title])[0].tolist(), strict=True):
        document.add_unsigned(field, key)
    return document


def _places(values: Sequence[str]) -> str:
    """The values as words with a blank between, one for each place: two Han characters, one, a run, a gap."""
    return f" {BORDER} ".join(map(_indexed, values))


def _indexed(value: str) -> str:
    codes = words.to_codes(words.fold(value))
    layout = words.lay_out(codes)
    if not len(layout.starts):
        return ""
    glued, gap = words.glued(layout), words.gaps(layout)
    lengths = layout.ends - layout.starts
    widths = lengths + glued + 1 + 2 * gap  # letters, the neighbour, a blank, perhaps the sign of a gap and its blank
    begins = np.cumsum(widths) - widths
    text = np.full(int(widths.sum()), ord(" "), np.uint32)
    within = np.arange(int(lengths.sum())) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    text[np.repeat(begins, lengths) + within] = codes[np.repeat(layout.starts, lengths) + within]
    text[begins[glued] + 1] = codes[layout.starts[np.flatnonzero(glued) + 1]]
    text[(begins + widths)[gap] - 2] = ord(GAP)
    return words.from_codes(text[:-1])


def _words_of(text: str, *, unfinished: bool) -> tuple[list[str], bool]:
    """The words a phrase is made of, and whether the last is only the beginning of one."""
    tokens = words.split(text)
    typed = _indexed(text).split()
    if not tokens:
        return [], False
    if not tokens[-1].han:
        return typed, unfinished
    if len(tokens) > 1 and tokens[-2].glued:
        return typed[:-1], False  # the pair before says it already
    return typed, True


def _all(queries: Sequence[T]) -> T:
    return T.boolean_query([(Occur.Must, query) for query in queries]) if queries else T.all_query()


def _any(queries: Sequence[T]) -> T:
    return T.boolean_query([(Occur.Should, query) for query in queries]) if queries else T.empty_query()


def _not(query: T) -> T:
    return T.boolean_query([(Occur.Must, _unscored(T.all_query())), (Occur.MustNot, query)])


def _unscored(query: T) -> T:
    return T.const_score_query(query, 0.0)
