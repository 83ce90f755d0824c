"""Text as it is, in whatever encoding Chinese offices use."""

from pathlib import Path

from indexer import charset, limits
from indexer.claims import Claim, Seen
from indexer.text import Caution, Text
from indexer.writing import Pages

MEDIA_TYPES = ("text/plain",)
EXTENSIONS = ("txt", "text", "log", "ini", "json")
SAMPLE_PHRASE = "电梯困人应急预案"


def sample() -> bytes:
    return f"阳光花园物业服务中心\n{SAMPLE_PHRASE}：接报后五分钟内到达现场。\n".encode("gb18030")


def claims(seen: Seen) -> Claim | None:
    return Claim("text/plain", 0.2) if seen.textual else None


def read(path: Path) -> Text:
    """The whole text as one page."""
    return from_bytes(load(path))


def load(path: Path) -> bytes:
    """The bytes of a text file, as many as can matter (four per character at most)."""
    with path.open("rb") as stream:
        return stream.read(4 * limits.TEXT_CHARS_MAX + 4)


def from_bytes(data: bytes, *, declared: str | None = None) -> Text:
    """Decode and hand back one page."""
    decoded = charset.decode(data, declared=declared)
    pages = Pages()
    pages.add(decoded.text)
    guessed = (Caution("guessed-encoding", decoded.encoding),) if decoded.guessed else ()
    return Text(pages.done(), cautions=guessed + pages.cautions())
