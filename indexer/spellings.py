"""Names that continue what somebody types, by their characters or by how these sound.

`wyht`, `wuyehetong`, `wuyeht`, `物业ht` and `物业合` all find 物业合同. A character with several readings is found
by each of them; between two parts of at least two characters some may be left out (`wyht` finds 物业服务合同 too).
What a reader may not find takes no part, neither in what is found nor in its order.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# numpy is only partly typed.

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from indexer import words
from indexer.engines import Condition, Filter

Bits = NDArray[np.bool_]
Codes = NDArray[np.uint16]
Marks = NDArray[np.uint32]
Numbers = NDArray[np.int64]

TYPED_MAX: Final = 40
NAME_MAX: Final = 200
SYLLABLE_MAX: Final = 6
LEFT_OUT_MAX: Final = 4
"""So many characters may be left out, once, between two parts of at least PART_MIN."""
PART_MIN: Final = 2
WITNESSES: Final = 8
"""So many entries are named for each name found; whoever asks looks whether one of them is still admitted."""

_END: Final = np.uint16(0)
_WIDEST: Final = 0xFFFF
_BEYOND: Final = 0xFFFD
"""In place of a character beyond the plane of common ones."""
_TWO_LETTERS: Final = ("zh", "ch", "sh")


@dataclass(frozen=True, slots=True)
class Named:
    """An entry, its labels as the engines know them, and its names: kind and text of each."""

    id: str
    labels: Mapping[str, str]
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A name that continues what was typed; `part` is the part of it that did, folded."""

    kind: str
    text: str
    part: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """What a question looks at. Replaced as a whole by whoever changes something, so that nobody waits."""

    codes: Codes
    """The characters of all names one after the other; 0 ends a name."""
    starts: Numbers
    names: tuple[tuple[str, str], ...]
    row_name: Numbers
    row_entry: Numbers
    """One row for each name of each entry that counts."""
    ids: tuple[str, ...]
    labels: Mapping[str, Marks]
    """Label → the number of its value, by entry."""

    def name_at(self, places: Numbers) -> Numbers:
        return np.searchsorted(self.starts, places, side="right") - 1

    @property
    def lengths(self) -> Numbers:
        return np.diff(self.starts, append=len(self.codes)) - 1


_NOTHING: Final = np.zeros(0, np.int64)


class Spellings:
    """The names of many entries. May be used by many threads at once."""

    def __init__(self) -> None:
        self._state = _State(np.zeros(0, np.uint16), _NOTHING, (), _NOTHING, _NOTHING, (), {})
        self._name_numbers: dict[tuple[str, str], int] = {}
        self._entry_numbers: dict[str, int] = {}
        self._values: dict[str, dict[str, int]] = {}
        self._changing = Lock()

    def put(self, entries: Sequence[Named], *, gone: Iterable[str] = ()) -> None:
        """Add entries or replace those with the same id; forget those that are gone."""
        with self._changing:
            state = self._state
            fresh = [
                name
                for name in dict.fromkeys(name for entry in entries for name in entry.names)
                if name not in self._name_numbers
            ]
            self._name_numbers.update((name, len(state.names) + n) for n, name in enumerate(fresh))
            ids = [entry.id for entry in entries if entry.id not in self._entry_numbers]
            self._entry_numbers.update((one, len(state.ids) + n) for n, one in enumerate(ids))
            codes, starts = _coded([text for _, text in fresh])
            changed = [self._entry_numbers[one.id] for one in entries]
            changed += [self._entry_numbers[one] for one in gone if one in self._entry_numbers]
            touched = np.zeros(len(self._entry_numbers), bool)
            touched[changed] = True
            kept = ~touched[state.row_entry]
            rows = [(self._name_numbers[name], self._entry_numbers[one.id]) for one in entries for name in one.names]
            added = np.array(rows, np.int64).reshape(-1, 2)
            self._state = _State(
                np.concatenate([state.codes, codes]),
                np.concatenate([state.starts, starts + len(state.codes)]),
                (*state.names, *fresh),
                np.concatenate([state.row_name[kept], added[:, 0]]),
                np.concatenate([state.row_entry[kept], added[:, 1]]),
                (*state.ids, *ids),
                self._labelled(state, entries),
            )

    def _labelled(self, state: _State, entries: Sequence[Named]) -> Mapping[str, Marks]:
        size = len(self._entry_numbers)
        result: dict[str, Marks] = {}
        numbers = [self._entry_numbers[entry.id] for entry in entries]
        for label in dict.fromkeys([*state.labels, *(label for entry in entries for label in entry.labels)]):
            values = self._values.setdefault(label, {"": 0})
            marks = np.zeros(size, np.uint32)
            before = state.labels.get(label, np.zeros(0, np.uint32))
            marks[: len(before)] = before
            marks[numbers] = [values.setdefault(entry.labels.get(label, ""), len(values)) for entry in entries]
            result[label] = marks
        return result

    def match(
        self, typed: str, *, find: Filter, kinds: Sequence[str] = (), limit: int = 8, by_sound: bool = False
    ) -> tuple[Match, ...]:
        """Names of entries that `find` admits which begin with or contain what was typed, best first.

        Latin letters stand for how characters sound, everything else for itself; `by_sound` lets every character
        stand for its sound, so that what was mistyped is found. Beyond one look at all characters, names that are not
        admitted make no work.
        """
        state, letters = self._state, _letters(typed)[:TYPED_MAX]
        if not letters or limit <= 0 or not len(state.starts):
            return ()
        admitted = self._admitted(state, find)
        wanted = np.zeros(len(state.names), bool)
        wanted[state.row_name[admitted]] = True
        if kinds:
            wanted &= np.fromiter((kind in kinds for kind, _ in state.names), bool, len(state.names))
        walked = _walk(state, wanted, letters, by_sound=by_sound)
        found: dict[int, tuple[int, int]] = {}
        for begins, ends in (
            walked.get(len(letters), _NOWHERE),
            _leaving_out(state.codes, letters, walked, by_sound=by_sound),
        ):
            names = state.name_at(begins)
            offsets = begins - state.starts[names]
            for i in np.lexsort((names, offsets, state.lengths[names], offsets > 0)).tolist():
                if len(found) >= limit:
                    break
                found.setdefault(int(names[i]), (int(begins[i]), int(ends[i])))
        return tuple(self._matched(state, admitted, name, span) for name, span in found.items())

    def _matched(self, state: _State, admitted: Bits, name: int, span: tuple[int, int]) -> Match:
        rows = np.flatnonzero((state.row_name == name) & admitted)[-WITNESSES:]
        kind, text = state.names[name]
        part = words.from_codes(state.codes[span[0] : span[1]].astype(np.uint32))
        return Match(kind, text, part, tuple(state.ids[entry] for entry in state.row_entry[rows].tolist()))

    def _admitted(self, state: _State, find: Filter) -> Bits:
        """Which rows belong to entries that the filter admits."""
        entries = np.zeros(len(state.ids), bool)
        for alternative in find:
            meets = np.ones(len(state.ids), bool)
            for condition in alternative:
                meets &= self._meets(state, condition)
            entries |= meets
        return entries[state.row_entry]

    def _meets(self, state: _State, condition: Condition) -> Bits:
        if condition.label == "id":
            known = [self._entry_numbers.get(one, len(state.ids)) for one in condition.allowed]
            meets = np.zeros(len(state.ids) + 1, bool)
            meets[[number for number in known if number < len(state.ids)]] = True
            return meets[:-1]
        marks = state.labels.get(condition.label)
        if marks is None:
            return np.zeros(len(state.ids), bool)
        values = self._values[condition.label]
        allowed = [values[value] for value in condition.allowed if value in values]
        return np.isin(marks, np.array(allowed, np.uint32))


Ways = tuple[Numbers, Numbers]
"""Places that were reached: where each way began, and where it is."""


def _walk(state: _State, wanted: Bits, letters: str, *, by_sound: bool) -> Mapping[int, Ways]:
    """For each number of letters typed: where that many of them stand in a wanted name, one behind the other."""
    either = np.logical_or.reduce([sounds for _, sounds in _pieces(letters, 0, by_sound=by_sound)])
    begins = np.flatnonzero(either[state.codes])  # one look at everything; the rest looks at these alone
    begins = begins[wanted[state.name_at(begins)]]
    return _go_on(state.codes, letters, 0, (begins, begins), by_sound=by_sound)


def _go_on(codes: Codes, letters: str, used: int, ways: Ways, *, by_sound: bool) -> Mapping[int, Ways]:
    reached: dict[int, list[Ways]] = {used: [ways]}
    result: dict[int, Ways] = {}
    for now in range(used, len(letters) + 1):
        if now not in reached:
            continue
        begins, at = result[now] = _together(reached[now])
        if now == len(letters) or not len(at):
            continue
        for length, sounds in _pieces(letters, now, by_sound=by_sound):
            good = sounds[codes[np.minimum(at, len(codes) - 1)]]
            reached.setdefault(now + length, []).append((begins[good], at[good] + 1))
    return result


def _leaving_out(codes: Codes, letters: str, walked: Mapping[int, Ways], *, by_sound: bool) -> Ways:
    """Where the letters stand in two parts of the same name, with something left out between them."""
    found: list[Ways] = []
    for used in range(PART_MIN, len(letters) - PART_MIN + 1):
        begins, at = walked.get(used, _NOWHERE)
        long = at - begins >= PART_MIN
        begins, at = begins[long], at[long]
        for _ in range(LEFT_OUT_MAX if len(at) else 0):
            inside = codes[np.minimum(at, len(codes) - 1)] != _END
            begins, at = begins[inside], at[inside] + 1
            second, ends = _go_on(codes, letters, used, (at, at), by_sound=by_sound).get(len(letters), _NOWHERE)
            good = ends - second >= PART_MIN
            # Several ways may begin at one place: each is joined to the way that leads there.
            first = np.searchsorted(at, second[good])
            found.append((begins[first], ends[good]))
    return _together(found)


_NOWHERE: Final[Ways] = (_NOTHING, _NOTHING)


def _together(ways: Sequence[Ways]) -> Ways:
    if len(ways) == 1:
        return ways[0]
    if not ways:
        return _NOWHERE
    begins, at = np.concatenate([one for one, _ in ways]), np.concatenate([one for _, one in ways])
    order = np.lexsort((begins, at))
    return begins[order], at[order]


def _pieces(letters: str, used: int, *, by_sound: bool) -> Iterator[tuple[int, Bits]]:
    """What the next character may be: how many of the letters it takes, and which characters those can stand for."""
    letter = letters[used]
    if not _is_latin(letter):
        yield 1, _sounding_like(letter) if by_sound else _itself(letter)
        return
    for length in range(1, min(SYLLABLE_MAX, len(letters) - used) + 1):
        piece = letters[used : used + length]
        if not piece.isascii() or not _sound_begins(piece):
            return
        yield length, _spelled(piece, last=used + length == len(letters))


def _is_latin(letter: str) -> bool:
    return "a" <= letter <= "z"


def _letters(text: str) -> str:
    """A name as it is compared: folded, without blanks and signs, within the plane of common characters."""
    return words.from_codes(_coded([text])[0][:-1].astype(np.uint32))


def _coded(texts: Sequence[str]) -> tuple[Codes, Numbers]:
    """Names one after the other, and where each begins. Many at once: one by one they would take ten times as long."""
    codes = words.to_codes(words.fold("".join(text.replace("\0", "")[:NAME_MAX] + "\0" for text in texts)))
    ends = codes == _END
    codes, ends = codes[kept := ends | words.are_letters(codes)], ends[kept]
    codes = np.where(codes > _WIDEST, _BEYOND, codes).astype(np.uint16)
    behind = np.flatnonzero(ends) + 1
    return codes, np.concatenate((behind[:0], [0], behind[:-1]))[: len(behind)]


# ---- How characters sound ----


@lru_cache(4096)
def sounding_like(letter: str) -> tuple[str, ...]:
    """The common characters with a reading in common with this one, without itself."""
    code = ord(letter)
    codes = {other for read in _readings().values() if code in read for other in read.tolist()} - {code}
    return tuple(sorted(other for other in map(chr, codes) if _is_common(other)))


def _is_common(letter: str) -> bool:
    """Of the 3,755 characters of the first level of GB 2312."""
    said = letter.encode("gb2312", "ignore")
    return len(said) == 2 and 0xB0 <= said[0] < 0xD8


@cache
def _readings() -> Mapping[str, Codes]:
    """Reading without tones → the characters that are read so."""
    from pypinyin.constants import PINYIN_DICT  # 0.1 s and 10 MB that only who suggests needs

    found: dict[str, set[int]] = {chr(code): {code} for code in range(ord("a"), ord("z") + 1)}
    for code, readings in PINYIN_DICT.items():
        for reading in readings.split(",") if code <= 0xFFFF else ():
            for plain in _without_tones(reading):
                found.setdefault(plain, set()).add(code)
    return {reading: np.array(sorted(codes), np.uint16) for reading, codes in found.items()}


def _without_tones(reading: str) -> tuple[str, ...]:
    """`lǜ` is typed lv by most and lu by some."""
    parts = unicodedata.normalize("NFD", reading)
    plain = "".join(part for part in parts if not unicodedata.combining(part) or part == "\u0308")
    if "u\u0308" not in plain:
        return (plain,)
    return plain.replace("u\u0308", "v"), plain.replace("u\u0308", "u")


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(reading[:length] for reading in _readings() for length in range(1, len(reading) + 1))


def _sound_begins(piece: str) -> bool:
    return piece in _beginnings()


@lru_cache(256)
def _spelled(piece: str, *, last: bool) -> Bits:
    """The characters that letters may stand for: a whole syllable or its initial; the last may be unfinished."""
    table = np.zeros(0x10000, bool)
    for reading, codes in _readings().items():
        initial = reading[:2] if reading.startswith(_TWO_LETTERS) else reading[:1]
        if piece in (reading, initial, reading[:1]) or (last and reading.startswith(piece)):
            table[codes] = True
    return table


@lru_cache(256)
def _itself(letter: str) -> Bits:
    table = np.zeros(0x10000, bool)
    table[ord(letter)] = True
    return table


@lru_cache(256)
def _sounding_like(letter: str) -> Bits:
    table = _itself(letter).copy()
    for codes in _readings().values():
        if np.uint16(ord(letter)) in codes:
            table[codes] = True
    return table
