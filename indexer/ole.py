"""Which streams lie at the top of a compound file (the container of old Office files and of encrypted new ones)."""

import struct
from functools import lru_cache
from pathlib import Path

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_END = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_DIRECTORY_SECTORS_MAX = 4096
_ENTRY_BYTES = 128


@lru_cache(maxsize=1)
def names(path: Path) -> frozenset[str]:
    """The names in the root storage; those found so far when the file is damaged."""
    with path.open("rb") as stream:
        data = stream.read(256 << 20)
    if len(data) < 512 or not data.startswith(MAGIC):
        return frozenset()
    shift = struct.unpack_from("<H", data, 30)[0]
    size = 1 << shift if shift in (9, 12) else 512
    entries = _entries(data, size)
    found: set[str] = set()
    # Siblings form a tree that hangs from the root's child; damaged trees may loop.
    waiting, visited = [entries[0].child] if entries else [], set[int]()
    while waiting:
        number = waiting.pop()
        if number in visited or number >= len(entries):
            continue
        visited.add(number)
        entry = entries[number]
        found.add(entry.name)
        waiting += (entry.left, entry.right)
    return frozenset(found)


class _Entry:
    __slots__ = ("child", "left", "name", "right")

    def __init__(self, raw: bytes) -> None:
        length = min(struct.unpack_from("<H", raw, 64)[0], 64)
        self.name = raw[: max(length - 2, 0)].decode("utf-16-le", "replace")
        self.left, self.right, self.child = struct.unpack_from("<III", raw, 68)


def _entries(data: bytes, size: int) -> list[_Entry]:
    fat_sectors = [number for number in struct.unpack_from("<109I", data, 76) if number < _END]

    def following(sector: int) -> int:
        index, offset = divmod(sector, size // 4)
        if index >= len(fat_sectors):
            # Beyond the table in the header: take the next sector, which is right for files written in one go.
            return sector + 1
        at = (fat_sectors[index] + 1) * size + offset * 4
        return struct.unpack_from("<I", data, at)[0] if at + 4 <= len(data) else _END

    entries: list[_Entry] = []
    sector, visited = struct.unpack_from("<I", data, 48)[0], set[int]()
    while sector < _END and sector not in visited and len(visited) < _DIRECTORY_SECTORS_MAX:
        visited.add(sector)
        chunk = data[(sector + 1) * size : (sector + 2) * size]
        entries += [
            _Entry(chunk[at : at + _ENTRY_BYTES]) for at in range(0, len(chunk) - _ENTRY_BYTES + 1, _ENTRY_BYTES)
        ]
        sector = following(sector)
    return entries
