"""Homes for tests: founded, and copied with all that belongs to them, on whichever database the tests run.

`MUNIMENT_TEST_POSTGRESQL` names a PostgreSQL server (as postgresql+psycopg://user@host:port, without a database) on
which the very same tests run; unset, every home has its SQLite file. With it, `MUNIMENT_TEST_S3` may say where objects
are kept instead of in the home: `endpoint/bucket file-of-credentials folder-behind-the-bucket`. `make test-cluster`
sets both, and the engine.
"""

import os
import secrets
import shutil
import tomllib
from pathlib import Path

import sqlalchemy as sa

from archive import config, founding
from archive.app import Archive, Clock
from archive.model import Site
from indexer import engines

SERVER = os.environ.get("MUNIMENT_TEST_POSTGRESQL", "")
BUCKET, CREDENTIALS, BEHIND = (os.environ.get("MUNIMENT_TEST_S3") or "  ").split(" ")


def found(home: Path, *, company: str, sites: tuple[Site, ...], now: Clock) -> Path:
    """Found an archive at `home`, on a database of its own."""
    if SERVER:
        home.mkdir(parents=True)
        name = new_database()
        (home / config.FILE_NAME).write_text(_settings(name, company), "utf-8")
    founding.found(home, company=company, sites=sites, now=now)
    return home


def copy(home: Path, target: Path) -> Path:
    """The same archive once more, at another place; nobody may have it open."""
    shutil.copytree(home, target)
    if SERVER:
        file = target / config.FILE_NAME
        text = file.read_text("utf-8")
        before = tomllib.loads(text)["database"].rpartition("/")[2]
        _let_go(before)
        name = new_database(before)
        file.write_text(text.replace(before, name), "utf-8")
        if BUCKET and (objects := Path(BEHIND) / before).exists():
            shutil.copytree(objects, Path(BEHIND) / name)
    if os.environ.get("MUNIMENT_ENGINE") == "opensearch":
        _index(target)
    return target


def sealed(archive: Archive, address: str) -> Path:
    """Where the sealed bytes of an object lie: in the home, or in the folder behind the bucket."""
    place = Path(BEHIND) / archive.settings.store.rpartition("/")[2] if BUCKET else archive.settings.objects
    (found,) = place.rglob(address)
    return found


def _let_go(database: str) -> None:
    """What has it open only because nobody closed it, as a fork that died, keeps it from being copied."""
    _run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")


def _index(home: Path) -> None:
    """The server knows nothing of the copy: it gets an empty index of its own."""
    for folder in (home / "index").glob("opensearch-*"):
        shutil.rmtree(folder)
        engines.open_engine("opensearch", folder, writable=True).close()


def drop_databases() -> None:
    """Remove what this process made."""
    for name in _MADE:
        _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _MADE.clear()


_MADE: list[str] = []


def _settings(database: str, company: str) -> str:
    store = f'store = "s3:http://{BUCKET}/{database}"\nstore_credentials = "{CREDENTIALS}"\n' if BUCKET else ""
    return store + f'database = "{address(database)}"\ncompany = "{company}"\n\n[[inbox]]\npath = "inbox"\n'


def address(database: str) -> str:
    """Where a database that was made here is."""
    return f"{SERVER}/{database}"


def new_database(template: str = "template0") -> str:
    """Make a database, empty or a copy of another; its name. It is removed when the tests have ended."""
    name = f"muniment_{secrets.token_hex(6)}"
    _run(f"CREATE DATABASE {name} TEMPLATE {template}")
    _MADE.append(name)
    return name


def _run(statement: str) -> None:
    engine = sa.create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
