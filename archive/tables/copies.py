"""A copy of the catalogue in one file, for a backup: read, stripped of secrets, and filled again.

The copy is an SQLite database that nobody else uses. Stripping leaves pages where they are, so that what did not
change in the catalogue does not change in the copy.
"""

import sqlite3
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from archive.errors import Corrupt
from archive.tables.chain import START
from archive.tables.objects import StoredObject


@dataclass(frozen=True, slots=True)
class About:
    """What a copy says of its archive."""

    archive: str
    schema: str
    ledger_seq: int
    ledger_digest: str


def about(path: Path) -> About:
    with closing(_open(path)) as db:
        archive = db.execute("SELECT value FROM meta WHERE name = 'archive'").fetchone()
        schema = db.execute("SELECT version_num FROM alembic_version").fetchone()
        seq, digest = db.execute("SELECT seq, digest FROM ledger_head").fetchone() or (0, START)
    return About(archive[0] if archive else "", schema[0] if schema else "", seq, digest)


def ledger_digest(path: Path, seq: int) -> str:
    """The digest of this line of the ledger; empty if there is none."""
    with closing(_open(path)) as db:
        row = db.execute("SELECT digest FROM ledger WHERE seq = ?", (seq,)).fetchone()
    return row[0] if row else ""


def anchors(path: Path) -> dict[int, str]:
    """Line → digest of every anchor that the copy knows; none if it is older than anchors are."""
    with closing(_open(path)) as db:
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'anchors'").fetchone():
            return {}
        return dict(db.execute("SELECT seq, digest FROM anchors").fetchall())


REPLAYED = ("hold", "held", "disposal", "disposition", "destruction", "tombstone")
"""Tables whose names begin so say what must not be done, or what is no more: the newest of them count."""


def replay(path: Path, later: Path) -> int:
    """Bring into the copy what a later one of the same schema says of holds, destroyed records and people who left.

    Rows about what the copy does not have yet are left out. How many rows were brought or changed.
    """
    with closing(_open(path)) as db:
        db.execute("ATTACH DATABASE ? AS later", (str(later),))
        db.execute("BEGIN")
        before = db.total_changes
        names = [name for (name,) in db.execute("SELECT name FROM later.sqlite_master WHERE type = 'table'")]
        replayed = [name for name in names if name.startswith(REPLAYED)]
        # Names of our own tables, not what anybody entered.
        for name in replayed:
            fresh = f'SELECT * FROM later."{name}" EXCEPT SELECT * FROM main."{name}"'  # noqa: S608 — names of our own tables
            db.execute(f'INSERT OR REPLACE INTO main."{name}" {fresh}')
        for name, rowid, _parent, _key in db.execute("PRAGMA main.foreign_key_check").fetchall():
            if name in replayed:
                db.execute(f'DELETE FROM main."{name}" WHERE rowid = ?', (rowid,))  # noqa: S608 — as above
        db.execute(
            "INSERT OR REPLACE INTO main.records SELECT * FROM later.records WHERE lifecycle = 'destroyed'"
            " AND id IN (SELECT id FROM main.records WHERE lifecycle <> 'destroyed')"
        )
        db.execute(
            "UPDATE main.people SET active = 0 WHERE active AND id IN (SELECT id FROM later.people WHERE NOT active)"
        )
        changed = db.total_changes - before
        db.execute("COMMIT")
    return changed


def objects(path: Path) -> Iterator[StoredObject]:
    """Every kept object, in order of address, in bounded memory. May be continued from another thread."""
    with closing(_open(path)) as db:
        rows = db.execute(
            "SELECT digest, address, size_bytes, stored_bytes, wrapped_key, 1 FROM objects"
            " WHERE state = 'kept' ORDER BY address"
        )
        yield from map(StoredObject._make, rows)


def totals(path: Path) -> tuple[int, int]:
    """How many objects are kept, and their size in the store."""
    with closing(_open(path)) as db:
        return db.execute(
            "SELECT count(*), coalesce(sum(stored_bytes), 0) FROM objects WHERE state = 'kept'"
        ).fetchone()


def strip(path: Path) -> None:
    """Take out what must not be in a backup: wrapped keys, sessions, tokens, what is kept for a day only, and whatever
    lies in free space."""
    with closing(_open(path)) as db:
        db.execute("DELETE FROM sessions")
        db.execute("DELETE FROM tokens")
        came = db.execute("SELECT digest FROM errands WHERE digest IS NOT NULL").fetchall()
        db.execute("DELETE FROM errands")
        for (digest,) in came:
            if not any(db.execute(query, (digest,)).fetchone() for query in _pointing(db)):
                db.execute("DELETE FROM objects WHERE digest = ?", (digest,))
        db.execute("DELETE FROM objects WHERE state = 'reserved'")
        # The same length: the row is overwritten in its place and no page is rearranged.
        db.execute("UPDATE objects SET wrapped_key = zeroblob(length(wrapped_key))")
    _sweep(path)


def _pointing(db: sqlite3.Connection) -> Sequence[str]:
    """For each column that points to objects: a question whether it points to this one."""
    return [
        f'SELECT 1 FROM "{table}" WHERE "{column}" = ? LIMIT 1'  # noqa: S608 — names of our own tables
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for _, _, to, column, *_ in db.execute(f'PRAGMA foreign_key_list("{table}")').fetchall()
        if to == "objects"
    ]


def fill(path: Path, keys: Iterable[tuple[str, bytes]]) -> None:
    """Put wrapped keys back, by address. Objects that get none were destroyed; they keep an empty one."""
    with closing(_open(path)) as db:
        db.execute("UPDATE objects SET wrapped_key = x''")
        db.execute("BEGIN")
        db.executemany("UPDATE objects SET wrapped_key = ?2 WHERE address = ?1", keys)
        db.execute("COMMIT")


def whole(path: Path) -> bool:
    """Is the file a database without structural damage?"""
    with closing(_open(path)) as db:
        return db.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"


def _open(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    # Nobody else uses the copy, and when it is cut off it is made anew.
    for pragma in ("synchronous = OFF", "journal_mode = OFF", "secure_delete = ON", "cache_size = -8192"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    return db


# ---- Free space. https://www.sqlite.org/fileformat2.html: free pages hang on trunks; in a page of a B-tree, the
# ---- bytes between the cell pointers and the first cell, and the bodies of free blocks, belong to nobody.

_TREE_PAGES = {2: 12, 5: 12, 10: 8, 13: 8}
"""Kind of B-tree page → length of its header. Other pages begin with a page number, whose first byte is 0."""

_TREE_PAGE = struct.Struct(">BHHH")
"""How every such header begins: kind, first free block, how many cells, where their content begins (0 is 65536)."""

_BLOCK = 256
"""Pages looked at in one go: memory does not grow with the catalogue."""


def _sweep(path: Path) -> None:
    with path.open("r+b") as file:
        header = file.read(100)
        size = int.from_bytes(header[16:18], "big")
        size = 65536 if size == 1 else size
        length = file.seek(0, 2)
        if header[:16] != b"SQLite format 3\0" or length % size or header[20]:
            raise Corrupt("The copy of the catalogue is not a database as it is known here.")
        free = _clear_free_pages(file, size, int.from_bytes(header[32:36], "big"))
        zeros = bytes(size)
        for begin in range(0, length, _BLOCK * size):
            file.seek(begin)
            block = bytearray(file.read(_BLOCK * size))
            changed = False
            for start in range(0, len(block), size):
                at = start + 100 if begin + start == 0 else start
                if block[at] in _TREE_PAGES and begin + start not in free:
                    changed |= _clear_gaps(block, start, at, size, zeros)
            if changed:
                file.seek(begin)
                file.write(block)


def _clear_free_pages(file: BinaryIO, size: int, trunk: int) -> set[int]:
    """Zero every free page but for what links the trunks; return where they begin."""
    free: set[int] = set()
    while trunk:
        start = (trunk - 1) * size
        if start in free:
            raise Corrupt("The free pages of the catalogue's copy run in a circle.")
        free.add(start)
        file.seek(start)
        page = file.read(size)
        end = 8 + 4 * int.from_bytes(page[4:8], "big")
        file.seek(start)
        file.write(page[:end].ljust(size, b"\0"))
        for at in range(8, end, 4):
            leaf = (int.from_bytes(page[at : at + 4], "big") - 1) * size
            free.add(leaf)
            file.seek(leaf)
            file.write(bytes(size))
        trunk = int.from_bytes(page[:4], "big")
    return free


def _clear_gaps(data: bytearray, start: int, at: int, size: int, zeros: bytes) -> bool:
    """Zero what belongs to nobody in the page from `start` on (its header is at `at`); False if it was zero."""
    kind, block, cells, content = cast("tuple[int, int, int, int]", _TREE_PAGE.unpack_from(data, at))
    first, last = at + _TREE_PAGES[kind] + 2 * cells, start + (content or 65536)
    if not first <= last <= start + size:
        raise Corrupt("A page of the catalogue's copy is damaged.")
    changed = bool(data[first:last].strip(b"\0"))
    if changed:
        data[first:last] = zeros[: last - first]
    while block:
        following = data[start + block] << 8 | data[start + block + 1]
        length = data[start + block + 2] << 8 | data[start + block + 3]
        if (following and following <= block) or length < 4 or block + length > size:
            raise Corrupt("A page of the catalogue's copy is damaged.")
        data[start + block + 4 : start + block + length] = zeros[: length - 4]
        block, changed = following, True
    return changed
