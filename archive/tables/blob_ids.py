"""Ids of the blobs of a backup, and a few bytes about each: memory does not grow with the archive.

Few are held in memory; when they become many they all go to disk. What lies there is keyed ids only. The file belongs
to nobody else and is gone with its object.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator

HELD_MAX = 1 << 16
"""So many are held in memory at most: some 10 MB, and ten times as fast as on disk."""

CACHE_KIB = 8192
"""So much of those on disk is held in memory at most."""


class BlobIds:
    """Used from several threads."""

    def __init__(self, ids: Iterable[bytes] = (), *, held_max: int = HELD_MAX) -> None:
        self._lock = threading.Lock()
        self._held_max = held_max
        self._held: dict[bytes, bytes] = {}
        self._disk: _Disk | None = None
        self.update(ids)

    def add(self, blob_id: bytes, said: bytes = b"") -> bool:
        """False if it was there already; then nothing is changed."""
        with self._lock:
            if self._disk is not None:
                return self._disk.add(blob_id, said)
            if blob_id in self._held:
                return False
            self._held[blob_id] = said
            self._spill()
            return True

    def update(self, ids: Iterable[bytes]) -> None:
        with self._lock:
            left = iter(ids)
            if self._disk is None:
                for one in left:
                    self._held.setdefault(one, b"")
                    if self._spill():
                        break
            if self._disk is not None:
                self._disk.add_all((one, b"") for one in left)

    def get(self, blob_id: bytes) -> bytes | None:
        """What was said of it; None if it is not there."""
        with self._lock:
            return self._held.get(blob_id) if self._disk is None else self._disk.get(blob_id)

    def discard(self, blob_id: bytes) -> None:
        with self._lock:
            if self._disk is None:
                self._held.pop(blob_id, None)
            else:
                self._disk.discard(blob_id)

    def any(self) -> bool:
        return next(iter(self), None) is not None

    def __contains__(self, blob_id: object) -> bool:
        return self.get(blob_id) is not None if isinstance(blob_id, bytes) else False

    def __len__(self) -> int:
        with self._lock:
            return len(self._held) if self._disk is None else self._disk.count()

    def __iter__(self) -> Iterator[bytes]:
        """In order of id; what is added or discarded meanwhile may or may not come."""
        with self._lock:
            held = sorted(self._held)
        yield from held
        last = held[-1] if held else b""
        while self._disk is not None:
            with self._lock:
                page = self._disk.after(last)
            if not page:
                return
            yield from page
            last = page[-1]

    def _spill(self) -> bool:
        """Whoever has the lock has added one: was it one more than are to be held in memory?"""
        if len(self._held) <= self._held_max:
            return False
        self._disk = _Disk()
        self._disk.add_all(sorted(self._held.items()))
        self._held = {}
        return True


class _Disk:
    """The same in a private file. One thread at a time."""

    def __init__(self) -> None:
        # An empty name is a file that nobody else can open and that the system removes; nothing in it has to survive.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KIB}"):
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._db.execute("CREATE TABLE ids (id BLOB PRIMARY KEY, said BLOB NOT NULL) WITHOUT ROWID")
        self._db.execute("BEGIN")

    def __del__(self) -> None:
        self._db.close()

    def add(self, blob_id: bytes, said: bytes) -> bool:
        return self._db.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", (blob_id, said)).rowcount == 1

    def add_all(self, lines: Iterable[tuple[bytes, bytes]]) -> None:
        self._db.executemany("INSERT OR IGNORE INTO ids VALUES (?, ?)", lines)

    def get(self, blob_id: bytes) -> bytes | None:
        row = self._db.execute("SELECT said FROM ids WHERE id = ?", (blob_id,)).fetchone()
        return row[0] if row else None

    def discard(self, blob_id: bytes) -> None:
        self._db.execute("DELETE FROM ids WHERE id = ?", (blob_id,))

    def count(self) -> int:
        return self._db.execute("SELECT count(*) FROM ids").fetchone()[0]

    def after(self, last: bytes) -> list[bytes]:
        """The next thousand, in order."""
        rows = self._db.execute("SELECT id FROM ids WHERE id > ? ORDER BY id LIMIT 1000", (last,))
        return [one for (one,) in rows]
