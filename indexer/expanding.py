"""Taking files out of archives: which entries count, what their names are, and how much may come out."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from indexer import charset, limits
from indexer.text import Caution, Child, Text
from indexer.writing import Pages, clean

_LEFTOVER = re.compile(r"(^|/)(__MACOSX/|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_UNSAFE = re.compile(r"^[A-Za-z]:|^/+")


@dataclass(slots=True)
class Taken:
    """What came out of an archive so far, and what did not."""

    children: list[Child] = field(default_factory=list[Child])
    names: list[str] = field(default_factory=list[str])
    """Every entry that a person put in, also those that could not be taken out."""
    locked: int = 0
    unread: int = 0
    _room: int = limits.CHILDREN_BYTES_MAX

    def begin(self, name: str) -> str:
        """Note an entry and return its name as a relative path; empty for what only its system put there."""
        name = safe_name(name)
        if not name or _LEFTOVER.search(name):
            return ""
        if len(self.names) < limits.ZIP_MEMBERS_MAX:
            self.names.append(name)
        return name

    def take(self, name: str, chunks: Iterable[bytes]) -> None:
        """Unpack one entry, as long as there is room for it."""
        if len(self.children) >= limits.CHILDREN_MAX or limits.almost_over():
            self.unread += 1
            return
        pieces: list[bytes] = []
        room = self._room
        for chunk in chunks:
            room -= len(chunk)
            if room < 0:
                self.unread += 1
                return
            pieces.append(chunk)
        self._room = room
        self.children.append(Child(name, b"".join(pieces)))

    def text(self) -> Text:
        """The names of the entries as one page, the files themselves as children."""
        pages = Pages()
        pages.add("\n".join(self.names))
        found = [*pages.cautions()]
        if self.locked:
            found.append(Caution("encrypted", str(self.locked)))
        if self.unread:
            found.append(Caution("partly-unreadable", str(self.unread)))
        if self.children:
            found.append(Caution("has-children", str(len(self.children))))
        return Text(pages.done(), children=tuple(self.children), cautions=tuple(found))


def safe_name(name: str) -> str:
    """The name as a path that leads nowhere but down; for people to read, never to open."""
    visible = "".join(char for char in clean(name).replace("\\", "/") if char.isprintable())
    return posixpath.normpath("/" + _UNSAFE.sub("", visible)).lstrip("/")[-1000:]


def decoded_names(raw: list[bytes]) -> Iterator[str]:
    """Names without a word on their character set: one set for all of them, since one program wrote them."""
    encoding = charset.decode(b"\n".join(raw)).encoding
    return (name.decode(encoding, "replace") for name in raw)
