"""Electronic mail: what a letter says of itself, what it says, and what is attached, in whatever encodings."""

import base64
import binascii
import email
import email.errors
import email.policy
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from typing import cast

from indexer import charset, limits
from indexer.text import Caution, Child
from indexer.writing import clean

BYTES_MAX = 160 << 20
"""What is beyond this is not read of a letter or mailbox."""

_NAMES = (
    "from to cc subject date received return-path message-id mime-version delivered-to reply-to sender "
    "content-type x-mailer dkim-signature x-priority in-reply-to references"
)
KNOWN = frozenset(_NAMES.split())
"""Header fields by which a letter is told from other text with colons."""

_FIELD = re.compile(r"([!-9;-~]{1,76})[ \t]*:[^\n]*\n(?:[ \t]+[^\n]*\n)*")


def looks_like_a_letter(head: str) -> bool:
    """True when the text begins with a block of header fields at least two of which only letters have."""
    at, found = 0, set[str]()
    while (match := _FIELD.match(head, at)) is not None and at < 60_000:
        found.add(match.group(1).lower())
        at = match.end()
    return len(found & KNOWN) >= 2


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, read. Header values are decoded; `text` is the better of its bodies."""

    subject: str = ""
    sender: str = ""
    to: str = ""
    cc: str = ""
    date: str = ""
    text: str = ""
    children: tuple[Child, ...] = ()
    cautions: tuple[Caution, ...] = ()

    def page(self) -> str:
        """The letter as one page: header lines with the names mail programs print in Chinese, then the body."""
        names = "、".join(child.name for child in self.children if child.name)
        values = (self.subject, self.sender, self.to, self.cc, self.date, names)
        lines = [f"{label}：{value}" for label, value in zip(_LABELS, values, strict=True) if value]
        return "\n".join((*lines, "", self.text))


_LABELS = ("主题", "发件人", "收件人", "抄送", "日期", "附件")


def read_letter(data: bytes, shown: Callable[[str], str]) -> Letter:
    """Read one message; what is broken in it is read as far as it goes. `shown` is what a web page shows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Saved as text by a program that saves every text so.
        data = charset.decode(data).text.encode("utf-8", "replace")
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    body = _Body()
    for part in _parts(message):
        body.take(part)
    return Letter(
        subject=_header(message, "Subject"),
        sender=_header(message, "From"),
        to=_header(message, "To"),
        cc=_header(message, "Cc"),
        date=_header(message, "Date"),
        text=body.text(shown),
        children=tuple(body.children),
        cautions=body.cautions(),
    )


# ---- Header fields ----

_WORD = re.compile(r"=\?([\w.:+-]+)(?:\*[\w-]*)?\?([BbQq])\?([^?]*(?:\?(?!=)[^?]*)*)\?=")
_FOLD = re.compile(r"\s*\r?\n\s+")


def decode_header(raw: str) -> str:
    """A header value as people read it: encoded words put together, bytes without any encoding guessed."""
    if not raw.isascii():
        content = raw.encode("utf-8", "surrogateescape")
        raw = charset.decode(content).text
    out: list[str] = []
    waiting, codec, at = b"", "", 0
    for match in _WORD.finditer(raw):
        between = raw[at : match.start()]
        label, kind, words = match.groups()
        content = _unpacked(kind, words)
        # Mailers cut in the middle of a character and go on in the next word: bytes first, characters after.
        if waiting and (between.strip() or label.lower() != codec):
            out.append(decode_bytes(waiting, codec))
            waiting = b""
        if between.strip() or not codec:
            out.append(between)
        waiting, codec, at = waiting + content, label.lower(), match.end()
    if waiting:
        out.append(decode_bytes(waiting, codec))
    out.append(raw[at:])
    return clean(_FOLD.sub(" ", "".join(out)).replace("\n", " ")).strip()


def _unpacked(kind: str, words: str) -> bytes:
    raw = words.encode("ascii", "replace")
    if kind in "Qq":
        return quopri.decodestring(raw.replace(b"_", b" "))
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return raw


_DOUBLE = frozenset(("gb18030", "big5hkscs", "euc_kr", "shift_jis", "cp932", "cp949", "euc_jp"))
_STATEFUL = frozenset(("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr", "hz", "utf-7"))


def decode_bytes(content: bytes, label: str | None) -> str:
    """Bytes with the character set their sender named, which is not always the one they are in."""
    named = charset.known(label)
    if named in _STATEFUL:
        return content.decode(named, "replace")
    decoded = charset.decode(content, declared=label)
    if named in _DOUBLE and decoded.encoding == "utf-8" and max(decoded.text, default="") < "\u0800":
        # 通知 in GB2312 happens to be two well-formed letters of UTF-8 that nobody in China writes.
        return content.decode(named, "replace")
    return decoded.text


def _header(message: Message, name: str) -> str:
    values = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return decode_header(values[0])[:2000] if values else ""


# ---- Parts ----

_PARTS_MAX = 5000
_NESTING_MAX = 50


def _parts(message: Message, depth: int = 0) -> Iterator[Message]:
    """The leaves, and whole letters inside the letter, in order."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart() or depth > _NESTING_MAX:
        yield message
        return
    if message.get_content_type() in ("multipart/signed", "multipart/encrypted"):
        yield message
    for part in _inner(message)[:_PARTS_MAX]:
        yield from _parts(part, depth + 1)


def _inner(message: Message) -> list[Message]:
    """The messages a message is made of; none for a leaf."""
    inner: object = message.get_payload()
    return [one for one in cast(list[object], inner) if isinstance(one, Message)] if isinstance(inner, list) else []


@dataclass(slots=True)
class _Body:
    """What the parts of one letter come to."""

    children: list[Child] = field(default_factory=list[Child])
    _plain: list[str] = field(default_factory=list[str])
    _html: list[str] = field(default_factory=list[str])
    _cautions: dict[str, Caution] = field(default_factory=dict[str, Caution])
    _room: int = limits.CHILDREN_BYTES_MAX
    _text_room: int = limits.TEXT_CHARS_MAX

    def take(self, part: Message) -> None:
        kind = part.get_content_type()
        if kind in _SAYING:
            self._note(_SAYING[kind])
        if kind.startswith("multipart/"):
            if not part.is_multipart() and not self._plain:
                # Its parts cannot be told apart; what it says is there all the same.
                self._say(part, self._plain)
            return
        name = _file_name(part)
        attached = bool(name) or part.get_content_disposition() == "attachment"
        if kind == "message/rfc822" or part.is_multipart():
            self._add(name or "letter.eml", _whole(part))
        elif kind == "text/html" and not attached:
            self._say(part, self._html)
        elif kind == "text/plain" and not attached:
            self._say(part, self._plain)
        else:
            self._add(name or f"part-{len(self.children) + 1}", _content(part))

    def text(self, shown: Callable[[str], str]) -> str:
        """Of two bodies that say the same the one that says more."""
        plain = "\n".join(self._plain)
        web = "\n".join(map(shown, self._html))
        return max(plain, web, key=lambda text: len("".join(text.split())))

    def cautions(self) -> tuple[Caution, ...]:
        if self.children:
            self._note(Caution("has-children", str(len(self.children))))
        return tuple(self._cautions.values())

    def _say(self, part: Message, where: list[str]) -> None:
        words = decode_bytes(_content(part), part.get_content_charset())[: max(self._text_room, 0)]
        self._text_room -= len(words)
        if self._text_room <= 0:
            self._note(Caution("truncated"))
        where.append(words)

    def _add(self, name: str, content: bytes) -> None:
        self._room -= len(content)
        if self._room < 0 or len(self.children) >= limits.CHILDREN_MAX:
            self._note(Caution("partly-unreadable", "attachments"))
        else:
            self.children.append(Child(name[:1000], content))

    def _note(self, caution: Caution) -> None:
        self._cautions.setdefault(caution.code, caution)


_SAYING = {
    "multipart/signed": Caution("signed"),
    "application/pkcs7-signature": Caution("signed"),
    "application/x-pkcs7-signature": Caution("signed"),
    "multipart/encrypted": Caution("encrypted"),
    "application/pkcs7-mime": Caution("encrypted"),
    "application/x-pkcs7-mime": Caution("encrypted"),
}


def _file_name(part: Message) -> str:
    try:
        return decode_header(part.get_filename() or "")
    except (ValueError, LookupError, TypeError, AttributeError):
        # A name in pieces that do not fit together.
        return "attachment"


def _content(part: Message) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        content = None
    return content if isinstance(content, bytes) else b""


def _whole(part: Message) -> bytes:
    """The letter inside a part, as a file of its own."""
    try:
        return b"\n".join(one.as_bytes() for one in _inner(part)) or _content(part)
    except (ValueError, LookupError, TypeError, AttributeError, email.errors.MessageError):
        return b""
