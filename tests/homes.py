"""Homes for tests: founded, and copied with all that belongs to them, on whichever database the tests run.

`MUNIMENT_TEST_POSTGRESQL` names a PostgreSQL server (as postgresql+psycopg://user@host:port, without a database) on
which the very same tests run; unset, every home has its SQLite file.
"""

import os
import secrets
import shutil
import tomllib
from pathlib import Path

import sqlalchemy as sa

from archive import config, founding
from archive.app import Clock
from archive.model import Site

SERVER = os.environ.get("MUNIMENT_TEST_POSTGRESQL", "")


def found(home: Path, *, company: str, sites: tuple[Site, ...], now: Clock) -> Path:
    """Found an archive at `home`, on a database of its own."""
    if SERVER:
        home.mkdir(parents=True)
        name = _new_database()
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
        file.write_text(text.replace(before, _new_database(before)), "utf-8")
    return target


def drop_databases() -> None:
    """Remove what this process made."""
    for name in _MADE:
        _run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    _MADE.clear()


_MADE: list[str] = []


def _settings(database: str, company: str) -> str:
    return f'database = "{SERVER}/{database}"\ncompany = "{company}"\n\n[[inbox]]\npath = "inbox"\n'


def _new_database(template: str = "template0") -> str:
    name = f"muniment_{secrets.token_hex(6)}"
    _run(f"CREATE DATABASE {name} TEMPLATE {template}")
    _MADE.append(name)
    return name


def _run(statement: str) -> None:
    engine = sa.create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
