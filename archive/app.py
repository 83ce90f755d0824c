"""What a use case may touch: the composition root."""

import os
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from archive import keyring, sealing
from archive.config import Settings, load
from archive.errors import Misconfigured
from archive.objects import ObjectStore
from archive.store import open_store
from archive.tables import Tables, Transaction
from indexer import engines
from indexer.engines import Engine, open_engine
from indexer.engines import names as engine_names
from indexer.errors import IndexBroken
from indexer.memory import Memory

if TYPE_CHECKING:
    # What is loaded when it is first needed: most commands end before.
    from archive.learning import Lessons
    from indexer.reading import Reader
    from indexer.typesetting import Typesetter

Clock = Callable[[], datetime]

SCRATCH = "scratch"
"""Under this name a copy made for a rehearsal says so in its tables: it keeps silent whatever its settings say."""

TEXTS_BYTES = 32_000_000


def utc_now() -> datetime:
    return datetime.now(UTC)


class Names:
    """What records are called, for suggestions, and up to which line of the ledger it is known."""

    def __init__(self) -> None:
        from indexer.spellings import Spellings

        self.spellings = Spellings()
        self.seq = -1
        self.turn = Lock()


class Paces:
    """How many searches took how long, in this process and not written down yet, and since when."""

    def __init__(self) -> None:
        self.counts: Counter[int] = Counter()
        self.since: datetime | None = None
        self.turn = Lock()


class Archive:
    """An open archive: settings, tables, objects, keys, the clock, and the index to read from."""

    def __init__(self, settings: Settings, *, now: Clock = utc_now) -> None:
        sealing.self_test()
        self.settings = settings
        self.now = now
        self.keys = keyring.load(settings.keys)
        self.tables = Tables(settings.database_url)
        self.objects = ObjectStore(self.tables, open_store(settings), self.keys, now)
        self.by = ""
        """Who really holds the pen when the shell of the server acts as somebody: written into every line."""
        self.lessons: Lessons | None = None
        """What was learned from filed records about the classes of papers; None until somebody has (`teaching`)."""
        self.paces = Paces()
        self.texts = Memory(TEXTS_BYTES)
        """Pages of texts by digest, opened lately to show lines of them. Only a digest that the catalogue still has is
        looked up here."""
        self._engine: tuple[str, Engine] | None = None
        self._reader: Reader | None = None
        self._names: Names | None = None
        self._opening = Lock()

    def read(self) -> AbstractContextManager[Transaction]:
        return self.tables.read()

    def noting(self, ids: set[str]) -> "Archive":
        """This archive for one piece of work, of which somebody has to know afterwards whose titles it may have read:
        the id of every record whose description it reads is added to `ids`."""
        return _Noting(self, ids)

    @contextmanager
    def write(self) -> Generator[Transaction]:
        with self.tables.write() as tx:
            tx.ledger.by = self.by
            yield tx

    def engine(self, name: str) -> Engine:
        """The index of this name (the tables say which one is in use), to search in; kept open between searches.

        Raises IndexBroken when it cannot be used.
        """
        with self._opening:
            if self._engine is None or self._engine[0] != name:
                if name.startswith("opensearch-") and not self.settings.engine_address:
                    # The engine was changed since this process began.
                    self.take_up_engine()
                fresh = self.open_index(name, writable=False)
                self._close_engine()
                self._engine = (name, fresh)
            return self._engine[1]

    def forget_engine(self) -> None:
        """Open the index anew at the next search: this one was found broken."""
        with self._opening:
            self._close_engine()

    def open_index(self, name: str, *, writable: bool) -> Engine:
        """`name` is engine and number, as in whoosh-3."""
        engine = name.rpartition("-")[0]
        if engine not in engine_names():
            raise Misconfigured(f"There is no engine {engine!r}; there are: {', '.join(engine_names())}.")
        if not writable and not self.has_index(name):
            raise IndexBroken("The index is not there.")
        return open_engine(engine, self.settings.index / name, writable=writable, server=self._server)

    def take_up_engine(self) -> None:
        """Which engine the settings name by now: whoever builds the index anew builds it with that one, and nothing has
        to be started again. Raises Misconfigured when they name none that could be used."""
        now = load(self.settings.home)
        _check_engine(now)
        self.settings = replace(
            self.settings,
            engine=now.engine,
            engine_address=now.engine_address,
            engine_credentials=now.engine_credentials,
        )

    def has_index(self, name: str) -> bool:
        """Is there an index of this name? Raises IndexAway when its server does not answer."""
        return engines.exists(name.rpartition("-")[0], self.settings.index / name, self._server)

    def remove_index(self, name: str) -> None:
        """Remove an index, whatever is left of it."""
        engines.remove(name.rpartition("-")[0], self.settings.index / name, self._server)

    @property
    def _server(self) -> engines.Server:
        file = self.settings.engine_credentials
        return engines.Server(self.settings.engine_address, Path(file) if file else None)

    @property
    def names(self) -> Names:
        with self._opening:
            if self._names is None:
                self._names = Names()
            return self._names

    @property
    def reader(self) -> "Reader":
        """A sandbox for files that a door has to look into at once (page images). Shared, one file at a time."""
        with self._opening:
            if self._reader is None:
                self._reader = self.new_reader()
            return self._reader

    def new_reader(self) -> "Reader":
        from indexer.reading import Reader

        return Reader(time_s=self.settings.read_time_s, memory_mb=self.settings.read_memory_mb)

    @property
    def typesetter(self) -> "Typesetter":
        """What lays office files out, where it is installed."""
        from indexer.typesetting import Typesetter

        return Typesetter(self.settings.office_program, self.settings.read_time_s, self.settings.work)

    def close(self) -> None:
        self.forget_engine()
        if self._reader is not None:
            self._reader.close()
        self.tables.close()

    def _close_engine(self) -> None:
        if self._engine is not None:
            self._engine[1].close()
            self._engine = None


class _Noting(Archive):
    """The same archive, and not one beside it: what it opens or takes up is opened for both, and closed once."""

    __slots__ = ("_ids",)

    def __init__(self, archive: Archive, ids: set[str]) -> None:
        self.__dict__ = archive.__dict__
        self._ids = ids

    @contextmanager
    def read(self) -> Generator[Transaction]:
        with super().read() as tx:
            tx.records.noted = self._ids
            yield tx

    @contextmanager
    def write(self) -> Generator[Transaction]:
        with super().write() as tx:
            tx.records.noted = self._ids
            yield tx


def open_archive(home: Path, *, now: Clock = utc_now) -> Archive:
    """Open the archive at this home.

    Raises Misconfigured when there is none, or it is of a version that this program does not work on.
    """
    settings = load(home)
    if not settings.keys.exists() and not (settings.home / "catalogue.db").exists():
        raise Misconfigured(
            f"There is no archive at {settings.home}; make one with: muniment --home {settings.home} init"
        )
    for folder in (settings.home, settings.keys):
        if folder.exists() and not os.access(folder, os.R_OK | os.X_OK):
            raise Misconfigured(f"The folder {folder} cannot be read; check its owner and permissions.")
    archive = Archive(settings, now=now)
    if not archive.tables.fit():
        current, wanted = archive.tables.version()
        archive.close()
        what_to_do = f"make a backup, then run: muniment --home {settings.home} init"
        if current is not None and current > wanted:
            what_to_do = "upgrade this program too"
        raise Misconfigured(f"The catalogue is at version {current}, this program at {wanted}; {what_to_do}")
    with archive.read() as tx:
        if tx.meta.get(SCRATCH):
            archive.settings = replace(settings, notify=False, rounds=False, channels={})
    try:
        _check_names(archive)
    except Misconfigured:
        archive.close()
        raise
    return archive


def _check_engine(settings: Settings) -> None:
    if settings.engine not in engine_names():
        raise Misconfigured(f"There is no engine {settings.engine!r}; there are: {', '.join(engine_names())}.")
    if settings.engine == "opensearch" and not settings.engine_address:
        raise Misconfigured("The engine opensearch needs the setting engine_address: https://HOST:9200/NAME.")


def _check_names(archive: Archive) -> None:
    """What settings name must exist: said at once, not when it is first needed."""
    settings = archive.settings
    _check_engine(settings)
    with archive.read() as tx:
        sites = {site.code for site in tx.organisation.sites()}
        classes = {record_class.code for record_class in tx.file_plan.every()}
    for inbox in settings.inboxes:
        if inbox.site and inbox.site not in sites:
            raise Misconfigured(
                f"The inbox {inbox.path} names the site {inbox.site!r}; there are: {', '.join(sorted(sites))}."
            )
        if inbox.class_code and inbox.class_code not in classes:
            raise Misconfigured(
                f"The inbox {inbox.path} names the class {inbox.class_code!r}, which is not in the file plan."
            )
