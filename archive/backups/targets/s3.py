"""A repository in a bucket of an S3-compatible object store. Needs the extra `s3` (obstore).

The location is `s3:https://host/bucket/prefix`. Key and secret stand in the file `credentials` of the target (TOML:
access_key_id, secret_access_key, region), else in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_REGION). A key that may list, get and put, and not delete, is enough for backups; forgetting needs one that may.
"""

# obstore's types leave the options of its stores partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingModuleSource=false
# pyright: reportMissingImports=false, reportUnknownArgumentType=false

import io
import json
import os
import re
import secrets
import threading
import time
import tomllib
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import ArchiveError, Conflict, Misconfigured, NotFound

LOCK = "lock"
LEASE_S = 120.0
"""A lock that nobody has renewed for so long belongs to a process that is dead."""

BLOCK = 4 << 20
_ADDRESS = re.compile(r"(?P<endpoint>https?://[^/]+)/(?P<bucket>[^/]+)(?:/(?P<prefix>.*?))?/?")
_NAMES = {"access_key_id", "secret_access_key", "region", "session_token"}


class S3Target:
    def __init__(self, location: str, store: Any) -> None:
        self._location = location
        self._store = store

    @property
    def location(self) -> str:
        return f"s3:{self._location}"

    def prepare(self) -> None:
        """A bucket is made by whoever pays for it; here it is only looked at."""
        with self._named():
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

        with self._named(failed):
            self._store.put(name, taken())

    def open(self, name: str, offset: int = 0) -> BinaryIO:
        try:
            with self._named():
                size = int(self._store.head(name)["size"])
        except NotFound:
            raise NotFound(f"{name} is missing in the backup repository {self.location}.", "backup-file") from None
        file = io.BufferedReader(_Ranges(self, name, size), BLOCK)
        file.seek(offset)
        return file

    def range(self, name: str, start: int, end: int) -> bytes:
        with self._named():
            return bytes(self._store.get_range(name, start=start, end=end))

    def sizes(self) -> Iterator[tuple[str, int]]:
        with self._named():
            for some in self._store.list():
                for one in some:
                    if one["path"] != LOCK:
                        yield str(one["path"]), int(one["size"])

    def remove(self, name: str) -> None:
        try:
            with self._named():
                self._store.delete(name)
        except NotFound:
            return

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
            with self._named():
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
            with self._named():
                self._store.put(LOCK, content, mode=mode, use_multipart=False)
        except _Taken as error:
            raise Conflict(
                f"The backup repository {self.location} was taken by another run at this moment; wait for its end.",
                "backup-running",
            ) from error
        except failures.NotSupportedError:
            self._store.put(LOCK, content, use_multipart=False)

    @contextmanager
    def _named(self, failed: "list[Exception] | None" = None) -> Generator[None]:
        import obstore.exceptions as failures

        try:
            yield
        except FileNotFoundError:
            raise NotFound(f"A file is missing in the backup repository {self.location}.", "backup-file") from None
        except (failures.AlreadyExistsError, failures.PreconditionError) as error:
            raise _Taken from error
        except failures.NotSupportedError:
            raise
        except (failures.PermissionDeniedError, failures.UnauthenticatedError) as error:
            raise Misconfigured(
                f"The backup repository {self.location} refuses this credential; check its key and what it may do.",
                "target-refuses",
            ) from error
        except (failures.BaseError, OSError) as error:
            if failed:
                raise failed[0] from None
            raise Misconfigured(
                f"The backup repository {self.location} cannot be reached; check address, bucket and network. "
                "Earlier snapshots are whole."
            ) from error


class _Taken(Exception):
    """The file is not as it was read."""


class _Ranges(io.RawIOBase):
    """A file in a bucket, read block by block where it is read."""

    def __init__(self, target: S3Target, name: str, size: int) -> None:
        self._target = target
        self._name = name
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = max(0, offset + (0, self._at, self._size)[whence])
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        length = min(len(view), max(0, self._size - self._at))
        if length:
            view[:length] = self._target.range(self._name, self._at, self._at + length)
            self._at += length
        return length


def open_target(location: str, credentials: Path | None = None) -> S3Target:
    try:
        from obstore.store import S3Store
    except ModuleNotFoundError:
        raise Misconfigured("Backups to S3 need the extra s3; install muniment[s3].") from None
    address = _ADDRESS.fullmatch(location)
    if address is None:
        raise Misconfigured(
            f"s3:{location} is no bucket; write s3:https://HOST/BUCKET or s3:https://HOST/BUCKET/PREFIX."
        )
    config = _credentials(credentials)
    # Told what is meant, the library asks neither the environment of a cloud nor the network who it is.
    config.setdefault("region", "us-east-1")
    store = S3Store(
        address["bucket"],
        prefix=address["prefix"] or None,
        endpoint=address["endpoint"],
        virtual_hosted_style_request=False,
        client_options={"allow_http": location.startswith("http:"), "timeout": timedelta(minutes=10)},
        retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
        **config,
    )
    return S3Target(location, store)


def _credentials(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {name: value for name in _NAMES if (value := os.environ.get(f"AWS_{name.upper()}"))}
    try:
        values = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"The credentials {file} cannot be read ({type(error).__name__}).") from None
    unknown = set(values) - _NAMES
    if unknown or not {"access_key_id", "secret_access_key"} <= set(values):
        raise Misconfigured(f"{file} must hold access_key_id and secret_access_key, and may hold region.")
    return values
