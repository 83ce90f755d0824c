"""What took time to work out is kept as long as there is room for it."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

Value = TypeVar("Value")


class Memory:
    """By key what was worked out, the least recently used forgotten first. Safe to share between threads.

    A key must say all that the value depends on: nothing here is ever out of date, only forgotten.
    """

    def __init__(self, bytes_max: int) -> None:
        self._bytes_max = bytes_max
        self._bytes = 0
        self._known: OrderedDict[Any, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def recall(self, key: Any, work_out: Callable[[], Value], size_bytes: Callable[[Value], int]) -> Value:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key][0]
        value = work_out()
        size = size_bytes(value) + 200
        with self._lock:
            if key not in self._known and size < self._bytes_max:
                self._known[key] = value, size
                self._bytes += size
                while self._bytes > self._bytes_max:
                    _, (_, freed) = self._known.popitem(last=False)
                    self._bytes -= freed
        return value
