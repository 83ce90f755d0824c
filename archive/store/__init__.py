"""Where sealed objects lie. One file per kind of storage in this folder; the file name is its name.

A store module has `open_store(settings: Settings) -> Store`. A store knows addresses and sealed bytes; it has
no keys and cannot read what it keeps. `tests/contracts/test_stores.py` holds every module here to these words.
"""

import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import BinaryIO, Protocol

from archive.config import Settings
from archive.errors import Misconfigured, NotFound

STALE_S = 24 * 3600
"""A staged file that nobody has written to for so long is what a kill left."""


class Store(Protocol):
    at_once: int
    """So many objects are worth opening at the same time: 1 where nothing is waited for, more where each is."""

    def staging(self) -> Path:
        """A folder in which a new object may be written before it is put."""
        ...

    def put(self, address: str, sealed: Path) -> None:
        """Take the finished file over under this address, replacing what is there.

        When this returns the object survives a power cut. A kill in the middle leaves the old object, the
        new one, or none; never half of one.
        """
        ...

    def open(self, address: str) -> BinaryIO:
        """The sealed bytes, read from their beginning to their end. Raises NotFound if there are none."""
        ...

    def size(self, address: str) -> int:
        """How many bytes are kept under this address. Raises NotFound if there is no such object."""
        ...

    def remove(self, address: str) -> None:
        """Remove the object; one that is not there is no error."""
        ...

    def addresses(self) -> Iterator[str]:
        """Every address kept, in any order."""
        ...


def staging_folder(folder: Path) -> Path:
    """This folder, made if need be, without what kills left in it long ago."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for staged in folder.iterdir():
        try:
            if time.time() - staged.stat().st_mtime > STALE_S:
                staged.unlink()
        except FileNotFoundError:
            continue  # put into its place meanwhile
    return folder


def gone() -> NotFound:
    return NotFound("An object is not in the store; restore it from a backup.", "object-missing")


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_store(settings: Settings) -> Store:
    """The store of these settings: `kind`, or `kind:location`. Raises Misconfigured."""
    kind = settings.store.partition(":")[0]
    if kind not in names():
        raise Misconfigured(f"There is no store {kind!r}; there are: {', '.join(names())}.")
    return import_module(f"{__name__}.{kind}").open_store(settings)
