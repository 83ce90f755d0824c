"""Zip archives: the names of their entries as text, the entries as files inside."""

import stat
import struct
import zipfile
from pathlib import Path

from indexer.claims import Claim, Seen
from indexer.expanding import Taken, decoded_names
from indexer.package import Damaged, Package, packed
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
    at = 0
    while at + 4 <= len(info.extra):
        kind, length = struct.unpack_from("<HH", info.extra, at)
        if kind == _UNICODE_PATH and length > 5:
            return info.extra[at + 9 : at + 4 + length].decode("utf-8", "replace")
        at += 4 + length
    return ""
