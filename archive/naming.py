"""Names from outside become names that can be shown, stored and moved: never a path, never a command."""

import os
import re
import unicodedata
from datetime import date
from pathlib import Path

from archive.errors import Invalid
from archive.store.local import sync_folder

NAME_BYTES_MAX = 200
"""Leaves room for a number and `.reason.txt` within the 255 bytes of common file systems."""

_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$")


_HIDDEN = {0xDC80 + n: 0xF780 + n for n in range(128)}
_SHOWN = {shown: hidden for hidden, shown in _HIDDEN.items()}


def as_text(path: Path) -> str:
    """A path as text that any database takes: bytes that are not UTF-8 stand in the private use area."""
    return str(path).translate(_HIDDEN)


def from_text(text: str) -> Path:
    """The path behind `as_text`."""
    return Path(text.translate(_SHOWN))


def display_name(path: Path) -> str:
    """The file's own name as people read it: UTF-8, or else GB18030 as Chinese phones and old zips write."""
    raw = os.fsencode(path.name)
    try:
        name = raw.decode("utf-8")
    except UnicodeDecodeError:
        name = raw.decode("gb18030", "replace")
    return safe_name(name)


def safe_name(name: str) -> str:
    """A name without folders, control and direction characters, in NFC, of bounded length; never empty."""
    name = name.replace("\\", "/").rsplit("/", 1)[-1]
    name = _UNSHOWABLE.sub(" ", unicodedata.normalize("NFC", name))
    name = name.encode("utf-8", "replace").decode("utf-8").strip(" .") or "unnamed"
    return _shortened(name, NAME_BYTES_MAX)


def title_from(name: str) -> str:
    """A first title: the name without its ending."""
    stem, _, ending = name.rpartition(".")
    return stem.strip() if stem.strip() and 0 < len(ending) <= 5 and ending.isascii() else name


def parsed_date(text: str) -> date | None:
    """A date as people write it: 2026-03-01, 2026/3/1, 2026年3月1日. Empty is None; anything else is Invalid."""
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    found = _DATE.match(text)
    try:
        if found is None:
            raise ValueError
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        raise Invalid(f"{text!r} is not a date; write 2026-03-01.", "not-a-date") from None


def move_into(source: Path, folder: Path, relative: Path) -> Path:
    """Move a file below a folder without replacing anything, adding a number if its name is taken.

    The rename is synced: when this returns the file is there and nowhere else, also after a power cut.
    """
    target = folder / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        try:
            os.link(source, target, follow_symlinks=False)
        except FileExistsError:
            if os.path.samestat(os.stat(source, follow_symlinks=False), os.stat(target, follow_symlinks=False)):
                # A kill came between link and unlink: the file is there already.
                break
            number += 1
            target = folder / relative.with_name(_numbered(relative.name, number))
            continue
        except PermissionError:
            # Some shares know no hard links.
            if target.exists():
                number += 1
                target = folder / relative.with_name(_numbered(relative.name, number))
                continue
            os.rename(source, target)
            sync_folder(target.parent)
            return target
        break
    sync_folder(target.parent)
    source.unlink()
    sync_folder(source.parent)
    return target


def find_moved(folder: Path, relative: Path, number: int) -> Path | None:
    """Where `move_into` put a file with this inode, if it did."""
    try:
        entries = list(os.scandir((folder / relative).parent))
    except FileNotFoundError:
        return None
    return next((Path(entry.path) for entry in entries if inode(entry.stat(follow_symlinks=False)) == number), None)


def inode(found: os.stat_result) -> int:
    """The inode in 63 bits, which is what databases hold; some network file systems hand out 64."""
    return found.st_ino & (1 << 63) - 1


def write_reason(moved: Path, reason: str) -> None:
    _reason(moved).write_text(reason + "\n", "utf-8")


def remove_reason(moved: Path) -> None:
    _reason(moved).unlink(missing_ok=True)


def _reason(moved: Path) -> Path:
    return moved.with_name(os.fsdecode(os.fsencode(moved.name)[:NAME_BYTES_MAX]) + ".reason.txt")


def _numbered(name: str, number: int) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{stem} ({number}).{ending}" if dot and stem else f"{name} ({number})"


def _shortened(name: str, size: int) -> str:
    """At most `size` bytes of UTF-8, the ending kept, no character cut in two."""
    if len(name.encode()) <= size:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        stem, dot, ending = name, "", ""
    room = size - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + ending
