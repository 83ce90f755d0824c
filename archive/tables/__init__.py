"""All SQL of the house. `Tables.read()` and `Tables.write()` are the only ways to it."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc

from archive.errors import Conflict, Corrupt, Misconfigured, OutOfSpace
from archive.tables import transfer
from archive.tables.alerts import Alerts
from archive.tables.anchors import Anchors
from archive.tables.approval_matrices import ApprovalMatrices
from archive.tables.backups import Backups
from archive.tables.called import Called
from archive.tables.certified_copies import CertifiedCopies
from archive.tables.climate import Climate
from archive.tables.contracts import Contracts
from archive.tables.counters import Counters
from archive.tables.credentials import Credentials
from archive.tables.custody import Custody
from archive.tables.declassifications import Declassifications
from archive.tables.derived import Derived
from archive.tables.documents import Documents
from archive.tables.dossiers import Dossiers
from archive.tables.drills import Drills
from archive.tables.errands import Errands
from archive.tables.fileplan import FilePlan
from archive.tables.forms import Forms
from archive.tables.grants import Grants
from archive.tables.handovers import Handovers
from archive.tables.house_sheets import HouseSheets
from archive.tables.imports import Imports
from archive.tables.intake import Intake
from archive.tables.jobs import IndexQueue, Jobs
from archive.tables.laws import Laws
from archive.tables.layouts import Layouts
from archive.tables.ledger import Ledger
from archive.tables.likeness import Likeness
from archive.tables.loans import Loans
from archive.tables.measures import Measures
from archive.tables.meta import Meta
from archive.tables.notices import Notices
from archive.tables.numbering import Numbering
from archive.tables.objects import Objects
from archive.tables.people import Organisation, People
from archive.tables.properties import Properties
from archive.tables.recognitions import Recognitions
from archive.tables.records import Records
from archive.tables.reminders import Reminders
from archive.tables.repairs import Repairs
from archive.tables.retention import Retention
from archive.tables.room_keys import RoomKeys
from archive.tables.rooms import Rooms
from archive.tables.rounds import Rounds
from archive.tables.searches import Searches
from archive.tables.selections import Selections
from archive.tables.stocktakes import Stocktakes
from archive.tables.unlocked import Unlocked

log = logging.getLogger("muniment.tables")

BUSY_TIMEOUT_MS = 30_000
TURN_S = 0.001
"""How often a writer on SQLite looks whether it is its turn."""
MIGRATIONS = Path(__file__).parent / "migrations"
_VERSION = sa.table("alembic_version", sa.column("version_num", sa.String))
SURVIVES = "survived_by"
"""In `meta`: the version whose programs, and all later ones, may work on the tables as they are now."""

COPY_PAGE_BYTES = 16384


class Transaction:
    """One consistent view of every table; inside `write()`, also the only change under way."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.meta = Meta(connection)
        self.organisation = Organisation(connection)
        self.people = People(connection)
        self.file_plan = FilePlan(connection)
        self.objects = Objects(connection)
        self.records = Records(connection)
        self.retention = Retention(connection)
        self.recognitions = Recognitions(connection)
        self.unlocked = Unlocked(connection)
        self.layouts = Layouts(connection)
        self.derived = Derived(connection)
        self.imports = Imports(connection)
        self.intake = Intake(connection)
        self.jobs = Jobs(connection)
        self.index_queue = IndexQueue(connection)
        self.ledger = Ledger(connection)
        self.called = Called(connection)
        self.counters = Counters(connection)
        self.loans = Loans(connection)
        self.approval_matrices = ApprovalMatrices(connection)
        self.certified_copies = CertifiedCopies(connection)
        self.contracts = Contracts(connection)
        self.climate = Climate(connection)
        self.custody = Custody(connection)
        self.handovers = Handovers(connection)
        self.notices = Notices(connection)
        self.numbering = Numbering(connection)
        self.reminders = Reminders(connection)
        self.rooms = Rooms(connection)
        self.rounds = Rounds(connection)
        self.grants = Grants(connection)
        self.declassifications = Declassifications(connection)
        self.credentials = Credentials(connection)
        self.anchors = Anchors(connection)
        self.backups = Backups(connection)
        self.alerts = Alerts(connection)
        self.likeness = Likeness(connection)
        self.searches = Searches(connection)
        self.selections = Selections(connection)
        self.drills = Drills(connection)
        self.dossiers = Dossiers(connection)
        self.errands = Errands(connection)
        self.room_keys = RoomKeys(connection)
        self.documents = Documents(connection)
        self.laws = Laws(connection)
        self.measures = Measures(connection)
        self.forms = Forms(connection)
        self.stocktakes = Stocktakes(connection)
        self.repairs = Repairs(connection)
        self.properties = Properties(connection)
        self.house_sheets = HouseSheets(connection)

    @contextmanager
    def attempt(self) -> Generator[None]:
        """What is changed inside is taken back when the block raises; the rest of the transaction stands."""
        with self.connection.begin_nested():
            yield


class Tables:
    """The database. Safe to use from many threads and processes.

    Writers take turns and never dead-lock: on SQLite a write transaction takes the write lock when it begins
    (`BEGIN IMMEDIATE`), never in the middle; inside a process writers queue on a lock first, so that they do
    not spin on the file. On PostgreSQL it takes an advisory lock of the database when it begins, which does the same
    for writers on many machines.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        try:
            self._engine = _engine(url)
        except (exc.ArgumentError, ModuleNotFoundError) as error:
            raise Misconfigured(
                f"The database setting cannot be used ({error}); write sqlite:///PATH or postgresql+psycopg://…"
            ) from None
        self._turn = threading.Lock()
        self._writing = threading.local()
        if self._engine.dialect.name not in _PREPARED:
            raise Misconfigured("The database setting cannot be used; write sqlite:///PATH or postgresql+psycopg://…")
        prepare, begin = _PREPARED[self._engine.dialect.name]
        event.listen(self._engine, "connect", prepare)
        event.listen(self._engine, "begin", begin)

    @contextmanager
    def read(self) -> Generator[Transaction]:
        """A view of the tables as they are now; it does not change under the reader and blocks nobody."""
        with _as_errors_for_people(), self._engine.connect() as connection, connection.begin():
            yield Transaction(connection)

    @contextmanager
    def write(self) -> Generator[Transaction]:
        """All or nothing: committed when the block ends, rolled back when it raises."""
        if getattr(self._writing, "now", False):
            raise RuntimeError("write() inside write(): pass the transaction on instead")
        with self._turn, _as_errors_for_people():
            self._writing.now = True
            try:
                with self._engine.connect() as connection:
                    connection = connection.execution_options(immediate=True)
                    with connection.begin():
                        yield Transaction(connection)
            finally:
                self._writing.now = False

    def migrate(self, to: str = "head") -> None:
        """Bring the tables to the newest schema, or to an earlier one named, from nothing or any before it.

        Whoever still works on the tables it finds goes on if the steps let them: `fit` says so afterwards. Raises
        Misconfigured where a newer program was here and left nothing for this one to work on.
        """
        before, newest = self.version()
        if before is not None and before > newest:
            if not self.fit():
                raise Misconfigured(f"The catalogue is at version {before}, this program at {newest}; use a newer one.")
            return
        # 0.2 s that a command which finds its tables up to date does not need
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        with _as_errors_for_people(), self._engine.connect() as connection:
            connection = connection.execution_options(immediate=True)
            with connection.begin():
                config.attributes["connection"] = connection
                command.upgrade(config, to)
                after = connection.scalar(sa.select(_VERSION.c.version_num))
                # Nobody is at work on tables that were just made; a copy is filled with what the original says here.
                if before not in (None, after):
                    step = ScriptDirectory.from_config(config).get_revision(str(after)).module
                    Meta(connection).put(SURVIVES, getattr(step, "survived_by", str(after)))

    def fit(self) -> bool:
        """May this program work on these tables? They are what it was written for, or steps later that it survives."""
        now, wanted = self.version()
        if now is None or now <= wanted:
            return now == wanted
        with self.read() as tx:
            return (tx.meta.get(SURVIVES) or now) <= wanted

    def version(self) -> tuple[str | None, str]:
        """The schema version of the database, None before the first, and the one this code was written for.

        Versions are numbers of four digits, so that the later one is the greater one.
        """
        newest = max(step.name.partition("_")[0] for step in (MIGRATIONS / "versions").glob("[0-9]*.py"))
        with _as_errors_for_people(), self._engine.connect() as connection:
            if not sa.inspect(connection).has_table(_VERSION.name):
                return None, newest
            return connection.scalar(sa.select(_VERSION.c.version_num)), newest

    def require_own(self) -> None:
        """Raises Misconfigured on tables too new to be copied whole: what is unknown here would be left out."""
        now, wanted = self.version()
        if now != wanted:
            raise Misconfigured(
                f"The catalogue is at version {now}, this program at {wanted} and would not copy all of it; "
                "have it done where the program is upgraded already."
            )

    def copy_to(self, target: Path) -> None:
        """A consistent copy of the running database in one SQLite file that is not there yet.

        Of SQLite, made with its online backup; of PostgreSQL, filled row by row within one snapshot of it.
        """
        if self._engine.dialect.name != "sqlite":
            self._fill(target)
            return
        with _as_errors_for_people(), self._engine.connect() as connection:
            source: sqlite3.Connection = connection.connection.dbapi_connection  # pyright: ignore[reportAssignmentType] — the driver is sqlite3 here
            with sqlite3.connect(target) as copy:
                # Cut off, the copy is made anew: nobody waits until the disk has it.
                copy.execute("PRAGMA synchronous = OFF")
                source.backup(copy)
            copy.close()

    def _fill(self, target: Path) -> None:
        self.require_own()
        with sqlite3.connect(target) as copy:
            # A page is as large as a piece of a backup: what changes in one changes no other.
            copy.executescript(f"PRAGMA page_size = {COPY_PAGE_BYTES}; VACUUM")
        copy.close()
        filled = Tables(f"sqlite:///{target}")
        try:
            filled.migrate()
            with self.read() as tx, filled.write() as there:
                transfer.fill(tx.connection, there.connection, summed=False)
            filled.checkpoint()
        finally:
            filled.close()

    def take_over(self, tx: Transaction) -> Mapping[str, int]:
        """Copy every row of another database, of which `tx` is a view that does not change, into this empty one, and
        compare; how many rows each table has. All or nothing.

        Raises Conflict when there is something here already, Corrupt when anything reads back differently.
        """
        with self.write() as here:
            if not transfer.empty(here.connection):
                raise Conflict("There are rows in that database already; name an empty one.", "other-rows")
            sent = transfer.fill(tx.connection, here.connection)
            different = [name for name, there in transfer.sums(here.connection).items() if there != sent[name]]
            if different or here.ledger.head() != tx.ledger.head() or next(here.ledger.faults(), None):
                raise Corrupt(f"Rows read back differently ({', '.join(different) or 'ledger'}); nothing was moved.")
        return {name: one.rows for name, one in sent.items()}

    def checkpoint(self) -> None:
        """Let nothing of what was deleted linger in the log of an SQLite database; a busy one waits."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as connection:
                # Outside any transaction: inside one it is refused.
                driver: sqlite3.Connection = connection.connection.dbapi_connection  # pyright: ignore[reportAssignmentType] — the driver is sqlite3 here
                driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def alone(self, what: int) -> Generator[Callable[[], bool]]:
        """Be the only process that does this, on whichever machine; yields what tells whether that is (still) so.

        It is an advisory lock on a connection of its own, which the database lets go together with it: so it can be
        lost. An SQLite database is of one machine, where a lock on a file does as much.
        """
        if self._engine.dialect.name == "sqlite":
            yield lambda: True
            return
        with self._apart() as driver:
            driver.autocommit = True
            lock = "SELECT pg_try_advisory_lock(%s)"
            with _as_errors_for_people():
                try:
                    got = bool(driver.execute(lock, (what,)).fetchone()[0])
                except driver.OperationalError as error:
                    raise exc.OperationalError(lock, None, error) from error

            def ours() -> bool:
                try:
                    driver.execute("SELECT 1")
                except driver.OperationalError:
                    return False
                return got

            yield ours

    @contextmanager
    def changes(self) -> Generator[Callable[[], bool]]:
        """Tells, to one thread, whether anything may have been committed since it was last asked, by whomever.

        On SQLite that is a number in memory (PRAGMA data_version), asked on a connection of its own; where it costs
        as much as looking, the answer is always yes.
        """
        if self._engine.dialect.name != "sqlite":
            yield lambda: True
            return
        known = -1
        with self._apart() as driver:

            def changed() -> bool:
                nonlocal known
                with _as_errors_for_people():
                    try:
                        before, known = known, driver.execute("PRAGMA data_version").fetchone()[0]
                    except sqlite3.OperationalError as error:
                        raise exc.OperationalError("PRAGMA data_version", None, error) from error
                return before != known

            yield changed

    @contextmanager
    def _apart(self) -> Generator[Any]:
        """The driver's connection, out of the pool and closed afterwards."""
        with _as_errors_for_people():
            try:
                held = self._engine.raw_connection()
            except self._engine.dialect.loaded_dbapi.OperationalError as error:
                # This way to a connection is the one where the driver's errors come as they are.
                raise exc.OperationalError("CONNECT", None, error) from error
        driver: Any = held.driver_connection
        held.detach()
        try:
            yield driver
        finally:
            held.close()

    def close(self) -> None:
        self._engine.dispose()


def _engine(url: str) -> sa.Engine:
    if url.startswith("sqlite"):
        return sa.create_engine(url, hide_parameters=True)
    named = sa.make_url(url).query
    patience = {name: value for name, value in PATIENCE.items() if name not in named}
    return sa.create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=patience)


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver must not open transactions by itself: begin() below decides which kind it is.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        # FULL: a commit that was answered survives a power cut (INV-28: the source is moved only after it).
        "synchronous = FULL",
        "foreign_keys = ON",
        # What is deleted, wrapped keys above all, is overwritten and does not linger in free pages.
        "secure_delete = ON",
        "trusted_schema = OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    if not connection.get_execution_options().get("immediate", False):
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite itself waits longer after every look, up to a tenth of a second: with three processes that write, each
    # wait came to 20 ms and some to a second, where a commit takes four. So it is asked again and again.
    driver: sqlite3.Connection = connection.connection.driver_connection  # pyright: ignore[reportAssignmentType] — the driver is sqlite3 here
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(TURN_S)
            else:
                return
        # Once more, to say what is wrong in the words of everything else.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


WRITERS_TURN = 0x6D756E69
"""The advisory lock that writers on PostgreSQL queue on; the database it lies in is the archive's own."""

INDEX_WRITER = 0x6D756E6A
"""The advisory lock of whoever writes the index."""

STATEMENT_TIMEOUT_MS = 120_000

PATIENCE: Mapping[str, int] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
"""A machine whose network is cut notices within 20 seconds and goes on when it is back; without these it waits for a
quarter of an hour for an answer to a packet that was lost (libpq's words; the address may say otherwise)."""


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    # A statement that hangs gives its connection back; who waits for their turn waits as long as on SQLite.
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MS}")
        cursor.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("SET idle_in_transaction_session_timeout = 600000")
        # The other end of PATIENCE: what a machine holds whose network is cut, the turn to write above all, is free
        # again before those who wait for it give up.
        for name in ("keepalives_idle", "keepalives_interval", "keepalives_count"):
            cursor.execute(f"SET tcp_{name} = {PATIENCE[name]}")
        cursor.execute(f"SET tcp_user_timeout = {PATIENCE['tcp_user_timeout']}")
    connection.commit()


def _begin_postgresql(connection: sa.Connection) -> None:
    if connection.get_execution_options().get("immediate", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_TURN})")
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


_PREPARED: Mapping[str, tuple[Callable[[Any, Any], None], Callable[[sa.Connection], None]]] = {
    "sqlite": (_prepare_sqlite, _begin_sqlite),
    "postgresql": (_prepare_postgresql, _begin_postgresql),
}
"""What a connection is told when it is made, and when a transaction begins."""


AWAY = ("08", "57P", "25006")
"""How the codes of a server that goes, comes, or may only be read (a standby) begin: PostgreSQL, appendix A."""


def _away(error: BaseException | None) -> bool:
    """Is it the server that is gone, and not what was asked of it? Only PostgreSQL's driver gives codes, and none where
    there was no connection."""
    if not hasattr(error, "sqlstate"):
        return False
    state: str | None = getattr(error, "sqlstate", None)
    return state is None or state.startswith(AWAY)


@contextmanager
def _as_errors_for_people() -> Generator[None]:
    try:
        yield
    except exc.IntegrityError as error:
        raise Conflict(f"The catalogue refuses this change ({error.orig}).") from error
    except (exc.OperationalError, exc.InternalError) as error:
        text = str(error.orig)
        if _away(error.orig):
            # Where the server is tells nobody who reads anything: it is for whoever looks after it.
            log.error("the database server does not answer: %s", str(error.orig).partition("\n")[0])
            raise Misconfigured(
                "The database server does not answer; it is tried again. "
                "Nothing half done remains; see that a server runs at the address of the setting `database`.",
                "catalogue-away",
            ) from error
        if "full" in text:
            raise OutOfSpace("The disk of the catalogue is full; make room and try again. Nothing was lost.") from error
        if "locked" in text:
            raise Conflict("The catalogue is busy; try again in a moment.", "busy") from error
        if "no such table" in text or "no such column" in text:
            raise Misconfigured(
                "The catalogue is of another version; run `muniment init` to bring it up to date."
            ) from error
        raise Misconfigured(
            f"The catalogue cannot be opened ({text}); check the path, its permissions, and whether the disk is full."
        ) from error
    except exc.DatabaseError as error:
        raise Corrupt(f"The catalogue is damaged ({error.orig}); restore it from a backup.") from error
