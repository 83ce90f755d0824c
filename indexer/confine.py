"""Taking from a process what reading a file does not need.

Each measure stands alone; where the system does not offer one, the others still hold, and `depart` says which
are missing.
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# ctypes functions are untyped.

import contextlib
import ctypes
import os
import signal
import socket
import struct
import sys
from functools import cache
from pathlib import Path
from typing import NoReturn

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 4, 38, 22


def depart(*, parent: int) -> list[str]:
    """Leave the network and tie this process's life to its parent's. Returns the names of what is missing.

    For the zygote: children inherit it.
    """
    missing: list[str] = []
    if not sys.platform.startswith("linux"):
        return ["network namespace", "parent death signal", "system call filter", "file system rules"]
    if _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0 and _libc().unshare(_CLONE_NEWNET) != 0:
        missing.append("network namespace")
    # After unshare, which forgets it.
    if _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        missing.append("parent death signal")
    if os.getppid() != parent:
        sys.exit(0)
    if _machine() is None:
        missing.append("system call filter")
    if _landlock_version() < 1:
        missing.append("file system rules")
    return missing


def limit(*, time_s: float, memory_mb: int, file_bytes_max: int) -> None:
    """Memory, processor time, file size, open files, no core dumps, no further processes."""
    import resource

    cpu = int(time_s) + 1
    wanted = (
        (resource.RLIMIT_AS, memory_mb << 20),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, file_bytes_max),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    )
    for what, value in wanted:
        _, hard = resource.getrlimit(what)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # Some systems refuse to lower one of them; the others still hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (value, value))


def imprison(*, readable: Path, writable: Path) -> None:
    """No new privileges, no sockets, no other programs; of the files the given ones and the libraries only."""
    socket.socket = _refuse  # type: ignore[assignment,misc]
    socket.create_connection = _refuse  # type: ignore[assignment]
    if not sys.platform.startswith("linux"):
        return
    _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return
    _fence_files(readable, writable)
    _filter_calls()


def _refuse(*_: object, **__: object) -> NoReturn:
    raise PermissionError("no network here")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


# ---- Files: Landlock ----

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_READ_FILE, _READ_DIRECTORY = 1 << 2, 1 << 3
_ALL_V1 = (1 << 13) - 1
_O_PATH = getattr(os, "O_PATH", 0)


def _landlock_version() -> int:
    return _libc().syscall(ctypes.c_long(_LANDLOCK_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint32(1))


def _fence_files(readable: Path, writable: Path) -> None:
    if _landlock_version() < 1:
        return
    handled = struct.pack("=Q", _ALL_V1)
    ruleset = _libc().syscall(
        ctypes.c_long(_LANDLOCK_CREATE), handled, ctypes.c_size_t(len(handled)), ctypes.c_uint32(0)
    )
    if ruleset < 0:
        return
    libraries = {sys.prefix, sys.base_prefix, "/usr", "/lib", "/lib64", str(Path(__file__).resolve().parent)}
    rules = [(library, _READ_FILE | _READ_DIRECTORY) for library in libraries - {"/"}]
    rules += [(str(readable), _READ_FILE), (str(writable), _ALL_V1), ("/dev/null", _READ_FILE | 1 << 1)]
    for path, access in rules:
        try:
            handle = os.open(path, _O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        rule = struct.pack("=Qi", access, handle)
        _libc().syscall(ctypes.c_long(_LANDLOCK_ADD), ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint32(0))
        os.close(handle)
    _libc().syscall(ctypes.c_long(_LANDLOCK_RESTRICT), ctypes.c_int(ruleset), ctypes.c_uint32(0))
    os.close(ruleset)


# ---- System calls: seccomp ----

# Architecture word of the filter, and the numbers of: socket, socketpair, connect, bind, listen, accept,
# sendto, sendmsg, execve, execveat, ptrace, process_vm_readv, process_vm_writev, kill, tkill, pidfd_open,
# pidfd_send_signal, mount, bpf, perf_event_open, keyctl, add_key, request_key, io_uring_setup, unshare, setns,
# userfaultfd.
_FORBIDDEN = {
    "x86_64": (
        0xC000003E,
        (
            41,
            53,
            42,
            49,
            50,
            43,
            44,
            46,
            59,
            322,
            101,
            310,
            311,
            62,
            200,
            434,
            424,
            165,
            321,
            298,
            250,
            248,
            249,
            425,
            272,
            308,
            323,
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            198,
            199,
            203,
            200,
            201,
            202,
            206,
            211,
            221,
            281,
            117,
            270,
            271,
            129,
            130,
            434,
            424,
            40,
            280,
            241,
            219,
            217,
            218,
            425,
            97,
            268,
            282,
        ),
    ),
}
_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _DENY = 0x7FFF0000, 0x00050001  # allow; fail with EPERM
_X32_BIT = 0x40000000


def _machine() -> tuple[int, tuple[int, ...]] | None:
    return _FORBIDDEN.get(os.uname().machine)


def _filter_calls() -> None:
    machine = _machine()
    if machine is None:
        return
    architecture, forbidden = machine
    count = len(forbidden)
    program = [
        (_LOAD, 0, 0, 4),  # the architecture of the call
        (_JUMP_EQUAL, 0, count + 2, architecture),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_JUMP_AT_LEAST, count, 0, _X32_BIT),
        *((_JUMP_EQUAL, count - 1 - at, 0, number) for at, number in enumerate(forbidden)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _DENY),
    ]
    # Jumps counted from the instruction after the jump.
    end = len(program) - 1
    program[1] = (_JUMP_EQUAL, 0, end - 2, architecture)
    program[3] = (_JUMP_AT_LEAST, end - 4, 0, _X32_BIT)
    program[4:-2] = [(_JUMP_EQUAL, end - (4 + at) - 1, 0, number) for at, number in enumerate(forbidden)]
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    _libc().prctl(_PR_SET_SECCOMP, 2, header, 0, 0)
