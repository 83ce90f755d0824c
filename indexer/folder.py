"""The folder of an index: a sign that says how it was made, and a lock that lets one writer in at a time."""

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from whoosh.util.filelock import FileLock, try_for

from indexer import words
from indexer.errors import IndexBroken

SIGN: Final = "SCHEME"
_LOCK: Final = "WRITING"
_KNOCK: Final = "WAITING"
_POLL_S: Final = 0.01


class IndexFolder:
    """Opening creates an index (by `create`) where there is none, and refuses one that was made in another way.

    `patience_s` is how long a writer waits for another one.
    """

    def __init__(self, path: Path, layout: str, *, patience_s: float, create: Callable[[], None]) -> None:
        self.path = path
        self._patience_s = patience_s
        sign = f"muniment {layout} {words.scheme()}\n"
        path.mkdir(parents=True, exist_ok=True)
        if not (path / SIGN).exists():
            with self.writing():
                if not (path / SIGN).exists():  # else another process was quicker
                    create()
                    self._write_sign(sign)
        if (found := (path / SIGN).read_text("utf-8", "replace")) != sign:
            raise IndexBroken(f"The index is of another version ({found.strip()[:80]!r}); rebuild it.")

    @contextmanager
    def writing(self) -> Generator[None, None, None]:
        """The folder is ours to write to, in this and in every other process; waits for another writer."""
        lock = FileLock(str(self.path / _LOCK))

        def admitted() -> bool:
            free = lock.acquire()
            if not free:
                (self.path / _KNOCK).touch()
            return free

        if not try_for(admitted, timeout=self._patience_s, delay=_POLL_S):
            raise IndexBroken("Another process is writing to the index and does not come to an end.")
        try:
            yield
        finally:
            lock.release()

    def make_way(self) -> bool:
        """Is another writer waiting? For those who keep the lock longer than one change; they let go if so."""
        try:
            (self.path / _KNOCK).unlink()
        except FileNotFoundError:
            return False
        return True

    def settle(self) -> None:
        """Names that were given to files here last through a power cut from now on."""
        folder = os.open(self.path, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)

    def _write_sign(self, sign: str) -> None:
        fresh = self.path / (SIGN + ".new")
        fresh.write_text(sign, "utf-8")
        fresh.rename(self.path / SIGN)
