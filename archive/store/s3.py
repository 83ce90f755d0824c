"""Objects in a bucket of an S3-compatible object store, for archives that one disk does not hold.

The setting is `store = "s3:https://host/bucket/prefix"`; credentials as `archive.buckets` says, the file being
`store_credentials`. An object is one request, or parts that count for nothing until the last call, so that there is
never half of one. Objects are named by their content and sealed with the key that their row keeps, so whoever writes
one again writes the same: no condition is needed on the way in. Nothing that people wait for lists the bucket.
"""

# obstore's types leave the options of its stores partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import io
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from archive.buckets import BLOCK, Bucket, open_bucket
from archive.config import Settings
from archive.errors import NotFound
from archive.store import gone, staging_folder


class S3Store:
    at_once = 8

    def __init__(self, bucket: Bucket, staging: Path) -> None:
        self._bucket = bucket
        self._staging = staging_folder(staging)

    def staging(self) -> Path:
        return self._staging / secrets.token_hex(16)

    def put(self, address: str, sealed: Path) -> None:
        with self._bucket.named():
            self._bucket.store.put(_key(address), sealed)
        sealed.unlink()

    def open(self, address: str) -> BinaryIO:
        try:
            with self._bucket.named():
                found = self._bucket.store.get(_key(address))
        except NotFound:
            raise gone() from None
        return io.BufferedReader(_Arriving(self._bucket, found), BLOCK)

    def size(self, address: str) -> int:
        try:
            with self._bucket.named():
                return int(self._bucket.store.head(_key(address))["size"])
        except NotFound:
            raise gone() from None

    def remove(self, address: str) -> None:
        self._bucket.remove(_key(address))

    def addresses(self) -> Iterator[str]:
        with self._bucket.named():
            for some in self._bucket.store.list():
                for one in some:
                    yield str(one["path"]).rpartition("/")[2]


class _Arriving(io.RawIOBase):
    """An object read from its beginning to its end, in one request, however large it is."""

    def __init__(self, bucket: Bucket, found: Any) -> None:
        self._bucket = bucket
        self._pieces = iter(found.stream(min_chunk_size=BLOCK))
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._rest:
            with self._bucket.named():
                piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(bytes(piece))
        view = memoryview(buffer)
        length = min(len(view), len(self._rest))
        view[:length] = self._rest[:length]
        self._rest = self._rest[length:]
        return length


def _key(address: str) -> str:
    """In folders, as on a disk: people who look into a bucket find their way, and servers spread their load."""
    return f"{address[:2]}/{address}"


def open_store(settings: Settings) -> S3Store:
    location = settings.store.partition(":")[2]
    credentials = Path(settings.store_credentials) if settings.store_credentials else None
    return S3Store(open_bucket(location, "the object store", credentials), settings.objects / ".staging")
