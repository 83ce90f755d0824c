"""Buckets of S3-compatible object stores: reached with a credential, and what goes wrong there is said in one sentence.

A location is `https://host/bucket` or `https://host/bucket/prefix`. Key and secret stand in a TOML file
(access_key_id, secret_access_key, region), else in the environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
AWS_REGION). Needs the extra `s3` (obstore). The library sends large files in parts, tries again what failed on the way
(four times within a minute) and sends a checksum along, which the server compares before it says that it has a file.
"""

# obstore's types leave the options of its stores partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingModuleSource=false
# pyright: reportMissingImports=false, reportUnknownArgumentType=false

import io
import os
import re
import tomllib
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import Misconfigured, NotFound

BLOCK = 4 << 20
_ADDRESS = re.compile(r"(?P<endpoint>https?://[^/]+)/(?P<bucket>[^/]+)(?:/(?P<prefix>.*?))?/?")
_NAMES = {"access_key_id", "secret_access_key", "region", "session_token"}


class Bucket:
    """A bucket, or a folder in it. `store` is the library's; `what` is how messages call the place."""

    def __init__(self, location: str, what: str, store: Any) -> None:
        self.location = location
        self.store = store
        self._what = f"{what} s3:{location}"

    @contextmanager
    def named(self, failed: "list[Exception] | None" = None) -> Generator[None]:
        """Whatever fails in here, said for people.

        Raises NotFound, Taken (a condition of the request was not met), Misconfigured; or the first of `failed`, if
        the request failed because what was to be sent could not be had.
        """
        import obstore.exceptions as failures

        try:
            yield
        except FileNotFoundError:
            raise NotFound(f"A file is missing in {self._what}.", "bucket-file") from None
        except (failures.AlreadyExistsError, failures.PreconditionError) as error:
            raise Taken from error
        except failures.NotSupportedError:
            raise
        except (failures.PermissionDeniedError, failures.UnauthenticatedError) as error:
            raise Misconfigured(
                f"{self._what[0].upper()}{self._what[1:]} refuses this credential; check its key and what it may do.",
                "target-refuses",
            ) from error
        except (failures.BaseError, OSError) as error:
            if failed:
                raise failed[0] from None
            raise Misconfigured(
                f"{self._what[0].upper()}{self._what[1:]} cannot be reached; check address, bucket and network. "
                "What was finished there is whole."
            ) from error

    def open(self, name: str) -> BinaryIO:
        """A file that can be read from any place. Raises NotFound."""
        with self.named():
            size = int(self.store.head(name)["size"])
        return io.BufferedReader(_Ranges(self, name, size), BLOCK)

    def range(self, name: str, start: int, end: int) -> bytes:
        with self.named():
            return bytes(self.store.get_range(name, start=start, end=end))

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""
        try:
            with self.named():
                self.store.delete(name)
        except NotFound:
            return


class Taken(Exception):
    """The file is not as it was read."""


class _Ranges(io.RawIOBase):
    """A file in a bucket, read block by block where it is read."""

    def __init__(self, bucket: Bucket, name: str, size: int) -> None:
        self._bucket = bucket
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
            view[:length] = self._bucket.range(self._name, self._at, self._at + length)
            self._at += length
        return length


def open_bucket(location: str, what: str, credentials: Path | None = None) -> Bucket:
    """The bucket at this location; nothing is sent yet. Raises Misconfigured."""
    try:
        from obstore.store import S3Store
    except ModuleNotFoundError:
        raise Misconfigured(f"{what[0].upper()}{what[1:]} in S3 needs the extra s3; install muniment[s3].") from None
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
        checksum_algorithm="SHA256",
        client_options={"allow_http": location.startswith("http:"), "timeout": timedelta(minutes=10)},
        retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=60)},
        **config,
    )
    return Bucket(location, what, store)


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
