"""OpenDocument texts, tables and presentations, as LibreOffice and WPS write them."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# lxml ships no types.

import base64
import hashlib
import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer import limits, office, ole
from indexer.ciphers import aes_cbc, aes_gcm, argon2id, blowfish
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.package import Damaged, Package, packed
from indexer.text import Caution, Child, Text
from indexer.writing import Pages, metadata

_VENDOR = "application/vnd.oasis.opendocument."
MEDIA_TYPES = tuple(
    _VENDOR + kind
    for kind in (
        "text",
        "text-template",
        "text-master",
        "spreadsheet",
        "spreadsheet-template",
        "presentation",
        "presentation-template",
        "graphics",
        "graphics-template",
        "chart",
        "formula",
    )
)
EXTENSIONS = ("odt", "ott", "odm", "ods", "ots", "odp", "otp", "odg", "otg", "odc", "odf")
SAMPLE_PHRASE = "垃圾清运服务协议"


def sample() -> bytes:
    names = ("office", "text", "table")
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    return packed(
        {
            "mimetype": MEDIA_TYPES[0],
            "META-INF/manifest.xml": '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
            "content.xml": f"<office:document-content {spaces}><office:body><office:text>"
            f"<text:h>{SAMPLE_PHRASE}</text:h><text:p>甲方：<text:span>阳光花园</text:span>业主委员会</text:p>"
            "</office:text></office:body></office:document-content>",
        }
    )


def claims(seen: Seen) -> Claim | None:
    if seen.members is None:
        return None
    kind = seen.part("mimetype", 200).strip().decode("latin-1")
    if kind in MEDIA_TYPES:
        return Claim(kind, 0.95)
    if kind.startswith(_VENDOR):
        return Claim(MEDIA_TYPES[0], 0.9)
    return Claim(MEDIA_TYPES[0], 0.6) if {"content.xml", "META-INF/manifest.xml"} <= seen.members else None


def read(path: Path) -> Text:
    """A page per sheet or slide, or the text as one page; then headers, footers, and the words of charts inside."""
    with Package(path) as package:
        if package.encrypted or _locked(package):
            return Text((), cautions=(Caution("encrypted"),))
        if package.find("content.xml") is None:
            raise Unreadable("The package has no content in it.", "damaged")
        body = _Part(package, "content.xml")
        rest = [_Part(package, name) for name in package.matching(r"Object \d+/content\.xml")[:200]]
        # The styles of a presentation hold the placeholders of its masters, those of a text its headers and footers.
        if not body.is_presentation and package.find("styles.xml"):
            rest.append(_Part(package, "styles.xml"))
        pages = Pages()
        for text in body.pages:
            pages.add(text)
        children = _children(package)
        beside = "\n".join(dict.fromkeys(text for part in rest for text in part.pages if text.strip()))
        if beside:
            pages.add(beside)
        broken = sum(part.broken for part in (body, *rest))
        if body.broken and not any(page.strip() for page in pages.done()):
            raise Unreadable("The body of the document is damaged.", "damaged")
        found = [*_cautions(package), *pages.cautions()]
        if broken:
            found.append(Caution("partly-unreadable", str(broken)))
        if children:
            found.append(Caution("has-children", str(len(children))))
        kept = pages.done()
        names = (*body.names, *("" for _ in kept))[: len(kept)] if body.names else ()
        return Text(kept, names, _properties(package), children, tuple(found))


def _locked(package: Package) -> bool:
    try:
        return b"encryption-data" in package.read("META-INF/manifest.xml")
    except Damaged:
        return False


def unlock(path: Path, password: str) -> bytes:
    """The same document without its lock: part by part (OpenDocument 1.2, part 3, 3.4), or as a whole, as LibreOffice
    does it from 24.2 on (OpenDocument 1.5, part 2, 3.4.4).

    Raises Unreadable: `wrong-file-password`, `cannot-unlock`.
    """
    from lxml import etree

    with Package(path) as package:
        manifest = office.tree(package, "META-INF/manifest.xml")
        locks = {} if manifest is None else _locks(manifest)
        if manifest is None or not locks:
            raise Unreadable("The file is not locked.", "cannot-unlock")
        if WHOLE in locks:
            return _opened(package.read(WHOLE), locks[WHOLE], password)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for name in package.names():
                if name == "META-INF/manifest.xml":
                    content = etree.tostring(_without_locks(manifest), xml_declaration=True, encoding="UTF-8")
                else:
                    content = package.read(name)
                if name in locks:
                    content = _opened(content, locks[name], password)
                # What kind of document it is stands first and as it is.
                target.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else None)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Lock:
    """How one part is locked, as the manifest says it."""

    cipher: str
    start: bytes
    salt: bytes
    derived: str
    rounds: int
    memory_kib: int
    lanes: int
    key_bytes: int
    first_digest: str
    size: int


WHOLE = "encrypted-package"
"""The one part of a document that was locked as a whole: that document."""
_ROUNDS_MAX = 2_000_000
_ARGON2_MAX = (64, 256 << 10, 16)
"""Rounds, KiB and lanes; LibreOffice takes 3, 65,536 and 4."""
_CIPHERS = frozenset(("aes128-cbc", "aes192-cbc", "aes256-cbc", "aes256-gcm", "blowfish cfb", "blowfish"))
_PARTS_MAX = 2000
_DIGESTS = frozenset(("sha1", "sha256"))


def _locks(manifest: Any) -> dict[str, _Lock]:
    found: dict[str, _Lock] = {}
    for entry in manifest.iterfind("{*}file-entry"):
        said = {office.local(element): element.attrib for element in entry.iter("{*}*")}
        if "encryption-data" in said:
            found[_attribute(entry.attrib, "full-path").lstrip("/")] = _lock(said, _attribute(entry.attrib, "size"))
    if len(found) > _PARTS_MAX:
        raise Unreadable("The package has too many members.", "too-large")
    return found


def _lock(said: Mapping[str, Mapping[str, str]], size: str) -> _Lock:
    def value(element: str, name: str, otherwise: str = "") -> str:
        return _attribute(said.get(element, {}), name) or otherwise

    # Names are addresses in newer documents, words in older ones: …xmlenc#aes256-cbc, Blowfish CFB; …#sha256, SHA1.
    digest = value("start-key-generation", "start-key-generation-name", "SHA1").rpartition("#")[2].lower()
    cipher = value("algorithm", "algorithm-name").rpartition("#")[2].lower()
    derived = re.split("[#:]", value("key-derivation", "key-derivation-name"))[-1].lower()
    rounds = "argon2-iterations" if derived == "argon2id" else "iteration-count"
    try:
        lock = _Lock(
            cipher,
            base64.b64decode(value("algorithm", "initialisation-vector")),
            base64.b64decode(value("key-derivation", "salt")),
            derived,
            int(value("key-derivation", rounds, "1024")),
            int(value("key-derivation", "argon2-memory", "0")),
            int(value("key-derivation", "argon2-lanes", "0")),
            int(value("key-derivation", "key-size", "16")),
            digest,
            int(size or "-1"),
        )
    except ValueError as error:
        raise Unreadable("The document is damaged.", "damaged") from error
    known = cipher in _CIPHERS and digest in _DIGESTS and lock.key_bytes in (16, 24, 32)
    if not known or not _affordable(lock):
        raise Unreadable("The file is locked in a way that cannot be opened here.", "cannot-unlock")
    return lock


def _affordable(lock: _Lock) -> bool:
    """Is the key derived in a way that is known, and that costs no more than a file may?"""
    if lock.derived == "argon2id":
        asked = (lock.rounds, lock.memory_kib, lock.lanes)
        return all(0 < one <= most for one, most in zip(asked, _ARGON2_MAX, strict=True)) and len(lock.salt) >= 8
    return lock.derived == "pbkdf2" and 0 < lock.rounds <= _ROUNDS_MAX


def _key(lock: _Lock, password: str) -> bytes:
    first = hashlib.new(lock.first_digest, password.encode()).digest()
    if lock.derived == "argon2id":
        memory_kib = max(lock.memory_kib, 8 * lock.lanes)
        return argon2id(
            first, lock.salt, rounds=lock.rounds, memory_kib=memory_kib, lanes=lock.lanes, key_bytes=lock.key_bytes
        )
    return hashlib.pbkdf2_hmac("sha1", first, lock.salt, lock.rounds, lock.key_bytes)


def _opened(content: bytes, lock: _Lock, password: str) -> bytes:
    key = _key(lock, password)
    try:
        if lock.cipher.startswith("blowfish"):
            packed = blowfish(key, lock.start, content)
        elif lock.cipher.endswith("-gcm"):
            packed = aes_gcm(key, lock.start, content)
        else:
            # What fills the last block is behind the end of what is packed, and falls away with it.
            packed = aes_cbc(key, lock.start)(content)
        unpacking = zlib.decompressobj(-15)
        plain = unpacking.decompress(packed, limits.ZIP_BYTES_MAX)
    except (zlib.error, ValueError) as error:
        raise Unreadable("The password does not open the file.", "wrong-file-password") from error
    if lock.size not in (-1, len(plain)) or not unpacking.eof:
        raise Unreadable("The password does not open the file.", "wrong-file-password")
    return plain


def _without_locks(manifest: Any) -> Any:
    for entry in manifest.iterfind("{*}file-entry"):
        for lock in entry.findall("{*}encryption-data"):
            entry.remove(lock)
    return manifest


def _cautions(package: Package) -> list[Caution]:
    found: list[Caution] = []
    if package.matching(r"(Basic/.*/.*|Scripts/.+)\.(xml|py|js|bsh)"):
        found.append(Caution("active-content", "macros"))
    if package.find("META-INF/documentsignatures.xml"):
        found.append(Caution("signed"))
    return found


def _properties(package: Package) -> dict[str, str]:
    root = office.tree(package, "meta.xml")
    values = {} if root is None else {office.local(element): element.text for element in root.iter("{*}*")}
    return metadata(
        title=values.get("title"),
        author=values.get("initial-creator") or values.get("creator"),
        created=values.get("creation-date"),
        modified=values.get("date"),
        language=values.get("language"),
        producer=values.get("generator"),
    )


_INSIDE = re.compile(
    r"(ObjectReplacements|Pictures|Thumbnails|META-INF|Configurations2|Basic|Scripts)/.*|.*\.(xml|rdf)"
)
_OWN = ("mimetype", "layout-cache", "manifest.rdf")


def _children(package: Package) -> tuple[Child, ...]:
    """Files that were dropped into the document, out of their wrappers."""
    found: list[Child] = []
    room = limits.CHILDREN_BYTES_MAX
    for name in package.names():
        if _INSIDE.fullmatch(name) or name in _OWN or name.endswith("/") or len(found) == limits.CHILDREN_MAX:
            continue
        try:
            content = package.read(name)
        except Damaged:
            continue
        base = posixpath.basename(name)
        if content.startswith(ole.MAGIC):
            inner = ole.embedded(content, base)
            if inner is None:
                continue
            base, content = inner.name, inner.content
        room -= len(content)
        if room < 0:
            break
        found.append(Child(base[:1000], content))
    return tuple(found)


_BODIES = frozenset(("spreadsheet", "presentation", "drawing"))
_PAGES = frozenset(("table", "page"))
_PARAGRAPHS = frozenset(("p", "h"))
_CELLS = frozenset(("table-cell", "covered-table-cell"))
_SIGNS = {"tab": "\t", "line-break": "\n"}
_SILENT = frozenset(
    ("tracked-changes", "forms", "scripts", "font-face-decls", "automatic-styles", "settings", "binary-data")
)
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBERS = frozenset(("float", "currency"))


class _Part:
    """The text of one part. `names` are those of its sheets or slides. Hears the parser's events: no tree, no depth."""

    def __init__(self, package: Package, name: str) -> None:
        from lxml import etree

        self.pages: list[str] = []
        self.names: list[str] = []
        self.broken = self.is_presentation = False
        self._out: list[str] = []
        self._room = limits.TEXT_CHARS_MAX + 1
        self._paged = False
        self._silent = self._in_page = self._in_paragraph = 0
        self._cells: list[tuple[int, bool]] = []
        """Where in the output each cell that is not yet ended begins, and whether it is a number."""
        parser = etree.XMLParser(target=self, **office.SAFE)
        try:
            for chunk in package.chunks(name):
                parser.feed(chunk)
                if self._room < 0:
                    break
            else:
                parser.close()
        except (Damaged, etree.XMLSyntaxError):
            self.broken = True
        self._turn()

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        word = tag.rpartition("}")[2]
        if word in _SILENT:
            self._silent += 1
        elif word in _BODIES:
            self._paged = True
            self.is_presentation = word == "presentation"
        elif word in _PARAGRAPHS:
            # A text box stands in the middle of the paragraph it is anchored to.
            self._say("\n" if self._in_paragraph else "")
            self._in_paragraph += 1
        elif word in _CELLS:
            self._cells.append((len(self._out), _attribute(attributes, "value-type") in _NUMBERS))
        elif word == "s":
            count = _attribute(attributes, "c")
            self._say(" " * (min(int(count), 100) if count.isdecimal() and len(count) < 9 else 1))
        elif word in _SIGNS:
            self._say(_SIGNS[word])
        elif self._paged and word in _PAGES:
            self._in_page += 1
            if self._in_page == 1:
                if self.names:
                    self._turn()
                self._out.clear()
                self.names.append(_attribute(attributes, "name")[:1000])

    def end(self, tag: str) -> None:
        word = tag.rpartition("}")[2]
        if word in _SILENT:
            self._silent -= 1
        elif word in _PARAGRAPHS:
            self._in_paragraph -= 1
            self._say("\n")
        elif word in _CELLS:
            self._cell(*self._cells.pop())
        elif word == "table-row":
            self._say("\n")
        elif self._paged and word in _PAGES:
            self._in_page -= 1

    def data(self, data: str) -> None:
        # Between paragraphs stand only the line breaks of whoever wrote the XML.
        if self._in_paragraph:
            self._say(data)

    def close(self) -> None:
        """Nothing to hand over: the caller has this object."""

    def _say(self, words: str) -> None:
        if not self._silent and self._room >= 0:
            self._out.append(words)
            self._room -= len(words)

    def _cell(self, begun: int, is_number: bool) -> None:
        words = " ".join("".join(self._out[begun:]).split("\n")).strip()
        del self._out[begun:]
        # As in every other workbook without commas, which nobody types when searching.
        words = _GROUPED.sub("", words) if is_number else words
        self._say(f"{words}\t" if words else "")

    def _turn(self) -> None:
        lines = (line.rstrip() for line in "".join(self._out).split("\n"))
        text = "\n".join(line for line in lines if line)
        if text or self.names:
            self.pages.append(text)
        self._out.clear()


def _attribute(attributes: Mapping[str, str], name: str) -> str:
    return next((value for key, value in attributes.items() if key.rpartition("}")[2] == name), "")
