"""A PostgreSQL server of one's own for as long as a test needs it: no network, no password, in a temporary folder."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

_INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
PID = "postmaster.pid"
HASTY = "-c fsync=off -c shared_buffers=16MB"
"""Small and quick, and nothing would survive a power cut."""


def missing() -> str:
    """Why none can be started here; empty if one can."""
    if shutil.which("initdb", path=_path()) is None:
        return "no PostgreSQL server is installed"
    if os.geteuid() == 0 and (shutil.which("runuser") is None or _owner() is None):
        return "PostgreSQL does not run as root, and there is no user postgres"
    return ""


@contextmanager
def serving(
    port: int = 0, host: str = "127.0.0.1", *, kept: Path | None = None, settings: str = HASTY
) -> Generator[str]:
    """The address of an empty server, up to the name of a database: `{address}&dbname=postgres` exists.

    With a port, it listens there too, on loopback or the host given, for those who name it as host and port. In a
    folder that is kept, the databases of the time before are there again.
    """
    folder = kept or Path(tempfile.mkdtemp(prefix="muniment-postgresql-"))
    folder.mkdir(exist_ok=True)
    if (owner := _owner()) is not None and os.geteuid() == 0:
        os.chown(folder, *owner)
    data = folder / "data"
    if not data.exists():
        who = ("--username", "postgres", "--auth", "trust")
        _run("initdb", "--pgdata", str(data), *who, "--no-sync", "--encoding", "UTF8")
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {host}/24 trust\n")
    listening = f"-c listen_addresses={host} -c port={port}" if port else "-c listen_addresses="
    options = f"{listening} -c unix_socket_directories={folder} {settings}"
    _run("pg_ctl", "--pgdata", str(data), "--wait", "--log", str(folder / "log"), "--options", options, "start")
    try:
        yield f"postgresql+psycopg://postgres@/?host={folder}" + (f"&port={port}" if port else "")
    finally:
        if (data / PID).exists():
            _run("pg_ctl", "--pgdata", str(data), "--wait", "--mode", "fast" if kept else "immediate", "stop")
        if not kept:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def standby(primary: str, port: int, host: str = "127.0.0.1") -> Generator[Callable[[], None]]:
    """A server that follows another one, which from now on answers no commit before this one has it; yields what makes
    it the one that may be written, as whoever watches over them does when the other is gone."""
    folder = Path(tempfile.mkdtemp(prefix="muniment-standby-"))
    if (owner := _owner()) is not None and os.geteuid() == 0:
        os.chown(folder, *owner)
    data, source = str(folder / "data"), sa.make_url(primary).query
    place = ("--host", str(source["host"]), "--port", str(source["port"]), "--username", "postgres")
    _run("pg_basebackup", *place, "--pgdata", data, "--write-recovery-conf", "--checkpoint", "fast", "--no-sync")
    listening = f"-c listen_addresses={host} -c port={port} -c unix_socket_directories={folder}"
    _run("pg_ctl", "-D", data, "--wait", "--log", str(folder / "log"), "--options", f"{listening} {HASTY}", "start")
    try:
        engine = sa.create_engine(primary.replace("@/?", "@/postgres?"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        engine.dispose()
        yield lambda: _run("pg_ctl", "-D", data, "--wait", "promote")
    finally:
        _run("pg_ctl", "-D", data, "--wait", "--mode", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def kill(server: str) -> None:
    """Without a word to anybody, as when its machine loses power."""
    running = Path(str(sa.make_url(server).query["host"])) / "data" / PID
    chief = int(running.read_text().split()[0])
    for process in (chief, *map(int, Path(f"/proc/{chief}/task/{chief}/children").read_text().split())):
        os.kill(process, signal.SIGKILL)
    running.unlink()


def over_network(server: str, host: str) -> str:
    """The address of a server that was given a port, as host and port."""
    return f"postgresql+psycopg://postgres@{host}:{server.rpartition('=')[2]}"


def database(server: str, name: str) -> str:
    """Make an empty database; its address."""
    engine = sa.create_engine(server.replace("@/?", "@/postgres?"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
    engine.dispose()
    return server.replace("@/?", f"@/{name}?")


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program, path=_path())
    assert found is not None
    command: Sequence[str] = [found, *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _path() -> str:
    return os.pathsep.join([*map(str, reversed(_INSTALLED)), os.environ.get("PATH", "")])


def _owner() -> tuple[int, int] | None:
    import pwd

    try:
        entry = pwd.getpwnam("postgres")
    except KeyError:
        return None
    return entry.pw_uid, entry.pw_gid
