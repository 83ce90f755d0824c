"""Letters as mail programs save them: headers, body and attachments."""

import re
from pathlib import Path

from indexer import letters
from indexer.claims import Claim, Seen
from indexer.formats import plain
from indexer.formats.html import WEB_ARCHIVE, shown
from indexer.text import Caution, Text
from indexer.writing import Pages, metadata

MEDIA_TYPES = ("message/rfc822",)
EXTENSIONS = ("eml", "mail")
SAMPLE_PHRASE = "关于电梯年检的通知"


def sample() -> bytes:
    from email.message import EmailMessage

    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "年检", "王工 <wang@example.com>", "li@example.com"
    letter["Date"] = "Mon, 02 Mar 2026 09:30:00 +0800"
    letter.set_content(f"{SAMPLE_PHRASE}，请见附件。\n")
    letter.add_attachment("3号楼,合格\n".encode(), maintype="text", subtype="csv", filename="清单.csv")
    letter.set_boundary("==part==")
    return letter.as_bytes()


def claims(seen: Seen) -> Claim | None:
    head = seen.text if seen.textual else seen.head.decode("latin-1")
    head = head.lstrip("\ufeff \r\n").replace("\r\n", "\n")
    # The mark at the beginning of a mailbox belongs to another format.
    if _MAILBOX.match(head) or WEB_ARCHIVE.match(head[:8000]):
        return None
    return Claim(MEDIA_TYPES[0], 0.6) if letters.looks_like_a_letter(head) else None


_MAILBOX = re.compile(r"From [^\s:]")


def read(path: Path) -> Text:
    """One page: the header lines people look at, then the body."""
    with path.open("rb") as stream:
        data = stream.read(letters.BYTES_MAX + 1)
    return from_bytes(data[: letters.BYTES_MAX], cut=len(data) > letters.BYTES_MAX)


def from_bytes(data: bytes, *, cut: bool = False) -> Text:
    """As `read`, from memory."""
    try:
        letter = letters.read_letter(data.lstrip(b"\xef\xbb\xbf\r\n"), shown)
    except RecursionError:
        # Parts inside parts without end: nobody wrote that to be read.
        return plain.from_bytes(data)
    pages = Pages()
    pages.add(letter.page())
    facts = metadata(title=letter.subject, author=letter.sender, created=letter.date)
    found = (*letter.cautions, *pages.cautions(), *((Caution("truncated"),) if cut else ()))
    return Text(pages.done(), (), facts, letter.children, found)
