"""XML of any vocabulary: its character data, with entities left unexpanded and nothing fetched."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# lxml ships no types.

import re
from pathlib import Path

from indexer import charset, office
from indexer.claims import Claim, Seen
from indexer.errors import Unreadable
from indexer.formats import plain
from indexer.text import Caution, Text
from indexer.writing import Pages

MEDIA_TYPES = ("application/xml", "image/svg+xml")
EXTENSIONS = ("xml", "svg", "xsl", "xslt", "xsd", "rdf")
SAMPLE_PHRASE = "二次供水水质检测报告"


def sample() -> bytes:
    page = f'<?xml version="1.0" encoding="UTF-16"?><报告><题名>{SAMPLE_PHRASE}</题名><结论>合<b>格</b></结论></报告>'
    return page.encode("utf-16")


_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*\?>")
_ROOT = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?.*?\?>\s*|<!DOCTYPE[^>\[]*(?:\[.*?\])?\s*>\s*)*<([A-Za-z_\u4e00-\u9fff][\w.:-]*)[\s/>]",
    re.DOTALL,
)
_DECLARED = re.compile(r"""\A(\s*<\?xml[^>]*?)\s+encoding\s*=\s*["'][^"']*["']""")
_PACKED_CHARS_MIN = 400
_PACKED = re.compile(r"[A-Za-z0-9+/=\s]+")


def claims(seen: Seen) -> Claim | None:
    if not seen.textual:
        return None
    root = _ROOT.match(seen.text)
    if root is None or root.group(1).lower() in ("html", "head", "body", "p", "div", "table", "span"):
        return None
    kind = MEDIA_TYPES[1] if root.group(1).rpartition(":")[2] == "svg" else MEDIA_TYPES[0]
    if _DECLARATION.match(seen.text) or kind == MEDIA_TYPES[1]:
        return Claim(kind, 0.65)
    closed = f"</{root.group(1)}>" in seen.text[-2000:] or seen.size > len(seen.head)
    return Claim(kind, 0.5 if closed else 0.22)


def read(path: Path) -> Text:
    """One page. Elements end lines, except inside running text; packed binary data is left out."""
    from lxml import etree

    data = plain.load(path)
    decoded = charset.decode(data, declared=charset.declared_in(data))
    # As UTF-8 by our own word: the parser need not know the encoding the file declares.
    source = _DECLARED.sub(r"\1", decoded.text.lstrip("\ufeff \t\r\n"))
    # Without declarations and references there is nothing to expand, whatever the parser would do with it.
    safe = _REFERENCE.sub(" ", _DOCTYPE.sub("", source, count=1))
    content = safe.encode("utf-8", "ignore")
    writer = _Writer()
    parser = etree.XMLParser(target=writer, encoding="utf-8", **office.SAFE)
    broken = False
    try:
        for at in range(0, len(content), 1 << 20):
            parser.feed(content[at : at + (1 << 20)])
        parser.close()
    except etree.XMLSyntaxError:
        broken = True
    text = writer.text()
    if broken and not text.strip():
        raise Unreadable("The XML is damaged from its beginning.", "damaged")
    pages = Pages()
    pages.add("\n".join(line for line in (line.strip() for line in text.split("\n")) if line))
    found = [*pages.cautions()]
    if broken:
        found.append(Caution("partly-unreadable"))
    if _OUTER_ENTITY.search(source[:100_000]):
        found.append(Caution("external-links", "entities"))
    return Text(pages.done(), cautions=tuple(found))


_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL)
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)[^;\s<&]{1,100};")
_OUTER_ENTITY = re.compile(r"<!(?:ENTITY|DOCTYPE)[^>\[]*\b(?:SYSTEM|PUBLIC)\b")


class _Writer:
    """Hears the parser's events and puts each element's text together when it ends."""

    def __init__(self) -> None:
        self._open: list[_Element] = [_Element()]

    def start(self, _tag: str, _attributes: dict[str, str]) -> None:
        self._open.append(_Element())

    def end(self, _tag: str) -> None:
        if len(self._open) > 1:
            element = self._open.pop()
            self._open[-1].take(element.text())

    def data(self, data: str) -> None:
        self._open[-1].say(data)

    def close(self) -> None:
        """Nothing to hand over: the caller has this object."""

    def text(self) -> str:
        """Everything said, also when the end was never reached."""
        while len(self._open) > 1:
            self.end("")
        return self._open[0].text()


class _Element:
    __slots__ = ("_pieces", "has_children", "has_words")

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.has_children = False
        self.has_words = False

    def say(self, words: str) -> None:
        self._pieces.append(words)
        self.has_words = self.has_words or not words.isspace()

    def take(self, child: str) -> None:
        self._pieces.append(child)
        self.has_children = True

    def text(self) -> str:
        # Words beside children: running text, where `合<b>格</b>` is one word.
        text = ("\n" if self.has_children and not self.has_words else "").join(self._pieces)
        return "" if len(text) >= _PACKED_CHARS_MIN and not self.has_children and _PACKED.fullmatch(text) else text
