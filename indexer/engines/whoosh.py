"""The default engine: a Whoosh index whose segments are arrays, so that no question loops over postings in Python.

Whoosh keeps the generations (the TOC files), the schema, the storage and the lock; the codec of the segments is
our own (`indexer.segments`; Whoosh reads it through `indexer.codec`), because Whoosh's scores posting by posting.
Words are found by `indexer.answers`.

One put writes one segment, into which it takes over the small ones before it, so that their number stays small.
Larger segments are merged in portions, of which every put does a bounded share; a merge that was interrupted is
simply begun again.

The folder is trusted data: Whoosh's TOC files contain pickles, so whoever can write them can run code. It
belongs to the service alone and is never restored from a backup; it is rebuilt from the catalogue instead.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
# Whoosh is only partly typed, and names its generations in private methods of TOC.

import logging
import os
import pickle
import threading
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from indexer.answers import Shelf, answer
from indexer.codec import EXTENSION, ArraySegment, schema
from indexer.engines import EVERYTHING, SORTS, Entry, Filter, Hits
from indexer.errors import IndexBroken
from indexer.folder import IndexFolder
from indexer.memory import Memory
from indexer.places import Places
from indexer.query import Query
from indexer.segments import Merging, Segment, SegmentFile, build, hash_ids, load, merged, save

_log = logging.getLogger(__name__)

LAYOUT: Final = 2
"""Raised whenever files of the index change their meaning."""

_NAME: Final = "MAIN"
_UNFINISHED: Final = ".merging"
_SMALL_SPOTS: Final = 60_000
"""Segments below this are rewritten with the next put: some 5 ms."""
_PORTION_SPOTS: Final = 250_000
"""A merge goes on in portions of this: some 10 ms."""
_TIER: Final = 6
"""So many segments of about one size are merged into one."""
_MERGE_S_MIN: Final = 0.02
"""A put may spend this on merging, or as long as on its own entries if that is more."""
_BATCH_LETTERS: Final = 8_000_000
"""A put of more text than this writes several segments, to bound the memory it needs."""
_STALE_S: Final = 3600
_LISTINGS: Final = 5
"""How often a folder without a table of contents is looked at again before the index is taken for gone."""


def open_engine(
    folder: Path, *, writable: bool, patience_s: float = 10.0, memory_bytes: int = 128_000_000
) -> "WhooshEngine":
    """Open or create. `patience_s` is how long a writer waits for another one."""
    return WhooshEngine(folder, writable=writable, patience_s=patience_s, memory_bytes=memory_bytes)


class _Storage(FileStorage):
    """Nothing takes its final name before it is on the disk."""

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        with open(self._fpath(oldname), "rb") as file:
            os.fsync(file.fileno())
        super().rename_file(oldname, newname, safe)


@dataclass(frozen=True)
class _View:
    """The index as one generation knows it."""

    generation: int
    segments: tuple[ArraySegment, ...]
    shelves: tuple[Shelf, ...]


@dataclass
class _Merge:
    """A merge that several puts do together."""

    shelves: tuple[Shelf, ...]
    merging: Merging
    portions: Generator[None, None, None]
    result: ArraySegment


class WhooshEngine:
    """See `indexer.engines.Engine`. May be used by many threads at once."""

    def __init__(self, folder: Path, *, writable: bool, patience_s: float, memory_bytes: int) -> None:
        self._folder = folder
        self._writable = writable
        self._memory = Memory(memory_bytes)
        self._storage = _Storage(str(folder))
        self._refreshing = threading.Lock()
        self._writing = threading.Lock()
        self._merge: _Merge | None = None
        self._view = _View(-1, (), ())
        self._own = IndexFolder(folder, f"whoosh-{LAYOUT}", patience_s=patience_s, create=self._create)
        self._current()

    # Writing

    def put(self, entries: Sequence[Entry]) -> None:
        latest = {entry.id: entry for entry in entries}
        if latest:
            with self._lock():
                self._change(list(latest), list(latest.values()))

    def drop(self, ids: Iterable[str]) -> None:
        known = list(dict.fromkeys(ids))
        if known:
            with self._lock():
                self._change(known, [])

    def clear(self) -> None:
        """Forget everything."""
        with self._lock():
            self._abandon_merge()
            self._commit(self._current().generation + 1, ())

    def close(self) -> None:
        with self._writing:
            self._abandon_merge()
        self._view = _View(-1, (), ())

    def _change(self, ids: list[str], entries: list[Entry]) -> None:
        began = time.monotonic()
        view = self._current()
        shelves = _without(view.shelves, ids)
        if not entries and all(a is b for a, b in zip(shelves, view.shelves, strict=True)):
            return
        busy = {shelf.name for shelf in self._merge.shelves} if self._merge else set[str]()
        small = [s for s in shelves if len(s.segment.places.spots) < _SMALL_SPOTS and s.name not in busy]
        kept = [shelf for shelf in shelves if shelf not in small and (shelf.living.any() or shelf.name in busy)]
        segments = [_described(view, shelf) for shelf in kept]
        batches = [build(batch) for batch in _batches(entries)]
        sources = [(shelf.segment, shelf.living) for shelf in small if shelf.living.any()]
        if batches:
            sources.append((batches[0], np.ones(batches[0].size, bool)))
        fresh = [merged(sources) if len(sources) > 1 or not batches else batches[0]] if sources else []
        for segment in (*fresh, *batches[1:]):
            segments.append(described := ArraySegment(_NAME, segment.size))
            save(segment, self._folder / described.make_filename(EXTENSION))
        self._commit(view.generation + 1, segments)
        now = time.monotonic()
        try:
            self._go_on_merging(now + max(_MERGE_S_MIN, now - began))
        except OSError as error:  # what was put is safe; the next put begins the merge again
            _log.warning("merging segments of the index failed: %s", error)
            self._abandon_merge()
        except BaseException:
            self._abandon_merge()
            raise

    def _go_on_merging(self, until: float) -> None:
        """Begin or go on with a merge until this moment of the monotonic clock; put its result in place if done."""
        while True:
            if self._merge is None:
                due = _due(self._current().shelves)
                if not due:
                    return
                self._merge = self._begin(due)
            for _ in self._merge.portions:
                if time.monotonic() > until:
                    return
            self._install(self._merge)
            self._merge = None
            if time.monotonic() > until:
                return

    def _begin(self, shelves: tuple[Shelf, ...]) -> _Merge:
        merging = Merging([(shelf.segment, shelf.living) for shelf in shelves], _PORTION_SPOTS)
        result = ArraySegment(_NAME, sum(int(shelf.living.sum()) for shelf in shelves))
        return _Merge(shelves, merging, self._portions(merging, result), result)

    def _portions(self, merging: Merging, result: ArraySegment) -> Generator[None, None, None]:
        file = SegmentFile(self._folder / result.make_filename(EXTENSION + _UNFINISHED))
        try:
            for spots in merging.spots():
                file.add_spots(spots)
                yield
            file.finish(merging.segment(Places(merging.keys(), merging.starts(), np.empty(0, np.uint64))))
        finally:
            file.abandon()

    def _install(self, merge: _Merge) -> None:
        """Put the merged segment in the place of those it was made of; what was forgotten meanwhile stays forgotten."""
        view = self._current()
        now = {shelf.name: shelf for shelf in view.shelves}
        unfinished = self._folder / merge.result.make_filename(EXTENSION + _UNFINISHED)
        if any(shelf.name not in now for shelf in merge.shelves) or not unfinished.exists():
            unfinished.unlink(missing_ok=True)  # another writer has been here
            return
        living = np.ones(merge.result.doc_count_all(), bool)
        for shelf, numbers in zip(merge.shelves, merge.merging.numbers, strict=True):
            living[numbers[shelf.living & ~now[shelf.name].living]] = False
        os.rename(unfinished, self._folder / merge.result.make_filename(EXTENSION))
        replaced = {shelf.name for shelf in merge.shelves}
        kept = [segment for segment in view.segments if segment.segment_id() not in replaced]
        self._commit(view.generation + 1, [merge.result.with_living(living), *kept])

    def _abandon_merge(self) -> None:
        if self._merge is not None:
            self._merge.portions.close()
            (self._folder / self._merge.result.make_filename(EXTENSION + _UNFINISHED)).unlink(missing_ok=True)
            self._merge = None

    def _commit(self, generation: int, segments: Sequence[ArraySegment]) -> None:
        TOC(schema(), list(segments), generation).write(self._storage, _NAME)
        self._own.settle()
        self._sweep(generation, {segment.segment_id() for segment in segments})

    def _sweep(self, generation: int, segments: set[str]) -> None:
        """Remove files that no reader will ask for again. Readers that have them mapped keep them."""
        own = self._merge.result.segment_id() if self._merge else ""
        toc, segment = TOC._pattern(_NAME), TOC._segment_pattern(_NAME)
        for file in self._folder.iterdir():
            if match := toc.match(file.name):
                old = int(match.group(1)) < generation
            elif match := segment.match(file.name):
                old = match.group(1) not in segments and match.group(1) != own
                if old and file.name.endswith(_UNFINISHED):
                    old = time.time() - file.stat().st_mtime > _STALE_S  # of another writer, perhaps at work
            else:
                old = file.name.startswith(f"_{_NAME}_")  # a TOC that was never finished
            if old:
                file.unlink(missing_ok=True)

    @contextmanager
    def _lock(self) -> Generator[None, None, None]:
        if not self._writable:
            raise IndexBroken("This index was opened for reading only.")
        with self._writing, self._own.writing():
            yield

    def _create(self) -> None:
        if TOC._latest_generation(self._storage, _NAME) > 0:
            raise IndexBroken("The folder holds an index of unknown version; rebuild it.")
        TOC.create(self._storage, schema(), _NAME)

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
        view = self._current()

        def work_out() -> Hits:
            return answer(
                view.shelves,
                query,
                self._memory,
                find=find,
                read=read,
                narrow=narrow,
                hide=hide,
                sort=sort,
                offset=offset,
                limit=limit,
                facets=facets,
            )

        if hide:  # what waits to be written makes this answer old in a moment
            return work_out()
        page = (view.generation, query, find, read, narrow, sort, offset, limit, tuple(facets))
        return self._memory.recall(page, work_out, lambda hits: 1000 + 200 * len(hits.hits))

    def ids(self) -> frozenset[str]:
        return frozenset(
            shelf.segment.ids[number]
            for shelf in self._current().shelves
            for number in np.flatnonzero(shelf.living).tolist()
        )

    def count(self, *, within_s: float = 5.0) -> int:  # noqa: ARG002 — it lies on this machine
        return sum(int(shelf.living.sum()) for shelf in self._current().shelves)

    def _current(self) -> _View:
        """The newest generation. Looks at the folder each time, which costs some 20 µs."""
        view = self._view
        if self._latest() == view.generation:
            return view
        with self._refreshing:
            for _ in range(100):  # a writer may remove what the TOC just read names
                generation = self._latest()
                if generation == self._view.generation:
                    return self._view
                try:
                    self._view = self._opened(generation)
                except FileNotFoundError:
                    continue
                return self._view
        raise IndexBroken("Files of the index are missing; rebuild it.")

    def _latest(self) -> int:
        for _ in range(_LISTINGS):
            # A folder is not listed in one moment: of a table of contents that takes the place of another meanwhile,
            # a listing may show neither.
            generation = TOC._latest_generation(self._storage, _NAME)
            if generation >= 0:
                return generation
        raise IndexBroken("The index is gone; rebuild it.")

    def _opened(self, generation: int) -> _View:
        try:
            toc = TOC.read(self._storage, _NAME, gen=generation, schema=schema())
        except (
            pickle.UnpicklingError,
            EOFError,
            AssertionError,
            ValueError,
            AttributeError,
            ImportError,
            IndexError,
        ) as error:
            raise IndexBroken("The table of contents of the index is damaged; rebuild it.") from error
        opened = {shelf.name: shelf.segment for shelf in self._view.shelves}
        shelves: list[Shelf] = []
        for described in toc.segments:
            name = described.segment_id()
            segment: Segment = opened.get(name) or load(self._folder / described.make_filename(EXTENSION))
            shelves.append(Shelf(name, segment, described.living()))
        return _View(generation, tuple(toc.segments), tuple(shelves))


def _without(shelves: Sequence[Shelf], ids: list[str]) -> list[Shelf]:
    """The shelves with these entries forgotten; a shelf in which there are none is returned as it is."""
    hashes = hash_ids(ids)
    result: list[Shelf] = []
    for shelf in shelves:
        numbers = shelf.segment.find(hashes)
        if shelf.living[numbers].any():
            living = shelf.living.copy()
            living[numbers] = False
            shelf = Shelf(shelf.name, shelf.segment, living)
        result.append(shelf)
    return result


def _described(view: _View, shelf: Shelf) -> ArraySegment:
    described = next(segment for segment in view.segments if segment.segment_id() == shelf.name)
    return described.with_living(shelf.living)


def _batches(entries: Sequence[Entry]) -> Generator[list[Entry], None, None]:
    batch: list[Entry] = []
    letters = 0
    for entry in entries:
        batch.append(entry)
        letters += len(entry.title) + sum(map(len, entry.pages))
        if letters >= _BATCH_LETTERS:
            yield batch
            batch, letters = [], 0
    if batch:
        yield batch


def _due(shelves: Sequence[Shelf]) -> tuple[Shelf, ...]:
    """The segments that should become one: several of about one size, or one that is half forgotten."""
    tiers: dict[int, list[Shelf]] = {}
    for shelf in shelves:
        spots = len(shelf.segment.places.spots)
        tier = 0
        while spots >= _SMALL_SPOTS * _TIER:
            spots //= _TIER
            tier += 1
        tiers.setdefault(tier, []).append(shelf)
    for _, tier in sorted(tiers.items()):
        if len(tier) >= _TIER:
            return tuple(tier)
    return next(((shelf,) for shelf in shelves if shelf.living.sum() * 2 < shelf.segment.size), ())
