"""What a file really is, whatever its name says."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from indexer import charset, formats, ole
from indexer.claims import Claim, Seen, look
from indexer.errors import Unreadable


@dataclass(frozen=True, slots=True)
class Sniffed:
    """`format` is the module in `indexer/formats` that reads it, None for a kind that is kept but not read.

    `keep` is false only for what never gets this far: such files raise Unreadable. `misnamed` says that the
    name's extension belongs to another kind. `encrypted` is known at first sight for some kinds.
    """

    media_type: str
    format: str | None
    keep: bool = True
    misnamed: bool = False
    encrypted: bool = False


def sniff(path: Path, name: str = "") -> Sniffed:
    """Say what the file is by its content, or raise Unreadable with the reason why it cannot be kept.

    `name` is what the file was called when it came; it only breaks ties and shows misnaming.
    """
    seen = look(path, name)
    claimed = _claimed(seen)
    if claimed is not None and claimed[1].confidence >= 0.5:
        return _named(seen, claimed)
    for kind in KEPT:
        if kind.fits(seen):
            misnamed = _misnamed(seen.extension, kind.extensions)
            encrypted = kind.encrypted or (seen.head.startswith(ole.MAGIC) and ole.locked(path))
            return Sniffed(kind.media_type, None, misnamed=misnamed, encrypted=encrypted)
    for fits, code, reason in REFUSED:
        if fits(seen):
            raise Unreadable(reason, code)
    if claimed is not None:
        sniffed = _named(seen, claimed)
        if sniffed.misnamed and seen.extension not in _OPEN_TEXT_TOO:
            # What calls itself a PDF and is only some characters is a broken PDF, not a text.
            raise Unreadable("The content is not what the name says, and of no other kind we know.", "damaged")
        return sniffed
    raise Unreadable("The content is of no kind we know.", "unknown-format")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is worth keeping although its text cannot be read yet."""

    media_type: str
    extensions: tuple[str, ...]
    fits: Callable[[Seen], bool]
    encrypted: bool = False


PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"\0asm",
    b"dex\n",
)
"""How programs begin, of whichever system."""


def is_program(head: bytes) -> bool:
    """Do these first bytes begin a program? Looks at nothing else, so it may be asked before a file is read."""
    return head.startswith(PROGRAMS) and not charset.looks_like_text(head, whole=False)


def _starts(*signatures: bytes) -> Callable[[Seen], bool]:
    # A text may well begin with "BM" or "MZ"; only what is no text is asked for a binary signature.
    return lambda seen: not seen.textual and seen.head.startswith(signatures)


def _riff(form: bytes) -> Callable[[Seen], bool]:
    return lambda seen: seen.head.startswith(b"RIFF") and seen.head[8:12] == form


def _brand(*brands: bytes) -> Callable[[Seen], bool]:
    return lambda seen: seen.head[4:8] == b"ftyp" and seen.head[8:12] in brands


def _holds(*members: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.members is not None and any(member in seen.members for member in members)


def _mimetype(prefix: bytes) -> Callable[[Seen], bool]:
    return lambda seen: seen.part("mimetype", 200).strip().startswith(prefix)


def _ole(*streams: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.head.startswith(ole.MAGIC) and not ole.opened(seen.path).names().isdisjoint(streams)


def _text(pattern: str) -> Callable[[Seen], bool]:
    compiled = re.compile(pattern)
    return lambda seen: seen.textual and compiled.match(seen.text) is not None


# Version, date of the last change, number of records, lengths of head and record, two zeros.
_DBF = re.compile(rb"[\x03\x30\x83\x8b\xf5].[\x01-\x0c][\x01-\x1f].{8}\0\0", re.DOTALL)

KEPT: tuple[Kind, ...] = (
    Kind("image/heic", ("heic", "heif"), _brand(b"heic", b"heix", b"mif1", b"msf1", b"hevc")),
    Kind("application/x-ole-storage", ("docx", "xlsx", "pptx", "xlsb"), _ole("EncryptedPackage"), encrypted=True),
    Kind("application/vnd.ms-powerpoint", ("ppt", "pps", "pot", "dps"), _ole("PP40")),
    Kind("application/x-ole-storage", ("vsd", "mpp", "pub", "db"), _starts(ole.MAGIC)),
    Kind("application/epub+zip", ("epub",), _mimetype(b"application/epub+zip")),
    Kind("application/x-dbf", ("dbf",), lambda seen: _DBF.match(seen.head) is not None and not seen.textual),
    Kind("image/vnd.dwg", ("dwg",), lambda seen: re.match(rb"AC10[0-9]{2}\0", seen.head) is not None),
    Kind("video/mp4", ("mp4", "m4v", "mov", "m4a", "3gp"), lambda seen: seen.head[4:8] == b"ftyp"),
    Kind("audio/mpeg", ("mp3",), _starts(b"ID3", b"\xff\xfb", b"\xff\xf3")),
    Kind("audio/amr", ("amr",), _starts(b"#!AMR")),
    Kind("audio/wav", ("wav",), _riff(b"WAVE")),
    Kind("audio/mpeg", ("mp3",), _starts(b"\xff\xf2", b"\xff\xfa")),
    Kind("audio/aac", ("aac",), _starts(b"\xff\xf1", b"\xff\xf9")),
    Kind("audio/flac", ("flac",), _starts(b"fLaC")),
    Kind("audio/ogg", ("ogg", "oga", "opus", "ogv"), _starts(b"OggS\0")),
    Kind("video/x-msvideo", ("avi",), _riff(b"AVI ")),
    Kind("video/x-matroska", ("mkv", "webm"), _starts(b"\x1a\x45\xdf\xa3")),
    Kind("video/x-ms-asf", ("wmv", "wma", "asf"), _starts(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11")),
    Kind("video/x-flv", ("flv",), _starts(b"FLV\1")),
    Kind("video/mpeg", ("mpg", "mpeg", "vob", "dat"), _starts(b"\0\0\1\xba", b"\0\0\1\xb3")),
    Kind("image/vnd.adobe.photoshop", ("psd",), _starts(b"8BPS")),
    Kind("image/emf", ("emf",), lambda seen: seen.head[:4] == b"\1\0\0\0" and seen.head[40:44] == b" EMF"),
    Kind("image/wmf", ("wmf",), _starts(b"\xd7\xcd\xc6\x9a\0\0")),
    Kind("application/vnd.ms-visio.drawing", ("vsdx", "vsdm", "vstx"), _holds("visio/document.xml")),
    Kind("application/vnd.ms-xpsdocument", ("xps", "oxps"), _holds("FixedDocSeq.fdseq", "FixedDocumentSequence.fdseq")),
    Kind("application/msaccess", ("mdb", "accdb"), _starts(b"\0\1\0\0Standard Jet DB", b"\0\1\0\0Standard ACE DB")),
    Kind("application/x-caj", ("caj", "nh", "kdh"), _starts(b"CAJ\0", b"HN\0\0", b"KDH ")),
    Kind("application/x-ceb", ("ceb",), _starts(b"Founder CEB")),
)
"""Kinds we recognise and keep until somebody adds the file that reads them."""

REFUSED: tuple[tuple[Callable[[Seen], bool], str, str], ...] = (
    (
        lambda seen: seen.head.startswith((b"PK\x03\x04", b"PK\x05\x06")) and seen.members is None,
        "damaged-archive",
        "The file begins like a zip package, but its directory cannot be read.",
    ),
    (_starts(b"PK\x07\x08"), "unsupported-archive", "The file is one part of a divided zip archive."),
    (_starts(b"Rar!\x1a\x07"), "unsupported-archive", "RAR archives cannot be unpacked."),
    (_starts(b"\x28\xb5\x2f\xfd"), "unsupported-archive", "Zstandard archives cannot be unpacked."),
    (_starts(b"\xca\xfe\xd0\x0d"), "unsupported-archive", "Pack200 archives cannot be unpacked."),
    (_starts(b"\x60\xea", b"MSCF"), "unsupported-archive", "ARJ and cabinet archives cannot be unpacked."),
    (lambda seen: seen.head[2:5] == b"-lh", "unsupported-archive", "LHA archives cannot be unpacked."),
    (_starts(*PROGRAMS), "executable", "The file is a program."),
    (_starts(b"L\0\0\0\x01\x14\x02\0"), "executable", "The file is a Windows shortcut, which starts a program."),
    (_text("#!/"), "executable", "The file is a script."),
    (_starts(b"SQLite format 3\0"), "unknown-format", "The file is a database."),
)
"""What is not kept, in the order of asking: who says so, the stable code, the sentence."""

_OPEN_TEXT_TOO = frozenset(("doc", "dot", "wps", "rtf", "xls", "xlt", "et"))
"""Their programs open plain text without a word, so other programs export plain text under these names."""

_TEXT_FAMILY = ("csv", "html", "markdown", "plain", "xml")
"""Between these an extension is a matter of taste; calling one by another's is no misnaming."""


def _claimed(seen: Seen) -> tuple[str, Claim] | None:
    best: tuple[float, str, Claim] | None = None
    for name in formats.names():
        module = formats.get(name)
        claim = module.claims(seen)
        if claim is None:
            continue
        # The name's say: enough to choose between equals, too little to overrule a signature or a grammar.
        weight = claim.confidence + (0.15 if seen.extension in module.EXTENSIONS else 0.0)
        if best is None or weight > best[0]:
            best = (weight, name, claim)
    return None if best is None else best[1:]


def _named(seen: Seen, claimed: tuple[str, Claim]) -> Sniffed:
    name, claim = claimed
    extensions = claim.extensions or tuple(formats.get(name).EXTENSIONS)
    if name in _TEXT_FAMILY:
        extensions += _text_extensions()
    return Sniffed(claim.media_type, name, misnamed=_misnamed(seen.extension, extensions))


def _misnamed(extension: str, fitting: tuple[str, ...]) -> bool:
    """An extension nobody knows is no lie; one that belongs to another kind is."""
    return extension in _known_extensions() and extension not in fitting


@cache
def _text_extensions() -> tuple[str, ...]:
    family = (formats.get(name).EXTENSIONS for name in formats.names() if name in _TEXT_FAMILY)
    return tuple(extension for extensions in family for extension in extensions)


@cache
def _known_extensions() -> frozenset[str]:
    read = (formats.get(name).EXTENSIONS for name in formats.names())
    kept = (kind.extensions for kind in KEPT)
    return frozenset(extension for extensions in (*read, *kept) for extension in extensions)
