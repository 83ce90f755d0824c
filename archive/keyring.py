"""The master key comes from one place, and nothing opens without it.

`keys/master.key` holds 32 random bytes in hexadecimal with a check value. It is created once, by `init`,
and never written again. Data keys, sessions and addresses use keys derived from it, one per purpose.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from archive import sealing
from archive.errors import Conflict, Misconfigured

FILE_NAME = "master.key"


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys in memory, one per purpose; the master key itself is not kept."""

    wrapping: bytes
    """Wraps the data keys of objects."""
    address: bytes
    """Turns digests into addresses, so that file names tell nobody which files are kept."""
    session: bytes
    """Signs what the web server gives to browsers."""
    backup: bytes
    """Wraps the repository key on this machine."""
    credentials: bytes
    """Seals what people's telephones and administrators' halves of passwords are made of."""
    likeness: bytes
    """Draws the orders in which texts are compared, so that sketches of them tell nothing without it."""


def create(folder: Path) -> Path:
    """Make the master key of a new archive. Refuses to replace one: what it sealed would be lost."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / FILE_NAME
    key = sealing.new_key()
    # Written aside and linked: a kill leaves no half key, and one that is there is never replaced.
    aside = folder / f".{FILE_NAME}-{os.getpid()}"
    try:
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(f"muniment master key 1\n{key.hex()}\n{_check(key)}\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(aside, path)
    except FileExistsError:
        raise Conflict(f"{path} exists already and is not replaced: everything kept depends on it.") from None
    finally:
        aside.unlink(missing_ok=True)
    for place in (folder, folder.parent):
        _sync(place)
    return path


def load(folder: Path) -> Keyring:
    """Read the master key. Raises Misconfigured when it is missing, damaged or readable by others."""
    path = folder / FILE_NAME
    try:
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        raise Misconfigured(
            f"The master key {path} is missing: put it back from its escrow copy; without it nothing can be opened."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(
            f"The master key {path} cannot be read ({error}); check its owner and permissions."
        ) from None
    try:
        heading, text, check = lines
        key = bytes.fromhex(text)
    except ValueError:
        heading, key, check = "", b"", ""
    if heading != "muniment master key 1" or len(key) != sealing.KEY_BYTES or check != _check(key):
        raise Misconfigured(f"The master key {path} is damaged: put it back from its escrow copy.")
    return from_master(key)


def from_master(key: bytes) -> Keyring:
    return Keyring(
        wrapping=sealing.derive(key, "wrapping"),
        address=sealing.derive(key, "address"),
        session=sealing.derive(key, "session"),
        backup=sealing.derive(key, "backup"),
        credentials=sealing.derive(key, "credentials"),
        likeness=sealing.derive(key, "likeness"),
    )


def _sync(folder: Path) -> None:
    """What was put there survives a power cut: nothing may be sealed under a key that could be gone."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check(key: bytes) -> str:
    return sealing.derive(key, "check", length=8).hex()
