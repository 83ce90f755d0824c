"""The same work in several threads: hashing, sealing and zstd let go of the interpreter, so two do more than one."""

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Generic, TypeVar

THREADS_MAX = 4

T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[int, int], None]
"""Bytes done, bytes in all. Called from several threads, one at a time."""


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


GoesOn = Callable[[], None]
"""Asked between two steps of long work, where it can be left; raises Stopped when a person wants no more of it."""


def to_the_end() -> None:
    """For what nobody can stop."""


def together(work: Callable[[Callable[[], bool]], None], wanted: int = THREADS_MAX, *, waiting: bool = False) -> None:
    """Run `work` in up to `wanted` threads, this one among them, and raise what the first of them raised.

    Each is handed a question to ask now and then: has another one failed? There are no more of them than processors,
    unless they are `waiting` for another machine most of their time.
    """
    failures: list[BaseException] = []

    def guarded() -> None:
        try:
            work(lambda: bool(failures))
        except BaseException as error:  # noqa: BLE001 — handed to the thread that waits
            failures.append(error)

    count = max(1, wanted if waiting else min(os.cpu_count() or 1, THREADS_MAX, wanted))
    threads = [threading.Thread(target=guarded, name=f"together-{n}") for n in range(count - 1)]
    for thread in threads:
        thread.start()
    guarded()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


class Shared(Generic[T]):
    """Items that several threads iterate over, each item going to one of them."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = iter(items)
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[T]:
        while (taken := self._take()) is not None:
            yield taken[0]

    def _take(self) -> tuple[T] | None:
        with self._lock:
            for item in self._items:
                return (item,)
        return None


def ahead(items: Iterable[T], fetch: Callable[[T], R], at_once: int) -> Generator[tuple[T, Callable[[], R]]]:
    """Each item in its turn, and how to get what `fetch` makes of it: that was begun some items ago.

    For what another machine is waited for. Of `at_once` items one is in use and the others are on their way; what
    fetching one of them raised, getting it raises. Closed, it fetches no more. One at once is fetched when it is got.
    """
    if at_once == 1:
        yield from ((item, partial(fetch, item)) for item in items)
        return
    pool, begun = ThreadPoolExecutor(at_once, "ahead"), deque[tuple[T, Callable[[], R]]]()
    try:
        for item in items:
            begun.append((item, pool.submit(fetch, item).result))
            if len(begun) == at_once:
                yield begun.popleft()
        yield from begun
    finally:
        pool.shutdown(cancel_futures=True)
