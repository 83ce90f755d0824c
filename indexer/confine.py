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
import stat
import struct
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple, NoReturn

_CLONE_NEWUSER, _CLONE_NEWNET, _CLONE_NEWNS = 0x10000000, 0x40000000, 0x20000
TMP = Path("/tmp")  # noqa: S108 — as a program of others sees it: a folder of its own lies there
"""What a program of others has for its own, whatever folder of ours that is."""
_MS_BIND, _MS_REC, _MS_PRIVATE = 1 << 12, 1 << 14, 1 << 18
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_GET_SECCOMP, _PR_SET_SECCOMP = 1, 4, 38, 21, 22


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
    if _machine() is None or _libc().prctl(_PR_GET_SECCOMP, 0, 0, 0, 0) != 0:
        missing.append("system call filter")
    if _landlock_version() < 1:
        missing.append("file system rules")
    return missing


def limit(*, time_s: float, memory_mb: int, file_bytes_max: int, files_max: int = 64) -> None:
    """Memory, processor time, file size, open files, no core dumps."""
    import resource

    cpu = int(time_s) + 1
    wanted = (
        (resource.RLIMIT_AS, memory_mb << 20),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, file_bytes_max),
        (resource.RLIMIT_NOFILE, files_max),
        (resource.RLIMIT_CORE, 0),
        # Counts threads too, so only where no filter can tell them from processes.
        *(((resource.RLIMIT_NPROC, 0),) if _machine() is None else ()),
    )
    for what, value in wanted:
        _, hard = resource.getrlimit(what)
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # Some systems refuse to lower one of them; the others still hold.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (value, value))


def imprison(*, readable: Path, writable: Path) -> None:
    """No new privileges, sockets, programs or processes; of the files the given ones and the libraries only."""
    socket.socket = _refuse  # type: ignore[assignment,misc]
    socket.create_connection = _refuse  # type: ignore[assignment]
    if not sys.platform.startswith("linux"):
        return
    _libc().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return
    libraries = [Path(sys.prefix), Path(sys.base_prefix), *_LIBRARIES, Path(__file__).resolve().parent]
    _fence_files(_reading_rules(libraries, readable, writable))
    _filter_calls(_FORBIDDEN)


def become(
    program: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    readable: Iterable[Path],
    tmp: Path,
    parent: int,
) -> NoReturn:
    """Turn this process into a program that others wrote and that is handed hostile files.

    It reaches no network and no other process, reads the libraries of the system and what is `readable`, writes to the
    folder `tmp` only, which it knows as TMP, and can become no third program. Raises PermissionError where this system
    cannot offer one of these walls: unlike our own readers, such a program is not let loose without them.
    """
    missing = depart(parent=parent)
    if not missing and not _own_tmp(tmp):
        missing = ["mount namespace"]
    if missing or _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise PermissionError(", ".join(missing) or "new privileges")
    rules = _reading_rules([*_LIBRARIES, *_FONT_SETTINGS, *readable], Path("/dev/urandom"), TMP)
    rules += [(str(one), _EXECUTE | _READ_FILE) for one in (program, *_loaders())]
    if not _fence_files(rules):
        raise PermissionError("file system rules")
    if not _filter_calls(tuple(call for call in _FORBIDDEN if call not in _OF_PROGRAMS)):
        raise PermissionError("system call filter")
    os.execve(program, [str(program), *arguments], dict(environment))  # noqa: S606 — to become it is what is wanted


def _loaders() -> Iterator[Path]:
    """What the kernel runs to begin a program that needs libraries."""
    for folder in map(Path, ("/lib64", "/lib", f"/lib/{os.uname().machine}-linux-gnu")):
        yield from folder.glob("ld-linux*.so*")


def _own_tmp(folder: Path) -> bool:
    """Let TMP be this folder, for this process and what it becomes."""
    if _libc().unshare(_CLONE_NEWNS) != 0:
        return False
    mount = _libc().mount
    return (
        mount(b"none", b"/", None, ctypes.c_ulong(_MS_REC | _MS_PRIVATE), None) == 0
        and mount(os.fsencode(folder), os.fsencode(TMP), None, ctypes.c_ulong(_MS_BIND), None) == 0
    )


def _refuse(*_: object, **__: object) -> NoReturn:
    raise PermissionError("no network here")


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


# ---- Files: Landlock ----

_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIRECTORY = 1, 1 << 1, 1 << 2, 1 << 3
_ALL_V1 = (1 << 13) - 1
_O_PATH = getattr(os, "O_PATH", 0)


def _landlock_version() -> int:
    return _libc().syscall(ctypes.c_long(_LANDLOCK_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint32(1))


_LIBRARIES = (Path("/usr"), Path("/lib"), Path("/lib64"))
_FONT_SETTINGS = (Path("/etc/fonts"), Path("/var/cache/fontconfig"), Path("/etc/ld.so.cache"))


def _reading_rules(libraries: Iterable[Path], readable: Path, writable: Path) -> list[tuple[str, int]]:
    rules = [(str(library), _READ_FILE | _READ_DIRECTORY) for library in {*libraries} - {Path("/")}]
    return [*rules, (str(readable), _READ_FILE), (str(writable), _ALL_V1), (os.devnull, _READ_FILE | _WRITE_FILE)]


def _fence_files(rules: Iterable[tuple[str, int]]) -> bool:
    """Nothing of the file system but these paths, each with the rights that are named with it. Does it stand?"""
    if _landlock_version() < 1:
        return False
    handled = struct.pack("=Q", _ALL_V1)
    ruleset = _libc().syscall(
        ctypes.c_long(_LANDLOCK_CREATE), handled, ctypes.c_size_t(len(handled)), ctypes.c_uint32(0)
    )
    if ruleset < 0:
        return False
    for path, access in rules:
        try:
            handle = os.open(path, _O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            access &= _EXECUTE | _WRITE_FILE | _READ_FILE
        rule = struct.pack("=Qi", access, handle)
        _libc().syscall(ctypes.c_long(_LANDLOCK_ADD), ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint32(0))
        os.close(handle)
    # A rule that could not be added leaves its path closed; only that there are rules at all has to be sure.
    stands = _libc().syscall(ctypes.c_long(_LANDLOCK_RESTRICT), ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0
    os.close(ruleset)
    return stands


# ---- System calls: seccomp ----

_FORBIDDEN = (
    "socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto", "sendmsg",
    "execve", "execveat", "fork", "vfork",
    "kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_open", "pidfd_send_signal",
    "ptrace", "process_vm_readv", "process_vm_writev",
    "mount", "unshare", "setns", "bpf", "perf_event_open", "add_key", "request_key", "keyctl", "io_uring_setup",
    "userfaultfd",
)  # fmt: skip
"""What no reader has business with: the network, other programs, other processes, the kernel's back doors."""


_OF_PROGRAMS = ("socket", "bind", "listen", "accept", "execve")
"""What one program of others cannot begin without: to become it, and a socket to itself. There is no network where it
lives, it may not connect to anything, and the rules of files say what may be run."""


class _Machine(NamedTuple):
    """The architecture word of the filter, and the numbers of the system calls there."""

    word: int
    calls: dict[str, int]


_MACHINES = {
    "x86_64": _Machine(
        0xC000003E,
        {
            "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50,
            "socketpair": 53, "clone": 56, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "ptrace": 101,
            "rt_sigqueueinfo": 129, "mount": 165, "tkill": 200, "tgkill": 234, "add_key": 248, "request_key": 249,
            "keyctl": 250, "unshare": 272, "accept4": 288, "rt_tgsigqueueinfo": 297, "perf_event_open": 298,
            "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "bpf": 321, "execveat": 322,
            "userfaultfd": 323, "pidfd_send_signal": 424, "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435,
        },
    ),
    "aarch64": _Machine(
        0xC00000B7,
        {
            "mount": 40, "unshare": 97, "ptrace": 117, "kill": 129, "tkill": 130, "tgkill": 131,
            "rt_sigqueueinfo": 138, "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202,
            "connect": 203, "sendto": 206, "sendmsg": 211, "add_key": 217, "request_key": 218, "keyctl": 219,
            "clone": 220, "execve": 221, "rt_tgsigqueueinfo": 240, "perf_event_open": 241, "accept4": 242,
            "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "bpf": 280, "execveat": 281,
            "userfaultfd": 282, "pidfd_send_signal": 424, "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435,
        },
    ),
}  # fmt: skip

_LOAD, _EQUAL, _AT_LEAST, _HAS_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CALL, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Where the kernel lays out what is asked about one call."""
_ALLOW, _DENY, _UNKNOWN = 0x7FFF0000, 0x00050001, 0x00050026  # go on; fail with EPERM; fail with ENOSYS
_X32_BIT = 0x40000000
_CLONE_THREAD = 0x00010000

_Instruction = tuple[int, int, int, int]
"""Code, how many instructions to jump over when true and when false, value."""


def _machine() -> _Machine | None:
    return _MACHINES.get(os.uname().machine)


def _program(machine: _Machine, forbidden: Sequence[str]) -> list[_Instruction]:
    deny: _Instruction = (_RETURN, 0, 0, _DENY)
    program: list[_Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, machine.word),
        deny,
        (_LOAD, 0, 0, _CALL),
        # A second numbering of the same calls, which would go round the list.
        (_AT_LEAST, 0, 1, _X32_BIT),
        deny,
        # Its flags lie in memory, where a filter cannot look. Unknown, so that the library falls back to `clone`.
        (_EQUAL, 0, 1, machine.calls["clone3"]),
        (_RETURN, 0, 0, _UNKNOWN),
    ]
    for name in forbidden:
        if name in machine.calls:
            program += [(_EQUAL, 0, 1, machine.calls[name]), deny]
    return [
        *program,
        # A thread, but no process.
        (_EQUAL, 0, 3, machine.calls["clone"]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_HAS_BITS, 1, 0, _CLONE_THREAD),
        deny,
        (_RETURN, 0, 0, _ALLOW),
    ]


def _filter_calls(forbidden: Sequence[str]) -> bool:
    """From now on these calls fail. Does the filter stand?"""
    machine = _machine()
    if machine is None:
        return False
    program = _program(machine, forbidden)
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    return _libc().prctl(_PR_SET_SECCOMP, 2, header, 0, 0) == 0
