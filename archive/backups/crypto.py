"""Every byte of a repository is sealed under a key that belongs to its file: kind, name and repository are bound."""

import hmac
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from archive import sealing
from archive.errors import Corrupt

FORMAT = 1
ID_BYTES = 16
SPOOL = 16 << 20
"""Sealed files larger than this wait on disk, not in memory, until they are put."""


class Seals:
    """The keys of one repository, each derived when it is needed."""

    def __init__(self, key: bytes, repository_id: str) -> None:
        self.repository_id = repository_id
        self._root = sealing.derive(key, f"backup/{repository_id}")
        self._object_id = sealing.derive(self._root, "object-id")
        self._piece_id = sealing.derive(self._root, "piece-id")
        self._snapshot_id = sealing.derive(self._root, "snapshot-id")
        self.check = sealing.derive(self._root, "check", length=8).hex()
        """Tells a wrong key from a damaged repository."""

    def object_id(self, address: bytes, data_key: bytes) -> bytes:
        """Covers the data key: captured again after its destruction, a document is another blob."""
        return hmac.digest(self._object_id, address + data_key, "sha256")[:ID_BYTES]

    def piece_id(self, content: bytes) -> bytes:
        return hmac.digest(self._piece_id, content, "sha256")[:ID_BYTES]

    def snapshot_id(self, content: bytes) -> str:
        return hmac.digest(self._snapshot_id, content, "sha256")[:ID_BYTES].hex()

    def pack(self, name: str) -> sealing.Aead:
        return sealing.STANDARD.make(sealing.derive(self._root, f"pack/{name}"))

    def seal(self, name: str, plain: Iterator[bytes], work: Path | None) -> Iterator[bytes]:
        """The sealed form of a file of this name. `work` is where it may wait if it is large."""
        with tempfile.SpooledTemporaryFile(SPOOL, dir=None if work is None else str(work)) as spool:
            sealing.seal(plain, spool, self._file_key(name), _context(name))  # pyright: ignore[reportArgumentType] — a spooled file is a binary file
            spool.seek(0)
            while piece := spool.read(1 << 20):
                yield piece

    def unseal(self, name: str, source: BinaryIO) -> Iterator[bytes]:
        """The content of a file of this name. Raises Corrupt, naming it, at the first byte that is not its own."""
        try:
            yield from sealing.unseal(source, self._file_key(name), _context(name))
        except Corrupt:
            raise Corrupt(f"{name} in the backup repository is damaged or not the file of that name.") from None

    def _file_key(self, name: str) -> bytes:
        return sealing.derive(self._root, f"file/{name}")


def _context(name: str) -> str:
    return f"muniment backup {FORMAT} {name}"
