"""Web pages, and what programs export as if they were web pages."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportAttributeAccessIssue=false
# lxml ships no types.

import re
from pathlib import Path

from indexer import charset
from indexer.claims import Claim, Seen
from indexer.formats import plain
from indexer.text import Caution, Text
from indexer.writing import Pages, metadata

MEDIA_TYPES = ("text/html", "application/xhtml+xml", "multipart/related")
EXTENSIONS = ("html", "htm", "xhtml", "shtml", "mht", "mhtml")
SAMPLE_PHRASE = "停车场收费公示"


def sample() -> bytes:
    page = (
        '<!DOCTYPE html><html><head><meta charset="gb2312"><title>公告</title><style>p{}</style></head>'
        f"<body><p>{SAMPLE_PHRASE}</p><script>var no;</script>"
        "<table><tr><td>月卡</td><td>300元</td></tr></table></body></html>"
    )
    return page.encode("gb18030")


_OPENING = re.compile(r"(\s|<!--.*?-->|<\?[^>]*>)*<(!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
# A page saved with its pictures in one file, also under the names .doc and .xls; not a letter, which has a recipient.
WEB_ARCHIVE = re.compile(
    r"\s*(?!(?:[^\r\n]+\r?\n)*?(?:To|Received|Delivered-To|Return-Path):)(?=(?:[^\r\n]+\r?\n)*?MIME-Version:)"
    r"(?=(?:[^\r\n]+\r?\n)*?Content-Type:\s*(?:multipart/related|text/html))[\w-]+:",
    re.IGNORECASE,
)
_TAGS = re.compile(r"</?(html|body|head|table|div|p|br|span|meta|title|td|font|script|a)\b[^<>]*>", re.IGNORECASE)


def claims(seen: Seen) -> Claim | None:
    if not seen.textual:
        return None
    if WEB_ARCHIVE.match(seen.text[:8000]):
        return Claim("multipart/related", 0.55)
    if _OPENING.match(seen.text[:20_000]):
        return Claim("text/html", 0.7)
    # A fragment without an opening: only when the name agrees, or it is hardly anything but tags.
    tags = len(_TAGS.findall(seen.text[:20_000]))
    if tags >= 2 and seen.extension in EXTENSIONS:
        return Claim("text/html", 0.6)
    return Claim("text/html", 0.3) if tags >= 8 and seen.text.lstrip().startswith("<") else None


def read(path: Path) -> Text:
    """What a browser would show, as one page; scripts, styles and comments are left out."""
    data = plain.load(path)
    if WEB_ARCHIVE.match(data[:8000].decode("latin-1")):
        return from_web_archive(data)
    return from_bytes(data)


def from_bytes(data: bytes, *, declared: str | None = None) -> Text:
    """As `read`, from memory; `declared` is what a letter or server said of the character set."""
    decoded = charset.decode(data, declared=declared or charset.declared_in(data))
    text = from_text(decoded.text)
    found: tuple[Caution, ...] = (Caution("guessed-encoding", decoded.encoding),) if decoded.guessed else ()
    return Text(text.pages, (), text.metadata, (), found + text.cautions)


def from_text(page: str) -> Text:
    """As `read`, from characters."""
    reader = _Reader()
    _parse(page, reader)
    pages = Pages()
    pages.add(reader.text())
    facts = metadata(title=reader.title(), author=reader.meta.get("author"), language=reader.meta.get("language"))
    return Text(pages.done(), (), facts, (), pages.cautions())


def shown(page: str) -> str:
    """The words a page shows."""
    return "\n".join(from_text(page).pages)


def from_web_archive(data: bytes) -> Text:
    """The page inside a MIME message (`.mht`), its pictures left out."""
    import email
    import email.policy

    message = email.message_from_bytes(data, policy=email.policy.compat32)
    found: list[Text] = []
    for part in message.walk():
        if part.get_content_type() in ("text/html", "text/plain"):
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                found.append(from_bytes(body, declared=part.get_content_charset()))
    # Alternatives of one page, or the page and its frames: the first that says anything.
    spoken = (text for text in found if any(page.strip() for page in text.pages))
    return next(spoken, None) or next(iter(found), Text((), cautions=(Caution("no-text"),)))


def _parse(page: str, reader: "_Reader") -> None:
    from lxml import etree

    # As UTF-8 by our own word: what the page says about its encoding was heard already.
    parser = etree.HTMLParser(
        target=reader, encoding="utf-8", no_network=True, huge_tree=False, remove_pis=True, recover=True
    )
    data = page.encode("utf-8", "ignore").replace(b"\0", b"")
    try:
        for at in range(0, len(data), 1 << 20):
            parser.feed(data[at : at + (1 << 20)])
        parser.close()
    except etree.XMLSyntaxError:
        # Raised for a page without a single element; what was heard until then stands.
        return


_BLOCK_NAMES = (
    "address article aside blockquote body center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 "
    "h6 header hr legend li main nav ol option p pre section table tbody tfoot thead tr ul caption br title"
)
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_SILENT = frozenset(("script", "style", "template", "noscript", "object", "applet", "svg", "math"))
_WHOLE = frozenset(("home", "start", "up", "contents"))
_CELLS = frozenset(("td", "th"))
_SPACE = re.compile(r"[ \t\r\n\f]+")


class _Reader:
    """Hears the parser's events and writes down what is visible. No tree, so no depth to exhaust."""

    def __init__(self) -> None:
        self.meta: dict[str, str] = {}
        self._out: list[str] = []
        self._titles: list[str] = []
        self._works: dict[str, None] = {}
        self._silent = 0
        self._in_title = 0
        self._verbatim = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self._out.append("\n")
        if tag == "title":
            self._in_title += 1
        elif tag == "pre" or tag == "textarea":
            self._verbatim += 1
        elif tag == "meta":
            self.meta.setdefault((attributes.get("name") or "").lower(), attributes.get("content") or "")
        elif tag == "html":
            self.meta.setdefault("language", attributes.get("lang") or "")
        elif tag == "link" and (attributes.get("rel") or "").lower() in _WHOLE:
            # The work that this page is a chapter of: nowhere else on the page, and what people look for.
            self._works.setdefault(attributes.get("title") or "")
        elif tag == "img" and attributes.get("alt"):
            self._out.append(f" {attributes['alt']} ")
        elif tag == "input" and attributes.get("value") and attributes.get("type", "text") == "text":
            self._out.append(f" {attributes['value']} ")

    def end(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._out.append("\n")
        elif tag in _CELLS:
            self._out.append("\t")
        if tag == "title":
            self._in_title = max(0, self._in_title - 1)
        elif tag == "pre" or tag == "textarea":
            self._verbatim = max(0, self._verbatim - 1)

    def data(self, data: str) -> None:
        if self._silent:
            return
        if self._in_title:
            self._titles.append(data)
            return
        self._out.append(data if self._verbatim else _SPACE.sub(" ", data))

    def comment(self, text: str) -> None:
        """Not visible."""

    def close(self) -> None:
        """Nothing to hand over: the caller has this object."""

    def title(self) -> str:
        return _SPACE.sub(" ", "".join(self._titles)).strip()

    def text(self) -> str:
        lines = (line.strip(" ").rstrip("\t ") for line in "".join(self._out).split("\n"))
        body = "\n".join(line for line in lines if line.strip())
        return "\n".join(line for line in (*self._works, self.title(), body) if line)
