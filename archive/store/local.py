"""Objects in a folder: written aside, synced, renamed into place, folder synced."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from archive.config import Settings
from archive.store import gone, staging_folder


class LocalStore:
    at_once = 1

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = staging_folder(root / ".staging")

    def staging(self) -> Path:
        return self._staging / secrets.token_hex(16)

    def put(self, address: str, sealed: Path) -> None:
        target = self._path(address)
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True, mode=0o700)
            sync_folder(self._root)
        with sealed.open("rb") as file:
            os.fsync(file.fileno())
        os.rename(sealed, target)
        sync_folder(target.parent)

    def open(self, address: str) -> BinaryIO:
        try:
            return self._path(address).open("rb")
        except FileNotFoundError:
            raise gone() from None

    def size(self, address: str) -> int:
        try:
            return self._path(address).stat().st_size
        except FileNotFoundError:
            raise gone() from None

    def remove(self, address: str) -> None:
        self._path(address).unlink(missing_ok=True)

    def addresses(self) -> Iterator[str]:
        for folder in sorted(self._root.iterdir()):
            if folder != self._staging and folder.is_dir():
                for file in sorted(folder.iterdir()):
                    yield file.name

    def _path(self, address: str) -> Path:
        return self._root / address[:2] / address


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_store(settings: Settings) -> LocalStore:
    return LocalStore(settings.objects)
