"""Opening a zip package (docx, xlsx, …) without being blown up by it."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from indexer import limits
from indexer.errors import Exhausted, Unreadable

PIECE = 256 << 10


class Damaged(Exception):
    """One member cannot be unpacked; the rest of the package may still be good."""


class Package:
    """The members of a zip package by name, in the order of its directory.

    Counts what it unpacks: past the limits it raises Exhausted, whatever the directory claims.
    """

    def __init__(self, source: Path | IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(source)
            infos = self._zip.infolist()
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
            raise Unreadable("The package's directory cannot be read.", "damaged-archive") from error
        if len(infos) > limits.ZIP_MEMBERS_MAX:
            raise Unreadable("The package has too many members.", "too-large")
        self._infos = {info.filename.replace("\\", "/").lstrip("/"): info for info in infos}
        # OPC names are equal without regard to case, and some writers count on it.
        self._folded = {name.lower(): name for name in self._infos}
        self._room = limits.ZIP_BYTES_MAX
        self.encrypted = any(info.flag_bits & 1 for info in infos)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        return list(self._infos)

    def matching(self, pattern: str) -> list[str]:
        """The names that match the whole pattern without regard to case, numbers in the order of counting."""
        compiled = re.compile(pattern, re.IGNORECASE)
        return sorted(filter(compiled.fullmatch, self._infos), key=_counting)

    def find(self, name: str) -> str | None:
        """The member's name as the package spells it."""
        return self._folded.get(name.replace("\\", "/").lstrip("/").lower())

    def chunks(self, name: str) -> Iterator[bytes]:
        """The member's bytes as they unpack. Raises Damaged in the middle where the member is broken."""
        spelled = self.find(name)
        if spelled is None:
            raise Damaged(name)
        yield from self.unpack(self._infos[spelled])

    def entries(self) -> list[zipfile.ZipInfo]:
        """Every entry of the directory, also those that share a name."""
        return self._zip.infolist()

    def unpack(self, info: zipfile.ZipInfo, password: bytes | None = None) -> Iterator[bytes]:
        """As `chunks`, of one entry."""
        name = info.filename
        try:
            with self._zip.open(info, pwd=password) as stream:
                yield from self.counted(info, iter(lambda: stream.read(PIECE), b""))
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            RuntimeError,
            NotImplementedError,
            ValueError,
        ) as error:
            raise Damaged(name) from error

    def counted(self, info: zipfile.ZipInfo, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The same chunks, as long as they come to no more than a document can be."""
        unpacked = 0
        for chunk in chunks:
            unpacked += len(chunk)
            self._room -= len(chunk)
            bomb = unpacked > limits.ZIP_RATIO_FREE_BYTES and unpacked > limits.ZIP_RATIO_MAX * max(
                info.compress_size, 1
            )
            if bomb or self._room < 0:
                raise Exhausted("The package unpacks to far more than a document can be.", "bomb")
            yield chunk

    def read(self, name: str) -> bytes:
        """The whole member."""
        return b"".join(self.chunks(name))


def packed(members: Mapping[str, str | bytes]) -> bytes:
    """A zip package of these members, the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _counting(name: str) -> list[tuple[int, int, str]]:
    pieces: list[str] = re.findall(r"\d+|\D+", name)
    return [(0, int(piece[:18]), "") if piece.isascii() and piece.isdigit() else (1, 0, piece) for piece in pieces]
