"""The whole service as people run it: one command, real processes, real kills."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from access.actors import OPERATOR
from archive import people, settings_file, tokens
from archive.app import open_archive
from archive.people import NewPerson
from indexer import engines
from tests.builders import PASSWORD
from tests.samples import make

PATIENCE_S = 60


class Service:
    """`muniment serve` on a home, and what it has said."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.lines: list[str] = []
        self._answered = threading.Event()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "archive.cli", "serve", "--home", str(home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "MUNIMENT_PORT": "0", "MUNIMENT_RESCAN_S": "0.5", "MUNIMENT_READERS": "1"},
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.ready()

    def ready(self) -> str:
        """The address of the last ready line."""
        assert self._answered.wait(PATIENCE_S), "the service did not say that it is ready"
        found = re.match(r"ready (http://\S+)", self.lines[-1])
        assert found, self.lines
        return found[1]

    def kill(self, role: str) -> None:
        """SIGKILL to the process of one role, and wait for its successor."""
        before = self.pid(role)
        if role == "web":
            self._answered.clear()
        os.kill(before, signal.SIGKILL)
        until(lambda: self.pid(role) not in (0, before), f"{role} is started again")
        self.ready()

    def pid(self, role: str) -> int:
        """The process number of a role, 0 while it is not running."""
        for folder in Path("/proc").iterdir():
            try:
                arguments = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if os.fsencode(self.home) in arguments and role.encode() in arguments and b"serve" not in arguments:
                return int(folder.name)
        return 0

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(PATIENCE_S)

    def clear_up(self) -> None:
        self.process.kill()
        self.process.wait()
        self._listener.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("ready "):
                self._answered.set()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for something that other processes do; fail when patience ends."""
    ends = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends, f"waited in vain until {what}"
        time.sleep(0.02)


@pytest.fixture
def service(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    archive = open_archive(home)
    # The engine stands in the settings, as people write it: what the environment says could not be changed there.
    settings_file.put(archive.settings, "engine", archive.settings.engine)
    monkeypatch.delenv("MUNIMENT_ENGINE", raising=False)
    controller = NewPerson("controller", "档案员", frozenset({"document_controller"}), 2)
    people.add(archive, OPERATOR, controller, PASSWORD)
    archive.close()
    service = Service(home)
    yield service
    service.clear_up()


def found(service: Service, token: str, words: str) -> int:
    query = urllib.parse.urlencode({"q": words})
    request = urllib.request.Request(
        f"{service.ready()}/api/v1/search?{query}", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["total"]
    except (urllib.error.URLError, ConnectionError):
        return 0


def test_dropped_files_are_found_whatever_is_killed(service: Service) -> None:
    archive = open_archive(service.home)
    token = tokens.create_token(archive, OPERATOR, "controller")
    inbox = archive.settings.inboxes[0].path
    files = {
        "合同.docx": (make.docx("玉兰公馆电梯维保合同"), "玉兰公馆电梯维保"),
        "报告.pdf": (make.pdf("紫藤长廊消防检查报告"), "紫藤长廊消防"),
        "台账.xlsx": (make.xlsx({"钥匙": [["房号", "钥匙"], ["A座1203", "海棠门铜钥匙"]]}), "海棠门铜钥匙"),
        "通知.txt": ("关于丁香苑停水的通知".encode("gb18030"), "丁香苑停水"),
    }

    for role, (name, (content, phrase)) in zip(("", "watch", "worker", "web"), files.items(), strict=True):
        (inbox / name).write_bytes(content)
        if role:
            service.kill(role)
        until(
            lambda phrase=phrase: found(service, token, phrase) == 1,
            f"{name} is found after killing {role or 'nothing'}",
        )

    assert service.stop() == 0
    with archive.read() as tx:
        assert tx.records.by_lifecycle() == {"captured": 4}
        assert [event.action for event in tx.ledger.lines()].count("record.captured") == 4
        assert list(tx.ledger.faults()) == []
    assert sorted(path.name for path in inbox.iterdir()) == ["done", "quarantine"]
    archive.close()


def test_another_engine_is_taken_up_while_everybody_goes_on_searching(service: Service) -> None:
    archive = open_archive(service.home)
    token = tokens.create_token(archive, OPERATOR, "controller")
    before = archive.settings.engine
    wanted = "whoosh" if before == "tantivy" else "tantivy"
    (archive.settings.inboxes[0].path / "通知.txt").write_text("关于丁香苑停水的通知", "utf-8")
    until(lambda: found(service, token, "丁香苑停水") == 1, "the notice is found")

    settings = service.home / "muniment.toml"
    settings.write_text(
        f'engine = "{wanted}"\n' + re.sub(r"(?m)^engine = .*\n", "", settings.read_text("utf-8")), "utf-8"
    )
    rebuild = [sys.executable, "-m", "archive.cli", "index", "rebuild", "--home", str(service.home)]
    assert subprocess.run(rebuild, check=False, capture_output=True).returncode == 0
    answers: set[int] = set()

    def taken_up() -> bool:
        answers.add(found(service, token, "丁香苑停水"))
        with archive.read() as tx:
            return str(tx.meta.get("index")).startswith(f"{wanted}-")

    until(taken_up, f"{before} has given way to {wanted}")
    answers.add(found(service, token, "丁香苑停水"))

    assert answers == {1}
    archive.close()


def test_a_lost_index_comes_back_by_itself(service: Service) -> None:
    """Nothing comes in and nobody asks for it."""
    archive = open_archive(service.home)
    token = tokens.create_token(archive, OPERATOR, "controller")
    (archive.settings.inboxes[0].path / "通知.txt").write_text("关于丁香苑停水的通知", "utf-8")
    until(lambda: found(service, token, "丁香苑停水") == 1, "the notice is found")
    with archive.read() as tx:
        lost = str(tx.meta.get("index"))
    engine, _, _ = lost.rpartition("-")

    if engine in engines.embedded():
        shutil.rmtree(archive.settings.index)
    else:
        # By the other program of the server: the note in the folder stays.
        kept = shutil.copytree(archive.settings.index / lost, service.home / "kept")
        archive.remove_index(lost)
        shutil.copytree(kept, archive.settings.index / lost)

    until(lambda: found(service, token, "丁香苑停水") == 1, "the notice is found again")
    with archive.read() as tx:
        assert tx.meta.get("index") != lost
    archive.close()


def test_when_the_supervisor_is_killed_nothing_is_left_running(service: Service) -> None:
    pids = [service.pid(role) for role in ("web", "worker", "watch")]
    assert all(pids)

    service.process.kill()

    until(lambda: not any(service.pid(role) for role in ("web", "worker", "watch")), "every process has ended")


def test_the_ready_line_says_where_the_inbox_is(service: Service) -> None:
    assert f"inbox={service.home / 'inbox'}" in service.lines[-1]


def test_a_change_of_the_settings_starts_worker_and_watcher_again_and_nothing_else(service: Service) -> None:
    archive = open_archive(service.home)
    token = tokens.create_token(archive, OPERATOR, "controller")
    until(lambda: all(service.pid(role) for role in ("web", "worker", "watch")), "all three run")
    before = {role: service.pid(role) for role in ("web", "worker", "watch")}
    second = service.home / "second"
    second.mkdir()

    settings_file.add(archive.settings, "inbox", {"path": "second", "level": 1})

    for role in ("worker", "watch"):
        until(lambda role=role: service.pid(role) not in (0, before[role]), f"{role} is started again")
    assert service.pid("web") == before["web"]
    (second / "通知.txt").write_bytes("关于木槿苑停电的通知".encode())
    until(lambda: found(service, token, "木槿苑停电") == 1, "a file in the new inbox is found")
    assert service.stop() == 0
    archive.close()
