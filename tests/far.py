"""A store on another machine: nothing comes from it until several objects have been asked for."""

import threading
from collections.abc import Iterator
from typing import BinaryIO

from archive.store import Store


class Far:
    """Whoever asks for one object after the other waits in vain."""

    at_once = 4

    def __init__(self, store: Store) -> None:
        self._store = store
        self._meet = threading.Barrier(self.at_once)

    def open(self, address: str) -> BinaryIO:
        self._meet.wait(timeout=20)
        return self._store.open(address)

    def addresses(self) -> Iterator[str]:
        return self._store.addresses()
