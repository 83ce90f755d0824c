"""Who of this machine is still at work: a process is known by its number and the moment it began.

A number alone is not enough: a service in a container gets the same one each time it is started.
"""

import os
import shutil
import socket
from pathlib import Path


def machine() -> str:
    """The name of this machine; what its processes hold is marked with it."""
    return socket.gethostname()


def this() -> str:
    """This process: machine, number, and when it began, as `host/7/1234`."""
    return f"{machine()}/{os.getpid()}/{_began(os.getpid())}"


def gone(who: str) -> bool:
    """Has this process of this machine ended? Of other machines, and of nobody, nothing is known: False."""
    host, _, rest = who.partition("/")
    number, _, began = rest.partition("/")
    if host != machine():
        return False
    return not alive(number) or (began != "" and began != _began(int(number)))


def alive(number: str) -> bool:
    """Is there a process with this number?"""
    try:
        os.kill(int(number), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True


def clear(folder: Path, kind: str = "") -> None:
    """Remove what processes left in this folder that were killed: names there begin with the number of whose they are.

    With a kind, only what is called `7-kind-…`: other people may keep something in that folder too.
    """
    for path in folder.glob(f"[0-9]*-{kind}-*" if kind else "*"):
        if not alive(path.name.partition("-")[0]):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _began(number: int) -> str:
    """When it began, in ticks since the machine did; empty where that cannot be read."""
    try:
        return Path(f"/proc/{number}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""
