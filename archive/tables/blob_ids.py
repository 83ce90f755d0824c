"""Ids of the blobs of a backup, and a few bytes about each, on disk: memory does not grow with the archive.

What lies there is keyed ids only. The file belongs to nobody else and is gone with its object.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator

CACHE_KIB = 8192
"""So much of it is held in memory at most."""


class BlobIds:
    """Used from several threads."""

    def __init__(self, ids: Iterable[bytes] = ()) -> None:
        self._lock = threading.Lock()
        # An empty name is a private file that the system removes; nothing in it has to survive anything.
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{CACHE_KIB}"):
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._db.execute("CREATE TABLE ids (id BLOB PRIMARY KEY, said BLOB NOT NULL) WITHOUT ROWID")
        self._db.execute("BEGIN")
        self.update(ids)

    def __del__(self) -> None:
        self._db.close()

    def add(self, blob_id: bytes, said: bytes = b"") -> bool:
        """False if it was there already; then nothing is changed."""
        with self._lock:
            return self._db.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", (blob_id, said)).rowcount == 1

    def update(self, ids: Iterable[bytes]) -> None:
        with self._lock:
            self._db.executemany("INSERT OR IGNORE INTO ids VALUES (?, x'')", ((one,) for one in ids))

    def get(self, blob_id: bytes) -> bytes | None:
        """What was said of it; None if it is not there."""
        with self._lock:
            row = self._db.execute("SELECT said FROM ids WHERE id = ?", (blob_id,)).fetchone()
        return row[0] if row else None

    def discard(self, blob_id: bytes) -> None:
        with self._lock:
            self._db.execute("DELETE FROM ids WHERE id = ?", (blob_id,))

    def any(self) -> bool:
        with self._lock:
            return self._db.execute("SELECT 1 FROM ids LIMIT 1").fetchone() is not None

    def __contains__(self, blob_id: object) -> bool:
        return self.get(blob_id) is not None if isinstance(blob_id, bytes) else False

    def __len__(self) -> int:
        with self._lock:
            return self._db.execute("SELECT count(*) FROM ids").fetchone()[0]

    def __iter__(self) -> Iterator[bytes]:
        """In order of id; what is added or discarded meanwhile may or may not come."""
        last = b""
        while True:
            with self._lock:
                page = self._db.execute("SELECT id FROM ids WHERE id > ? ORDER BY id LIMIT 1000", (last,)).fetchall()
            if not page:
                return
            yield from (one for (one,) in page)
            last = page[-1][0]
