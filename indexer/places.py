"""Where every word stands, as sorted arrays: made from texts, asked for phrases.

A spot is one 64-bit number: entry, field, position and three flags, in that order of significance, so that
sorted spots are in reading order and a phrase is the same number plus one. A key is one 64-bit number for a
token: two Han characters, the last Han character of a run alone, or a run of letters or digits (up to ten
ASCII signs as they are, longer ones by a 60-bit hash). Spots are stored sorted by key, then by spot: all words
that begin with one Han character, or with some Latin letters, are one slice of the array.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer import words

U64 = NDArray[np.uint64]

TITLE: Final = 0
NUMBERS: Final = 1
PARTIES: Final = 2
BODY: Final = 3

ENTRY_SHIFT: Final = np.uint64(32)
FIELD_SHIFT: Final = np.uint64(30)
PLACE_SHIFT: Final = np.uint64(3)
"""A spot shifted by this is its place: entry, field and position without the flags."""
STARTS: Final = np.uint64(1)
"""A dictionary word begins here."""
STOPS: Final = np.uint64(2)
"""A dictionary word ends here (for two Han characters: after the second)."""
GAP: Final = np.uint64(4)
"""Punctuation follows."""
POSITIONS_MAX: Final = (1 << 27) - 8

_HAN_BITS = 21
_LATIN = 1 << 63
_HASHED = _LATIN | 1 << 62
_LATIN_LETTERS = 10
_SIX_BITS = np.zeros(128, np.uint64)
_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
for _value, _letter in enumerate(_LETTERS, start=1):
    _SIX_BITS[ord(_letter)] = _value


@dataclass(frozen=True, slots=True)
class Spots:
    """The places of one text: `keys[i]` stands at `places[i]` (field, position and flags of a spot)."""

    keys: U64
    places: U64
    lengths: tuple[int, int, int, int]
    """How many places each field has."""


def spots_of(fields: Sequence[Sequence[str]]) -> Spots:
    """The spots of one entry: for each field its values. Phrases reach across no two values."""
    parts: list[words.Codes] = []
    ends: list[int] = []
    values: list[int] = []
    length = 0
    border = np.array([ord("|")], np.uint32)
    for field in fields:
        for value in field:
            folded = words.to_codes(words.fold(value))
            parts += [folded, border]
            length += len(folded) + 1
            values.append(length)
        ends.append(length)
    codes = np.concatenate(parts) if parts else np.empty(0, np.uint32)
    layout = words.lay_out(codes)
    fields_of = np.searchsorted(np.array(ends), layout.starts, side="right").astype(np.uint64)
    positions = layout.positions + np.searchsorted(np.array(values), layout.starts, side="right")
    fits = positions < POSITIONS_MAX
    keys = _keys(codes, layout)
    flags = _flags(codes, layout, positions)
    places = fields_of << FIELD_SHIFT | positions.astype(np.uint64) << PLACE_SHIFT | flags
    counts = np.bincount(fields_of.astype(np.int64), minlength=4).tolist()
    return Spots(keys[fits], places[fits], (counts[0], counts[1], counts[2], counts[3]))


def _keys(codes: words.Codes, layout: words.Layout) -> U64:
    keys = np.zeros(len(layout.starts), np.uint64)
    han = layout.kinds == words.HAN
    first = codes[layout.starts].astype(np.uint64)
    keys[han] = first[han] << np.uint64(_HAN_BITS)
    glued = np.flatnonzero(words.glued(layout))
    keys[glued] |= first[glued + 1]
    runs = np.flatnonzero(~han)
    if len(runs):
        keys[runs] = _run_keys(codes, layout.starts[runs], layout.ends[runs])
    return keys


def _run_keys(codes: words.Codes, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> U64:
    lengths = ends - starts
    before = np.cumsum(lengths) - lengths
    within = np.arange(int(lengths.sum())) - np.repeat(before, lengths)
    letters = codes[np.repeat(starts, lengths) + within]
    ascii_letters = letters < 128
    packed = np.where(ascii_letters, _SIX_BITS[letters & np.uint32(127)], np.uint64(0))
    shifts = (6 * (_LATIN_LETTERS - 1 - np.minimum(within, _LATIN_LETTERS - 1))).astype(np.uint64)
    keys = np.bitwise_or.reduceat(packed << shifts, before) | np.uint64(_LATIN)
    unpacked = (lengths > _LATIN_LETTERS) | ~np.logical_and.reduceat(ascii_letters & (packed > 0), before)
    for i in np.flatnonzero(unpacked).tolist():
        keys[i] = _hashed(words.from_codes(codes[starts[i] : ends[i]]))
    return keys


def _hashed(run: str) -> int:
    digest = blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return _HASHED | int.from_bytes(digest) >> 4


def _flags(codes: words.Codes, layout: words.Layout, positions: NDArray[np.int64]) -> U64:
    """Word borders as a dictionary sees them, and where punctuation follows."""
    count = len(layout.starts)
    flags = np.full(count, STARTS | STOPS, np.uint64)
    if not count:
        return flags
    gap = np.ones(count, bool)
    gap[:-1] = np.diff(positions) > 1
    flags[gap] |= GAP
    han = np.flatnonzero(layout.kinds == words.HAN)
    if not len(han):
        return flags
    # The dictionary reads the visible text: one character per place, a blank where a gap or a Latin run is.
    visible = np.full(count + int(gap.sum()), ord(" "), np.uint32)
    at = np.arange(count) + np.cumsum(gap) - gap
    visible[at[han]] = codes[layout.starts[han]]
    begins = np.zeros(len(visible) + 1, bool)
    stops = np.zeros(len(visible) + 1, bool)
    found = words.dictionary_words(words.from_codes(visible))
    begins[[start for _, start, _ in found]] = True
    stops[[end for _, _, end in found]] = True
    glued = words.glued(layout)[han]
    flags[han] &= GAP
    flags[han[begins[at[han]]]] |= STARTS
    flags[han[stops[at[han] + 1 + glued]]] |= STOPS
    return flags


@dataclass(frozen=True, slots=True)
class Step:
    """One demand of a phrase: a key between `low` and `high` (exclusive) `offset` places after its beginning."""

    offset: int
    low: int
    high: int
    gap: bool
    """Punctuation must follow."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase in keys. Without steps (nothing but punctuation) it matches nothing."""

    steps: tuple[Step, ...]
    half_open: bool
    """The last step is a beginning of words, so that where the word ends is not known."""


def pattern_of(phrase: str, *, unfinished: bool = False) -> Pattern:
    """What a phrase demands. If `unfinished`, a Latin word at its end may go on."""
    tokens = words.split(phrase)
    steps: list[Step] = []
    half_open = False
    for i, token in enumerate(tokens):
        last = i + 1 == len(tokens)
        offset = token.position - tokens[0].position
        gap = not last and tokens[i + 1].position > token.position + 1
        if token.glued:
            low = ord(token.text) << _HAN_BITS | ord(tokens[i + 1].text)
            high = low + 1
        elif token.han and last:
            if i and tokens[i - 1].glued:
                break
            low, high = ord(token.text) << _HAN_BITS, ord(token.text) + 1 << _HAN_BITS
            half_open = True
        elif token.han:
            low = ord(token.text) << _HAN_BITS
            high = low + 1
        else:
            low = _run_key(token.text)
            half_open = last and unfinished and low < _HASHED
            high = low + (1 << 6 * (_LATIN_LETTERS - len(token.text)) if half_open else 1)
        steps.append(Step(offset, low, high, gap))
    return Pattern(tuple(steps), half_open)


def key_of(term: str) -> int | None:
    """The key of two Han characters, one Han character that ends a run, or a run of letters or digits; else None."""
    match words.split(term):
        case (words.Token(text, _, True, _),):
            return ord(text) << _HAN_BITS
        case (words.Token(first, _, True, True), words.Token(second, _, True, _)):
            return ord(first) << _HAN_BITS | ord(second)
        case (words.Token(text, _, False, _),):
            return _run_key(text)
        case _:
            return None


def term_of(key: int) -> str | None:
    """What a key stands for; None where it is a hash."""
    if key >= _HASHED:
        return None
    if key >= _LATIN:
        signs = (key >> 6 * (_LATIN_LETTERS - 1 - i) & 63 for i in range(_LATIN_LETTERS))
        return "".join(_LETTERS[sign - 1] for sign in signs if sign)
    first, second = key >> _HAN_BITS, key & (1 << _HAN_BITS) - 1
    return chr(first) + (chr(second) if second else "")


def _run_key(run: str) -> int:
    codes = words.to_codes(run)
    return int(_run_keys(codes, np.array([0]), np.array([len(codes)]))[0])


@dataclass(frozen=True, slots=True)
class Places:
    """All spots of a segment: those of `keys[i]` are `spots[starts[i]:starts[i + 1]]`."""

    keys: U64
    starts: U64
    spots: U64

    def between(self, low: int, high: int) -> tuple[U64, bool]:
        """The spots of the keys from `low` to `high` (exclusive), and whether they are sorted."""
        first, last = np.searchsorted(self.keys, np.array([low, high], np.uint64)).tolist()
        return self.spots[int(self.starts[first]) : int(self.starts[last])], last - first <= 1

    def match(self, pattern: Pattern) -> tuple[U64, NDArray[np.bool_]]:
        """The spots where the phrase begins, in no order, and whether dictionary words begin and end with it."""
        if not pattern.steps:
            return np.empty(0, np.uint64), np.empty(0, bool)
        slices = [(step, *self.between(step.low, step.high)) for step in pattern.steps]
        order = sorted(range(len(slices)), key=lambda i: len(slices[i][1]))
        step, found, _ = slices[order[0]]
        if step.gap:
            found = found[(found & GAP) > 0]
        begin = (found >> PLACE_SHIFT) - np.uint64(step.offset)
        flags: dict[int, U64] = {order[0]: found}
        for i in order[1:]:
            step, spots, is_sorted = slices[i]
            if not len(begin):
                break
            wanted = begin + np.uint64(step.offset) << PLACE_SHIFT
            if not is_sorted:
                spots = _of_same_entries(spots, wanted)
            at = np.searchsorted(spots, wanted)
            at[at == len(spots)] = 0
            there = spots[at] if len(spots) else np.full(len(at), np.iinfo(np.uint64).max)
            good = there >> PLACE_SHIFT == wanted >> PLACE_SHIFT
            if step.gap:
                good &= (there & GAP) > 0
            begin = begin[good]
            flags = {j: value[good] for j, value in flags.items()}
            flags[i] = there[good]
        if not len(begin):
            return np.empty(0, np.uint64), np.empty(0, bool)
        aligned = (flags[0] & STARTS) > 0
        if not pattern.half_open:
            aligned &= (flags[len(slices) - 1] & STOPS) > 0
        return begin << PLACE_SHIFT, aligned


def _of_same_entries(spots: U64, wanted: U64) -> U64:
    """The spots of entries that are wanted at all, sorted."""
    entries = wanted >> ENTRY_SHIFT
    least, most = int(entries.min()), int(entries.max())
    here = spots >> ENTRY_SHIFT
    inside = (here >= least) & (here <= most)
    spots, here = spots[inside], here[inside]
    asked = np.zeros(most - least + 1, bool)
    asked[(entries - np.uint64(least)).astype(np.int64)] = True
    return np.sort(spots[asked[(here - np.uint64(least)).astype(np.int64)]])


def gather(keys: U64, spots: U64) -> Places:
    """Sort spots by key; those of one key must already be in order."""
    order = np.argsort(keys, kind="stable")
    keys, spots = keys[order], spots[order]
    firsts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if len(keys) else np.empty(0, np.int64)
    starts = np.append(firsts, len(keys)).astype(np.uint64)
    return Places(keys[firsts], starts, spots)
