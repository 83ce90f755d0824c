"""PowerPoint presentations: one page per slide, with its notes, comments, tables, charts and diagrams."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# lxml ships no types.

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer import limits, office
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.package import Damaged, Package, packed
from indexer.text import Caution, Text
from indexer.writing import Pages

_VENDOR = "application/vnd.openxmlformats-officedocument.presentationml."
if TYPE_CHECKING:
    from PIL import Image

MEDIA_TYPES = (
    _VENDOR + "presentation",
    _VENDOR + "slideshow",
    _VENDOR + "template",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.12",
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.12",
    "application/vnd.ms-powerpoint.template.macroEnabled.12",
)
EXTENSIONS = ("pptx", "pptm", "potx", "potm", "ppsx", "ppsm")
SAMPLE_PHRASE = "消防安全培训课件"


def sample() -> bytes:
    types = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    rels = head + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    spaces = (
        f'xmlns:r="{types}" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
    )
    words = f"<a:p><a:r><a:t>{SAMPLE_PHRASE[:4]}</a:t></a:r><a:r><a:t>{SAMPLE_PHRASE[4:]}</a:t></a:r></a:p>"
    shape = f"<p:cSld><p:spTree><p:sp><p:txBody>{words}</p:txBody></p:sp></p:spTree></p:cSld>"
    return packed(
        {
            "[Content_Types].xml": f'{head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/ppt/presentation.xml" ContentType="{MEDIA_TYPES[0]}.main+xml"/></Types>',
            "_rels/.rels": f'{rels}<Relationship Id="r1" Type="{types}/officeDocument" Target="ppt/presentation.xml"/>'
            "</Relationships>",
            "ppt/presentation.xml": f"{head}<p:presentation {spaces}><p:sldIdLst>"
            '<p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>',
            "ppt/_rels/presentation.xml.rels": f'{rels}<Relationship Id="r1" Type="{types}/slide" '
            'Target="slides/slide1.xml"/></Relationships>',
            "ppt/slides/slide1.xml": f"{head}<p:sld {spaces}>{shape}</p:sld>",
        }
    )


_MAIN_TYPES = (
    (b"presentationml.presentation.main", MEDIA_TYPES[0]),
    (b"presentationml.slideshow.main", MEDIA_TYPES[1]),
    (b"presentationml.template.main", MEDIA_TYPES[2]),
    (b"ms-powerpoint.presentation.macroEnabled", MEDIA_TYPES[3]),
    (b"ms-powerpoint.slideshow.macroEnabled", MEDIA_TYPES[4]),
    (b"ms-powerpoint.template.macroEnabled", MEDIA_TYPES[5]),
)


def claims(seen: Seen) -> Claim | None:
    if seen.members is None:
        return None
    types = seen.part("[Content_Types].xml")
    for mark, media_type in _MAIN_TYPES:
        if mark in types:
            return Claim(media_type, 0.95)
    return Claim(MEDIA_TYPES[0], 0.9) if "ppt/presentation.xml" in seen.members else None


def read(path: Path) -> Text:
    """A page per slide in the order of showing, hidden ones too. A template without slides: its layouts."""
    with Package(path) as package:
        if package.encrypted:
            return Text((), cautions=(Caution("encrypted"),))
        slides = _slides(package) or package.matching(r"ppt/slideLayouts/[^/]+\.xml")
        if not slides and package.find("ppt/presentation.xml") is None:
            raise Unreadable("The package has no presentation in it.", "damaged")
        pages = Pages()
        broken = 0
        for part in slides:
            words = _Words()
            words.take(package, part)
            for beside in _beside(package, part):
                words.take(package, beside)
            pages.add(words.text())
            broken += words.broken
            pages.full = pages.full or limits.almost_over()
            if pages.full:
                break
        inside = office.embeddings(package)
        if inside.labels:
            pages.add(inside.labels)
        if broken and not any(page.strip() for page in pages.done()):
            raise Unreadable("No slide of the presentation can be read.", "damaged")
        found = [*office.cautions(package), *pages.cautions()]
        if broken:
            found.append(Caution("partly-unreadable", str(broken)))
        text = Text(pages.done(), (), office.properties(package), inside.children, tuple(found))
        return office.with_pictures(text, package)


def picture(path: Path, page: int) -> "Image.Image":
    """A picture in the presentation."""
    with Package(path) as package:
        return office.picture(package, read(path), page)


def _slides(package: Package) -> list[str]:
    """The slides' parts in the order of showing; in the order of their numbers where that order is lost."""
    main = next(
        (
            arrow.target
            for arrow in office.relationships(package, "").values()
            if arrow.kind == "officeDocument" and package.find(arrow.target)
        ),
        "ppt/presentation.xml",
    )
    arrows = office.relationships(package, main)
    root = office.tree(package, main)
    ordered = [] if root is None else [_target(arrows, element) for element in root.iter("{*}sldId")]
    known = dict.fromkeys(part for part in ordered if part and package.find(part))
    # What no list names is shown by nobody, but it is in the file.
    known.update(dict.fromkeys(package.matching(r"ppt/slides/[^/]+\.xml")))
    return list(known)


def _target(arrows: dict[str, office.Relationship], element: Any) -> str:
    identity = next((value for key, value in element.attrib.items() if key.endswith("}id")), "")
    arrow = arrows.get(identity)
    return arrow.target if arrow is not None and not arrow.external else ""


_BESIDE = ("chart", "chartEx", "diagramData", "comments", "notesSlide")


def _beside(package: Package, slide: str) -> Iterator[str]:
    """The parts that belong to a slide, its notes last."""
    arrows = [arrow for arrow in office.relationships(package, slide).values() if not arrow.external]
    for kind in _BESIDE:
        yield from (arrow.target for arrow in arrows if arrow.kind == kind)


_FIELDS_OF_A_PAGE = frozenset(("slidenum", "datetimeFigureOut"))


class _Words:
    """The words of one slide and of what belongs to it, paragraph by paragraph."""

    def __init__(self) -> None:
        self.broken = 0
        self._out: list[str] = []
        self._room = limits.TEXT_CHARS_MAX + 1

    def take(self, package: Package, part: str) -> None:
        """Read one part to its end, or to where it breaks."""
        try:
            self._walk(package, part)
        except Damaged:
            self.broken += 1
        self._out.append("\n")

    def text(self) -> str:
        lines = (line.strip() for line in "".join(self._out).split("\n"))
        return "\n".join(line for line in lines if line)

    def _walk(self, package: Package, part: str) -> None:
        skipping = in_field = in_cell = 0
        for event, element in office.events(package, part):
            word = office.local(element)
            if event == "start":
                # The fallback repeats, for old programs, what came before it.
                skipping += word == "Fallback"
                in_field += word == "fld" and element.get("type") in _FIELDS_OF_A_PAGE
                in_cell += word == "tc"
                continue
            if word == "Fallback":
                skipping -= 1
            elif word == "fld" and element.get("type") in _FIELDS_OF_A_PAGE:
                in_field -= 1
            elif skipping or in_field:
                continue
            elif word in ("t", "v", "text") and element.text:
                self._say(element.text)
            elif word == "br":
                self._say("\n")
            elif word == "tc":
                in_cell -= 1
                self._say("\t")
            elif word in ("p", "pt", "tr", "cm"):
                # A cell of several paragraphs stays one cell.
                self._say(" " if in_cell and word == "p" else "\n")
                office.forget(element)
            if self._room < 0:
                return

    def _say(self, words: str) -> None:
        self._out.append(words)
        self._room -= len(words)
