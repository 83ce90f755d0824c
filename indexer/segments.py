"""A segment: the words and labels of some entries in one file that never changes.

The file is one block of arrays, read in place by every process that maps it; its last bytes describe it, so
that a file cut short is recognised. Entries are numbered from 0; forgetting one is noted outside the segment.
"""

import json
import mmap
import os
import struct
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import blake2b
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from indexer import words
from indexer.engines import Entry
from indexer.errors import IndexBroken
from indexer.places import BODY, ENTRY_SHIFT, NUMBERS, PARTIES, TITLE, U64, Places, gather, spots_of, wholes_of

Bits = NDArray[np.bool_]
Numbers = NDArray[np.int64]

TITLE_KEY_WORDS: Final = 6
"""Titles are ordered by their first 48 bytes in GB 18030: for common characters that is pinyin order."""

_DURABLE_EVERY_SPOTS: Final = 2_000_000
"""So that finishing a large file does not wait for the disk for seconds."""
_MAGIC: Final = b"MNMTseg1"
_TAIL = struct.Struct("<QI8s")
_FIELDS = (TITLE, NUMBERS, PARTIES, BODY)


@dataclass(frozen=True, slots=True)
class Ragged:
    """Strings of any length as bytes with their ends."""

    data: NDArray[np.uint8]
    ends: NDArray[np.uint64]

    def __getitem__(self, i: int) -> str:
        start = int(self.ends[i - 1]) if i else 0
        return self.data[start : int(self.ends[i])].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return (self[i] for i in range(len(self.ends)))

    def keep(self, kept: Bits) -> "Ragged":
        if kept.all():
            return self
        lengths = np.diff(self.ends, prepend=np.uint64(0)).astype(np.int64)
        return Ragged(self.data[np.repeat(kept, lengths)], np.cumsum(lengths[kept]).astype(np.uint64))


def ragged(texts: Iterable[str]) -> Ragged:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    data = np.frombuffer(b"".join(encoded), np.uint8)
    return Ragged(data, np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded))).astype(np.uint64))


def _joined(parts: Sequence[Ragged]) -> Ragged:
    bases = np.cumsum([0, *(len(part.data) for part in parts)])
    ends = [part.ends + np.uint64(base) for part, base in zip(parts, bases.tolist(), strict=False)]
    return Ragged(np.concatenate([part.data for part in parts]), np.concatenate(ends))


@dataclass(frozen=True, slots=True)
class Label:
    """The values of one label: entry `i` has `values[codes[i]]`; the first value is None, for entries without."""

    values: tuple[str | None, ...]
    codes: NDArray[np.uint32]


@dataclass(frozen=True, eq=False)
class Segment:
    places: Places
    ids: Ragged
    titles: Ragged
    id_hashes: U64
    """By entry; they also put entries of equal rank in one order everywhere."""
    title_keys: U64
    """One row of TITLE_KEY_WORDS numbers for each entry."""
    dates: Numbers
    captured: Numbers
    lengths: NDArray[np.uint32]
    """One row for each entry: how many places title, numbers, parties and body have."""
    labels: Mapping[str, Label]

    @property
    def size(self) -> int:
        """How many entries there are, forgotten ones included."""
        return len(self.id_hashes)

    @cached_property
    def _by_hash(self) -> tuple[NDArray[np.int64], U64]:
        order = np.argsort(self.id_hashes, kind="stable")
        return order, self.id_hashes[order]

    def find(self, hashes: U64) -> NDArray[np.int64]:
        """The numbers of the entries whose ids have these hashes (as far as they are here)."""
        order, known = self._by_hash
        if not len(known):
            return np.empty(0, np.int64)
        at = np.searchsorted(known, hashes)
        at[at == len(known)] = 0
        return order[at[known[at] == hashes]]


def hash_ids(ids: Collection[str]) -> U64:
    """Ids are told apart by 64 bits: among a million, two are alike with a probability of 3 in 10^8."""
    return np.fromiter(map(_hash_id, ids), np.uint64, len(ids))


@lru_cache(65_536)
def _hash_id(known: str) -> int:
    return int.from_bytes(blake2b(known.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def build(entries: Sequence[Entry]) -> Segment:
    """Make a segment of entries, in memory."""
    keys: list[U64] = []
    spots: list[U64] = []
    lengths = np.zeros((len(entries), 4), np.uint32)
    for number, entry in enumerate(entries):
        found = spots_of(((entry.title,), entry.numbers, entry.parties, ("\n".join(entry.pages),)))
        whole, at = wholes_of(((TITLE, (entry.title,)), (NUMBERS, entry.numbers), (BODY, entry.names)))
        keys += (found.keys, whole)
        spots += (places | np.uint64(number) << ENTRY_SHIFT for places in (found.places, at))
        lengths[number] = found.lengths
    return Segment(
        places=gather(
            np.concatenate([np.empty(0, np.uint64), *keys]), np.concatenate([np.empty(0, np.uint64), *spots])
        ),
        ids=ragged(entry.id for entry in entries),
        titles=ragged(entry.title for entry in entries),
        id_hashes=hash_ids([entry.id for entry in entries]),
        title_keys=title_keys([entry.title for entry in entries]),
        dates=np.array([entry.date or 0 for entry in entries], np.int64),
        captured=np.array([entry.captured for entry in entries], np.int64),
        lengths=lengths,
        labels={name: _label(name, entries) for name in sorted({name for entry in entries for name in entry.labels})},
    )


def _label(name: str, entries: Sequence[Entry]) -> Label:
    codes: dict[str | None, int] = {None: 0}
    column = [codes.setdefault(entry.labels.get(name), len(codes)) for entry in entries]
    return Label(tuple(codes), np.array(column, np.uint32))


def title_keys(titles: Sequence[str]) -> U64:
    width = 8 * TITLE_KEY_WORDS
    keys = (words.fold(title).encode("gb18030", "replace")[:width].ljust(width, b"\0") for title in titles)
    return np.frombuffer(b"".join(keys), ">u8").astype(np.uint64).reshape(-1, TITLE_KEY_WORDS)


def merged(sources: Sequence[tuple[Segment, Bits]]) -> Segment:
    """One segment, in memory, of the living entries of several, in their order."""
    merging = Merging(sources)
    parts = list(merging.spots())
    spots = np.concatenate([np.empty(0, np.uint64), *parts])
    return merging.segment(Places(merging.keys(), merging.starts(), spots))


class Merging:
    """Living entries of several segments become one, in portions of bounded cost."""

    def __init__(self, sources: Sequence[tuple[Segment, Bits]], portion: int = 1_000_000) -> None:
        self._sources = sources
        self._portion = portion
        self._keys: list[U64] = []
        self._counts: list[Numbers] = []
        base = 0
        self.numbers: list[Numbers] = []
        """For each source: the new number of every old one; forgotten entries have -1."""
        for _, living in sources:
            self.numbers.append(np.where(living, np.cumsum(living) - 1 + base, -1))
            base += int(living.sum())

    def spots(self) -> Iterator[U64]:
        """The spots of the new segment, in order, a portion at a time."""
        all_keys = [segment.places.keys for segment, _ in self._sources]
        ends = np.array([len(keys) for keys in all_keys])
        done = np.zeros(len(all_keys), np.int64)
        while (done < ends).any():
            upto = self._portion_end(done, ends)
            stops = ends if upto is None else np.array([int(np.searchsorted(keys, upto, "right")) for keys in all_keys])
            yield self._merge_keys(done, stops)
            done = stops

    def _portion_end(self, done: Numbers, ends: Numbers) -> np.uint64 | None:
        """A key such that about one portion of spots lies between what is done and it (included)."""
        candidates: list[np.uint64] = []
        share = max(1, self._portion // len(self._sources))
        for (segment, _), at, end in zip(self._sources, done.tolist(), ends.tolist(), strict=True):
            if at < end:
                starts = segment.places.starts
                stop = int(np.searchsorted(starts, starts[at] + np.uint64(share), "right")) - 1
                if stop < end:
                    candidates.append(segment.places.keys[max(stop - 1, at)])
        return min(candidates) if candidates else None

    def _merge_keys(self, first: Numbers, last: Numbers) -> U64:
        keys: list[U64] = []
        counts: list[Numbers] = []
        spots: list[U64] = []
        for (segment, living), numbers, a, b in zip(
            self._sources, self.numbers, first.tolist(), last.tolist(), strict=True
        ):
            here = segment.places
            count = np.diff(here.starts[a : b + 1]).astype(np.int64)
            part = here.spots[int(here.starts[a]) : int(here.starts[b])] if b > a else np.empty(0, np.uint64)
            entry = (part >> ENTRY_SHIFT).astype(np.int64)
            if not living.all():
                alive = living[entry]
                count = np.diff(np.concatenate(([0], np.cumsum(alive)))[np.concatenate(([0], np.cumsum(count)))])
                part, entry = part[alive], entry[alive]
            low = part & np.uint64(0xFFFFFFFF)
            spots.append(numbers[entry].astype(np.uint64) << ENTRY_SHIFT | low)
            keys.append(here.keys[a:b])
            counts.append(count)
        every_key = np.concatenate(keys)
        every_count = np.concatenate(counts)
        order = np.argsort(every_key, kind="stable")
        sorted_keys, sorted_counts = every_key[order], every_count[order]
        # Where each (key, source) block of spots goes: in the order of keys, then of sources.
        begin = np.cumsum(sorted_counts) - sorted_counts
        target = np.empty(len(order), np.int64)
        target[order] = begin
        source_begin = np.cumsum(every_count) - every_count
        flat = np.concatenate(spots)
        result = np.empty(len(flat), np.uint64)
        result[np.arange(len(flat)) + np.repeat(target - source_begin, every_count)] = flat
        if len(sorted_keys):
            firsts = np.flatnonzero(np.concatenate(([True], sorted_keys[1:] != sorted_keys[:-1])))
            total = np.add.reduceat(sorted_counts, firsts)
            self._keys.append(sorted_keys[firsts][total > 0])
            self._counts.append(total[total > 0])
        return result

    def keys(self) -> U64:
        return np.concatenate([np.empty(0, np.uint64), *self._keys])

    def starts(self) -> U64:
        return np.concatenate(([0], np.cumsum(np.concatenate([np.empty(0, np.int64), *self._counts])))).astype(
            np.uint64
        )

    def segment(self, places: Places) -> Segment:
        """The new segment, once all its spots are known."""
        sources = self._sources
        names = sorted({name for segment, _ in sources for name in segment.labels})
        return Segment(
            places=places,
            ids=_joined([segment.ids.keep(living) for segment, living in sources]),
            titles=_joined([segment.titles.keep(living) for segment, living in sources]),
            id_hashes=np.concatenate([segment.id_hashes[living] for segment, living in sources]),
            title_keys=np.concatenate([segment.title_keys[living] for segment, living in sources]),
            dates=np.concatenate([segment.dates[living] for segment, living in sources]),
            captured=np.concatenate([segment.captured[living] for segment, living in sources]),
            lengths=np.concatenate([segment.lengths[living] for segment, living in sources]),
            labels={name: _merged_label(name, sources) for name in names},
        )


def _merged_label(name: str, sources: Sequence[tuple[Segment, Bits]]) -> Label:
    codes: dict[str | None, int] = {None: 0}
    columns: list[NDArray[np.uint32]] = []
    for segment, living in sources:
        label = segment.labels.get(name)
        if label is None:
            columns.append(np.zeros(int(living.sum()), np.uint32))
        else:
            renumber = np.array([codes.setdefault(value, len(codes)) for value in label.values], np.uint32)
            columns.append(renumber[label.codes[living]])
    return Label(tuple(codes), np.concatenate(columns))


class SegmentFile:
    """A segment on its way to disk: its spots first, as they come, then everything else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO = path.open("wb")
        self._spots = 0
        self._durable = 0

    def add_spots(self, spots: U64) -> None:
        self._file.write(np.ascontiguousarray(spots).data)
        self._spots += len(spots)
        if self._spots - self._durable > _DURABLE_EVERY_SPOTS:
            os.fdatasync(self._file.fileno())
            self._durable = self._spots

    def finish(self, segment: Segment) -> None:
        """Write the rest of the segment and make all of it durable. `segment.places.spots` is not looked at."""
        arrays: dict[str, NDArray[Any]] = {
            "keys": segment.places.keys,
            "starts": segment.places.starts,
            "id_bytes": segment.ids.data,
            "id_ends": segment.ids.ends,
            "title_bytes": segment.titles.data,
            "title_ends": segment.titles.ends,
            "id_hashes": segment.id_hashes,
            "title_keys": segment.title_keys,
            "dates": segment.dates,
            "captured": segment.captured,
            "lengths": segment.lengths,
        }
        arrays |= {f"label:{name}": label.codes for name, label in segment.labels.items()}
        table = {"spots": (0, "<u8", [self._spots])}
        for name, array in arrays.items():
            self._file.write(bytes(-self._file.tell() % 8))
            table[name] = (self._file.tell(), array.dtype.newbyteorder("<").str, list(array.shape))
            self._file.write(np.ascontiguousarray(array).data)
        values = {name: label.values for name, label in segment.labels.items()}
        described = json.dumps({"arrays": table, "labels": values}).encode()
        self._file.write(described)
        self._file.write(_TAIL.pack(len(described), crc32(described), _MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


def save(segment: Segment, path: Path) -> None:
    """Write a whole segment to a new file, durably."""
    file = SegmentFile(path)
    file.add_spots(segment.places.spots)
    file.finish(segment)


def load(path: Path) -> Segment:
    """Map a segment file. Raises IndexBroken when it is not whole, FileNotFoundError when it is gone."""
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size < _TAIL.size:
            raise IndexBroken("A file of the index is cut short; rebuild the index.")
        block = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    length, check, magic = _TAIL.unpack(block[size - _TAIL.size :])
    described = block[max(0, size - _TAIL.size - length) : size - _TAIL.size]
    if magic != _MAGIC or crc32(described) != check:
        raise IndexBroken("A file of the index is damaged; rebuild the index.")
    table = json.loads(described)

    def array(name: str) -> NDArray[Any]:
        offset, kind, shape = table["arrays"][name]
        count = prod(shape)
        flat: NDArray[Any] = np.frombuffer(block, kind, count, offset) if count else np.empty(0, kind)
        return flat.reshape(shape)

    labels = {name: Label(tuple(values), array(f"label:{name}")) for name, values in table["labels"].items()}
    return Segment(
        places=Places(array("keys"), array("starts"), array("spots")),
        ids=Ragged(array("id_bytes"), array("id_ends")),
        titles=Ragged(array("title_bytes"), array("title_ends")),
        id_hashes=array("id_hashes"),
        title_keys=array("title_keys"),
        dates=array("dates"),
        captured=array("captured"),
        lengths=array("lengths"),
        labels=labels,
    )
