"""Zip archives: the names of their entries as text, the entries as files inside."""

import bz2
import contextlib
import hashlib
import hmac
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from indexer.ciphers import aes_counted, spellings
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.expanding import Taken, decoded_names
from indexer.package import PIECE, Damaged, Package, packed
from indexer.text import Text

MEDIA_TYPES = ("application/zip",)
EXTENSIONS = ("zip",)
SAMPLE_PHRASE = "二期竣工图纸移交"


def sample() -> bytes:
    return packed({f"{SAMPLE_PHRASE}/目录.txt": "总平面图", f"{SAMPLE_PHRASE}/": ""})


def claims(seen: Seen) -> Claim | None:
    if seen.members is None:
        return None
    # A package of some other program is better kept as what it is than taken apart.
    is_package = "[Content_Types].xml" in seen.members or "mimetype" in seen.members
    return Claim(MEDIA_TYPES[0], 0.4 if is_package else 0.5)


def read(path: Path) -> Text:
    """One page with the names. Links are not followed, locked entries are counted, names are only names."""
    with Package(path) as package:
        taken = Taken()
        entries = package.entries()
        for info, called in zip(entries, _names(entries), strict=True):
            name = "" if info.is_dir() else taken.begin(called)
            if not name:
                continue
            if info.flag_bits & 1:
                taken.locked += 1
            elif stat.S_ISLNK(info.external_attr >> 16):
                taken.unread += 1
            else:
                try:
                    taken.take(name, package.unpack(info))
                except Damaged:
                    # Broken, or packed in a way that only old programs know; its name is still worth finding.
                    taken.unread += 1
        return taken.text()


# ---- Locked entries ----


def unlock(path: Path, password: str) -> bytes:
    """The same archive without its locks. Raises Unreadable: `wrong-file-password`, `cannot-unlock`.

    An entry that is damaged as well loses its content here; the locked archive still has it as it was.
    """
    with Package(path) as package, path.open("rb") as stream:
        entries = package.entries()
        locked = sorted((info for info in entries if info.flag_bits & 1), key=lambda info: info.compress_size)
        if not locked:
            raise Unreadable("The file is not locked.", "cannot-unlock")
        secret = next((one for one in spellings(password) if _opens(package, stream, locked, one)), None)
        if secret is None:
            raise Unreadable("The password does not open the file.", "wrong-file-password")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for info, name in zip(entries, _names(entries), strict=True):
                plain = zipfile.ZipInfo(name, max(info.date_time, (1980, 1, 1, 0, 0, 0)))
                plain.external_attr, plain.compress_type = info.external_attr, zipfile.ZIP_DEFLATED
                with target.open(plain, "w", force_zip64=True) as entry, contextlib.suppress(Damaged):
                    for chunk in _opened(package, stream, info, secret):
                        entry.write(chunk)
        return out.getvalue()


def _opens(package: Package, stream: IO[bytes], locked: list[zipfile.ZipInfo], secret: bytes) -> bool:
    """Is any of the entries whole with this password? The first check alone lets one wrong password in 256 through."""
    for info in locked[:3]:
        try:
            for _ in _opened(package, stream, info, secret):
                pass
        except Damaged:
            continue
        return True
    return False


def _opened(package: Package, stream: IO[bytes], info: zipfile.ZipInfo, secret: bytes) -> Iterator[bytes]:
    strength = _aes(info) if info.flag_bits & 1 else None
    if strength is None:
        return package.unpack(info, secret)
    return package.counted(info, _aes_opened(stream, info, secret, *strength))


_WINZIP = 0x9901
_KEY_BYTES = {1: 16, 2: 24, 3: 32}
_ROUNDS = 1000
_TAG_BYTES = 10


def _aes(info: zipfile.ZipInfo) -> tuple[int, int] | None:
    """Length of the key, and how the entry is packed, where it is locked as WinZip does it."""
    found = _extra(info, _WINZIP)
    if len(found) < 7 or found[4] not in _KEY_BYTES:
        return None
    return _KEY_BYTES[found[4]], int.from_bytes(found[5:7], "little")


def _aes_opened(
    stream: IO[bytes], info: zipfile.ZipInfo, secret: bytes, key_bytes: int, method: int
) -> Iterator[bytes]:
    stream.seek(info.header_offset)
    head = stream.read(30)
    if len(head) < 30 or method not in _UNPACKING:
        raise Damaged(info.filename)
    stream.seek(sum(struct.unpack("<HH", head[26:30])), io.SEEK_CUR)
    salt, check = stream.read(key_bytes // 2), stream.read(2)
    length = info.compress_size - len(salt) - len(check) - _TAG_BYTES
    keys = hashlib.pbkdf2_hmac("sha1", secret, salt, _ROUNDS, 2 * key_bytes + 2)
    if keys[-2:] != check or length < 0:
        raise Damaged(info.filename)
    tag = hmac.new(keys[key_bytes:-2], digestmod="sha1")
    opened, unpack = aes_counted(keys[:key_bytes]), _UNPACKING[method]()
    while length > 0:
        piece = stream.read(min(PIECE, length))
        length -= len(piece)
        if not piece:
            raise Damaged(info.filename)
        tag.update(piece)
        try:
            yield unpack(opened(piece))
        except (zlib.error, OSError, EOFError, ValueError) as error:
            raise Damaged(info.filename) from error
    if tag.digest()[:_TAG_BYTES] != stream.read(_TAG_BYTES):
        raise Damaged(info.filename)


_UNPACKING: Mapping[int, Callable[[], Callable[[bytes], bytes]]] = {
    zipfile.ZIP_STORED: lambda: bytes,
    zipfile.ZIP_DEFLATED: lambda: zlib.decompressobj(-15).decompress,
    zipfile.ZIP_BZIP2: lambda: bz2.BZ2Decompressor().decompress,
}


# ---- Names ----

_UTF_8 = 0x800
_UNICODE_PATH = 0x7075


def _names(entries: list[zipfile.ZipInfo]) -> list[str]:
    """As they are marked, else by the field that some programs add, else in the character set they seem to have."""
    raw = {at: info.orig_filename.encode("cp437", "replace") for at, info in enumerate(entries) if not _marked(info)}
    guessed = dict(zip(raw, decoded_names(list(raw.values())), strict=True))
    return [_added(info) or guessed.get(at, info.filename) for at, info in enumerate(entries)]


def _marked(info: zipfile.ZipInfo) -> bool:
    return bool(info.flag_bits & _UTF_8)


def _added(info: zipfile.ZipInfo) -> str:
    return _extra(info, _UNICODE_PATH)[5:].decode("utf-8", "replace")


def _extra(info: zipfile.ZipInfo, wanted: int) -> bytes:
    """What programs write beside an entry under this number; empty where there is nothing."""
    at = 0
    while at + 4 <= len(info.extra):
        kind, length = struct.unpack_from("<HH", info.extra, at)
        if kind == wanted:
            return info.extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""
