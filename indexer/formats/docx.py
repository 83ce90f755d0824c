"""Word documents: every part that bears text, in reading order."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# lxml ships no types.

import io
import posixpath
import re
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from indexer import limits, office
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.numbering import Numbering
from indexer.package import Damaged, Package
from indexer.text import Caution, Text
from indexer.writing import Pages

if TYPE_CHECKING:
    from PIL import Image

MEDIA_TYPES = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
    "application/vnd.ms-word.document.macroEnabled.12",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)
EXTENSIONS = ("docx", "docm", "dotx", "dotm")
SAMPLE_PHRASE = "业主共有部分维修记录"


def sample() -> bytes:
    from docx import Document

    document = Document()
    document.core_properties.title = "维修台账"
    document.add_paragraph(SAMPLE_PHRASE)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "3号楼A座1203", "防水层"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def claims(seen: Seen) -> Claim | None:
    if seen.members is None:
        return None
    types = seen.part("[Content_Types].xml")
    if b"wordprocessingml." not in types and b"ms-word." not in types and "word/document.xml" not in seen.members:
        return None
    if b"ms-word.document.macroEnabled" in types:
        return Claim(MEDIA_TYPES[2], 0.95)
    if b"ms-word.template.macroEnabled" in types:
        return Claim(MEDIA_TYPES[3], 0.95)
    if b"wordprocessingml.template.main" in types:
        return Claim(MEDIA_TYPES[1], 0.95)
    if b"wordprocessingml.document.main" in types or "word/document.xml" in seen.members:
        return Claim(MEDIA_TYPES[0], 0.95)
    return None


def read(path: Path) -> Text:
    """One page: the body, then notes, comments, headers, footers, charts and diagrams. Pictures are pages behind it."""
    text = from_stream(path, 0)
    with Package(path) as package:
        return text if package.encrypted else office.with_pictures(text, package)


def picture(path: Path, page: int) -> "Image.Image":
    """A picture in the document."""
    with Package(path) as package:
        return office.picture(package, read(path), page)


def from_bytes(data: bytes) -> Text:
    """As `read`, from memory."""
    return from_stream(io.BytesIO(data), 0)


def from_stream(source: Path | IO[bytes], depth: int) -> Text:
    """As `read`; `depth` counts the documents this one is embedded in."""
    with Package(source) as package:
        if package.encrypted:
            return Text((), cautions=(Caution("encrypted"),))
        main = _main_part(package)
        arrows = {arrow.kind: arrow.target for arrow in office.relationships(package, main).values()}
        styles, lists = (
            office.tree(package, arrows[kind]) if kind in arrows else None for kind in ("styles", "numbering")
        )
        body = _Part(package, main, depth, Numbering(lists, styles))
        if body.broken and not body.text.strip():
            raise Unreadable("The body of the document is damaged.", "damaged")
        parts = [body, *(_Part(package, name, depth) for name in _side_parts(package, main))]
        pages = Pages()
        # First-page and even-page headers usually repeat one another.
        inside = office.embeddings(package)
        pages.add(
            "\n".join(dict.fromkeys(text for text in (*(part.text for part in parts), inside.labels) if text.strip()))
        )
        broken = sum(part.broken for part in parts)
        found = [*office.cautions(package), *pages.cautions()]
        if broken:
            found.append(Caution("partly-unreadable", str(broken)))
        if any(part.active for part in parts) and all(caution.code != "active-content" for caution in found):
            found.append(Caution("active-content", "fields"))
        return Text(pages.done(), (), office.properties(package), inside.children, tuple(found))


_SIDE_PARTS = re.compile(
    r"(footnotes|endnotes|comments|header|footer|charts/chart|diagrams/data|glossary/document)\d*\.xml", re.IGNORECASE
)


def _main_part(package: Package) -> str:
    for relationship in office.relationships(package, "").values():
        if relationship.kind == "officeDocument" and package.find(relationship.target):
            return relationship.target
    if package.find("word/document.xml"):
        return "word/document.xml"
    raise Unreadable("The package has no document in it.", "damaged")


def _side_parts(package: Package, main: str) -> list[str]:
    folder = posixpath.dirname(main)
    order = ("footnotes", "endnotes", "comments", "header", "footer", "charts", "diagrams", "glossary")
    inside = {name: posixpath.relpath(name, folder or ".") for name in package.matching(r".*\.xml")}
    fitting = [name for name, relative in inside.items() if _SIDE_PARTS.fullmatch(relative)]
    return sorted(
        fitting, key=lambda name: next(at for at, word in enumerate(order) if inside[name].lower().startswith(word))
    )


_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_FETCHING_FIELD = re.compile(r"\b(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON)\b", re.IGNORECASE)


class _Part:
    """The text of one part, read as a stream."""

    def __init__(self, package: Package, name: str, depth: int, numbering: Numbering | None = None) -> None:
        self.broken = False
        self.active = False
        self._out: list[str] = []
        self._room = limits.TEXT_CHARS_MAX + 1
        self._fields: list[str] = []
        self._numbering = numbering
        self._begun: list[int] = []
        """Where in the output each paragraph that is not yet ended begins; likewise cells."""
        self._cells: list[int] = []
        try:
            self._walk(package, name, depth)
        except Damaged:
            self.broken = True
        self.text = "".join(self._out)
        self.active = _FETCHING_FIELD.search("".join(self._fields)) is not None

    def _walk(self, package: Package, name: str, depth: int) -> None:
        out = self._out
        skipping = 0
        for event, element in office.events(package, name):
            tag = element.tag
            if not isinstance(tag, str):
                continue
            word = tag.rpartition("}")[2]
            if event == "start":
                # The fallback repeats, for old programs, the drawing that came before it.
                skipping += word == "Fallback"
                if word == "p" and not skipping:
                    self._begun.append(len(out))
                elif word == "tc" and not skipping:
                    self._cells.append(len(out))
                continue
            if word == "Fallback":
                skipping -= 1
                element.clear()
            elif skipping:
                continue
            elif word == "t" or word == "v":
                if element.text:
                    out.append(element.text)
                    self._room -= len(element.text)
                    if self._room < 0:
                        return
                if word == "v":
                    out.append("\t")
            elif word == "p":
                begun = self._begun.pop() if self._begun else len(out)
                label = self._numbering.label(element) if self._numbering is not None else ""
                if label:
                    out.insert(begun, label)
                out.append("\n")
                office.forget(element)
            elif word in _BREAKS:
                # `w:tab` inside `w:tabs` is a ruler setting, not a character.
                if word != "tab" or len(element.attrib) == 0:
                    out.append(_BREAKS[word])
            elif word == "tc":
                begun = self._cells.pop() if self._cells else len(out)
                while len(out) > begun and out[-1] == "\n":
                    out.pop()
                out.append("\t")
            elif word == "tr":
                out.append("\n")
                office.forget(element)
            elif word == "instrText":
                self._fields.append(element.text or "")
            elif word == "fldSimple":
                self._fields.append(
                    next((value for key, value in element.attrib.items() if key.endswith("}instr")), "")
                )
            elif word == "textpath":
                out.append((element.get("string") or "") + "\n")
            elif word == "altChunk":
                self._alternative(package, name, element, depth)

    def _alternative(self, package: Package, name: str, element: Any, depth: int) -> None:
        """The body of another document that Word takes in when it opens this one."""
        identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
        arrow = office.relationships(package, name).get(identity)
        if arrow is None or arrow.external or depth >= limits.NESTING_MAX:
            self.broken = self.broken or arrow is None or not arrow.external
            return
        try:
            text = _read_chunk(package.read(arrow.target), depth + 1)
        except Unreadable:
            self.broken = True
            return
        self._out.append("\n" + "\n".join(text.pages) + "\n")


def _read_chunk(data: bytes, depth: int) -> Text:
    from indexer.formats import html, plain, rtf

    if data.startswith(b"PK\x03\x04"):
        return from_stream(io.BytesIO(data), depth)
    if re.match(rb"[\w-]+: ?[^\n]*\n", data) and b"MIME-Version" in data[:4096]:
        return html.from_web_archive(data)
    if data.lstrip()[:5] == b"{\\rtf":
        return rtf.from_bytes(data)
    if b"<" in data[:1024]:
        return html.from_bytes(data)
    return plain.from_bytes(data)
