"""A repository in a folder, on a disk or a share."""

import errno
import fcntl
import io
import os
import secrets
import shutil
import stat
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from archive.errors import Conflict, Corrupt, Misconfigured, NotFound, OutOfSpace
from archive.store.local import sync_folder

LOCK = "lock"
STAGING = ".staging"


class LocalTarget:
    def __init__(self, root: Path) -> None:
        self._root = root.expanduser().absolute()

    @property
    def location(self) -> str:
        return str(self._root)

    def prepare(self) -> None:
        # Only the last folder is made: a path whose disk is not mounted must not become a folder on this one.
        with self._named():
            if not self._root.exists():
                self._root.mkdir(mode=0o700)
                sync_folder(self._root.parent)

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        target = self._root / name
        staging = self._root / STAGING
        staged = staging / secrets.token_hex(16)
        with self._named():
            if not self._root.is_dir():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), self.location)
            staging.mkdir(exist_ok=True, mode=0o700)
            try:
                handle = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with open(handle, "wb", buffering=1 << 20) as file:
                    file.writelines(pieces)
                    file.flush()
                    os.fsync(file.fileno())
                if not target.parent.exists():
                    target.parent.mkdir(exist_ok=True, mode=0o700)
                    sync_folder(self._root)
                os.rename(staged, target)
                sync_folder(target.parent)
            finally:
                staged.unlink(missing_ok=True)

    def open(self, name: str, offset: int = 0) -> BinaryIO:
        try:
            with self._named():
                # What lies on a foreign disk may be a link or a pipe: neither is followed nor waited for.
                handle = os.open(self._root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    os.close(handle)
                    raise Corrupt(f"{name} in the backup repository {self.location} is not an ordinary file.")
                file = io.BufferedReader(_File(handle, name))
                file.seek(offset)
                return file
        except NotFound:
            raise NotFound(f"{name} is missing in the backup repository {self.location}.", "backup-file") from None

    def sizes(self) -> Iterator[tuple[str, int]]:
        with self._named():
            for folder, folders, files in os.walk(self._root, onerror=_raise):
                if Path(folder) == self._root and STAGING in folders:
                    folders.remove(STAGING)
                for file in files:
                    path = Path(folder, file)
                    name = path.relative_to(self._root).as_posix()
                    if name != LOCK:
                        yield name, path.lstat().st_size

    def remove(self, name: str) -> None:
        with self._named():
            (self._root / name).unlink(missing_ok=True)

    @contextmanager
    def lock(self, *, exclusive: bool) -> Generator[None]:
        mode = os.O_RDWR | os.O_CREAT if exclusive else os.O_RDONLY
        try:
            with self._named():
                handle = os.open(self._root / LOCK, mode, 0o600)
        except (Misconfigured, NotFound):
            if exclusive or not self._root.is_dir():
                raise
            # No lock can be made on a medium that is only read; nobody writes there either.
            yield
            return
        try:
            try:
                fcntl.flock(handle, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(
                    f"The backup repository {self.location} is in use by another run or check; wait for its end.",
                    "backup-running",
                ) from None
            yield
        finally:
            os.close(handle)

    def clear(self) -> None:
        shutil.rmtree(self._root / STAGING, ignore_errors=True)

    @contextmanager
    def _named(self) -> Generator[None]:
        try:
            yield
        except FileNotFoundError as error:
            if self._root.is_dir():
                raise NotFound(f"{error.filename} is missing.") from None
            raise Misconfigured(
                f"The backup repository {self.location} is not there; connect its disk or correct backup_repository."
            ) from None
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise Corrupt(f"{error.filename} is a link; in a backup repository there are none.") from None
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise OutOfSpace(
                    f"The disk of the backup repository {self.location} is full; make room and run the backup again. "
                    "Earlier snapshots are whole."
                ) from error
            raise Misconfigured(
                f"The backup repository {self.location} cannot be used ({os.strerror(error.errno or errno.EIO)}); "
                "check its disk, its owner and its permissions. Earlier snapshots are whole."
            ) from error


class _File(io.FileIO):
    """What the disk cannot read any more is damage like any other: named, and passed over by whoever reads on."""

    def __init__(self, handle: int, name: str) -> None:
        super().__init__(handle)
        self._file = name

    def readinto(self, buffer: Any, /) -> int:
        try:
            return super().readinto(buffer)
        except OSError as error:
            sentence = f"{self._file} in the backup repository cannot be read ({os.strerror(error.errno or 0)})."
            if error.errno == errno.EIO:
                raise Corrupt(sentence) from error
            raise Misconfigured(f"{sentence} Check whether its disk is connected.") from error


def _raise(error: OSError) -> None:
    raise error


def open_target(location: str, credentials: Path | None = None) -> LocalTarget:  # noqa: ARG001 — a folder asks for none
    return LocalTarget(Path(location))
