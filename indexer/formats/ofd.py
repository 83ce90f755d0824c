"""OFD, the fixed layout of Chinese offices and electronic invoices: text page by page, and what is attached."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# lxml ships no types.

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer import limits, office
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.package import Damaged, Package, packed
from indexer.text import Caution, Child, Text
from indexer.writing import Pages, metadata

MEDIA_TYPES = ("application/ofd",)
EXTENSIONS = ("ofd",)
SAMPLE_PHRASE = "电子发票普通发票"


def sample() -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    words = "".join(
        f'<ofd:TextObject Boundary="10 {10 + 10 * line} 80 5" Size="4"><ofd:TextCode X="0" Y="4">{text}</ofd:TextCode>'
        "</ofd:TextObject>"
        for line, text in enumerate((SAMPLE_PHRASE, "物业服务费 300.00"))
    )
    return packed(
        {
            "OFD.xml": f"{head}<ofd:OFD {space}><ofd:DocBody><ofd:DocInfo><ofd:Title>发票</ofd:Title></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f'{head}<ofd:Document {space}><ofd:Pages><ofd:Page ID="1" '
            'BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
            "Doc_0/Pages/Page_0/Content.xml": f"{head}<ofd:Page {space}><ofd:Content><ofd:Layer>{words}</ofd:Layer>"
            "</ofd:Content></ofd:Page>",
        }
    )


def claims(seen: Seen) -> Claim | None:
    if seen.members is None or not any(name.lower().lstrip("/") == "ofd.xml" for name in seen.members):
        return None
    return Claim(MEDIA_TYPES[0], 0.95)


def read(path: Path) -> Text:
    """A page per page of all documents in the file, with what stands on it by template and annotation."""
    with Package(path) as package:
        if package.encrypted:
            return Text((), cautions=(Caution("encrypted"),))
        root = office.tree(package, "OFD.xml")
        if root is None:
            raise Unreadable("The file has no readable beginning.", "damaged")
        bodies = [_Body(package, element) for element in root.iter("{*}DocBody")]
        pages = Pages()
        for text in (text for body in bodies for text in body.pages()):
            pages.add(text)
            pages.full = pages.full or limits.almost_over()
            if pages.full:
                break
        if not pages.done():
            if package.find("Encryptions.xml") or any(True for _ in root.iter("{*}Encryptions")):
                return Text((), cautions=(Caution("encrypted"),))
            raise Unreadable("The document has no page that can be read.", "damaged")
        children = _children(iter(bodies))
        found = list(pages.cautions())
        broken, seals = sum(body.broken for body in bodies), sum(body.seals() for body in bodies)
        if seals:
            found.append(Caution("signed", str(seals)))
        if broken:
            found.append(Caution("partly-unreadable", str(broken)))
        if children:
            found.append(Caution("has-children", str(len(children))))
        return Text(pages.done(), (), bodies[0].facts() if bodies else {}, children, tuple(found))


class _Body:
    """One of the documents in the file."""

    def __init__(self, package: Package, element: Any) -> None:
        self._package = package
        self._info = element
        self.broken = 0
        self._main = self._find("", _text(element, "DocRoot"))
        self._root = office.tree(package, self._main) if self._main else None
        self.broken += self._root is None

    def facts(self) -> dict[str, str]:
        return metadata(
            title=_text(self._info, "Title"),
            author=_text(self._info, "Author"),
            created=_text(self._info, "CreationDate"),
            modified=_text(self._info, "ModDate"),
            producer=_text(self._info, "Creator"),
        )

    def seals(self) -> int:
        """How many signatures and seals were put on the document."""
        listed = self._find("", _text(self._info, "Signatures"))
        root = office.tree(self._package, listed) if listed else None
        return 0 if root is None else sum(1 for _ in root.iter("{*}Signature"))

    def pages(self) -> Iterator[str]:
        if self._root is None:
            return
        templates = {one.get("ID"): one.get("BaseLoc") or "" for one in self._root.iter("{*}TemplatePage")}
        notes = self._annotations()
        for element in self._root.iter("{*}Page"):
            place = self._find(self._main, element.get("BaseLoc") or "")
            if not place:
                self.broken += 1
                yield ""
                continue
            words, used = self._words(place)
            behind = (self._words(self._find(self._main, templates.get(name, "")))[0] for name in used)
            above = (_once(self._words(part)[0]) for part in notes.get(element.get("ID") or "", ()))
            yield "\n".join(text for text in (*behind, words, *above) if text)

    def attachments(self) -> Iterator[tuple[str, bytes]]:
        """Name and content of each attached file."""
        listed = "" if self._root is None else self._find(self._main, _text(self._root, "Attachments"))
        root = office.tree(self._package, listed) if listed else None
        for element in () if root is None else root.iter("{*}Attachment"):
            place = self._find(listed, _text(element, "FileLoc") or element.get("FileLoc") or "")
            try:
                content = self._package.read(place)
            except Damaged:
                self.broken += 1
                continue
            name, kind = element.get("Name") or posixpath.basename(place), element.get("Format") or ""
            yield (f"{name}.{kind.lower()}" if kind.isalnum() and "." not in name else name), content

    def _annotations(self) -> dict[str, list[str]]:
        """The parts with annotations, by page."""
        listed = "" if self._root is None else self._find(self._main, _text(self._root, "Annotations"))
        root = office.tree(self._package, listed) if listed else None
        found: dict[str, list[str]] = {}
        for element in () if root is None else root.iter("{*}Page"):
            place = self._find(listed, _text(element, "FileLoc"))
            if place:
                found.setdefault(element.get("PageID") or "", []).append(place)
        return found

    def _find(self, origin: str, place: str) -> str:
        """A member by the way that leads there: from the root, from its own folder, or, by mistake, the other."""
        place = place.strip().replace("\\", "/")
        near = posixpath.normpath(posixpath.join("/", posixpath.dirname(origin), place.lstrip("/")))
        ways = (place, near) if place.startswith("/") else (near, place)
        return next((found for way in ways if place and (found := self._package.find(way))), "")

    def _words(self, place: str) -> tuple[str, list[str]]:
        """The words of one part, and the templates it asks for."""
        lines, templates = _Lines(), list[str]()
        if not place:
            return "", templates
        box, size = _Box(), 0.0
        try:
            for event, element in office.events(self._package, place):
                word = office.local(element)
                if event == "start":
                    if word == "TextObject":
                        box, size = _box(element.get("Boundary") or ""), _number(element.get("Size") or "")
                    continue
                if word == "TextCode" and element.text:
                    lines.say(element.text, box, _number(element.get("Y") or ""), size)
                elif word == "Template":
                    templates.append(element.get("TemplateID") or "")
                elif word == "TextObject":
                    office.forget(element)
        except Damaged:
            self.broken += 1
        return lines.text(), templates[:20]


@dataclass(frozen=True, slots=True)
class _Box:
    left: float = 0
    top: float = 0
    width: float = 0


class _Lines:
    """Pieces of text as they are drawn: what follows closely on the same line belongs together."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._room = limits.TEXT_CHARS_MAX + 1
        self._line = self._right = float("-inf")
        self._last: _Box | None = None

    def say(self, words: str, box: _Box, baseline: float, size: float) -> None:
        if self._room < 0:
            return
        line, size = box.top + baseline, size or 4.0
        same_line = abs(line - self._line) < 0.4 * size and box.left >= self._right - size
        if self._out:
            near = box is self._last or box.left - self._right < 0.6 * size
            self._out.append(("" if near else " ") if same_line else "\n")
        self._out.append(words)
        self._room -= len(words)
        self._line, self._last = line, box
        self._right = min(box.left + box.width, box.left + 1.1 * size * len(words)) if box.width else box.left

    def text(self) -> str:
        return "\n".join(line for line in "".join(self._out).split("\n") if line.strip())


def _once(text: str) -> str:
    """Watermarks cover the page with the same words."""
    return "\n".join(dict.fromkeys(text.split("\n")))


def _box(boundary: str) -> _Box:
    numbers = [_number(word) for word in boundary.split()[:3]]
    return _Box(*numbers) if len(numbers) == 3 else _Box()


def _number(word: str) -> float:
    try:
        return min(max(float(word), -1e6), 1e6)
    except ValueError:
        return 0.0


def _text(element: Any, name: str) -> str:
    """The words of the first element of this name inside, in whatever namespace."""
    return next(((one.text or "").strip() for one in element.iter(f"{{*}}{name}")), "")


def _children(bodies: Iterator[_Body]) -> tuple[Child, ...]:
    found: list[Child] = []
    room = limits.CHILDREN_BYTES_MAX
    for name, content in (one for body in bodies for one in body.attachments()):
        room -= len(content)
        if room < 0 or len(found) == limits.CHILDREN_MAX:
            break
        found.append(Child(name[:1000], content))
    return tuple(found)
