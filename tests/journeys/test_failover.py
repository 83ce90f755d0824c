"""The database fails over while files come in and papers are borrowed: nothing is lost, doubled or lent twice, and
every process goes on as it is. Where one server alone is named, its successor is named and the roles start again."""

import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from access.actors import OPERATOR
from archive import founding, tokens
from archive.app import open_archive
from tests import postgresql
from tests.builders import a_record, an_office
from tests.conftest import SITES
from tests.journeys import machines
from tests.journeys.test_processes import Service, found, until

pytestmark = pytest.mark.skipif(bool(postgresql.missing()), reason=postgresql.missing() or "there")

FILES, PAPERS = 24, 6
LASTS_S = 8.0
"""For so long files arrive and papers are asked for; the database is lost in the middle of it."""


@dataclass(frozen=True)
class Pair:
    """Two servers, one following the other."""

    ports: tuple[int, int]
    primary: str
    promote: Callable[[], None]

    def address(self, *ports: int, more: str = "") -> str:
        hosts = "&".join(f"host=127.0.0.1:{port}" for port in ports)
        return f"postgresql+psycopg://postgres@/muniment?{hosts}{more}"


@pytest.fixture
def pair() -> Iterator[Pair]:
    with ExitStack() as servers, socket.socket() as one, socket.socket() as two:
        for free in (one, two):
            free.bind(("127.0.0.1", 0))
        ports = one.getsockname()[1], two.getsockname()[1]
        one.close()
        two.close()
        primary = servers.enter_context(postgresql.serving(ports[0]))
        postgresql.database(primary, "muniment")
        yield Pair(ports, primary, servers.enter_context(postgresql.standby(primary, ports[1])))


def settings(home: Path, database: str) -> None:
    (home / "muniment.toml").write_text(f'database = "{database}"\n\n[[inbox]]\npath = "inbox"\n', "utf-8")


def test_a_failover_loses_and_doubles_nothing_and_nobody_starts_anything_again(pair: Pair, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    settings(home, pair.address(*pair.ports, more="&target_session_attrs=read-write"))
    founding.found(home, sites=SITES)
    archive = open_archive(home)
    an_office(archive)
    shelf = [a_record(archive, f"纸质 {n}", title=f"纸质第{n}份", shelf_location="A-01") for n in range(PAPERS)]
    borrowers = [tokens.create_token(archive, OPERATOR, login) for login in ("borrower", "colleague")]
    contents = {f"文件-{n}.txt": f"第{n}号文件 {secrets.token_hex(8)}".encode() for n in range(FILES)}
    service = Service(home)
    try:
        until(lambda: all(map(service.pid, ROLES)), "all of them run")
        running = {role: service.pid(role) for role in ROLES}
        pause_s = LASTS_S / PAPERS
        at_work = [threading.Thread(target=drop, args=(archive.settings.inboxes[0].path, contents))]
        at_work += (
            threading.Thread(target=machines.borrow, args=(service.ready, token, shelf, pause_s)) for token in borrowers
        )
        for thread in at_work:
            thread.start()
        time.sleep(LASTS_S / 2)

        postgresql.kill(pair.primary)
        pair.promote()

        for thread in at_work:
            thread.join()
        until(lambda: machines.settled(archive, FILES + PAPERS), "everything is taken in, read and indexed")
        assert {role: service.pid(role) for role in ROLES} == running, "nothing was started again"
        assert service.stop() == 0
        machines.check(archive, contents, shelf)
    finally:
        service.clear_up()
        archive.close()

    settings(home, pair.address(pair.ports[1]))
    moved = Service(home)
    try:
        (home / "inbox" / "通知.txt").write_text("关于丁香苑停水的通知", "utf-8")
        until(lambda: found(moved, borrowers[0], "第3号文件") == 1, "what was there before is found")
        with closing(open_archive(home)) as again:
            until(lambda: machines.settled(again, FILES + PAPERS + 1), "a file is taken in at the new address")
        assert moved.stop() == 0
    finally:
        moved.clear_up()


ROLES = ("web", "worker", "watch")


def drop(inbox: Path, contents: dict[str, bytes]) -> None:
    for name, content in contents.items():
        (inbox / name).write_bytes(content)
        time.sleep(LASTS_S / len(contents))
