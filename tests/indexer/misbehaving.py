"""What a reader taken over by its file might try. Run in the sandbox by the tests, as its tasks."""

import ctypes
import logging
import os
import signal
import subprocess
import threading
import time
from pathlib import Path


def behave(path: Path) -> bytes:
    return path.read_bytes()


def hang(_path: Path) -> bytes:
    # Nothing that a polite request to end could interrupt.
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    while True:
        time.sleep(1)


def spin(_path: Path) -> bytes:
    while True:
        pass


def hog(_path: Path) -> bytes:
    return bytes(bytearray(4 << 30))


def crash(_path: Path) -> bytes:
    ctypes.string_at(0)
    return b""


def leave(_path: Path) -> bytes:
    os._exit(0)


def fail(_path: Path) -> bytes:
    raise KeyError("业主身份证号 which must not get out")


def chatter(_path: Path) -> bytes:
    logging.getLogger("library").warning("业主身份证号")
    os.write(1, b"owner")
    os.write(2, b"owner")
    return b"said"


def flood(_path: Path) -> bytes:
    return bytes(40 << 20)


def lie(_path: Path) -> bytes:
    """Says it sends more than it does, and then waits."""
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"R" + (1 << 40).to_bytes(8, "big"))
        except OSError:
            continue
    return hang(_path)


def dial(_path: Path, port: int) -> bytes:
    import _socket

    try:
        telephone = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
        telephone.connect(("127.0.0.1", port))
    except OSError as error:
        return type(error).__name__.encode()
    return b"connected"


def wander(_path: Path, elsewhere: str) -> bytes:
    try:
        return Path(elsewhere).read_bytes()
    except OSError as error:
        return type(error).__name__.encode()


def scribble(_path: Path, elsewhere: str) -> bytes:
    Path("here").write_bytes(b"in the scratch directory")
    try:
        Path(elsewhere).write_bytes(b"where it must not")
    except OSError as error:
        return f"{type(error).__name__} {Path.cwd()}".encode()
    return b"written"


def murder(_path: Path) -> bytes:
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except OSError as error:
        return type(error).__name__.encode()
    return b"killed"


def snipe(_path: Path) -> bytes:
    """Past the library, by the system call that aims at one thread."""
    libc = ctypes.CDLL(None, use_errno=True)
    victim = os.getppid()
    numbers = {"x86_64": 234, "aarch64": 131}
    if libc.syscall(numbers[os.uname().machine], victim, victim, signal.SIGKILL) == 0:
        return b"killed"
    return type(OSError(ctypes.get_errno(), "")).__name__.encode()


def multiply(_path: Path) -> bytes:
    try:
        child = os.fork()
    except OSError as error:
        return type(error).__name__.encode()
    if child == 0:
        os._exit(0)
    return b"forked"


def thread(_path: Path) -> bytes:
    answers: list[bytes] = []
    worker = threading.Thread(target=answers.append, args=(b"done",))
    worker.start()
    worker.join()
    return answers[0]


def breed(_path: Path) -> bytes:
    try:
        subprocess.run(["/bin/true"], check=False)
    except OSError as error:
        return type(error).__name__.encode()
    return b"bred"


def become(_path: Path) -> bytes:
    try:
        os.execv("/bin/true", ["true"])
    except OSError as error:
        return type(error).__name__.encode()


def parent(_path: Path) -> bytes:
    return str(os.getppid()).encode()


def environment(_path: Path) -> bytes:
    return "\n".join(f"{key}={value}" for key, value in os.environ.items()).encode()
