"""The process is killed before and after every outside step of the document journey; nothing is lost or doubled.

The journey runs in a forked process in which every step that leaves the process (a rename, a link, an unlink,
a commit, a change of the index) is counted; just before the chosen one the process kills itself with SIGKILL.
What is there after a step is what is there before the next, so this is every state a kill can leave. Then the
archive is opened again and left to itself.
"""

import os
import shutil
import signal
import sqlite3
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from access.actors import OPERATOR
from archive import search
from archive.app import open_archive
from archive.search import Question
from indexer.engines import whoosh
from indexer.reading import Reader
from tests.builders import drop, settle, take_in_everything

PHRASE = "凌霄花圃保洁合同"
GOOD, BAD = "合同.txt", "坏文件.pdf"


def outside_steps(counter: Callable[[str], None]) -> None:
    """Let `counter` know of each outside step of this process, just before it is taken."""

    def around(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            counter(name)
            return step(*args, **kwargs)

        return wrapped

    for name in ("rename", "link", "unlink", "replace"):
        setattr(os, name, around(f"os.{name}", getattr(os, name)))
    Path.unlink = around("Path.unlink", Path.unlink)  # type: ignore[method-assign]
    dialect = sa.dialects.sqlite.pysqlite.SQLiteDialect_pysqlite
    dialect.do_commit = around("commit", dialect.do_commit)  # type: ignore[method-assign]
    for name in ("put", "drop"):
        setattr(whoosh.WhooshEngine, name, around(f"index.{name}", getattr(whoosh.WhooshEngine, name)))


def journey(home: Path, counter: Callable[[str], None], reader: Reader) -> None:
    outside_steps(counter)
    archive = open_archive(home)
    take_in_everything(archive)
    settle(archive, reader)
    archive.close()


def run_and_die(home: Path, at: int, reader: Reader) -> tuple[int, list[str]]:
    """Run the journey in a fork that kills itself at its step number `at`; its exit status and its steps."""
    log = home.parent / "steps"
    child = os.fork()
    if child == 0:
        status = 1
        try:
            seen = 0
            with log.open("w") as steps:

                def counter(name: str) -> None:
                    nonlocal seen
                    seen += 1
                    steps.write(f"{name}\n")
                    if seen == at:
                        steps.flush()
                        os.kill(os.getpid(), signal.SIGKILL)

                # The sandbox of the parent is not shared: a request cut in two would confuse it.
                with Reader() as own:
                    journey(home, counter, own)
            status = 0
        except BaseException:  # noqa: BLE001 — a fork must never return into the test runner
            traceback.print_exc()
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    return status, log.read_text().splitlines() if log.exists() else []


@pytest.fixture
def fresh(founded: Path, tmp_path: Path) -> Callable[[], Path]:
    """Homes with an index in use, and two files in the inbox: one that can be read and one that cannot."""
    number = 0

    def make() -> Path:
        nonlocal number
        number += 1
        home = shutil.copytree(founded, tmp_path / str(number) / "home")
        archive = open_archive(home)
        drop(archive, GOOD, f"第一条 {PHRASE}由双方签订")
        drop(archive, BAD, b"%PDF-1.7\nthis is no PDF at all")
        archive.close()
        return home

    return make


def check(home: Path, reader: Reader, step: str) -> None:
    """After a restart everything is as if nothing had happened."""
    archive = open_archive(home)
    try:
        take_in_everything(archive)
        settle(archive, reader)
        inbox = archive.settings.inboxes[0]
        left = sorted(path.name for path in inbox.path.iterdir())
        assert left == ["done", "quarantine"], step
        assert [path.name for path in inbox.done.iterdir()] == [GOOD], step
        assert sorted(path.name for path in inbox.quarantine.iterdir()) == [BAD, f"{BAD}.reason.txt"], step
        with archive.read() as tx:
            assert tx.records.by_lifecycle() == {"captured": 1, "quarantined": 1}, step
            captured = [event for event in tx.ledger.lines() if event.action == "record.captured"]
            assert len(captured) == 2, step
            assert tx.intake.counts() == {"captured": 1, "duplicate": 0, "quarantined": 1, "waiting": 0}, step
            # Pictures are drawn ahead when nothing more urgent waits; everything else is done.
            assert set(tx.jobs.counts()) <= {("draw", "waiting")}, step
        with archive.read() as tx:
            assert list(tx.ledger.every()), step
            assert list(tx.ledger.faults()) == [], step
        answer = search.find(archive, OPERATOR, Question(PHRASE))
        assert answer.total == len(answer.hits) == 1, step
        with archive.read() as tx:
            for row in tx.objects.every():
                if row.kept:
                    assert archive.objects.intact(row) == "", step
    finally:
        archive.close()
    with sqlite3.connect(home / "catalogue.db") as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()


def test_the_journey_survives_a_kill_at_every_outside_step(fresh: Callable[[], Path], reader: Reader) -> None:
    status, steps = run_and_die(fresh(), 0, reader)
    assert status == 0
    assert {"commit", "os.link", "os.rename", "os.unlink", "index.put"} <= set(steps)

    for at in range(1, len(steps) + 1):
        home = fresh()
        status, _ = run_and_die(home, at, reader)
        assert os.WIFSIGNALED(status), at
        check(home, reader, f"killed before {steps[at - 1]} ({at}/{len(steps)})")
        shutil.rmtree(home.parent)
