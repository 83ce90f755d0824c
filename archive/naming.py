"""Names from outside become names that can be shown, stored and moved: never a path, never a command."""

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from archive.errors import Invalid
from archive.store.local import sync_folder

NAME_BYTES_MAX = 200
"""Of a name that we give; leaves room for more within the 255 bytes of common file systems."""

Moved = Path | OSError
"""Where a file is now, or why it could not be moved."""

_FILE_BYTES_MAX = 255
_REASON = ".reason.txt"
_ENDING_MAX = 10
_NO_LINKS = frozenset({errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What shares say that know no hard links, and systems that allow none to other people's files."""

_UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DATE = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$")


CODE_MAX = 20
"""Characters of a code. It stands in addresses, on labels and in tables, and is typed from them."""
_CODE = re.compile(r"[0-9A-Za-z\u3400-\u9fff](?:[0-9A-Za-z\u3400-\u9fff._-]*[0-9A-Za-z\u3400-\u9fff])?")

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


def clean(text: str) -> str:
    """A line as people read it: no control and direction characters, one space between words; any database takes it."""
    return " ".join(_UNSHOWABLE.sub(" ", text).encode("utf-8", "replace").decode("utf-8").split())


def checked_code(said: str, place: str = "", *, longest: int = CODE_MAX) -> str:
    """A code as somebody may choose one; `place` begins the sentence that says what is wrong. Raises Invalid."""
    code = unicodedata.normalize("NFC", said).strip()
    if len(code) > longest or _CODE.fullmatch(code) is None:
        raise Invalid(
            f"{place}A code has 1 to {longest} letters, Chinese characters or digits, with . _ - between them:"
            " no spaces, slashes or other signs.",
            "odd-code",
        )
    return code


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


def not_ahead(day: date | None, today: date) -> date | None:
    """The day itself, or Invalid for one that has not come: nothing was written or signed then. Where whoever wrote it
    lives it may be tomorrow already."""
    if day is not None and day > today + timedelta(days=1):
        raise Invalid(f"{day} lies in the future; look whether the year is right.", "date-ahead")
    return day


def parsed_year(text: str) -> int:
    """A year as people write it: 2026, 2026年. Empty is 0; anything else is Invalid."""
    text = unicodedata.normalize("NFKC", text).strip().removesuffix("年")
    if text and re.fullmatch(r"[1-9][0-9]{3}", text) is None:
        raise Invalid("Write the year in four digits, as 2026.", "not-a-year")
    return int(text or 0)


def move_into(source: Path, folder: Path, relative: Path) -> Path:
    """Move a file below a folder without replacing anything, adding a number if its name is taken.

    No link below the folder is followed, and the folder itself may be none: whoever may write into an inbox must
    not choose where else we write. The rename is synced: when this returns the file is there and nowhere else,
    also after a power cut.
    """
    (target,) = move_all([(source, folder, relative)])
    if isinstance(target, OSError):
        raise target
    return target


def move_all(moves: Sequence[tuple[Path, Path, Path]], *, still: Sequence[Callable[[], bool]] = ()) -> Sequence[Moved]:
    """The same for many files, each folder synced once; what went wrong with one stands in its place.

    `still` asks, just before a file is moved, whether it is the one that is meant; else a FileNotFoundError stands in
    its place. What somebody saves at the place of a file while it is moved stays there.
    """
    targets: list[Moved] = []
    linked: list[int] = []
    for number, (source, folder, relative) in enumerate(moves):
        try:
            if still and not still[number]():
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            target, there_too = _linked(source, folder, relative)
            targets.append(target)
            if there_too:
                linked.append(number)
        except OSError as error:
            targets.append(error)
    _sync(targets, [target.parent if isinstance(target, Path) else None for target in targets])
    for number in linked:
        source, target = moves[number][0], targets[number]
        try:
            if isinstance(target, Path) and os.path.samestat(os.lstat(source), os.lstat(target)):
                source.unlink()
        except FileNotFoundError:
            pass  # another process has finished the same move meanwhile
        except OSError as error:
            targets[number] = error
    _sync(targets, [source.parent if isinstance(targets[n], Path) else None for n, (source, _, _) in enumerate(moves)])
    return targets


def _sync(moved: list[Moved], folders: Sequence[Path | None]) -> None:
    """Sync the folder of each, once; of a folder that cannot be, the fault stands in the place of its files."""
    faults: dict[Path, OSError] = {}
    for folder in {one for one in folders if one is not None}:
        try:
            sync_folder(folder)
        except OSError as error:
            faults[folder] = error
    for number, folder in enumerate(folders):
        if folder in faults:
            moved[number] = faults[folder]


def _linked(source: Path, folder: Path, relative: Path) -> tuple[Path, bool]:
    """Where the file is from now on, and whether it is still where it was, too: not where there are no links."""
    parent, number = _folder_below(folder, relative.parent, make=True), 1
    target = parent / relative.name
    while True:
        try:
            os.link(source, target, follow_symlinks=False)
        except FileExistsError:
            if os.path.samestat(os.stat(source, follow_symlinks=False), os.stat(target, follow_symlinks=False)):
                # A kill came between link and unlink: the file is there already.
                return target, True
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            if not os.path.lexists(target):
                os.rename(source, target)
                return target, False
        else:
            return target, True
        number += 1
        target = parent / _numbered(relative.name, number)


def find_moved(folder: Path, relative: Path, number: int) -> Path | None:
    """Where `move_into` put a file with this inode, if it did."""
    try:
        entries = list(os.scandir(_folder_below(folder, relative.parent, make=False)))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return next((Path(entry.path) for entry in entries if inode(entry.stat(follow_symlinks=False)) == number), None)


def _folder_below(folder: Path, relative: Path, *, make: bool) -> Path:
    """The folder of this name below another; where a file or a link is in its way, one with a number.

    Raises NotADirectoryError if the folder itself is a file or a link.
    """
    found = folder
    if make:
        folder.mkdir(exist_ok=True)
    if not stat.S_ISDIR(os.lstat(folder).st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    for part in relative.parts:
        number, inside = 1, found / part
        while True:
            try:
                if stat.S_ISDIR(os.lstat(inside).st_mode):
                    break
            except FileNotFoundError:
                if not make:
                    raise
                inside.mkdir(exist_ok=True)
                continue
            number += 1
            inside = found / _numbered(part, number)
        found = inside
    return found


def inode(found: os.stat_result) -> int:
    """The inode in 63 bits, which is what databases hold; some network file systems hand out 64."""
    return found.st_ino & (1 << 63) - 1


def write_reason(moved: Path, reason: str) -> None:
    """Written aside and put in place: what lies there under that name may be a link, and is not written through."""
    aside = moved.with_name(_fitting(f".{moved.name}", _REASON))
    # Left by a kill, or put there by somebody.
    aside.unlink(missing_ok=True)
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "w", encoding="utf-8") as file:
        file.write(reason)
    os.replace(aside, _reason(moved))


def remove_reason(moved: Path) -> None:
    _reason(moved).unlink(missing_ok=True)


def _reason(moved: Path) -> Path:
    return moved.with_name(_fitting(moved.name, _REASON))


def _numbered(name: str, number: int) -> str:
    stem, dot, ending = name.rpartition(".")
    if not (dot and stem) or len(ending) > _ENDING_MAX:
        return _fitting(name, f" ({number})")
    return _fitting(stem, f" ({number}).{ending}")


def _fitting(start: str, end: str) -> str:
    """The two joined, the start cut between characters where a file system would find it too long."""
    while len(os.fsencode(start + end)) > _FILE_BYTES_MAX:
        start = start[:-1]
    return start + end


def _shortened(name: str, size: int) -> str:
    """At most `size` bytes of UTF-8, the ending kept, no character cut in two."""
    if len(name.encode()) <= size:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > _ENDING_MAX:
        stem, dot, ending = name, "", ""
    room = size - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + ending
