"""Reading hostile files in processes that can be killed, and that can do nothing else.

A zygote (`python -m indexer.sandbox`) is started once with the heavy libraries loaded; it forks one child per
file, which costs milliseconds. The child has little memory, little time, no network, no wish that is granted,
and a temporary directory that is wiped. It hands back bytes with a length before them, never a pickle, because
it may have been taken over by the file it read: whoever calls validates what comes.

What is where: control messages run over a socket that only the parent and the zygote hold; the child gets the
writing end of one pipe. The parent alone decides when a child has had enough.
"""

import contextlib
import gc
import importlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from indexer import confine, limits
from indexer.errors import Exhausted, IndexerError, Unreadable

log = logging.getLogger(__name__)

Arguments = dict[str, str | int]

_START_TIME_S = 60
_RESULT, _REFUSED, _EXHAUSTED, _FAILED = b"R", b"U", b"M", b"F"
_HEADER_BYTES = 9
_MESSAGE_BYTES_MAX = 64 << 10
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    # One thread: only then is forking safe, and a second reader has the other processor.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # The runtime of the models would otherwise report on its use to its makers.
    "ORT_DISABLE_TELEMETRY": "1",
}


class SandboxBroken(IndexerError):
    """No process can be started to read files in. No file is at fault; try again later."""

    code = "sandbox-broken"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. `memory_mb` is address space, of which the libraries take about a third of a GiB."""

    time_s: float = 60
    memory_mb: int = 1024
    file_bytes_max: int = 256 << 20
    result_bytes_max: int = 512 << 20


class Sandbox:
    """Runs functions of this package on files, each in a process of its own.

    Safe to share between threads, which then wait for one another; for parallel reading take one per thread.
    The zygote starts at the first call, is started again when it dies, and dies with this process.
    """

    def __init__(self, limits_: Limits | None = None, *, warm: str = "") -> None:
        """`warm` names a module whose function of that name the zygote calls before it is ready, so that no child
        has to load what it loads."""
        self.limits = limits_ or Limits()
        self._warm = warm
        self._lock = threading.Lock()
        self._zygote: _Zygote | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> tuple[str, ...]:
        """Start the zygote now rather than at the first file; returns what this system cannot offer of the walls."""
        with self._lock:
            return self._running().missing

    def run(self, task: str, path: Path, arguments: Arguments | None = None) -> bytes:
        """Call `task` ("package.module:function") with the path and the arguments, and return its bytes.

        Raises Unreadable when the task did, when the child crashed (`crashed`) or answered nonsense; Exhausted
        when it needed too much time (`too-slow`) or memory (`too-much-memory`); SandboxBroken when there is no
        process to do it in.
        """
        with self._lock, tempfile.TemporaryDirectory(prefix="muniment-read-", ignore_cleanup_errors=True) as scratch:
            request: dict[str, object] = {
                "task": task,
                "path": str(path.resolve()),
                "arguments": arguments or {},
                "scratch": scratch,
            }
            try:
                return self._running().run(request, self.limits)
            except _ZygoteDied:
                self._stop()
            # The zygote itself may have been killed for memory; once more, with a new one.
            try:
                return self._running().run(request, self.limits)
            except _ZygoteDied as error:
                self._stop()
                raise SandboxBroken("The reading process died twice.") from error

    def process(self) -> int | None:
        """The number of the zygote's process, if there is one."""
        with self._lock:
            return self._zygote.pid if self._zygote else None

    def close(self) -> None:
        """Stop the zygote. The sandbox may be used again and starts a new one."""
        with self._lock:
            self._stop()

    def _running(self) -> "_Zygote":
        if self._zygote is None:
            self._zygote = _Zygote(self.limits, self._warm)
        return self._zygote

    def _stop(self) -> None:
        if self._zygote is not None:
            self._zygote.stop()
            self._zygote = None


class _ZygoteDied(Exception):
    pass


class _Zygote:
    """The parent's end of one zygote."""

    def __init__(self, limits_: Limits, warm: str) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket = ours
        house = Path(__file__).resolve().parent.parent
        # Nothing of our environment: it may hold keys.
        environment = {"PYTHONPATH": str(house), **_ENVIRONMENT}
        command = [
            sys.executable,
            "-P",
            "-B",
            "-m",
            "indexer.sandbox",
            str(theirs.fileno()),
            str(os.getpid()),
            json.dumps(asdict(limits_)),
            warm,
        ]
        try:
            with theirs:
                self._process = subprocess.Popen(
                    command,
                    env=environment,
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(theirs.fileno(),),
                    # An interrupt typed at the terminal is for us; how the reading ends is for us to decide.
                    start_new_session=True,
                )
        except OSError as error:
            ours.close()
            raise SandboxBroken("No reading process can be started.") from error
        ours.settimeout(_START_TIME_S)
        try:
            hello = self._receive()
        except _ZygoteDied as error:
            self.stop()
            raise SandboxBroken("The reading process does not start.") from error
        self.missing = tuple(cast(list[str], hello["missing"]))
        if self.missing:
            log.warning("sandbox without: %s", ", ".join(self.missing))

    def run(self, request: dict[str, object], limits_: Limits) -> bytes:
        reading, writing = os.pipe()
        try:
            try:
                with contextlib.closing(_Descriptor(writing)):
                    socket.send_fds(self._socket, [json.dumps(request).encode()], [writing])
                child = int(cast(int, self._receive()["child"]))
            except OSError as error:
                raise _ZygoteDied from error
            frame, timed_out = _collect(reading, time.monotonic() + limits_.time_s, limits_.result_bytes_max)
        finally:
            os.close(reading)
        # The zygote does not wait for the child before we say so: the number cannot have been given to another.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child, signal.SIGKILL)
        try:
            self._socket.send(b"{}")
        except OSError as error:
            raise _ZygoteDied from error
        status = int(cast(int, self._receive()["status"]))
        return _verdict(frame, timed_out, status)

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _receive(self) -> dict[str, object]:
        try:
            message = self._socket.recv(_MESSAGE_BYTES_MAX)
        except OSError as error:
            raise _ZygoteDied from error
        if not message:
            raise _ZygoteDied
        return cast(dict[str, object], json.loads(message))


class _Descriptor:
    def __init__(self, number: int) -> None:
        self._number = number

    def close(self) -> None:
        os.close(self._number)


def _collect(reading: int, deadline: float, bytes_max: int) -> tuple[bytes, bool]:
    """Everything the child writes, until it has written its frame, ends, or has had its time."""
    chunks: list[bytes] = []
    length, expected = 0, _HEADER_BYTES
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    while length < expected:
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not poll.poll(remaining * 1000):
            return b"".join(chunks), True
        chunk = os.read(reading, 1 << 20)
        if not chunk:
            break
        chunks.append(chunk)
        length += len(chunk)
        if expected == _HEADER_BYTES and length >= _HEADER_BYTES:
            head = b"".join(chunks)
            chunks = [head]
            expected = _HEADER_BYTES + min(int.from_bytes(head[1:_HEADER_BYTES], "big"), bytes_max + 1)
    return b"".join(chunks), False


def _verdict(frame: bytes, timed_out: bool, status: int) -> bytes:
    kind, body = frame[:1], frame[_HEADER_BYTES:]
    complete = len(frame) >= _HEADER_BYTES and len(body) == int.from_bytes(frame[1:_HEADER_BYTES], "big")
    if complete and kind == _RESULT:
        return body
    if complete and kind in (_REFUSED, _EXHAUSTED):
        raise _told(kind, body)
    if complete and kind == _FAILED:
        # The name of the exception only: its message may quote the document.
        raise Unreadable("The reader failed on this file.", "reader-failed")
    signalled = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    if timed_out or signalled == signal.SIGXCPU:
        raise Exhausted("Reading took too long.", "too-slow")
    if len(body) > 0:
        raise Exhausted("The file holds more than one file may hand back.", "too-large")
    raise Unreadable("The reader crashed on this file.", "crashed")


def _told(kind: bytes, body: bytes) -> Unreadable:
    code, _, message = body[:2000].decode("utf-8", "replace").partition("\n")
    known = code if code.replace("-", "").isalnum() and code.isascii() and len(code) <= 40 else None
    error = Exhausted if kind == _EXHAUSTED else Unreadable
    return error("".join(char for char in message if char.isprintable())[:300], known)


# ---- The zygote ----


def _serve(control: socket.socket, limits_: Limits) -> None:
    """Fork a child per request until the parent is gone."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES_MAX, 1)
        if not message:
            return
        request = cast(dict[str, object], json.loads(message))
        child = os.fork()
        if child == 0:
            control.close()
            _child(request, descriptors[0], limits_)
        with contextlib.suppress(PermissionError, ProcessLookupError):
            os.setpgid(child, child)
        os.close(descriptors[0])
        control.send(json.dumps({"child": child}).encode())
        if not control.recv(_MESSAGE_BYTES_MAX):
            return
        _, status = os.waitpid(child, 0)
        control.send(json.dumps({"status": status}).encode())


def _child(request: dict[str, object], output: int, limits_: Limits) -> None:
    """Read one file, write one frame, end. Never returns."""
    try:
        with contextlib.suppress(PermissionError):
            os.setpgid(0, 0)
        # What libraries have to say about a document may quote it; no log of ours does.
        os.dup2(1, 2)
        path, scratch = Path(str(request["path"])), str(request["scratch"])
        os.chdir(scratch)
        tempfile.tempdir = scratch
        module, _, function = str(request["task"]).partition(":")
        task = getattr(importlib.import_module(module), function)
        confine.limit(time_s=limits_.time_s, memory_mb=limits_.memory_mb, file_bytes_max=limits_.file_bytes_max)
        confine.imprison(readable=path, writable=Path(scratch))
        limits.set_time_s(limits_.time_s)
        body = cast(bytes, task(path, **cast(Arguments, request["arguments"])))
        kind = _RESULT
    except MemoryError:
        kind, body = _EXHAUSTED, b"too-much-memory\nReading needed too much memory."
    except Unreadable as error:
        kind = _EXHAUSTED if isinstance(error, Exhausted) else _REFUSED
        body = f"{error.code}\n{error}".encode()
    except BaseException as error:  # noqa: BLE001  the last thing this process does is to say what happened
        kind, body = _FAILED, type(error).__name__.encode()
    _write_frame(output, kind, body)
    os._exit(0)


def _write_frame(output: int, kind: bytes, body: bytes) -> None:
    with contextlib.suppress(OSError):
        os.write(output, kind + len(body).to_bytes(8, "big"))
        view = memoryview(body)
        while view:
            view = view[os.write(output, view[: 1 << 20]) :]


_HEAVY = (
    "resource",
    "email",
    "lxml.etree",
    "pypdf",
    "pypdfium2",
    "pypdfium2.raw",
    "PIL.Image",
    "PIL.ImageDraw",
    "PIL.ImageFont",
    "PIL.PngImagePlugin",
    "zipfile",
)


_PRACTISED = ("plain", "html", "csv", "xml", "pptx", "odf")
"""Formats whose samples are made of nothing."""


def _practise(read: Callable[[Path, str], bytes]) -> None:
    """Read samples of our own: tables, expressions and memory that reading needs are there once, before the fork, and
    not made by every child anew."""
    from indexer import formats

    with tempfile.TemporaryDirectory(prefix="muniment-read-") as folder:
        for name in _PRACTISED:
            sample = Path(folder) / f"sample.{formats.get(name).EXTENSIONS[0]}"
            sample.write_bytes(formats.get(name).sample())
            read(sample, sample.name)


def _main(arguments: list[str]) -> None:
    control = socket.socket(fileno=int(arguments[0]))
    missing = confine.depart(parent=int(arguments[1]))
    for name in _HEAVY:
        # A missing library breaks the formats that need it, when they need it.
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    from indexer import formats

    for name in formats.names():
        formats.get(name)
    _practise(importlib.import_module("indexer.reading").read_task)
    if arguments[3]:
        importlib.import_module(arguments[3]).warm()
    gc.collect()
    # Keep the garbage collector from touching, and so copying, what the children share.
    gc.freeze()
    control.send(json.dumps({"missing": missing}).encode())
    with contextlib.suppress(ConnectionError, BrokenPipeError):
        _serve(control, Limits(**json.loads(arguments[2])))


if __name__ == "__main__":
    _main(sys.argv[1:])
