"""What all Office Open XML packages have in common: safe XML, core properties, relationships."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false, reportMissingTypeStubs=false, reportMissingTypeArgument=false
# pyright: reportAttributeAccessIssue=false
# lxml ships no types.

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from indexer import limits, ole, pictures
from indexer.errors import Unreadable
from indexer.package import Damaged, Package
from indexer.text import Caution, Child, Text
from indexer.writing import metadata

if TYPE_CHECKING:
    from PIL import Image

# No entities, no DTD, no network, no giant nodes: what a hostile document would need.
SAFE = {"resolve_entities": False, "load_dtd": False, "no_network": True, "huge_tree": False}


@dataclass(frozen=True, slots=True)
class Relationship:
    """One arrow from a part: `kind` is the last word of its type; `target` is a member name unless external."""

    kind: str
    target: str
    external: bool


def events(package: Package, name: str, *, ends_of: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Start and end events of one part, or only the ends of the elements named (without namespace), which is faster.

    Raises Damaged where the member or its XML is broken. The caller clears what it has used; then the whole part
    is never held in memory.
    """
    from lxml import etree

    wanted = {"tag": [f"{{*}}{word}" for word in ends_of]} if ends_of else {}
    parser = etree.XMLPullParser(("end",) if ends_of else ("start", "end"), **wanted, **SAFE)
    try:
        for chunk in package.chunks(name):
            parser.feed(chunk)
            yield from parser.read_events()
        parser.close()
        yield from parser.read_events()
    except etree.XMLSyntaxError as error:
        yield from _readable(parser)
        raise Damaged(name) from error


def _readable(parser: Any) -> Iterator[tuple[str, Any]]:
    """What was understood before the XML broke."""
    from lxml import etree

    try:
        yield from parser.read_events()
    except etree.XMLSyntaxError:
        return


def tree(package: Package, name: str) -> Any | None:
    """A small part as a tree; None when it is missing or broken."""
    from lxml import etree

    try:
        return etree.fromstring(package.read(name), etree.XMLParser(**SAFE))
    except (Damaged, etree.XMLSyntaxError, ValueError):
        return None


def forget(element: Any) -> None:
    """Free a finished element and its elder siblings."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while parent[0] is not element:
            del parent[0]


def local(element: Any) -> str:
    """The element's name without its namespace: transitional and strict documents differ only there."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def relationships(package: Package, part: str) -> dict[str, Relationship]:
    """The arrows that leave a part ('' for the package itself), by id."""
    folder, base = posixpath.split(part)
    root = tree(package, posixpath.join(folder, "_rels", f"{base}.rels"))
    found: dict[str, Relationship] = {}
    if root is None:
        return found
    for element in root:
        if local(element) != "Relationship":
            continue
        external = (element.get("TargetMode") or "").lower() == "external"
        target = element.get("Target") or ""
        if not external:
            target = posixpath.normpath(posixpath.join(folder, target)) if not target.startswith("/") else target[1:]
        found[element.get("Id") or ""] = Relationship((element.get("Type") or "").rpartition("/")[2], target, external)
    return found


def properties(package: Package) -> dict[str, str]:
    """Title, author, dates and language out of the core properties."""
    root = tree(package, "docProps/core.xml")
    values = {} if root is None else {local(element): element.text or "" for element in root if not len(element)}
    app = tree(package, "docProps/app.xml")
    producers = () if app is None else tuple(element.text or "" for element in app if local(element) == "Application")
    return metadata(
        title=values.get("title"),
        author=values.get("creator"),
        created=values.get("created"),
        modified=values.get("modified"),
        language=values.get("language"),
        producer=next(iter(producers), None),
    )


_OUTWARD = frozenset(
    {
        "attachedTemplate",
        "oleObject",
        "image",
        "frame",
        "subDocument",
        "externalLinkPath",
        "externalLink",
        "video",
        "audio",
        "media",
    }
)
"""External relationships that make a program fetch something by itself; plain hyperlinks wait for a click."""


def cautions(package: Package) -> tuple[Caution, ...]:
    """What the package itself shows: macros, signatures, links to the outside, embedded files."""
    names = [name.lower() for name in package.names()]
    found: list[Caution] = []
    if any(
        name.endswith(("vbaproject.bin", "vbadata.xml")) or "/activex/" in name or "macrosheets/" in name
        for name in names
    ):
        found.append(Caution("active-content", "macros"))
    if any(name.startswith("_xmlsignatures/") for name in names):
        found.append(Caution("signed"))
    outward = sum(
        relationship.external and relationship.kind in _OUTWARD
        for name in package.matching(r".*\.rels")[:1000]
        for relationship in relationships(package, _owner(name)).values()
    )
    if outward:
        found.append(Caution("external-links", str(outward)))
    embedded = len(package.matching(r".*/embeddings/[^/]+"))
    if embedded:
        found.append(Caution("has-children", str(embedded)))
    return tuple(found)


def embeddings(package: Package) -> ole.Embeddings:
    """Take the embedded files out of their wrappers; what only its own program understands stays where it is."""
    room = limits.CHILDREN_BYTES_MAX
    found: list[Child] = []
    labels: dict[str, None] = {}
    for name in package.matching(r".*/embeddings/[^/]+")[: limits.CHILDREN_MAX]:
        base = posixpath.basename(name)
        try:
            content = package.read(name)
        except Damaged:
            continue
        if content.startswith(ole.MAGIC):
            inner = ole.embedded(content, base)
            if inner is None:
                continue
            labels.setdefault(inner.name)
            labels.setdefault(inner.origin)
            base, content = inner.name, inner.content
        room -= len(content)
        if room < 0:
            break
        found.append(Child(base[:1000], content))
    return ole.Embeddings(tuple(found), "\n".join(label for label in labels if label))


_PICTURE = re.compile(r"(word|ppt|xl)/media/[^/]+\.(png|jpe?g|jfif|tiff?|bmp|gif|webp)", re.IGNORECASE)
_PICTURES_MAX = 60
_PICTURE_BYTES_MAX = 64 << 20
_PICTURE_SIDE_MIN_PX, _PICTURE_AREA_MIN_PX = 48, 40_000
"""Smaller ones are signs and bullets."""


def with_pictures(text: Text, package: Package) -> Text:
    """The text with a page for every picture that may bear words, to be read off it."""
    names = _pictures(package)
    if not names or len(text.pages) + len(names) > limits.PAGES_MAX:
        return text
    before = len(text.pages)
    called = text.page_names or ("",) * before
    return replace(
        text,
        pages=(*text.pages, *("" for _ in names)),
        page_names=(*called, *map(posixpath.basename, names)),
        unread=tuple(range(before + 1, before + len(names) + 1)),
    )


def picture(package: Package, text: Text, page: int) -> "Image.Image":
    """The picture that stands for a page of this text."""
    names = _pictures(package)
    at = page - 1 - (len(text.pages) - len(names))
    if not 0 <= at < len(names):
        raise Unreadable("There is no such page to draw.", "no-such-page")
    return pictures.frame(package.read(names[at]), 1)


def _pictures(package: Package) -> list[str]:
    found: list[str] = []
    for name in package.matching(_PICTURE.pattern):
        if len(found) >= _PICTURES_MAX or limits.almost_over():
            break
        try:
            content = package.read(name)
            if len(content) > _PICTURE_BYTES_MAX:
                continue
            with pictures.opened(content) as image:
                width, height = image.size
        except (Damaged, Unreadable):
            continue
        if min(width, height) >= _PICTURE_SIDE_MIN_PX and width * height >= _PICTURE_AREA_MIN_PX:
            found.append(name)
    return found


def _owner(relationships_part: str) -> str:
    folder, base = posixpath.split(relationships_part)
    return posixpath.join(posixpath.dirname(folder), base[: -len(".rels")])


_BESIDE = frozenset(("comments", "threadedComment", "drawing"))
_FROM_DRAWING = frozenset(("chart", "chartEx", "diagramData"))


def beside(package: Package, sheet_part: str) -> Iterator[str]:
    """The words around the cells: comments, text boxes, charts, diagrams."""
    for arrow in relationships(package, sheet_part).values():
        if arrow.kind in _BESIDE and not arrow.external:
            yield from _words(package, arrow.target)
        if arrow.kind == "drawing" and not arrow.external:
            for further in relationships(package, arrow.target).values():
                if further.kind in _FROM_DRAWING and not further.external:
                    yield from _words(package, further.target)


def _words(package: Package, part: str) -> Iterator[str]:
    """Paragraph by paragraph, whatever the vocabulary: runs `t`, values `v`, threaded `text`."""
    pieces: list[str] = []
    try:
        for event, element in events(package, part):
            if event != "end":
                continue
            word = local(element)
            if word in ("t", "v", "text") and element.text:
                pieces.append(element.text)
            if word in ("p", "pt", "comment", "threadedComment", "sp") and pieces:
                yield "".join(pieces)
                pieces.clear()
                forget(element)
    except Damaged:
        return
    if pieces:
        yield "".join(pieces)
