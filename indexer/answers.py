"""A question is put to segments: which entries match, in which order, and how many there are of each kind.

Nothing here depends on what the reader may not find: an entry outside FIND takes part in no score and no count,
and a body outside READ in none either.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from indexer.engines import BODY_LABELS, NAMED_WHOLE, STANDINGS, TYPED_WHOLE, Filter, Hit, Hits
from indexer.memory import Memory
from indexer.nearness import nearness
from indexer.places import BODY, ENTRY_SHIFT, FIELD_SHIFT, NUMBERS, PARTIES, TITLE, U64, pattern_of, whole_key
from indexer.places import HEADING as IN_HEADING
from indexer.query import All, Between, Enough, Labelled, Node, Not, Phrase, Query, hints, phrases, spellings, wanted
from indexer.query import Any as AnyOf
from indexer.segments import Bits, Segment, hash_ids

Floats = NDArray[np.float32]
Numbers = NDArray[np.uint32]

# Per field: what a word in it is worth, how much its length counts, and the length that is usual. The usual length
# is a constant, not an average, because an average would tell of texts the reader may not read. The numbers were
# chosen on a fifth of a public set of questions about law articles; docs/performance.md says what the others gain.
WORTH: Final = {TITLE: 3.0, NUMBERS: 100.0, PARTIES: 3.0, BODY: 1.0}
PIECE_WORTH: Final = {TITLE: 0.7, NUMBERS: 3.0, PARTIES: 0.7, BODY: 1.0}
"""The same for a piece of a sentence."""
LENGTH_COUNTS: Final = {TITLE: 0.5, NUMBERS: 0.0, PARTIES: 0.0, BODY: 0.65}
USUAL_LENGTH: Final = {TITLE: 12.0, NUMBERS: 4.0, PARTIES: 10.0, BODY: 150.0}
ACCIDENT: Final = 0.5
"""Worth of characters that stand side by side without being words (`国家` in `中国家具`)."""
HEADING: Final = 2.0
"""What a word in a heading is worth of words in the body."""
NEARNESS: Final = 0.3
"""What entries gain in which the words of a question stand side by side …"""
NEAR_AMONG: Final = 200
"""… of so many that are best without it."""
SATURATION: Final = 0.8
PIECE_SATURATION: Final = 1.2
HINT_SATURATION: Final = 3.0
HINT_SHARE_MAX: Final = 0.5
"""A character that stands in more of what may be found hints at nothing."""
TELLING: Final = 1.3
"""Of pieces, the rare ones tell more than rarity says: it is taken to this power."""
COVERAGE: Final = 0.2
"""The share of a sentence (by rarity) that an entry has counts to this power."""
FIELDS: Final = {"title": (TITLE,), "number": (NUMBERS,), "party": (PARTIES,), None: (TITLE, NUMBERS, PARTIES, BODY)}


@dataclass(frozen=True, eq=False)
class Shelf:
    """A segment as it stands in one generation of the index."""

    name: str
    segment: Segment
    living: Bits


@dataclass(frozen=True, slots=True)
class _Found:
    """Entries of a segment in which a phrase stands, and how much that is worth, outside and inside the body."""

    outside: Numbers
    outside_worth: Floats
    inside: Numbers
    inside_worth: Floats

    def size_bytes(self) -> int:
        return 8 * (len(self.outside) + len(self.inside))


@dataclass(slots=True)
class _Leaf:
    """A phrase in one segment, one row per entry."""

    outside: Floats
    inside: Floats


@dataclass(frozen=True, slots=True)
class _Filters:
    find: Filter
    read: Filter
    narrow: Filter
    hide: frozenset[str]


@dataclass(slots=True)
class _Part:
    """What one segment contributes."""

    shelf: Shelf
    admitted: Bits
    readable: Bits
    leaves: dict[Phrase, _Leaf]
    matched: NDArray[np.int64]


def answer(
    shelves: Sequence[Shelf],
    query: Query,
    memory: Memory,
    *,
    find: Filter,
    read: Filter,
    narrow: Filter,
    hide: frozenset[str],
    sort: str,
    offset: int,
    limit: int,
    facets: Sequence[str],
) -> Hits:
    """See `indexer.engines.Engine.search`."""
    filters = _Filters(find, read, narrow, hide)
    parts = [_part(shelf, query.root, filters, memory) for shelf in shelves if shelf.segment.size]
    total = sum(len(part.matched) for part in parts)
    if not total:
        return Hits(0, (), {label: {} for label in facets})
    counts = {label: _facet(label, parts) for label in facets}
    scores = _scores(parts, query.root, filters, memory)
    if sort == "relevance":
        scores += np.concatenate([_called(part, whole_key(query.typed)) for part in parts])
        _bring_near(parts, query.root, scores, memory)
    chosen = _best(_ranks(sort, parts, scores), max(0, offset) + max(0, limit))[max(0, offset) :]
    ends = list(accumulate(len(part.matched) for part in parts))
    hits: list[Hit] = []
    for row in chosen.tolist():
        which = bisect_right(ends, row)
        part = parts[which]
        entry = int(part.matched[row - (ends[which - 1] if which else 0)])
        hits.append(Hit(part.shelf.segment.ids[entry], float(scores[row])))
    return Hits(total, tuple(hits), counts)


def _part(shelf: Shelf, root: Node | None, filters: _Filters, memory: Memory) -> _Part:
    admitted = _admitted(shelf, filters.find, filters.hide, memory) & _mask(shelf, filters.narrow, memory)
    readable = admitted & _mask(shelf, filters.read, memory)
    leaves = {phrase: _leaf(shelf, phrase, memory) for phrase in dict.fromkeys(phrases(root))}
    if root is None:
        matched = admitted
    else:
        matched = readable & _holds(root, shelf, leaves, memory, everywhere=True)
        only_findable = admitted & ~readable
        if only_findable.any():
            matched |= only_findable & _holds(root, shelf, leaves, memory, everywhere=False)
    return _Part(shelf, admitted, readable, leaves, np.flatnonzero(matched))


def _holds(node: Node, shelf: Shelf, leaves: Mapping[Phrase, _Leaf], memory: Memory, *, everywhere: bool) -> Bits:
    size = shelf.segment.size

    def held(parts: Sequence[Node]) -> Iterator[Bits]:
        return (_holds(part, shelf, leaves, memory, everywhere=everywhere) for part in parts)

    match node:
        case Phrase():
            leaf = leaves[node]
            return (leaf.outside > 0) | (leaf.inside > 0) if everywhere else leaf.outside > 0
        case Labelled(label) | Between(label) if label in BODY_LABELS and not everywhere:
            return np.zeros(size, bool)
        case Labelled(label, allowed):
            return _meets(shelf, label, allowed, memory)
        case Between(label, low, high):
            column = shelf.segment.labels.get(label)
            if column is None:
                return np.zeros(size, bool)
            return np.array([value is not None and low <= value <= high for value in column.values])[column.codes]
        case Not(part):
            return ~_holds(part, shelf, leaves, memory, everywhere=everywhere)
        case All(parts):
            return reduce(np.logical_and, held(parts), np.ones(size, bool))
        case AnyOf(parts):
            return reduce(np.logical_or, held(parts), np.zeros(size, bool))
        case Enough(parts, least, _):
            return reduce(np.add, held(parts), np.zeros(size, np.uint16)) >= least


def _leaf(shelf: Shelf, phrase: Phrase, memory: Memory) -> _Leaf:
    found = memory.recall((shelf.name, phrase), lambda: _look_up(shelf.segment, phrase), _Found.size_bytes)
    return _scattered(shelf.segment, found)


def _scattered(segment: Segment, found: _Found) -> _Leaf:
    outside, inside = np.zeros(segment.size, np.float32), np.zeros(segment.size, np.float32)
    outside[found.outside] = found.outside_worth
    inside[found.inside] = found.inside_worth
    return _Leaf(outside, inside)


def _look_up(segment: Segment, phrase: Phrase) -> _Found:
    return _weighed(segment, phrase, *_spots(segment, phrase))


def _weighed(segment: Segment, phrase: Phrase, spots: U64, aligned: Bits) -> _Found:
    """What a phrase is worth where it stands."""
    weights = np.where(aligned, 1.0, ACCIDENT)
    weights[(spots & IN_HEADING) > 0] *= HEADING
    rows = (spots >> FIELD_SHIFT).astype(np.int64)  # four for each entry
    in_body = rows & 3 == BODY
    value = PIECE_WORTH if phrase.piece else WORTH
    # Both are looked at though nothing may be there: what is hidden makes no other work.
    outside, outside_worth = _outside(segment, phrase.field, value, rows[~in_body], weights[~in_body])
    counts = np.bincount(rows[in_body] >> 2, weights[in_body], minlength=segment.size)
    inside = np.flatnonzero(counts > 0) if phrase.field is None else np.empty(0, np.int64)
    share = LENGTH_COUNTS[BODY]
    lengths = segment.lengths[inside, BODY] / USUAL_LENGTH[BODY]
    inside_worth = counts[inside] * value[BODY] / (1 - share + share * lengths)
    return _Found(outside, outside_worth, inside.astype(np.uint32), inside_worth.astype(np.float32))


def _outside(
    segment: Segment,
    field: str | None,
    value: Mapping[int, float],
    rows: NDArray[np.int64],
    weights: NDArray[np.float64],
) -> tuple[Numbers, Floats]:
    """Entries with a phrase outside the body, and what that is worth; few, so that they are sorted."""
    there, where = np.unique(rows, return_inverse=True)
    worth = np.bincount(where, weights, minlength=len(there)).astype(np.float64)
    for one in (TITLE, NUMBERS, PARTIES):
        here = there & 3 == one
        share = LENGTH_COUNTS[one]
        lengths = segment.lengths[there[here] >> 2, one] / USUAL_LENGTH[one]
        worth[here] *= (value[one] if one in FIELDS[field] else 0.0) / (1 - share + share * lengths)
    entries, where = np.unique(there[worth > 0] >> 2, return_inverse=True)
    together = np.bincount(where, worth[worth > 0], minlength=len(entries))
    return entries.astype(np.uint32), together.astype(np.float32)


def _spots(segment: Segment, phrase: Phrase) -> tuple[U64, Bits]:
    """Where a phrase stands, in whatever form, and whether it is a word there."""
    found = [segment.places.match(pattern_of(text, whole=whole)) for text, whole in spellings(phrase)]
    if len(found) == 1:
        return found[0]
    spots, firsts = np.unique(np.concatenate([spots for spots, _ in found]), return_index=True)
    return spots, np.concatenate([aligned for _, aligned in found])[firsts]


def _admitted(shelf: Shelf, find: Filter, hide: frozenset[str], memory: Memory) -> Bits:
    admitted = shelf.living & _mask(shelf, find, memory)
    if hide:
        admitted[_numbers(shelf, hide, memory)] = False
    return admitted


def _mask(shelf: Shelf, conditions: Filter, memory: Memory) -> Bits:
    def work_out() -> Bits:
        size = shelf.segment.size
        alternatives = (
            reduce(np.logical_and, (_meets(shelf, c.label, c.allowed, memory) for c in group), np.ones(size, bool))
            for group in conditions
        )
        return reduce(np.logical_or, alternatives, np.zeros(size, bool))

    return memory.recall((shelf.name, "filter", conditions), work_out, lambda bits: bits.nbytes)


def _meets(shelf: Shelf, label: str, allowed: frozenset[str], memory: Memory) -> Bits:
    if label == "id":
        bits = np.zeros(shelf.segment.size, bool)
        bits[_numbers(shelf, allowed, memory)] = True
        return bits
    column = shelf.segment.labels.get(label)
    if column is None:
        return np.zeros(shelf.segment.size, bool)
    return np.array([value in allowed for value in column.values])[column.codes]


def _numbers(shelf: Shelf, ids: frozenset[str], memory: Memory) -> NDArray[np.int64]:
    hashes = memory.recall(("hashes", ids), lambda: hash_ids(ids), lambda found: found.nbytes)
    return memory.recall((shelf.name, "ids", ids), lambda: shelf.segment.find(hashes), lambda numbers: numbers.nbytes)


def _facet(label: str, parts: Sequence[_Part]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for part in parts:
        column = part.shelf.segment.labels.get(label)
        if column is not None:
            found = np.bincount(column.codes[part.matched], minlength=len(column.values)).tolist()
            counts.update({value: n for value, n in zip(column.values, found, strict=True) if n and value is not None})
    return dict(counts.most_common())


def _scores(parts: Sequence[_Part], root: Node | None, filters: _Filters, memory: Memory) -> NDArray[np.float64]:
    """BM25 over all fields, with frequencies counted among what the reader may find."""
    size = sum(len(part.matched) for part in parts)
    scores, covered, whole = np.zeros(size), np.zeros(size), 0.0
    everything = sum(int(part.admitted.sum()) for part in parts)
    for phrase in dict.fromkeys(wanted(root)):
        frequency = sum(_frequency(part, part.leaves[phrase]) for part in parts)
        counts = _counts(phrase, frequency, everything)
        worth = np.concatenate([_worth(part, part.leaves[phrase]) for part in parts])
        half = PIECE_SATURATION if phrase.piece else SATURATION
        scores += counts * worth * (half + 1) / (worth + half)
        if phrase.piece:
            covered += counts * (worth > 0)
            whole += counts
    for phrase in dict.fromkeys(hints(root)):
        frequency = sum(_hint_frequency(part, phrase, filters, memory) for part in parts)
        if frequency <= HINT_SHARE_MAX * everything:
            worth = np.concatenate([_worth(part, _hint_leaf(part, phrase)) for part in parts])
            scores += _counts(phrase, frequency, everything) * worth * (HINT_SATURATION + 1) / (worth + HINT_SATURATION)
    if whole:
        scores *= (covered / whole) ** COVERAGE
    return scores * np.concatenate([_standing(part) for part in parts])


def _called(part: _Part, key: int) -> NDArray[np.float64]:
    """What it counts in each entry that matched that it is called what was typed."""
    spots, _ = part.shelf.segment.places.between(key, key + 1)
    if not len(spots):
        return np.zeros(len(part.matched))
    entries = (spots >> ENTRY_SHIFT).astype(np.int64)
    in_body = spots >> FIELD_SHIFT & np.uint64(3) == BODY
    counts = np.zeros(part.shelf.segment.size)
    counts[entries[in_body & part.readable[entries]]] = NAMED_WHOLE
    counts[entries[~in_body]] = TYPED_WHOLE
    return counts[part.matched] * _standing(part)


def _counts(phrase: Phrase, frequency: int, everything: int) -> float:
    """What a phrase that stands in so many of all entries counts."""
    rarity = float(np.log1p((everything - frequency + 0.5) / (frequency + 0.5)))
    return phrase.weight * (rarity**TELLING if phrase.piece else rarity)


def _bring_near(parts: Sequence[_Part], root: Node | None, scores: NDArray[np.float64], memory: Memory) -> None:
    """Raise the scores of those of the best in which the words stand near each other."""
    typed = [phrase for phrase in dict.fromkeys(wanted(root)) if phrase.field is None and not phrase.piece]
    if len(typed) < 2:
        return
    best = np.sort(_best([scores], NEAR_AMONG))
    begin = 0
    for part in parts:
        rows = best[np.searchsorted(best, begin) : np.searchsorted(best, begin + len(part.matched))]
        entries = part.matched[rows - begin]
        spots = [_sorted_spots(part, phrase, memory) for phrase in typed]
        scores[rows] *= 1 + NEARNESS * nearness(spots, entries, part.readable[entries])
        begin += len(part.matched)


def _sorted_spots(part: _Part, phrase: Phrase, memory: Memory) -> U64:
    segment = part.shelf.segment
    key = (part.shelf.name, "spots", phrase)
    return memory.recall(key, lambda: np.sort(_spots(segment, phrase)[0]), lambda found: found.nbytes)


def _worth(part: _Part, leaf: _Leaf) -> Floats:
    """What a phrase is worth in each entry that matched, as far as it may be read."""
    return leaf.outside[part.matched] + leaf.inside[part.matched] * part.readable[part.matched]


def _frequency(part: _Part, leaf: _Leaf) -> int:
    return int(np.count_nonzero((part.admitted & (leaf.outside > 0)) | (part.readable & (leaf.inside > 0))))


def _hint_frequency(part: _Part, phrase: Phrase, filters: _Filters, memory: Memory) -> int:
    """In how many entries a hint stands. Most are characters that stand nearly everywhere: only the number is kept."""

    def work_out() -> int:
        spots, _ = part.shelf.segment.places.starting(pattern_of(phrase.text))
        entries = (spots >> ENTRY_SHIFT).astype(np.intp)
        in_body = spots >> FIELD_SHIFT & np.uint64(3) == BODY
        # 2 may be read, 1 only found: more than the one bit of what stands in a body.
        may = part.admitted.astype(np.uint8) + part.readable
        there = np.zeros(part.shelf.segment.size, bool)
        there[entries[may[entries] > in_body]] = True
        return int(np.count_nonzero(there))

    # Of a segment entries are only ever forgotten: how many are left says which.
    left = int(np.count_nonzero(part.shelf.living))
    key = (part.shelf.name, left, "hint", phrase.text, filters)
    return memory.recall(key, work_out, lambda _: 100 * len(filters.hide))


def _hint_leaf(part: _Part, phrase: Phrase) -> _Leaf:
    """What a hint is worth; looked at only in what matched."""
    segment = part.shelf.segment
    spots, aligned = _spots(segment, phrase)
    matched = np.zeros(segment.size, bool)
    matched[part.matched] = True
    here = matched[(spots >> ENTRY_SHIFT).astype(np.int64)]
    return _scattered(segment, _weighed(segment, phrase, spots[here], aligned[here]))


def _standing(part: _Part) -> Floats:
    column = part.shelf.segment.labels.get("standing")
    if column is None:
        return np.ones(len(part.matched), np.float32)
    worth = np.array([STANDINGS.get(value or "", 1.0) for value in column.values], np.float32)
    return worth[column.codes[part.matched]]


def _ranks(sort: str, parts: Sequence[_Part], scores: NDArray[np.float64]) -> list[NDArray[Any]]:
    """One column after the other decides; the greatest comes first."""

    def column(of: Callable[[Segment], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([of(part.shelf.segment)[part.matched] for part in parts])

    ties = [column(lambda segment: segment.captured), column(lambda segment: segment.id_hashes)]
    match sort:
        case "newest":
            return [column(lambda segment: segment.dates), *ties]
        case "oldest":
            dates = column(lambda segment: segment.dates)
            return [np.where(dates == 0, np.iinfo(np.int64).min, -dates), *ties]
        case "arrival":
            return ties
        case "title":
            keys: U64 = ~column(lambda segment: segment.title_keys)
            return [*keys.T, *ties]
        case _:
            return [scores, *ties]


def _best(ranks: Sequence[NDArray[Any]], count: int) -> NDArray[np.int64]:
    """The rows of the `count` greatest, in order."""
    if count <= 0:
        return np.empty(0, np.int64)
    rest = np.arange(len(ranks[0]))
    chosen: list[NDArray[np.int64]] = []
    need = count
    for rank in ranks:
        if len(rest) <= need:
            break
        values = rank[rest]
        least = np.partition(values, len(values) - need)[len(values) - need]
        above = rest[values > least]
        chosen.append(above)
        need -= len(above)
        rest = rest[values == least]
    rows = np.concatenate([*chosen, rest])
    order = np.lexsort([rank[rows] for rank in reversed(ranks)])[::-1]
    return rows[order][:count]
