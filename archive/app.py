"""What a use case may touch: the composition root."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from archive import keyring, sealing
from archive.config import Settings, load
from archive.errors import Misconfigured
from archive.objects import ObjectStore
from archive.store import open_store
from archive.tables import Tables, Transaction
from indexer.engines import Engine, open_engine
from indexer.engines import names as engine_names

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Archive:
    """An open archive: settings, tables, objects, keys, the clock, and the index to read from."""

    def __init__(self, settings: Settings, *, now: Clock = utc_now) -> None:
        sealing.self_test()
        self.settings = settings
        self.now = now
        self.keys = keyring.load(settings.keys)
        self.tables = Tables(settings.database_url)
        self.objects = ObjectStore(self.tables, open_store(settings), self.keys, now)
        self._engine: Engine | None = None
        self._opening = Lock()

    def read(self) -> AbstractContextManager[Transaction]:
        return self.tables.read()

    def write(self) -> AbstractContextManager[Transaction]:
        return self.tables.write()

    @property
    def engine(self) -> Engine:
        """The index, to search in. Raises IndexBroken while it has to be rebuilt."""
        with self._opening:
            if self._engine is None:
                self._engine = self.open_index(writable=False)
            return self._engine

    def forget_engine(self) -> None:
        """Open the index anew at the next search: it was rebuilt, or this reader found it broken."""
        with self._opening:
            if self._engine is not None:
                self._engine.close()
                self._engine = None

    def open_index(self, *, writable: bool, folder: Path | None = None) -> Engine:
        if self.settings.engine not in engine_names():
            raise Misconfigured(f"There is no engine {self.settings.engine!r}; there are: {', '.join(engine_names())}.")
        return open_engine(self.settings.engine, folder or self.settings.index, writable=writable)

    def close(self) -> None:
        self.forget_engine()
        self.tables.close()


def open_archive(home: Path, *, now: Clock = utc_now) -> Archive:
    """Open the archive at this home. Raises Misconfigured when there is none, or it is of another version."""
    settings = load(home)
    if not settings.keys.exists() and not (settings.home / "catalogue.db").exists():
        raise Misconfigured(f"There is no archive at {settings.home}; make one with: muniment --home {settings.home} init")
    for folder in (settings.home, settings.keys):
        if folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
            raise Misconfigured(f"The folder {folder} cannot be read; check its owner and permissions.")
    archive = Archive(settings, now=now)
    current, wanted = archive.tables.version()
    if current != wanted:
        archive.close()
        raise Misconfigured(
            f"The catalogue is at version {current}, this program at {wanted}; "
            f"make a backup, then run: muniment --home {settings.home} init"
        )
    return archive
