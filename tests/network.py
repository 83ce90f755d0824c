"""Several machines on one: each a network namespace of its own, all on one bridge, whose cables can be pulled.

Where that is not allowed (it takes root, and `ip`), everything is on loopback and no cable can be pulled.
"""

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager

LOOPBACK = "127.0.0.1"
_NET = "10.213.77"
SERVERS = f"{_NET}.1"
"""Where the servers listen that the machines share."""


@contextmanager
def bridge() -> Generator[str]:
    """A network for machines; the address for its servers, LOOPBACK if there can be none."""
    name = f"muni{os.getpid()}"[:15]
    if shutil.which("ip") is None or not _allowed(name) or not _ip("link", "add", name, "type", "bridge"):
        yield LOOPBACK
        return
    try:
        _ip("addr", "add", f"{SERVERS}/24", "dev", name)
        _ip("link", "set", name, "up")
        os.environ["MUNIMENT_TEST_BRIDGE"] = name
        yield SERVERS
    finally:
        _ip("link", "del", name)


def _allowed(name: str) -> bool:
    """May a namespace be made here, and something be run in it?"""
    made = _ip("netns", "add", name) and _ip("netns", "exec", name, "true")
    _ip("netns", "del", name)
    return made


class Cable:
    """One machine at the bridge, if there is one."""

    def __init__(self, number: int) -> None:
        self._bridge = os.environ.get("MUNIMENT_TEST_BRIDGE", "")
        self._space = f"{self._bridge}-{number}"
        self._end = f"mv{os.getpid()}n{number}"[-15:]
        self.address = f"{_NET}.{number + 10}" if self._bridge else LOOPBACK
        if self._bridge:
            assert _ip("netns", "add", self._space)
            there = ("netns", self._space, "name", "eth0")
            assert _ip("link", "add", self._end, "type", "veth", "peer", *there)
            _ip("link", "set", self._end, "master", self._bridge, "up")
            for words in (
                ("addr", "add", f"{self.address}/24", "dev", "eth0"),
                ("link", "set", "eth0", "up"),
                ("link", "set", "lo", "up"),
            ):
                assert _ip("-n", self._space, *words)

    def command(self, *words: str) -> tuple[str, ...]:
        """So that it runs on this machine, as the very process that is started."""
        return ("ip", "netns", "exec", self._space, *words) if self._bridge else words

    def pull(self) -> bool:
        """Nothing goes through any more, and nobody is told. False where there is no cable."""
        return bool(self._bridge) and _ip("link", "set", self._end, "down")

    def plug_in(self) -> None:
        _ip("link", "set", self._end, "up")

    def remove(self) -> None:
        if self._bridge:
            _ip("link", "del", self._end)
            _ip("netns", "del", self._space)


def _ip(*words: str) -> bool:
    return subprocess.run(["ip", *words], check=False, capture_output=True).returncode == 0
