"""A bulk intake is killed again and again, each time just before some step that leaves the process; then it is left
to itself. What is there at the end must be what would be there without any kill.

The suite runs a few of these kills, `make soak` a thousand.
"""

import hashlib
import os
import random
import signal
from collections import Counter
from pathlib import Path

from access.actors import OPERATOR
from archive import checking, reconciling
from archive.app import open_archive
from tests.builders import drop, take_in_everything
from tests.journeys.test_power_cuts import outside_steps

STEPS_MAX = 60
"""A file takes about ten steps: a kill comes within the first few files of a run."""


def run(home: Path, *, kills: int, seed: int) -> Counter[str]:
    """Drop files, some of them twice, while the intake is killed so many times; check that nothing is lost or
    doubled. Returns what was counted."""
    chance = random.Random(seed)
    content: dict[str, bytes] = {}
    died = 0
    for number in range(kills):
        for n in range(3):
            name = f"{chance.choice(('合同', '通知', '扫描😀'))}-{number}-{n}.txt"
            # One in eight comes a second time.
            again = content and chance.random() < 0.125
            content[name] = chance.choice(list(content.values())) if again else f"内容 {number}-{n} {seed}".encode()
        archive = open_archive(home)
        for name in list(content)[-3:]:
            drop(archive, name, content[name])
        archive.close()
        died += _run_and_die(home, chance.randint(1, STEPS_MAX))
    archive = open_archive(home)
    try:
        take_in_everything(archive)
        inbox = archive.settings.inboxes[0]
        left = [path.name for path in inbox.path.iterdir() if path not in (inbox.done, inbox.quarantine)]
        assert left == [], "something never left the inbox"
        assert {path.name: path.read_bytes() for path in inbox.done.iterdir()} == content, (
            "a source was lost or changed"
        )
        with archive.read() as tx:
            kept = Counter(component.digest for component in tx.records.every_component())
            counts = dict(tx.intake.counts())
        wanted = {hashlib.sha256(one).hexdigest() for one in content.values()}
        assert kept == Counter(wanted), "a file was lost or doubled"
        assert counts["captured"] == len(wanted)
        assert counts["captured"] + counts["duplicate"] == len(content)
        assert counts["waiting"] == counts["quarantined"] == 0
        assert reconciling.books(archive, OPERATOR).balanced
        found = checking.verify(archive, OPERATOR)
        serious = [one for one in found.findings if one.serious and not one.kind.startswith("index-")]
        assert serious == []
    finally:
        archive.close()
    return Counter(kills=kills, died=died, files=len(content), distinct=len(wanted))


def _run_and_die(home: Path, at: int) -> bool:
    """Take in what lies there, in a fork that kills itself before its step number `at`. Did it?"""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            seen = 0

            def counter(_name: str) -> None:
                nonlocal seen
                seen += 1
                if seen == at:
                    os.kill(os.getpid(), signal.SIGKILL)

            outside_steps(counter)
            archive = open_archive(home)
            take_in_everything(archive)
            status = 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0, "the intake failed by itself"
    return os.WIFSIGNALED(ended)
