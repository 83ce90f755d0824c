"""Tar archives: the names of their entries as text, the entries as files inside."""

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from indexer import limits
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.expanding import Taken, decoded_names
from indexer.text import Text

MEDIA_TYPES = ("application/x-tar",)
EXTENSIONS = ("tar",)
SAMPLE_PHRASE = "监控录像调取登记"


def sample() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo(f"{SAMPLE_PHRASE}.txt")
        content = "三月".encode()
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def claims(seen: Seen) -> Claim | None:
    return Claim(MEDIA_TYPES[0], 0.9) if seen.head[257:262] == b"ustar" and not seen.textual else None


def read(path: Path) -> Text:
    """One page with the names. Links and devices are not followed, names are only names."""
    with path.open("rb") as stream:
        return from_stream(stream)


def from_stream(stream: IO[bytes]) -> Text:
    """As `read`, from an open file."""
    taken = Taken()
    try:
        # Bytes in names that are no UTF-8 come back as surrogates, from which the bytes can be had again.
        with tarfile.open(fileobj=stream, mode="r:", encoding="utf-8", errors="surrogateescape") as archive:
            entries = _entries(archive)
            names = decoded_names([entry.name.encode("utf-8", "surrogateescape") for entry in entries])
            for entry, called in zip(entries, names, strict=True):
                name = "" if entry.isdir() else taken.begin(called)
                if name and not entry.isreg():
                    taken.unread += 1
                elif name:
                    taken.take(name, _chunks(archive, entry))
    except (tarfile.TarError, OSError, ValueError, OverflowError, EOFError, AttributeError) as error:
        if not taken.children:
            raise Unreadable("The archive is damaged.", "damaged-archive") from error
        taken.unread += 1
    return taken.text()


def _entries(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    found: list[tarfile.TarInfo] = []
    while len(found) < limits.ZIP_MEMBERS_MAX and (entry := archive.next()) is not None:
        found.append(entry)
    return found


def _chunks(archive: tarfile.TarFile, entry: tarfile.TarInfo) -> Iterator[bytes]:
    """The entry's bytes. A hole in a sparse entry is not there, however large it claims to be."""
    stream = archive.extractfile(entry)
    left = entry.size
    while stream is not None and left > 0:
        chunk = stream.read(256 << 10)
        if not chunk:
            raise tarfile.ReadError("the archive ends before its entry")
        left -= len(chunk)
        yield chunk
