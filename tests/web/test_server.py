"""The web server as a process: it says when it answers, why it cannot, and ends when it is told to."""

import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path


def start(home: Path, port: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "web", "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "MUNIMENT_PORT": port},
    )


def test_it_says_when_it_answers_refuses_a_taken_port_and_ends_gracefully(home: Path):
    with start(home, "0") as server:
        try:
            assert server.stdout is not None
            ready, address = server.stdout.readline().split()
            assert ready == "ready"
            with urllib.request.urlopen(f"{address}/healthz", timeout=20) as answer:
                assert answer.read() == b"ok\n"
                assert "Server" not in answer.headers or "waitress" not in answer.headers["Server"].lower()
            with start(home, address.rpartition(":")[2]) as second:
                _, said = second.communicate(timeout=60)
            assert second.returncode == 2
            assert "is taken by another program" in said
            assert "Traceback" not in said
        finally:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=30)
    assert server.returncode == 0


def test_without_an_archive_it_says_how_to_make_one(tmp_path: Path):
    with start(tmp_path / "nothing", "0") as server:
        _, said = server.communicate(timeout=60)
    assert server.returncode == 2
    assert "make one with" in said
    assert "Traceback" not in said
