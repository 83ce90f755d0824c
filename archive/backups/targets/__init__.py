"""Where a repository lies. One file per kind of place in this folder; the file name is its name.

A target module has `open_target(location: str, credentials: Path | None) -> Target`. A location is written
`kind:rest`; a location without a known kind is a folder. A target knows names and bytes; it has no keys.
`tests/contracts/test_targets.py` holds every module to these words.
"""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import BinaryIO, Protocol


class Target(Protocol):
    """Named files. Every method raises OutOfSpace or Misconfigured, as a sentence, when the place cannot be used."""

    @property
    def location(self) -> str:
        """Where this is, for sentences to people."""
        ...

    def prepare(self) -> None:
        """Make the place if its surroundings are there."""
        ...

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file. When this returns it survives a power cut; cut off or raising, there is no such file."""
        ...

    def open(self, name: str, offset: int = 0) -> BinaryIO:
        """The file from this offset on. Raises NotFound if there is none."""
        ...

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Name and size of every file there, known or not, except what is being written."""
        ...

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""
        ...

    def lock(self, *, exclusive: bool) -> AbstractContextManager[None]:
        """Keep others out while writing (exclusive) or keep writers out while looking. Raises Conflict if taken.

        Ends by itself when the process does.
        """
        ...

    def clear(self) -> None:
        """Remove what a killed run was writing. Only under the exclusive lock."""
        ...


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_target(location: str, credentials: Path | None = None) -> Target:
    kind, separator, rest = location.partition(":")
    if not separator or kind not in names():
        kind, rest = "local", location
    return import_module(f"{__name__}.{kind}").open_target(rest, credentials)
