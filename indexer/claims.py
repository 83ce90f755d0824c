"""What a file shows at first sight, and what a format says to it."""

import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from indexer import charset, limits
from indexer.errors import Unreadable
from indexer.text import Text

HEAD_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Claim:
    """A format's word that a file is its own: a media type, and how sure it is between 0 and 1.

    .9 and more: the format's own signature. .5: its grammar. .2: nothing speaks against it. `extensions` are the
    endings that fit this file, where they are not all of its format.
    """

    media_type: str
    confidence: float
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """The first look at a file, shared by all formats. `extension` is lower case without the dot, only a hint."""

    path: Path
    extension: str
    size: int
    head: bytes
    members: frozenset[str] | None
    """Names inside a zip package with forward slashes; None when the file is no readable zip."""
    textual: bool
    text: str = field(repr=False)
    """The head as characters when it is text, else empty."""

    def part(self, name: str, bytes_max: int = 1 << 20) -> bytes:
        """The beginning of one member of the package, empty when it is not there or damaged."""
        if self.members is None or name not in self.members:
            return b""
        try:
            with zipfile.ZipFile(self.path) as package:
                for info in package.infolist():
                    if info.filename.replace("\\", "/") == name:
                        with package.open(info) as stream:
                            return stream.read(bytes_max)
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError, zlib.error):
            return b""
        return b""


class Format(Protocol):
    """What each module in `indexer/formats` offers.

    A module may also offer `draw(path: Path, page: int, *, width_px: int) -> bytes`: a PNG of one page as it
    looks. Where it does, `page_count` in the metadata of its texts says how many pages can be drawn.

    A module whose files may be locked in a way of their own offers `unlock(path: Path, password: str) -> bytes`: the
    same file without its lock. It raises Unreadable (`wrong-file-password`, `cannot-unlock`).

    A module whose texts have `unread` pages offers `picture(path: Path, page: int) -> PIL.Image.Image`: what the
    words of that page are to be read off.
    """

    __name__: str
    MEDIA_TYPES: tuple[str, ...]
    EXTENSIONS: tuple[str, ...]
    SAMPLE_PHRASE: str

    def sample(self) -> bytes:
        """A small file of this format made by our own code; SAMPLE_PHRASE is in its text."""
        ...

    def claims(self, seen: Seen) -> Claim | None: ...

    def read(self, path: Path) -> Text: ...


def look(path: Path, name: str = "") -> Seen:
    """Take the first look. `name` is what the file was called; its extension is only a hint."""
    size = path.stat().st_size
    if size == 0:
        raise Unreadable("The file is empty.", "empty-file")
    if size > limits.FILE_BYTES_MAX:
        raise Unreadable("The file is larger than one file may be.", "too-large")
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    members = _members(path) if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")) else None
    textual = members is None and charset.looks_like_text(head, whole=size <= HEAD_BYTES)
    text = charset.decode(head, declared=charset.declared_in(head)).text if textual else ""
    return Seen(path, extension_of(name or path.name), size, head, members, textual, text)


def extension_of(name: str) -> str:
    """Lower case, without the dot; empty when there is none."""
    return Path(name.replace("\\", "/")).suffix.lower().lstrip(".")


def _members(path: Path) -> frozenset[str] | None:
    try:
        with zipfile.ZipFile(path) as package:
            infos = package.infolist()
            if len(infos) > limits.ZIP_MEMBERS_MAX:
                raise Unreadable("The package has too many members.", "too-large")
            return frozenset(info.filename.replace("\\", "/") for info in infos)
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, OverflowError):
        return None
