"""Everything in one process tree: web, worker and watcher are started, watched over and stopped together.

Each role is a process of its own, so that a crash of one takes nothing down but itself; it is started again
after a pause that grows. When the supervisor dies, however it dies, its processes end too.
"""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from archive import settings_file

log = logging.getLogger("muniment.supervisor")

ROLES: Mapping[str, Sequence[str]] = {
    "web": ("-m", "web"),
    "worker": ("-m", "archive.cli", "worker"),
    "watch": ("-m", "archive.cli", "watch"),
}
"""Role → how it is started. `web` is started by name: the house does not import its doors."""

PARENT = "MUNIMENT_SUPERVISOR"
PAUSE_S_MAX = 30.0
STOP_S = 20.0
_PR_SET_PDEATHSIG = 1


def run(
    home: Path, stop: threading.Event, *, ready: Callable[[str], None], environ: Mapping[str, str] = os.environ
) -> int:
    """Keep the roles of this home running until told to stop.

    `ready` is called with the address, each time the web server answers on a new one. Returns 0, or 1 when a role
    could not run as the archive is set up.
    """
    failed: list[int] = []
    watched = [
        threading.Thread(target=_keep, args=(role, home, stop, ready, environ, failed), name=role) for role in ROLES
    ]
    for thread in watched:
        thread.start()
    for thread in watched:
        thread.join()
    return max(failed, default=0)


def end_with_parent() -> None:
    """Called first in a supervised process: it ends when its supervisor does, however that ends (Linux)."""
    parent = os.environ.get(PARENT)
    if parent is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        # It was gone before the wish could be made known.
        sys.exit(0)


def stop_on_signals() -> threading.Event:
    """An event that is set by SIGTERM and SIGINT: finish what is under way, then end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop


def _keep(
    role: str,
    home: Path,
    stop: threading.Event,
    ready: Callable[[str], None],
    environ: Mapping[str, str],
    failed: list[int],
) -> None:
    pause = 0.5
    while not stop.is_set():
        began = time.monotonic()
        # The parent-death signal follows the thread that forks, and this one lives as long as the supervisor.
        renewed = _renewed(home)
        process = subprocess.Popen(
            [sys.executable, *ROLES[role], "--home", str(home)],
            stdout=subprocess.PIPE,
            text=True,
            env={**environ, PARENT: str(os.getpid())},
        )
        listener = threading.Thread(target=_listen, args=(process, ready), daemon=True)
        listener.start()
        while process.poll() is None and not stop.is_set() and (role == "web" or _renewed(home) == renewed):
            stop.wait(0.1)
        left = process.poll()
        _end(process)
        listener.join()
        if stop.is_set():
            return
        if left is None:
            # The settings were changed by the web server, which reads them anew by itself.
            continue
        if process.returncode == 2:
            # Wrong configuration does not mend itself; the process has said so.
            failed.append(1)
            stop.set()
            return
        pause = 0.5 if time.monotonic() - began > 60 else min(pause * 2, PAUSE_S_MAX)
        log.warning("%s ended with status %s; it is started again", role, process.returncode)
        stop.wait(pause)


def _renewed(home: Path) -> int:
    """When the archive last changed its own settings; 0 if it never did."""
    try:
        return (home / settings_file.RENEWED).stat().st_mtime_ns
    except OSError:
        return 0


def _listen(process: "subprocess.Popen[str]", ready: Callable[[str], None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("ready "):
            ready(line.split()[1])


def _end(process: "subprocess.Popen[str]") -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
