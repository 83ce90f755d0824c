"""Files packed one by one with gzip, bzip2 or xz, and the tar archives that are packed so."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from indexer import limits
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.expanding import Taken, decoded_names
from indexer.formats import tar
from indexer.text import Text

MEDIA_TYPES = ("application/gzip", "application/x-bzip2", "application/x-xz")
EXTENSIONS = ("gz", "tgz", "bz2", "tbz2", "xz", "txz")
SAMPLE_PHRASE = "门禁通行记录.csv"


def sample() -> bytes:
    buffer = io.BytesIO()
    with gzip.GzipFile("", "wb", fileobj=buffer, mtime=0) as packing:
        packing.write("卡号,时间\n".encode())
    raw = buffer.getvalue()
    # The name of the file stands, with a zero behind it, between the head and the content; in Latin, says the rule.
    return raw[:3] + b"\x08" + raw[4:10] + SAMPLE_PHRASE.encode() + b"\0" + raw[10:]


_SIGNATURES = ((b"\x1f\x8b\x08", MEDIA_TYPES[0]), (b"BZh", MEDIA_TYPES[1]), (b"\xfd7zXZ\0", MEDIA_TYPES[2]))
_OPENERS: dict[bytes, Callable[[IO[bytes]], object]] = {
    b"\x1f\x8b\x08": lambda stream: gzip.GzipFile(fileobj=stream),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\0": lzma.LZMAFile,
}


def claims(seen: Seen) -> Claim | None:
    if seen.textual:
        return None
    fitting = (media_type for mark, media_type in _SIGNATURES if seen.head.startswith(mark))
    return next((Claim(media_type, 0.9) for media_type in fitting), None)


def read(path: Path) -> Text:
    """One page with the names: that of the packed file, or those in the tar archive."""
    with path.open("rb") as stream:
        head = stream.read(2048)
        stream.seek(0)
        opener = next(opener for mark, opener in _OPENERS.items() if head.startswith(mark))
        taken = Taken()
        try:
            with cast(IO[bytes], opener(stream)) as unpacked:
                content = unpacked.read(512)
                if content[257:262] == b"ustar":
                    unpacked.seek(0)
                    return tar.from_stream(unpacked)
                taken.take(taken.begin(_name(head) or "content"), _chunks(content, unpacked))
        except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as error:
            raise Unreadable("The packed file is damaged.", "damaged-archive") from error
        return taken.text()


def _chunks(first: bytes, unpacked: IO[bytes]) -> Iterator[bytes]:
    yield first
    while not limits.almost_over() and (chunk := unpacked.read(256 << 10)):
        yield chunk


_HAS_EXTRA, _HAS_NAME = 4, 8


def _name(head: bytes) -> str:
    """What the file was called before it was packed; only gzip says so."""
    if not head.startswith(b"\x1f\x8b") or not head[3] & _HAS_NAME:
        return ""
    at = 10
    if head[3] & _HAS_EXTRA:
        at += 2 + int.from_bytes(head[10:12], "little")
    return next(decoded_names([head[at : max(head.find(b"\0", at), at)]]))
