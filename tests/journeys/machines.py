"""Two web servers, four workers and a watcher share a database, a store and a search server. Files come in and papers
are borrowed through both doors at once, while one process after the other is killed and every connection to the
database cut; where each has a network of its own, its cable is pulled too, once for longer than anybody is patient.
What is there at the end must be what would be there without any of that.

`make test-cluster` runs one round, `python -m tests.cluster tests/journeys/test_many_machines.py` too; the soak more.
"""

import hashlib
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path

from access.actors import OPERATOR
from archive import checking, tokens
from archive.app import Archive, open_archive
from tests import network
from tests.builders import a_record, an_office

PATIENCE_S = 180
ROLES: Mapping[str, tuple[int, str]] = {
    "web 1": (0, "web"),
    "web 2": (1, "web"),
    "worker 1": (0, "worker"),
    "worker 2": (1, "worker"),
    "worker 3": (0, "worker"),
    "worker 4": (1, "worker"),
    "watch": (0, "watch"),
}
"""Who runs → of which of two homes, with which command."""
A_ROUND_S = 60.0
"""About how long a round takes: for so long files arrive and papers are asked for."""
PULLED_S, PULLED_LONG_S = 2.0, 25.0
"""How long a cable is out: TCP comes over it; every connection is given up."""


class Machines:
    """The processes, each on a machine of its own where that can be; whoever is killed is started again, as an init
    system does."""

    def __init__(self, homes: tuple[Path, Path]) -> None:
        self._homes = homes
        self.cables = {role: network.Cable(number) for number, role in enumerate(ROLES)}
        self._running: dict[str, subprocess.Popen[str]] = {}
        self.addresses: dict[str, str] = {}
        for role in ROLES:
            self.start(role)

    def start(self, role: str) -> None:
        machine, command = ROLES[role]
        here = {"MUNIMENT_HOST": self.cables[role].address, "MUNIMENT_PORT": "0"}
        with (self._homes[0].parent / f"{role}.log").open("a") as said:
            process = self._running[role] = subprocess.Popen(
                self.cables[role].command(
                    sys.executable, "-m", "archive.cli", command, "--home", str(self._homes[machine])
                ),
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env={**os.environ, **here, "MUNIMENT_RESCAN_S": "0.5", "MUNIMENT_READERS": "1"},
            )
        if command == "web":
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("ready "):
                    self.addresses[role] = line.split()[1]
                    return
            raise AssertionError(f"{role} ended with status {process.wait()}")

    def kill(self, role: str) -> None:
        self._running[role].kill()
        self._ended(role)

    def stop(self) -> dict[str, int]:
        """End all of them as an init system does; their exit statuses."""
        for process in self._running.values():
            process.terminate()
        return {role: self._ended(role) for role in ROLES}

    def clear_up(self) -> None:
        for role in ROLES:
            self.kill(role)
            self.cables[role].remove()

    def _ended(self, role: str) -> int:
        """Waits for its end, and sends nothing: a second signal would meet a process that is taking itself down."""
        process = self._running[role]
        status = process.wait(PATIENCE_S)
        if process.stdout is not None:
            process.stdout.close()
        return status


def run(home: Path, *, files: int, papers: int, rounds: int, seed: int) -> Counter[str]:
    """Kill everything so many times, in some order; check that nothing is lost, doubled or lent twice. Returns what
    was counted."""
    chance = random.Random(seed)
    second = home.with_name(f"{home.name}-machine-2")
    shutil.copytree(home, second, ignore=shutil.ignore_patterns("index", "work", "inbox"))
    with closing(open_archive(home)) as archive:
        return _run(archive, (home, second), chance, files, papers, rounds)


def _run(
    archive: Archive, homes: tuple[Path, Path], chance: random.Random, files: int, papers: int, rounds: int
) -> Counter[str]:
    an_office(archive)
    shelf = [a_record(archive, f"纸质 {n}", title=f"纸质第{n}份", shelf_location="A-01") for n in range(papers)]
    borrowers = {login: tokens.create_token(archive, OPERATOR, login) for login in ("borrower", "colleague")}
    contents = {f"文件-{n}.txt": f"第{n}号文件 {secrets.token_hex(8)}".encode() for n in range(files)}
    machines = Machines(homes)
    try:
        arriving = threading.Thread(target=_drop, args=(archive.settings.inboxes[0].path, contents, rounds))
        lending = [
            threading.Thread(
                target=borrow,
                args=(partial(machines.addresses.__getitem__, web), token, shelf, A_ROUND_S * rounds / len(shelf)),
            )
            for web, token in zip(("web 1", "web 2"), borrowers.values(), strict=True)
        ]
        for thread in (arriving, *lending):
            thread.start()
        cut_off = 0
        for _ in range(rounds):
            for victim in chance.sample([*ROLES, "database"], len(ROLES) + 1):
                time.sleep(chance.uniform(0.1, 1.5))
                if victim == "database":
                    _cut_off(archive)
                else:
                    machines.kill(victim)
                    machines.start(victim)
            cut_off += _pull_cables(machines, chance)
        for thread in (arriving, *lending):
            thread.join()
        _until(lambda: settled(archive, files + papers), "everything is taken in, read and indexed")
        ended = machines.stop()
        assert set(ended.values()) == {0}, f"a process did not end well: {ended}"
    finally:
        machines.clear_up()
    return check(archive, contents, shelf) + Counter(kills=rounds * len(ROLES), cut_off=cut_off)


def _pull_cables(machines: Machines, chance: random.Random) -> int:
    """Each out for a moment, one after the other, and that of one worker so long that its connections are lost."""
    pulled, long = 0, chance.choice([role for role, (_, command) in ROLES.items() if command == "worker"])
    for role in chance.sample([*ROLES], len(ROLES)):
        if machines.cables[role].pull():
            time.sleep(PULLED_LONG_S if role == long else PULLED_S)
            machines.cables[role].plug_in()
            pulled += 1
    return pulled


def _drop(inbox: Path, contents: Mapping[str, bytes], rounds: int) -> None:
    for name, content in contents.items():
        (inbox / name).write_bytes(content)
        time.sleep(A_ROUND_S * rounds / len(contents))


def borrow(address: Callable[[], str], token: str, shelf: list[str], pause_s: float) -> None:
    """Ask for every paper until there is an answer: yes, or that somebody has it."""
    for record in shelf:
        time.sleep(pause_s)
        wish = {"items": [{"record": record, "form": "paper"}], "purpose": "查证", "days": 3}
        ends = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends:
            asked = urllib.request.Request(
                f"{address()}/api/v1/loans",
                json.dumps(wish).encode(),
                {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            try:
                urllib.request.urlopen(asked, timeout=30).close()
                break
            except urllib.error.HTTPError as error:
                if error.code == 409:
                    break
                time.sleep(0.1)
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)  # it was killed; its successor answers elsewhere
        else:
            raise AssertionError("no answer to a wish for a loan")


def _cut_off(archive: Archive) -> None:
    """Every connection to the database ends at once, as in a fail-over, but the one that says so."""
    with archive.write() as tx:
        tx.connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def settled(archive: Archive, files: int) -> bool:
    """Is everything taken in, read and indexed?"""
    with archive.read() as tx:
        captured = tx.intake.counts().get("captured", 0)
        working = sum(n for (kind, state), n in tx.jobs.counts().items() if kind == "read" and state != "dead")
        return captured == files and not working and tx.index_queue.backlog()[0] == 0


def check(archive: Archive, contents: Mapping[str, bytes], shelf: list[str]) -> Counter[str]:
    """Every file that was dropped is kept once, every paper lent once, the chain unbroken; what was counted."""
    inbox = archive.settings.inboxes[0]
    assert {path.name: path.read_bytes() for path in inbox.done.iterdir()} == contents, "a source was lost or changed"
    with archive.read() as tx:
        kept = Counter(component.digest for component in tx.records.every_component())
        dropped = {hashlib.sha256(content).hexdigest() for content in contents.values()}
        assert {digest: kept[digest] for digest in dropped} == dict.fromkeys(dropped, 1), "a file was lost or doubled"
        assert kept.total() == len(contents) + len(shelf)
        lent = [tx.loans.holding(record) for record in shelf]
        assert all(lent), "a paper nobody got"
        asked = [event.subject_id for event in tx.ledger.sought(action="loan.requested", limit=10_000)]
        assert len(asked) == len(set(asked)) == len(shelf), "a paper was lent twice"
        assert list(tx.ledger.faults()) == [], "the chain is broken"
        kept = [kind for kind, state in tx.jobs.counts() if state == "running"]
        assert kept == [], f"not given back: {kept}"
        lines = tx.ledger.head()[0]
    findings = [one for one in checking.verify(archive, OPERATOR).findings if one.serious]
    assert findings == []
    return Counter(files=len(contents), papers=len(shelf), ledger=lines)


def _until(holds: Callable[[], bool], what: str) -> None:
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, f"waited in vain until {what}"
        time.sleep(0.2)
