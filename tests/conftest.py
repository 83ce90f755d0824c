"""What most tests begin with: a real archive at a folder of its own, founded once and copied."""

import os
import shutil
import tempfile
from collections import UserDict
from collections.abc import Hashable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from hypothesis import settings
from sqlalchemy import event

from access import credentials
from archive.app import Archive, open_archive
from archive.model import Site
from indexer.reading import Reader
from tests import homes

# No test asserts a time: on a busy machine the first example alone may take seconds.
settings.register_profile("muniment", deadline=None)
settings.load_profile("muniment")

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
SITES = (Site("JF01", "JF大厦", "JF Tower", "JF01"), Site("YL02", "云麓花园", "Yunlu Gardens", "YL02"))

# Argon2id as everywhere, at the least work it allows: at the product's own the suite spends half its time on the
# passwords of people it invents. Whoever checks a hash takes the work from the hash, so servers of tests are quick too.
credentials._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
credentials.DUMMY_HASH = credentials._of_no_password()


# Everything is on a disk of memory where there is one with room: a third of the suite was waiting for a disk to sync.
# What a kill leaves behind is the same there, and nothing here pulls the plug.
MEMORY, ROOM_B = Path("/dev/shm"), 6 << 30


def _has_room(folder: Path) -> bool:
    """And can it say something beside a file? S3 servers keep there what they know of an object."""
    if not folder.is_dir() or shutil.disk_usage(folder).free < ROOM_B:
        return False
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        try:
            os.setxattr(file.fileno(), "user.muniment", b"1")
        except OSError:
            return False
    return True


if _has_room(MEMORY):
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


class Compiled(UserDict[tuple[Hashable, ...], sa.Compiled]):
    """Statements that were compiled once serve every archive of the run: each has an engine of its own, which would
    compile all of them anew, and that alone was a quarter of the suite."""

    def __getitem__(self, key: tuple[Hashable, ...]) -> sa.Compiled:
        return self.data[_of_any_engine(key)]

    def __setitem__(self, key: tuple[Hashable, ...], compiled: sa.Compiled) -> None:
        self.data[_of_any_engine(key)] = compiled


def _of_any_engine(key: tuple[Hashable, ...]) -> tuple[Hashable, ...]:
    """The key with the name of its dialect in place of that of one engine: all of a name are set up alike."""
    dialect, *statement = key
    return (cast(sa.Dialect, dialect).name, *statement)


COMPILED = Compiled()


def _compiled_once(connection: sa.Connection) -> None:
    connection.execution_options(compiled_cache=COMPILED)


event.listen(sa.Engine, "engine_connect", _compiled_once)


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as `muniment init` leaves it. Not to be changed: copy it."""
    return homes.found(tmp_path_factory.mktemp("founded") / "home", company="试用物业", sites=SITES, now=Clock())


@pytest.fixture
def home(founded: Path, tmp_path: Path) -> Path:
    return homes.copy(founded, tmp_path / "home")


@pytest.fixture(scope="session", autouse=True)
def _databases() -> Iterator[None]:
    """What tests made on a database server is removed when they have ended."""
    yield
    homes.drop_databases()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive(home: Path, clock: Clock) -> Iterator[Archive]:
    """An open archive with a clock that stands still."""
    archive = open_archive(home, now=clock)
    yield archive
    archive.close()


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    """One sandbox for all tests of this process; it is thread-safe and keeps nothing between files."""
    with Reader() as reader:
        yield reader
