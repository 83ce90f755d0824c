"""A package of files other archives can check: BagIt (RFC 8493) in a ZIP, with a SHA-256 of everything in it.

Going out it is streamed: the digests are known, so nothing of it ever lies open on our disk. Coming in it is hostile:
it is unpacked within bounds, with no name that leads anywhere else, and validated as a whole before anything is used.
"""
# bagit has no type information:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import hashlib
import logging
import os
import shutil
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO

import bagit

from archive.errors import Invalid
from archive.zipping import Pipe

PIECE = 1 << 20
ENTRIES_MAX = 20_000
UNPACKED_MAX = 8 << 30
SPARE = 1 << 30
"""So much of the disk stays free when a package is unpacked."""
DIGESTS = ("sha256", "sha512")
"""One of these a package must have: a weaker digest proves nothing."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Others need memory that the package itself chooses."""

# Its warnings name files; what is wrong is said to whoever handed the package in.
logging.getLogger("bagit").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file on its way out: its name below data/, and its bytes, whose digest and size are known."""

    name: str
    digest: str
    size_bytes: int
    pieces: Iterable[bytes]


def streamed(entries: Iterable[Entry], info: Mapping[str, str], at: datetime) -> Iterator[bytes]:
    """The whole package, piece by piece. `info` is what bag-info.txt says besides what is counted."""
    pipe = Pipe()
    manifest: list[str] = []
    total = 0
    with zipfile.ZipFile(pipe, "w") as package:
        for entry in entries:
            name = f"data/{entry.name}"
            manifest.append(f"{entry.digest}  {_escaped(name)}\n")
            total += entry.size_bytes
            with package.open(_head(name, at), "w", force_zip64=True) as file:
                for piece in entry.pieces:
                    file.write(piece)
                    yield pipe.taken()
        said = {**info, "Payload-Oxum": f"{total}.{len(manifest)}"}
        tags = {
            "bagit.txt": "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
            "bag-info.txt": "".join(f"{name}: {' '.join(text.split())}\n" for name, text in said.items()),
            "manifest-sha256.txt": "".join(manifest),
        }
        tags["tagmanifest-sha256.txt"] = "".join(
            f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in tags.items()
        )
        for name, text in tags.items():
            package.writestr(_head(name, at), text)
    yield pipe.taken()


def entry(name: str, content: bytes) -> Entry:
    return Entry(name, hashlib.sha256(content).hexdigest(), len(content), (content,))


@contextmanager
def opened(source: BinaryIO, work: Path) -> Generator[Mapping[str, Path]]:
    """The payload of a package handed in (ZIP or TAR), by name below data/, while this is entered.

    Raises Invalid, in one sentence, for what is no package, not whole, altered, too large, or leads elsewhere.
    """
    work.mkdir(exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=work, prefix=f"{os.getpid()}-package-") as folder:
        root = Path(folder)
        try:
            _unpack(source, root)
        except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise _bad("it is damaged") from error
        except (OSError, ValueError) as error:
            raise _bad("it cannot be unpacked") from error
        bag = _bag_in(root)
        _validate(bag)
        data = bag / "data"
        yield {file.relative_to(data).as_posix(): file for file in sorted(data.rglob("*")) if file.is_file()}


def _bag_in(root: Path) -> Path:
    """The package lies at the top, or in the one folder there is."""
    inside = list(root.iterdir())
    bag = inside[0] if len(inside) == 1 and inside[0].is_dir() else root
    if not (bag / "bagit.txt").is_file():
        raise _bad("it is not a BagIt package: it has no bagit.txt")
    return bag


def _validate(bag: Path) -> None:
    if (bag / "fetch.txt").exists():
        raise _bad("parts of it are to be fetched from elsewhere")
    try:
        bagged = bagit.Bag(str(bag))
        algorithms: list[str] = bagged.algorithms
        if not set(algorithms) & set(DIGESTS):
            raise _bad("it has no SHA-256 or SHA-512 manifest")
        bagged.validate()
    except bagit.BagError as error:
        raise _bad("it is incomplete, or was altered") from error
    except (OSError, ValueError, LookupError) as error:
        raise _bad("what it says of itself cannot be read") from error


def _unpack(source: BinaryIO, root: Path) -> None:
    source.seek(0)
    if zipfile.is_zipfile(source):
        source.seek(0)
        with zipfile.ZipFile(source) as package:
            _write_all(root, ((one.filename, _zipped(package, one)) for one in package.infolist()))
        return
    source.seek(0)
    try:
        package = tarfile.open(fileobj=source, mode="r:")  # noqa: SIM115 — closed below
    except tarfile.ReadError:
        raise _bad("it is neither a ZIP nor a TAR file") from None
    with package:
        _write_all(root, ((one.name, _tarred(package, one)) for one in package))


def _zipped(package: zipfile.ZipFile, one: zipfile.ZipInfo) -> IO[bytes] | None:
    if (one.external_attr >> 16) & 0o170000 not in (0, 0o100000, 0o040000):
        raise _bad("it holds links or devices")
    if one.flag_bits & 1:
        raise _bad("it is encrypted")
    if one.compress_type not in METHODS:
        raise _bad("it is compressed in an unusual way")
    return None if one.is_dir() else package.open(one)


def _tarred(package: tarfile.TarFile, one: tarfile.TarInfo) -> IO[bytes] | None:
    if not (one.isfile() or one.isdir()):
        raise _bad("it holds links or devices")
    return package.extractfile(one) if one.isfile() else None


def _write_all(root: Path, members: Iterable[tuple[str, IO[bytes] | None]]) -> None:
    seen: set[str] = set()
    left = min(UNPACKED_MAX, shutil.disk_usage(root).free - SPARE)
    for count, (name, content) in enumerate(members, 1):
        if count > ENTRIES_MAX:
            raise _bad(f"it holds more than {ENTRIES_MAX} files")
        path = _inside(name)
        if content is None:
            (root / path).mkdir(parents=True, exist_ok=True, mode=0o700)
            continue
        # Two names that some file system takes for one would overwrite each other there.
        key = unicodedata.normalize("NFC", str(path)).casefold()
        if key in seen:
            raise _bad("two of its files have the same name")
        seen.add(key)
        (root / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with content, (root / path).open("xb") as file:
            while piece := content.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise _bad("it unpacks to more than there is room for")
                file.write(piece)


def _inside(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or "\0" in name or not path.parts:
        raise _bad("it holds a name that leads elsewhere")
    return path


def _bad(why: str) -> Invalid:
    return Invalid(f"Nothing was taken in of this package: {why}.", "bad-package")


def _head(name: str, at: datetime) -> zipfile.ZipInfo:
    head = zipfile.ZipInfo(name, at.astimezone().timetuple()[:6])
    head.external_attr = 0o100600 << 16
    return head


def _escaped(name: str) -> str:
    return name.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")
