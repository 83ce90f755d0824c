"""A repository in a bucket of an S3-compatible object store. Needs the extra `s3` (obstore).

The location is `s3:https://host/bucket/prefix`. Key and secret stand in the file `credentials` of the target (TOML:
access_key_id, secret_access_key, region), else in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_REGION). A key that may list, get and put, and not delete, is enough for backups; forgetting needs one that may.
"""

# obstore's types leave the options of its stores partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingModuleSource=false
# pyright: reportMissingImports=false, reportUnknownArgumentType=false

import json
import secrets
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from archive.buckets import Bucket, Taken, open_bucket
from archive.errors import ArchiveError, Conflict, NotFound

LOCK = "lock"
LEASE_S = 120.0
"""A lock that nobody has renewed for so long belongs to a process that is dead."""


class S3Target:
    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._store = bucket.store

    @property
    def location(self) -> str:
        return f"s3:{self._bucket.location}"

    def prepare(self) -> None:
        """A bucket is made by whoever pays for it; here it is only looked at."""
        with self._bucket.named():
            next(iter(self._store.list()), None)

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        # One request, or parts that count for nothing until the last call: there is never half a file.
        failed: list[Exception] = []

        def taken() -> Iterator[bytes]:
            try:
                yield from pieces
            except Exception as error:
                failed.append(error)
                raise

        with self._bucket.named(failed):
            self._store.put(name, taken())

    def open(self, name: str, offset: int = 0) -> BinaryIO:
        try:
            file = self._bucket.open(name)
        except NotFound:
            raise NotFound(f"{name} is missing in the backup repository {self.location}.", "backup-file") from None
        file.seek(offset)
        return file

    def sizes(self) -> Iterator[tuple[str, int]]:
        with self._bucket.named():
            for some in self._store.list():
                for one in some:
                    if one["path"] != LOCK:
                        yield str(one["path"]), int(one["size"])

    def remove(self, name: str) -> None:
        self._bucket.remove(name)

    @contextmanager
    def lock(self, *, exclusive: bool) -> Generator[None]:
        """A file that says until when somebody writes; written only if it is still as it was read."""
        held = self._lock_read()
        if held is not None and held["until"] > time.time():
            raise Conflict(
                f"The backup repository {self.location} is in use by another run or check; wait for its end.",
                "backup-running",
            )
        if not exclusive:
            yield
            return
        mine, stop = secrets.token_hex(8), threading.Event()
        self._lock_write(mine, LEASE_S, held)
        renewing = threading.Thread(target=self._renew, args=(mine, stop), name="backup-lock", daemon=True)
        renewing.start()
        try:
            yield
        finally:
            stop.set()
            renewing.join()
            # Let go of by writing, not by removing: whoever backs up may be denied removing.
            self._lock_write(mine, 0.0, None)

    def clear(self) -> None:
        """Parts of an upload that was cut off are no files; a rule of the bucket throws them away."""

    def _renew(self, mine: str, stop: threading.Event) -> None:
        while not stop.wait(LEASE_S / 4):
            try:
                self._lock_write(mine, LEASE_S, None)
            except ArchiveError:
                # The next put will say what is wrong with the place.
                continue

    def _lock_read(self) -> dict[str, Any] | None:
        try:
            with self._bucket.named():
                found = self._store.get(LOCK)
                return {**json.loads(bytes(found.bytes())), "e_tag": found.meta["e_tag"]}
        except NotFound:
            return None
        except (ValueError, TypeError):
            return {"until": 0.0, "e_tag": None}

    def _lock_write(self, mine: str, lease_s: float, seen: dict[str, Any] | None) -> None:
        import obstore.exceptions as failures

        content = json.dumps({"holder": mine, "until": time.time() + lease_s}).encode()
        mode: Any = "overwrite"
        if lease_s and seen is None and self._lock_read() is None:
            mode = "create"
        elif seen is not None and seen["e_tag"]:
            mode = {"e_tag": seen["e_tag"]}
        try:
            with self._bucket.named():
                self._store.put(LOCK, content, mode=mode, use_multipart=False)
        except Taken as error:
            raise Conflict(
                f"The backup repository {self.location} was taken by another run at this moment; wait for its end.",
                "backup-running",
            ) from error
        except failures.NotSupportedError:
            self._store.put(LOCK, content, use_multipart=False)


def open_target(location: str, credentials: Path | None = None) -> S3Target:
    return S3Target(open_bucket(location, "the backup repository", credentials))
