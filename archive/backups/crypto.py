"""Every byte of a repository is sealed under a key that belongs to its file: kind, name and repository are bound."""

import hmac
import struct
import tempfile
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path
from typing import BinaryIO, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from archive import sealing
from archive.backups.keys import Keys
from archive.errors import Corrupt, Misconfigured

FORMAT = 1
ID_BYTES = 16
SIGNATURE_BYTES = 64
SPOOL = 16 << 20
"""Sealed files larger than this wait on disk, not in memory, until they are put."""

_MARK = struct.Struct(">4sBBH")
_MAGIC = b"MUNB"


class Kind(IntEnum):
    """What a sealed file is; the number is in its first bytes and in what its seal covers."""

    PACK = 1
    INDEX = 2
    KEYSTORE = 3
    SNAPSHOT = 4
    TIDYING = 5


KINDS = {
    "packs": Kind.PACK,
    "index": Kind.INDEX,
    "keystores": Kind.KEYSTORE,
    "snapshots": Kind.SNAPSHOT,
    "tidied": Kind.TIDYING,
}
"""Folder in a repository → kind of its files."""

MARK_BYTES = _MARK.size


class Seals:
    """The keys of one repository, each derived when it is needed."""

    def __init__(self, keys: Keys, repository_id: str, signer: str = "") -> None:
        self.repository_id = repository_id
        self.signer = signer or keys.signer
        """Public key of whoever may write here, in hexadecimal."""
        self._keys = keys
        self._roots = tuple(sealing.derive(key, f"backup/{repository_id}") for key in keys.generations)
        # Ids stay those of the first generation: what was copied before a rotation is still known after it.
        self._object_id = sealing.derive(self._roots[0], "object-id")
        self._piece_id = sealing.derive(self._roots[0], "piece-id")
        self._snapshot_id = sealing.derive(self._roots[0], "snapshot-id")
        self.check = sealing.derive(self._roots[0], f"check/{self.signer}", length=8).hex()
        """Tells a wrong key from a damaged repository."""

    @property
    def generation(self) -> int:
        """The number of the key that seals what is new; the first is 1."""
        return len(self._roots)

    def object_id(self, address: bytes, data_key: bytes) -> bytes:
        """Covers the data key: captured again after its destruction, a document is another blob."""
        return hmac.digest(self._object_id, address + data_key, "sha256")[:ID_BYTES]

    def piece_id(self, content: bytes) -> bytes:
        return hmac.digest(self._piece_id, content, "sha256")[:ID_BYTES]

    def snapshot_id(self, content: bytes) -> str:
        return hmac.digest(self._snapshot_id, content, "sha256")[:ID_BYTES].hex()

    def mark(self, kind: Kind) -> bytes:
        """The first bytes of a new file."""
        return _MARK.pack(_MAGIC, FORMAT, kind, self.generation)

    def pack(self, name: str, mark: bytes) -> sealing.Aead:
        """The cipher of a pack, found from its name and its first bytes."""
        return sealing.STANDARD.make(sealing.derive(self._root(mark, Kind.PACK, f"packs/{name}"), f"pack/{name}"))

    def sign(self, content: bytes) -> bytes:
        """Signature and content. Raises Misconfigured when these keys may only read."""
        if self._keys.signing is None:
            raise Misconfigured("These keys can read and verify backups but not write them.", "keys-only-read")
        if self._keys.signer != self.signer:
            raise Misconfigured("The signing key is not the one this repository was begun with.", "wrong-key")
        return self._keys.signing.sign(self._signed(content)) + content

    def signed(self, name: str, content: bytes) -> bytes:
        """What was signed. Raises Corrupt if it was not signed by whoever may write here."""
        signature, content = content[:SIGNATURE_BYTES], content[SIGNATURE_BYTES:]
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.signer)).verify(signature, self._signed(content))
        except (InvalidSignature, ValueError):
            raise Corrupt(f"{name} in the backup repository was not signed by its archive.") from None
        return content

    def seal(self, name: str, plain: Iterator[bytes], work: Path | None) -> Iterator[bytes]:
        """The sealed form of a file of this name. `work` is where it may wait if it is large."""
        mark = self.mark(_kind(name))
        yield mark
        with tempfile.SpooledTemporaryFile(SPOOL, dir=None if work is None else str(work)) as spool:
            sealing.seal(plain, spool, self._file_key(name, mark), _context(name, mark))  # pyright: ignore[reportArgumentType] — a spooled file is a binary file
            spool.seek(0)
            while piece := spool.read(1 << 20):
                yield piece

    def unseal(self, name: str, source: BinaryIO) -> Iterator[bytes]:
        """The content of a file of this name. Raises Corrupt, naming it, at the first byte that is not its own."""
        mark = source.read(MARK_BYTES)
        try:
            yield from sealing.unseal(source, self._file_key(name, mark), _context(name, mark))
        except Corrupt:
            raise _damaged(name) from None

    def _file_key(self, name: str, mark: bytes) -> bytes:
        return sealing.derive(self._root(mark, _kind(name), name), f"file/{name}")

    def _root(self, mark: bytes, kind: Kind, name: str) -> bytes:
        if len(mark) != MARK_BYTES:
            raise _damaged(name)
        magic, version, stated, generation = cast("tuple[bytes, int, int, int]", _MARK.unpack(mark))
        if magic != _MAGIC or version != FORMAT or stated != kind or not generation:
            raise _damaged(name)
        if generation > len(self._roots):
            raise Misconfigured(
                f"{name} was sealed after the backup key was changed ({generation}); use the newest copy of the keys.",
                "wrong-key",
            )
        return self._roots[generation - 1]

    def _signed(self, content: bytes) -> bytes:
        return f"muniment backup {FORMAT} {self.repository_id}\n".encode() + content


def _kind(name: str) -> Kind:
    return KINDS[name.partition("/")[0]]


def _context(name: str, mark: bytes) -> str:
    return f"muniment backup {FORMAT} {name} {mark.hex()}"


def _damaged(name: str) -> Corrupt:
    return Corrupt(f"{name} in the backup repository is damaged or not the file of that name.")
