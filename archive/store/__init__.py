"""Where sealed objects lie. One file per kind of storage in this folder; the file name is its name.

A store module has `open_store(settings: Settings) -> Store`. A store knows addresses and sealed bytes; it has
no keys and cannot read what it keeps. `tests/contracts/test_stores.py` holds every module here to these words.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import BinaryIO, Protocol

from archive.config import Settings
from archive.errors import Misconfigured


class Store(Protocol):
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
        """The sealed bytes. Raises NotFound if there is no such object."""
        ...

    def has(self, address: str) -> bool: ...

    def remove(self, address: str) -> None:
        """Remove the object; one that is not there is no error."""
        ...

    def addresses(self) -> Iterator[str]:
        """Every address kept, in any order."""
        ...


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_store(settings: Settings) -> Store:
    if settings.store not in names():
        raise Misconfigured(f"There is no store {settings.store!r}; there are: {', '.join(names())}.")
    return import_module(f"{__name__}.{settings.store}").open_store(settings)
