"""Mailboxes: many letters in one file, a page each."""

import re
from collections.abc import Iterator
from pathlib import Path

from indexer import letters, limits
from indexer.claims import Claim, Seen
from indexer.formats.html import shown
from indexer.text import Caution, Child, Text
from indexer.writing import Pages

MEDIA_TYPES = ("application/mbox",)
EXTENSIONS = ("mbox", "mbx", "eml")
SAMPLE_PHRASE = "业主意见征询结果"


def sample() -> bytes:
    texts = (f"{SAMPLE_PHRASE}如下。", "第二封")
    return b"\n".join(
        f"From wang@example.com Mon Mar  2 09:3{number}:00 2026\nFrom: wang@example.com\nTo: li@example.com\n"
        f"Subject: {number}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()
        for number, text in enumerate(texts)
    )


_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
# Whose letter and when; sloppy programs leave out the day, but never the header behind it.
_MARK = re.compile(
    rb"^From [^\s:][^\r\n]*?(?:[ \t]+" + _DAY + rb"[ ,][^\r\n]*\d{4}[^\r\n]*\r?\n|\r?\n(?=>?[!-9;-~]+[ \t]*:))",
    re.MULTILINE,
)
_DATED = re.compile(rb"From [^\s:][^\r\n]*[ \t]" + _DAY + rb"[ ,][^\r\n]*\d\d:\d\d[^\r\n]*\d{4}")


def claims(seen: Seen) -> Claim | None:
    mark = _MARK.match(seen.head)
    if mark is None:
        return None
    head = seen.head[mark.end() :].decode("latin-1").replace("\r\n", "\n")
    if letters.looks_like_a_letter(head.lstrip(">")):
        return Claim(MEDIA_TYPES[0], 0.65)
    return Claim(MEDIA_TYPES[0], 0.5) if _DATED.match(seen.head) else None


def read(path: Path) -> Text:
    """A page per letter, named by its subject; the attachments of all of them."""
    pages = Pages()
    names: list[str] = []
    children: list[Child] = []
    cautions: dict[str, Caution] = {}
    room = limits.CHILDREN_BYTES_MAX
    with path.open("rb") as stream:
        data = stream.read(letters.BYTES_MAX + 1)
    if len(data) > letters.BYTES_MAX:
        cautions["truncated"] = Caution("truncated")
    for begin, end in _letters(data):
        letter = _read(data[begin:end])
        pages.add(letter.page())
        names.append(letter.subject[:1000])
        for caution in letter.cautions:
            cautions.setdefault(caution.code, Caution(caution.code))
        for child in letter.children:
            room -= len(child.content)
            if room >= 0 and len(children) < limits.CHILDREN_MAX:
                children.append(child)
        pages.full = pages.full or limits.almost_over()
        if pages.full:
            break
    for caution in pages.cautions():
        cautions.setdefault(caution.code, caution)
    kept = pages.done()
    title = {"title": names[0]} if len(kept) == 1 and names[0] else {}
    return Text(kept, tuple(names[: len(kept)]), title, tuple(children), tuple(cautions.values()))


def _letters(data: bytes) -> Iterator[tuple[int, int]]:
    """Where each letter begins and ends, without the line that marks its beginning."""
    begin = None
    for mark in _MARK.finditer(data):
        # In the middle of a letter a line may begin with the same word, but not after an empty line.
        if mark.start() and data[max(mark.start() - 2, 0) : mark.start()] not in (b"\n\n", b"\r\n"):
            continue
        if begin is not None:
            yield begin, mark.start()
        begin = mark.end()
    if begin is not None:
        yield begin, len(data)


def _read(data: bytes) -> letters.Letter:
    try:
        return letters.read_letter(data, shown)
    except RecursionError:
        return letters.Letter(text=letters.decode_bytes(data, None))
