"""Where every word stands, as sorted arrays: made from texts, asked for phrases.

A spot is one 64-bit number: entry, field, position and four flags, in that order of significance, so that
sorted spots are in reading order and a phrase is the same number plus one. A key is one 64-bit number for what
can be read from a place on: two Han characters, or the last of a run of them alone; up to four ASCII letters or
digits of a run; or a letter beyond ASCII with the one behind it. Spots are stored sorted by key, then by spot:
all places from which something can be read, be it one Han character or the middle of a number, are one slice
of the array.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
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
PLACE_SHIFT: Final = np.uint64(4)
"""A spot shifted by this is its place: entry, field and position without the flags."""
STARTS: Final = np.uint64(1)
"""A dictionary word, or a run of letters or digits, begins here."""
STOPS: Final = np.uint64(2)
"""What the key says ends a dictionary word (two Han characters: after the second), or it ends the run."""
GAP: Final = np.uint64(4)
"""Punctuation follows: the Han character here, or the end of the run if the key reaches it."""
HEADING: Final = np.uint64(8)
"""It stands in a heading."""
POSITION_BITS: Final = 26
POSITIONS_MAX: Final = (1 << POSITION_BITS) - 8

_HAN_BITS = 21
_WIDE = 1 << 61
_LATIN = 1 << 62
WHOLE: Final = 1 << 63
"""Keys from here on say what a title, a number or the name of a file is as a whole; they stand at the place 0."""
_RUN_SIGNS = 4
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
    titled: list[tuple[int, int]] = []
    for number, field in enumerate(fields):
        for value in field:
            folded = words.fold(value)
            if number == BODY:
                titled += [(length + start, length + end) for start, end in headings(folded)]
            parts += [words.to_codes(folded), border]
            length += len(folded) + 1
            values.append(length)
        ends.append(length)
    codes = np.concatenate(parts) if parts else np.empty(0, np.uint32)
    layout = words.lay_out(codes)
    fields_of = np.searchsorted(np.array(ends), layout.starts, side="right").astype(np.uint64)
    positions = layout.positions + np.searchsorted(np.array(values), layout.starts, side="right")
    fits = positions < POSITIONS_MAX
    keys = _keys(codes, layout)
    flags = _flags(codes, layout, keys, positions)
    for start, end in titled:
        flags[slice(*np.searchsorted(layout.starts, (start, end)))] |= HEADING
    places = fields_of << FIELD_SHIFT | positions.astype(np.uint64) << PLACE_SHIFT | flags
    counts = np.bincount(fields_of.astype(np.int64), minlength=4).tolist()
    return Spots(keys[fits], places[fits], (counts[0], counts[1], counts[2], counts[3]))


def wholes_of(fields: Iterable[tuple[int, Sequence[str]]]) -> tuple[U64, U64]:
    """Keys and places for the values of these fields as wholes, each once for every field."""
    told = dict.fromkeys((key, field) for field, values in fields for value in values if (key := whole_key(value)))
    keys = np.array([key for key, _ in told], np.uint64)
    return keys, np.array([field for _, field in told], np.uint64) << FIELD_SHIFT


def whole_key(text: str) -> int:
    """The key of a text as a whole; 0 for one without letters."""
    return called | WHOLE if (called := words.called(text)) else 0


def _keys(codes: words.Codes, layout: words.Layout) -> U64:
    count = len(layout.starts)
    keys = np.zeros(count, np.uint64)
    if not count:
        return keys
    han = layout.kinds == words.HAN
    letters = codes[layout.starts].astype(np.uint64)
    following = np.append(letters[1:], np.uint64(0))
    keys[han] = letters[han] << np.uint64(_HAN_BITS)
    glued = words.glued(layout)
    keys[glued] |= following[glued]
    packed = np.where(~han & (letters < 128), _SIX_BITS[letters & np.uint64(127)], np.uint64(0))
    narrow = packed > 0
    wide = ~han & ~narrow
    keys[wide] = np.uint64(_WIDE) | letters[wide] << np.uint64(_HAN_BITS)
    goes_on = wide & (layout.left > 1)
    keys[goes_on] |= following[goes_on]
    readable = narrow.copy()
    keys[narrow] = np.uint64(_LATIN) | packed[narrow] << np.uint64(6 * (_RUN_SIGNS - 1))
    for ahead in range(1, _RUN_SIGNS):
        there = np.append(packed[ahead:], np.zeros(min(ahead, count), np.uint64))[:count]
        readable &= (layout.left > ahead) & (there > 0)
        keys[readable] |= there[readable] << np.uint64(6 * (_RUN_SIGNS - 1 - ahead))
    return keys


def _flags(codes: words.Codes, layout: words.Layout, keys: U64, positions: NDArray[np.int64]) -> U64:
    """Word borders as a dictionary sees them, where punctuation follows, and where runs begin and end."""
    count = len(layout.starts)
    flags = np.zeros(count, np.uint64)
    if not count:
        return flags
    gap = np.ones(count, bool)
    gap[:-1] = np.diff(positions) > 1
    run = layout.kinds != words.HAN
    signs = np.full(count, 1, np.int64)
    for ahead in range(1, _RUN_SIGNS):
        signs += keys >> np.uint64(6 * (_RUN_SIGNS - 1 - ahead)) & np.uint64(63) > 0
    signs[keys < _LATIN] = 2
    reaches = run & (layout.left <= signs)
    ends = np.minimum(np.arange(count) + layout.left - 1, count - 1)
    flags[run & layout.first] |= STARTS
    flags[reaches] |= STOPS
    flags[np.where(run, reaches & gap[ends], gap)] |= GAP
    han = np.flatnonzero(~run)
    if not len(han):
        return flags
    # The dictionary reads the visible text: one character per place, a blank where a gap or a run is.
    visible = np.full(count + int(gap.sum()), ord(" "), np.uint32)
    at = np.arange(count) + np.cumsum(gap) - gap
    visible[at[han]] = codes[layout.starts[han]]
    begins = np.zeros(len(visible) + 1, bool)
    stops = np.zeros(len(visible) + 1, bool)
    found = words.dictionary_words(words.from_codes(visible))
    begins[[start for _, start, _ in found]] = True
    stops[[end for _, _, end in found]] = True
    glued = words.glued(layout)[han]
    flags[han[begins[at[han]]]] |= STARTS
    flags[han[stops[at[han] + 1 + glued]]] |= STOPS
    return flags


_HEADING = re.compile(
    r"^[ \t\u3000]*(?=.{2,40}$)(?:第[0-9〇零一二三四五六七八九十百]+[编章节条款]|[一二三四五六七八九十]+、|"
    r"[(（][0-9一二三四五六七八九十]+[)）]|[0-9]+(?:\.[0-9]+)*[.、 ](?![0-9]))[^。；;！!？?|]*$",
    re.MULTILINE,
)


def headings(folded: str) -> Iterator[tuple[int, int]]:
    """Where the headings of a text are: short numbered lines that are no sentences."""
    return (match.span() for match in _HEADING.finditer(folded))


@dataclass(frozen=True, slots=True)
class Step:
    """One demand of a phrase: a key between `low` and `high` (exclusive) `offset` places after its beginning."""

    offset: int
    low: int
    high: int
    flags: int = 0
    """Flags that the spot must have."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase in keys. Without steps (nothing but punctuation) it matches nothing."""

    steps: tuple[Step, ...]
    half_open: bool
    """The last step is a Han character alone, so that where the word ends is not known."""


def pattern_of(phrase: str, *, whole: bool = False) -> Pattern:
    """What a phrase demands. At its ends it may be a part of a longer run, unless the `whole` runs are asked for."""
    tokens = words.split(phrase)
    steps: list[Step] = []
    half_open = False
    pairs = 0
    for i, token in enumerate(tokens):
        last = i + 1 == len(tokens)
        offset = token.position - tokens[0].position
        gap = int(GAP) if not last and tokens[i + 1].position > token.end else 0
        low = ord(token.text[0]) << _HAN_BITS
        if not token.han:
            steps += _run_steps(token.text, offset, gap, starts=whole and not i, ends=whole or not last)
        elif token.glued:
            # Every second pair says all there is to say, if the last is among them.
            if pairs % 2 == 0 or not tokens[i + 1].glued:
                low |= ord(tokens[i + 1].text)
                steps.append(Step(offset, low, low + 1))
            pairs += 1
            continue
        elif not last:
            # After a pair this character has been asked for already, but not what follows it.
            if gap or not pairs:
                steps.append(Step(offset, low, low + 1, gap))
        elif not pairs:
            steps.append(Step(offset, low, low + (1 << _HAN_BITS)))
            half_open = True
        pairs = 0
    return Pattern(tuple(steps), half_open)


def _run_steps(run: str, offset: int, gap: int, *, starts: bool, ends: bool) -> list[Step]:
    """The demands of a run, of which the beginning and the end may have to be those of a whole one."""
    codes = words.to_codes(run)
    count = len(codes)
    left = np.arange(count, 0, -1)
    first = np.zeros(count, bool)
    layout = words.Layout(np.arange(count), np.full(count, words.LETTER, np.uint8), left, left, first)
    keys = _keys(codes, layout).tolist()
    steps: list[Step] = []
    at = 0
    while at < count:
        if keys[at] >= _LATIN:
            narrow = 1
            while at + narrow < count and keys[at + narrow] >= _LATIN:
                narrow += 1
            if narrow > _RUN_SIGNS:  # overlapping the one before, the last key is as long as a key can be
                spread = [*range(at, at + narrow - _RUN_SIGNS, _RUN_SIGNS), at + narrow - _RUN_SIGNS]
            else:
                spread = [at]
            steps += [Step(offset + i, *_beginning(keys[i], min(_RUN_SIGNS, at + narrow - i))) for i in spread]
            at += narrow
        else:
            alone = at + 1 == count
            steps.append(Step(offset + at, keys[at], keys[at] + (1 << _HAN_BITS if alone else 1)))
            at += 1
    if starts:
        steps[0] = replace(steps[0], flags=int(STARTS))
    if ends:
        low = steps[-1].low
        steps[-1] = replace(steps[-1], high=low + 1, flags=steps[-1].flags | int(STOPS) | gap)
    return steps


def _beginning(key: int, signs: int) -> tuple[int, int]:
    """All keys that begin as this one of so many signs does."""
    return key, key + (1 << 6 * (_RUN_SIGNS - signs))


def readable(text: str) -> str:
    """As much of a text (Han characters, or a run) as one key says."""
    if text[0].isascii():
        ascii_signs = len(text) - len(text.lstrip(_LETTERS))
        return text[: min(ascii_signs, _RUN_SIGNS)]
    return text[:2]


def key_of(term: str) -> int | None:
    """The key of what `term_of` has named; None if there is no such key."""
    match words.split(term):
        case (words.Token(text, _, True, _),):
            return ord(text) << _HAN_BITS
        case (words.Token(first, _, True, True), words.Token(second, _, True, _)):
            return ord(first) << _HAN_BITS | ord(second)
        case (words.Token(text, _, False, _),) if readable(text) == text:
            return _run_steps(text, 0, 0, starts=False, ends=True)[0].low
        case _:
            return None


def term_of(key: int) -> str:
    """What can be read from the places of a key on."""
    if key >= _LATIN:
        signs = (key >> 6 * (_RUN_SIGNS - 1 - i) & 63 for i in range(_RUN_SIGNS))
        return "".join(_LETTERS[sign - 1] for sign in signs if sign)
    key &= _WIDE - 1
    first, second = key >> _HAN_BITS, key & (1 << _HAN_BITS) - 1
    return chr(first) + (chr(second) if second else "")


@dataclass(frozen=True, slots=True)
class Places:
    """All spots of a segment: those of `keys[i]` are `spots[starts[i]:starts[i + 1]]`."""

    keys: U64
    starts: U64
    spots: U64

    def between(self, low: int, high: int) -> tuple[U64, bool]:
        """The spots of the keys from `low` to `high` (exclusive), and whether they are sorted.

        Of a run that goes on behind what was asked for, no spot says that it stops.
        """
        first, last = np.searchsorted(self.keys, np.array([low, high], np.uint64)).tolist()
        begin, end = int(self.starts[first]), int(self.starts[last])
        spots = self.spots[begin:end]
        if low >= _WIDE and last > first and (last - first > 1 or self.keys[first] != low):
            spots = spots.copy()
            spots[int(self.starts[first + 1]) - begin if self.keys[first] == low else 0 :] &= ~STOPS
        return spots, last - first <= 1

    def starting(self, pattern: Pattern) -> tuple[U64, bool]:
        """Where the first demand of a phrase is met; see `between`."""
        return self.between(pattern.steps[0].low, pattern.steps[0].high)

    def match(self, pattern: Pattern) -> tuple[U64, NDArray[np.bool_]]:
        """The spots where the phrase begins, in no order, and whether words begin and end with it."""
        if not pattern.steps:
            return np.empty(0, np.uint64), np.empty(0, bool)
        slices = [(step, *self.between(step.low, step.high)) for step in pattern.steps]
        order = sorted(range(len(slices)), key=lambda i: len(slices[i][1]))
        step, found, _ = slices[order[0]]
        if step.flags:
            found = found[found & np.uint64(step.flags) == step.flags]
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
            if step.flags:
                good &= there & np.uint64(step.flags) == step.flags
            begin = begin[good]
            flags = {j: value[good] for j, value in flags.items()}
            flags[i] = there[good]
        if not len(begin):
            return np.empty(0, np.uint64), np.empty(0, bool)
        aligned = (flags[0] & STARTS) > 0
        if not pattern.half_open:
            aligned &= (flags[len(slices) - 1] & STOPS) > 0
        return begin << PLACE_SHIFT | flags[0] & HEADING, aligned


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
