"""The engine for many machines: an OpenSearch server, or a cluster of them, that many processes ask over the network.

Texts are divided here, as for every engine, and sent as words with blanks between them (`indexer/spaced.py`): the
server divides at blanks and knows no Chinese. Totals, facets and filters are as exact as in the default engine; ranks
differ in the same two things as in the engine `tantivy`.

An index is an alias, and what it stands for is exchanged in one step where all entries are to be forgotten. Bodies are
indexed and not kept. One bulk request is one put, as far as it is not larger than REQUEST_BYTES, and the server shows
it to searches before it answers; an index of several shards shows one shard after the other. The folder of the index
holds nothing but a note of which index on the server it stands for, so that one that is gone is not taken for empty.

Needs the extra `opensearch`. Address: `https://host:9200/name`, several hosts with commas between them; `name` is what
the archive's indexes begin with, and may be left out where one machine alone asks. `?shards=4&replicas=1` behind it
says how new indexes are divided (one shard; a copy of it as soon as there is a second machine).
"""

# The library describes its requests and answers as dictionaries of anything.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingImports=false, reportMissingModuleSource=false

import gzip
import json
import logging
import math
import os
import re
import secrets
import threading
import tomllib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from opensearchpy import OpenSearch, Urllib3HttpConnection
from opensearchpy import exceptions as failures

from indexer import words
from indexer.engines import (
    BODY_LABELS,
    EVERYTHING,
    NAMED_WHOLE,
    NO_SERVER,
    NOTHING,
    SORTS,
    STANDINGS,
    TYPED_WHOLE,
    Entry,
    Filter,
    Hit,
    Hits,
    Server,
)
from indexer.errors import IndexAway, IndexBroken
from indexer.places import headings
from indexer.query import All, Between, Enough, Labelled, Node, Not, Phrase, Query, spellings
from indexer.query import Any as AnyOf
from indexer.spaced import BORDER, Laid, every_word_of

LAYOUT: Final = 2
FIELDS: Final = {"title": "title", "number": "numbers", "party": "parties"}
WORTH: Final = {"title": 3.0, "numbers": 6.0, "parties": 3.0, "headings": 1.0, "body": 1.0}
OF_BODY: Final = ("body", "headings")
"""What stands in a heading stands in the body too."""
PIECE_WORTH: Final = WORTH | {"title": 0.15, "parties": 0.15, "headings": 0.0}
TELLING: Final = 0.3
HINT_SHARE_MAX: Final = 0.2
NEAR: Final = 24
NEARNESS: Final = 0.5
"""All as in the engine `tantivy`."""

NOTE: Final = "SERVER"
"""The file in the folder of an index that says which index on the server it stands for."""
ADDRESS: Final = "MUNIMENT_ENGINE_ADDRESS"
"""The setting `engine_address`, as the environment gives it: for those who open an index without settings."""
REQUEST_BYTES: Final = 8_000_000
WINDOW: Final = 10_000
"""As deep as the server leafs by numbers of hits; below, it goes on from the last one."""
TIME_S: Final = 30.0
EXPANSIONS_MAX: Final = 1_000_000
"""So many words may begin with the last of a phrase: more than there are, so that counts are exact."""
TERMS_MAX: Final = 1_000_000
BUCKETS_MAX: Final = 65_000
UNDATED: Final = 99999999
TITLE_KEY_BYTES: Final = 48

# A line for every request tells nobody anything; what fails is said here, in a sentence.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)

Question = dict[str, Any]
"""A question in the words of the server."""


def open_engine(folder: Path, *, writable: bool, server: Server = NO_SERVER) -> "OpenSearchEngine":
    """Open or create. A file of credentials is TOML: user, password, and ca_file of the company's own authority."""
    place = _place(folder, server.address)
    return OpenSearchEngine(folder, writable=writable, place=place, client=_client(place, server.credentials))


def exists(folder: Path, server: Server) -> bool:
    place = _place(folder, server.address)
    with _said():
        return bool(_client(place, server.credentials).indices.exists_alias(name=place.alias))


def remove(folder: Path, server: Server) -> None:
    place = _place(folder, server.address)
    with _said():
        _client(place, server.credentials).indices.delete(
            index=f"{place.alias}-*", params={"ignore_unavailable": "true"}
        )


@dataclass(frozen=True, slots=True)
class Place:
    hosts: tuple[str, ...]
    prefix: str
    alias: str
    shards: int
    replicas: str


def _place(folder: Path, address: str) -> Place:
    """Where the index of this folder is. Raises IndexAway."""
    address = address or os.environ.get(ADDRESS, "")
    parts = [urlsplit(one.strip()) for one in address.split(",")]
    last = parts[-1]
    if not all(part.scheme in ("http", "https") and part.hostname for part in parts):
        raise IndexAway("The engine opensearch needs the setting engine_address: https://HOST:9200/NAME.")
    prefix = last.path.strip("/") or "muniment-" + blake2b(os.fsencode(folder.parent), digest_size=6).hexdigest()
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,80}", prefix):
        raise IndexAway(f"The name {prefix!r} in engine_address must be of small letters, digits and hyphens.")
    asked = parse_qs(last.query)
    try:
        shards, replicas = int(asked.get("shards", ["1"])[0]), asked.get("replicas", ["0-1"])[0]
    except ValueError:
        raise IndexAway("The number of shards in engine_address is no number.") from None
    hosts = tuple(f"{part.scheme}://{part.netloc}" for part in parts)
    return Place(hosts, prefix, f"{prefix}-{folder.name.lower()}", shards, replicas)


class _QuicklyPacked(Urllib3HttpConnection):
    """Packs what is sent at the least level: at the highest, which the library takes, half the time of building an
    index went into saving a fifth of its bytes."""

    def _gzip_compress(self, body: str | bytes) -> bytes:
        return gzip.compress(body.encode() if isinstance(body, str) else body, compresslevel=1)


def _client(place: Place, file: Path | None) -> OpenSearch:
    try:
        known = tomllib.loads(file.read_text("utf-8")) if file else {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise IndexAway("The file of engine_credentials cannot be read; it is TOML with user and password.") from None
    if extra := known.keys() - {"user", "password", "ca_file"}:
        raise IndexAway(f"engine_credentials knows no {min(extra)!r}; it has user, password and ca_file.")
    return OpenSearch(
        list(place.hosts),
        http_auth=(known["user"], known.get("password", "")) if "user" in known else None,
        ca_certs=known.get("ca_file"),
        timeout=TIME_S,
        max_retries=2,
        http_compress=True,
        connection_class=_QuicklyPacked,
        pool_maxsize=16,
    )


@contextmanager
def _said() -> Generator[None]:
    """What fails between here and the server, as what it means here."""
    try:
        yield
    except failures.NotFoundError as error:
        raise IndexBroken("The index is gone from the search server; rebuild it.") from error
    except (failures.AuthenticationException, failures.AuthorizationException) as error:
        raise IndexAway("The search server refuses this credential; check engine_credentials.") from error
    except failures.TransportError as error:
        if isinstance(error.status_code, int) and error.status_code not in (429, 502, 503, 504):
            raise IndexAway(f"The search server cannot do what it was asked ({error.status_code}).") from error
        raise IndexAway("The search server does not answer; look whether it runs and can be reached.") from error


class OpenSearchEngine:
    """See `indexer.engines.Engine`. May be used by many threads at once."""

    def __init__(self, folder: Path, *, writable: bool, place: Place, client: OpenSearch) -> None:
        self._note = folder / NOTE
        self._writable = writable
        self._place = place
        self._alias = place.alias
        self._client = client
        self._changing = threading.Lock()
        with _said():
            self._open()
            if writable:
                # What a killed predecessor sent may still be under way: it is finished before anybody looks.
                under_way = {"actions": "indices:data/write/bulk*", "wait_for_completion": "true"}
                self._client.tasks.list(params=under_way)

    def _open(self) -> None:
        sign = f"opensearch-{LAYOUT} {words.scheme()}"
        if not self._client.indices.exists_alias(name=self._alias):
            if self._note.exists():
                raise IndexBroken("The index is gone from the search server; rebuild it.")
            self._create(1, {"sign": sign, "born": secrets.token_hex(8)})
        (known,) = self._client.indices.get_mapping(index=self._alias).values()
        self._meta: Mapping[str, str] = known["mappings"]["_meta"]
        if self._meta["sign"] != sign:
            raise IndexBroken(f"The index is of another version ({self._meta['sign']!r}); rebuild it.")
        note = f"{self._alias} {self._meta['born']}\n"
        if not self._note.exists():
            self._note.parent.mkdir(parents=True, exist_ok=True)
            self._note.write_text(note, "utf-8")
        elif self._note.read_text("utf-8", "replace") != note:
            raise IndexBroken("The index on the search server is not the one that was here before; rebuild it.")

    def _create(self, number: int, meta: Mapping[str, str], *, alias: bool = True) -> str:
        """Make an empty index, unless another process was quicker."""
        name = f"{self._alias}-{number:06d}"
        body = {
            "settings": {
                "index": {
                    "number_of_shards": self._place.shards,
                    "auto_expand_replicas": self._place.replicas if "-" in self._place.replicas else False,
                    "refresh_interval": "-1",
                    "max_terms_count": TERMS_MAX,
                }
                | ({} if "-" in self._place.replicas else {"number_of_replicas": self._place.replicas})
            },
            "mappings": _mapping(meta),
            "aliases": {self._alias: {}} if alias else {},
        }
        try:
            self._client.indices.create(index=name, body=body)
        except failures.RequestError as error:
            if error.error != "resource_already_exists_exception":
                raise
        return name

    # Writing

    def put(self, entries: Sequence[Entry]) -> None:
        latest = {entry.id: entry for entry in entries}
        self._bulk(
            ({"index": {"_id": entry_id}}, document)
            for entry_id, document in zip(latest, _documents(list(latest.values())), strict=True)
        )

    def drop(self, ids: Iterable[str]) -> None:
        self._bulk(({"delete": {"_id": one}},) for one in dict.fromkeys(ids))

    def clear(self) -> None:
        """An empty index takes the place of this one in one step."""
        self._may_write()
        with self._changing, _said():
            (old,) = self._client.indices.get_alias(name=self._alias)
            fresh = self._create(int(old.rpartition("-")[2]) + 1, self._meta, alias=False)
            actions = [{"add": {"index": fresh, "alias": self._alias}}, {"remove_index": {"index": old}}]
            self._client.indices.update_aliases(body={"actions": actions})

    def close(self) -> None:
        self._client.close()

    def _may_write(self) -> None:
        if not self._writable:
            raise IndexBroken("This index was opened for reading only.")

    def _bulk(self, changes: Iterable[Sequence[Mapping[str, Any]]]) -> None:
        self._may_write()
        with self._changing, _said():
            waiting: list[bytes] = []
            size = 0
            for change in changes:
                lines = b"".join(_line(part) for part in change)
                if waiting and size + len(lines) > REQUEST_BYTES:
                    self._send(waiting, show=False)
                    waiting, size = [], 0
                waiting.append(lines)
                size += len(lines)
            if waiting:
                self._send(waiting, show=True)

    def _send(self, lines: Sequence[bytes], *, show: bool) -> None:
        wished = {"refresh": "true" if show else "false", "require_alias": "true"}
        answer = self._client.bulk(body=b"".join(lines), index=self._alias, params=wished)
        if answer["errors"]:
            wrong = [one for item in answer["items"] for one in item.values() if "error" in one]
            if any(one["error"]["type"] == "index_not_found_exception" for one in wrong):
                raise IndexBroken("The index is gone from the search server; rebuild it.")
            raise IndexAway(f"The search server did not take {len(wrong)} entries ({wrong[0]['error']['type']}).")

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
        offset, limit = max(0, offset), max(0, limit)
        with _said():
            asked = _Asking(self._rarities(query.root), read).whole(query, find, narrow, hide)
            counted = {
                f"f{i}": {"terms": {"field": f"labels.{label}", "size": BUCKETS_MAX}} for i, label in enumerate(facets)
            }
            body = {"query": _by_standing(asked) if sort == "relevance" else {"bool": {"filter": [asked]}}}
            body |= {"sort": _ORDERS[sort], "track_total_hits": True, "_source": False}
            if offset + limit <= WINDOW:
                found = self._ask(body | {"from": offset, "size": limit, "aggs": counted})
                hits = found["hits"]["hits"]
            else:
                found = self._ask(body | {"size": 0, "aggs": counted})
                hits = list(self._deep(body, offset, limit))
        there = found.get("aggregations", {})
        return Hits(
            int(found["hits"]["total"]["value"]),
            tuple(Hit(str(hit["_id"]), float(hit["_score"] or 0.0)) for hit in hits),
            {
                label: {bucket["key"]: bucket["doc_count"] for bucket in there[f"f{i}"]["buckets"]}
                for i, label in enumerate(facets)
            },
        )

    def ids(self) -> frozenset[str]:
        body: Question = {"query": {"match_all": {}}, "sort": [{"id": "asc"}], "_source": False}
        with _said():
            return frozenset(str(hit["_id"]) for hit in self._deep(body, 0, None))

    def count(self, *, within_s: float = 5.0) -> int:
        with _said():
            return int(self._client.count(index=self._alias, params={"request_timeout": within_s})["count"])

    def _ask(self, body: Question) -> dict[str, Any]:
        return self._client.search(index=self._alias, body=body)

    def _deep(self, body: Question, offset: int, limit: int | None) -> Iterator[dict[str, Any]]:
        """Hits however far down, of the index as it is now: a point in time, and from each page on to the next."""
        point = self._client.create_pit(index=self._alias, params={"keep_alive": "1m"})["pit_id"]
        try:
            after: list[Any] | None = None
            at = 0
            until = None if limit is None else offset + limit
            while until is None or at < until:
                size = WINDOW if until is None else min(WINDOW, until - at)
                page = body | {"pit": {"id": point, "keep_alive": "1m"}, "size": size, "track_total_hits": False}
                if after is not None:
                    page["search_after"] = after
                hits = self._client.search(body=page)["hits"]["hits"]
                yield from hits[max(0, offset - at) :]
                if len(hits) < size:
                    return
                after = hits[-1]["sort"]
                at += size
        finally:
            self._client.delete_pit(body={"pit_id": [point]})

    def _rarities(self, root: Node | None) -> Mapping[tuple[str, str], tuple[float, float]]:
        """How telling the pieces and hints of a sentence are, and in which share of all entries they stand."""
        wanted = sorted(set(_telling(root)))
        if not wanted:
            return {}
        document = {
            field: " ".join(word for where, word in wanted if where == field) for field in {one[0] for one in wanted}
        }
        asked = {"doc": document, "term_statistics": True, "positions": False, "offsets": False}
        vectors = self._client.termvectors(index=self._alias, body=asked)["term_vectors"]
        told: dict[tuple[str, str], tuple[float, float]] = {}
        for field, word in wanted:
            known = vectors.get(field, {"terms": {}, "field_statistics": {"doc_count": 0}})
            everything = max(1, known["field_statistics"]["doc_count"])
            there = known["terms"].get(word, {}).get("doc_freq", 0)
            rarity = math.log1p(max(0.0, everything - there + 0.5) / (there + 0.5))
            told[field, word] = rarity, there / everything
        return told


class _Asking:
    """A question becomes one of the server. `read` says whose bodies count."""

    def __init__(self, rarities: Mapping[tuple[str, str], tuple[float, float]], read: Filter) -> None:
        self._rarities = rarities
        self._read = read

    def whole(self, query: Query, find: Filter, narrow: Filter, hide: frozenset[str]) -> Question:
        root = query.root
        within = [_admitted(one) for one in (find, narrow) if one != EVERYTHING]
        asked: Question = {"filter": within}
        if root is not None:
            asked["must"] = [self._node(root, self._read)]
            asked["should"] = list(self._called(query.typed))
        if hide:
            asked["must_not"] = [{"terms": {"id": sorted(hide)}}]
        return {"bool": asked} if root is not None or within or hide else {"match_all": {}}

    def _called(self, typed: str) -> Iterator[Question]:
        """What is called exactly what was typed; it matches anyway."""
        if key := words.called(typed):
            for field, counts, rights in (("called", TYPED_WHOLE, EVERYTHING), ("named", NAMED_WHOLE, self._read)):
                asked: Question = {"bool": {"filter": [{"term": {field: f"{key:x}"}}, _admitted(rights)]}}
                yield {"constant_score": {"filter": asked, "boost": counts}}

    def _node(self, node: Node, read: Filter) -> Question:
        """What matches, of bodies as far as they may be read."""
        match node:
            case Phrase():
                return self._phrase(node, WORTH, read)
            case Labelled(label, allowed):
                return _readable(_condition(label, allowed), label, read)
            case Between(label, low, high):
                return _readable({"range": {f"labels.{label}": {"gte": low, "lte": high}}}, label, read)
            case Enough():
                # Many pieces: the rights are asked once for all of them.
                everywhere = self._enough(node, EVERYTHING)
                if read == EVERYTHING:
                    return everywhere
                outside, rights = self._enough(node, NOTHING), _admitted(read)
                within = {"bool": {"must": [everywhere], "filter": [rights]}}
                return _any([within, {"bool": {"must": [outside], "must_not": [rights]}}])
            case Not(part):
                return {"bool": {"must_not": [self._node(part, read)]}}
            case All(parts):
                together = [self._node(part, read) for part in parts]
                return {"bool": {"must": together, "should": list(_nearness(parts, read))}}
            case AnyOf(parts):
                return _any([self._node(part, read) for part in parts])

    def _enough(self, node: Enough, read: Filter) -> Question:
        several = [self._phrase(part, PIECE_WORTH, read) for part in node.parts]
        enough = {"bool": {"should": several, "minimum_should_match": node.least}}
        hints = [hint for one in node.hints if read != NOTHING for hint in self._hint(one)]
        return {"bool": {"must": [enough], "should": hints}}

    def _phrase(self, phrase: Phrase, worth: Mapping[str, float], read: Filter) -> Question:
        """A phrase in every field in which it may stand."""
        rarity = self._rarities.get(("body", phrase.text), (1.0, 0.0))[0]
        counts = phrase.weight * (rarity**TELLING if phrase.piece else 1.0)

        def within(fields: Iterable[str]) -> list[Question]:
            return [_spelled(phrase, name, counts * worth[name]) for name in fields if worth[name]]

        if phrase.field:
            return _any(within([FIELDS[phrase.field]]))
        outside = within(name for name in worth if name not in OF_BODY)
        if read == NOTHING:
            return _any(outside)
        body = within(OF_BODY)
        if read == EVERYTHING:
            return _any([*outside, *body])
        return _any([*outside, {"bool": {"must": [_any(body)], "filter": [_admitted(read)]}}])

    def _hint(self, phrase: Phrase) -> Iterator[Question]:
        """A character alone, which matches nothing that is not there already."""
        rarity, share = self._rarities.get(("signs", phrase.text), (0.0, 0.0))
        if 0 < share <= HINT_SHARE_MAX:
            yield {"term": {"signs": {"value": phrase.text, "boost": phrase.weight * rarity**TELLING}}}


_ORDERS: Final[Mapping[str, list[dict[str, str]]]] = {
    "relevance": [{"_score": "desc"}, {"id": "asc"}],
    "newest": [{"newest": "desc"}, {"id": "asc"}],
    "oldest": [{"oldest": "asc"}, {"id": "asc"}],
    "arrival": [{"arrival": "desc"}, {"id": "asc"}],
    "title": [{"title_key": "asc"}, {"id": "asc"}],
}


def _telling(root: Node | None) -> Iterator[tuple[str, str]]:
    """Where which words are counted."""
    match root:
        case Enough(parts, _, hints):
            yield from (("body", part.text) for part in parts if part.piece)
            yield from (("signs", hint.text) for hint in hints)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _telling(part)
        case Not(part):
            yield from _telling(part)
        case _:
            return


def _by_standing(asked: Question) -> Question:
    """What an entry's standing makes of its score."""
    factor = {"field": "standing", "missing": 1.0}
    return {"function_score": {"query": asked, "field_value_factor": factor, "boost_mode": "multiply"}}


def _readable(asked: Question, label: str, read: Filter) -> Question:
    within = [asked] if label not in BODY_LABELS or read == EVERYTHING else [asked, _admitted(read)]
    return {"bool": {"filter": within}}


def _nearness(parts: Sequence[Node], read: Filter) -> Iterator[Question]:
    """Bodies in which words that were typed one behind the other stand near each other; they match anyway."""
    words_asked = [part for part in parts if isinstance(part, Phrase) and part.field is None]
    for one, other in pairwise(words_asked):
        first, second = (every_word_of(phrase.text, whole=phrase.whole) for phrase in (one, other))
        if read != NOTHING and first[0] and second[0] and not (first[1] or second[1]):
            text = f"{first[0][-1]} {second[0][0]}"
            near: Question = {"match_phrase": {"body": {"query": text, "slop": NEAR, "boost": NEARNESS}}}
            yield near if read == EVERYTHING else {"bool": {"must": [near], "filter": [_admitted(read)]}}


def _spelled(phrase: Phrase, field: str, boost: float) -> Question:
    """A phrase, in whatever form it stands there."""
    ways = [_words(text, field, boost, whole=whole) for text, whole in spellings(phrase)]
    return ways[0] if len(ways) == 1 else {"dis_max": {"queries": ways}}


def _words(text: str, field: str, boost: float, *, whole: bool) -> Question:
    typed, unfinished = every_word_of(_sayable(text), whole=whole)
    if not typed:
        return {"match_none": {}}
    if len(typed) == 1:
        kind = "prefix" if unfinished else "term"
        return {kind: {field: {"value": typed[0], "boost": boost}}}
    asked: Question = {"query": " ".join(typed), "boost": boost}
    if unfinished:
        return {"match_phrase_prefix": {field: asked | {"max_expansions": EXPANSIONS_MAX}}}
    return {"match_phrase": {field: asked}}


def _admitted(conditions: Filter) -> Question:
    """Entries that a filter admits."""
    if conditions == EVERYTHING:
        return {"match_all": {}}
    ways = [{"bool": {"filter": [_condition(one.label, one.allowed) for one in group]}} for group in conditions]
    return _any(ways)


def _condition(label: str, allowed: frozenset[str]) -> Question:
    if not allowed:
        return {"match_none": {}}
    return {"terms": {"id" if label == "id" else f"labels.{label}": sorted(allowed)}}


def _any(questions: Sequence[Question]) -> Question:
    if len(questions) == 1:
        return questions[0]
    return {"bool": {"should": list(questions), "minimum_should_match": 1}} if questions else {"match_none": {}}


def _mapping(meta: Mapping[str, str]) -> Question:
    text = {"type": "text", "analyzer": "whitespace"}
    number = {"type": "long", "index": False}
    whole = {"type": "keyword", "doc_values": False}
    return {
        "_meta": dict(meta),
        "_source": {"enabled": False},
        "dynamic": "strict",
        "dynamic_templates": [{"labels": {"path_match": "labels.*", "mapping": {"type": "keyword"}}}],
        "properties": {
            "id": {"type": "keyword"},
            **dict.fromkeys(WORTH, text),
            "signs": text | {"index_options": "freqs"},
            "labels": {"type": "object", "dynamic": True},
            **dict.fromkeys(("newest", "oldest", "arrival"), number),
            **dict.fromkeys(("called", "named"), whole),
            "title_key": {"type": "keyword", "index": False},
            "standing": {"type": "float", "index": False},
        },
    }


def _documents(entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """The entries in the words of the server."""
    for entry in entries:
        body = words.fold("\n".join(entry.pages))
        values = {
            "title": [words.fold(entry.title)],
            "numbers": list(map(words.fold, entry.numbers)),
            "parties": list(map(words.fold, entry.parties)),
            "body": [body],
            "headings": [body[start:end] for start, end in headings(body)],
        }
        laid = Laid([value for several in values.values() for value in several])
        document: dict[str, Any] = {
            "id": entry.id,
            "called": _called((entry.title, *entry.numbers)),
            "named": _called(entry.names),
            "labels": dict(entry.labels),
            "newest": entry.date or 0,
            "oldest": entry.date or UNDATED,
            "arrival": max(0, entry.captured),
            "title_key": words.fold(entry.title).encode("gb18030", "replace")[:TITLE_KEY_BYTES].hex(),
            "standing": STANDINGS.get(entry.labels.get("standing", ""), 1.0),
        }
        at = 0
        for field, several in values.items():
            document[field] = f" {BORDER} ".join(laid.words[at : at + len(several)])
            if field == "body":
                document["signs"] = laid.signs[at]
            at += len(several)
        yield document


def _called(texts: Iterable[str]) -> list[str]:
    return [f"{key:x}" for key in dict.fromkeys(map(words.called, texts))]


def _line(part: Mapping[str, Any]) -> bytes:
    return _sayable(json.dumps(part, ensure_ascii=False, separators=(",", ":"))).encode() + b"\n"


def _sayable(text: str) -> str:
    """Without halves of characters, which damaged files contain and no other program takes."""
    return text.encode("utf-8", "replace").decode()
