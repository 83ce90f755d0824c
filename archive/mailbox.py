"""Mail comes in: each message of a mailbox is taken in once, and marked as read only when it is safely kept.

A message is known by the validity of the folder and its number in it (RFC 3501, 2.3.1.1), never by whether somebody
has read it: people look into shared mailboxes too. Messages are fetched without being marked.
"""

import email.errors
import email.header
import email.parser
import imaplib
import re
import ssl
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from access import rules
from access.actors import Actor
from access.rules import Action
from archive import intake, naming
from archive.app import Archive
from archive.config import Mailbox
from archive.errors import ArchiveError, Invalid, Misconfigured
from archive.intake import Claims

TIMEOUT_S = 30.0
AT_ONCE = 500
"""So many messages are taken in before others have their turn."""
_OF_THE_MESSAGE = ("too-large", "empty-file")
"""What a message can be refused for; all else that is invalid is said by the settings."""
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class Unreachable(ArchiveError):
    """The mailbox cannot be looked into right now; nothing in it is lost."""

    code = "mailbox-unreachable"


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a look into a mailbox brought."""

    taken: int
    refused: int


def fetch(archive: Archive, actor: Actor, mailbox: Mailbox) -> Fetched:
    """Take in what has come since last time. Safe to repeat, and to be cut off anywhere.

    Raises Unreachable when the server does not answer, refuses the sign-in or has no such folder;
    Misconfigured when what the settings say of its mail cannot be. Nothing is marked then.
    """
    rules.require(actor, Action.CAPTURE)
    taken = refused = 0
    with _opened(mailbox) as server:
        validity = _validity(server)
        mark = f"mailbox/{mailbox.name}"
        with archive.read() as tx:
            known, _, last = (tx.meta.get(mark) or "").partition("/")
        after = int(last) if known == validity and last.isdigit() else 0
        for uid in _numbers(server, after)[:AT_ONCE]:
            try:
                _take(archive, actor, mailbox, server, validity, uid)
                taken += 1
            except Invalid as error:
                if error.code not in _OF_THE_MESSAGE:
                    # A setting is wrong, not the message: it stays as it lies, unmarked, until the setting is mended.
                    raise Misconfigured(f"The mailbox {mailbox.name} is set up wrongly: {error}") from None
                intake.refuse(archive, actor, f"{uid}.eml", _key(mailbox, validity, uid), error, door="mail")
                refused += 1
            # Only now: what is marked is safe.
            server.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
            with archive.write() as tx:
                tx.meta.put(mark, f"{validity}/{uid}")
    return Fetched(taken, refused)


def _take(archive: Archive, actor: Actor, mailbox: Mailbox, server: imaplib.IMAP4, validity: str, uid: int) -> None:
    limit = archive.settings.file_size_max_mb << 20
    if _size(server, uid) > limit:
        raise Invalid(f"The message is larger than {archive.settings.file_size_max_mb} MB.", "too-large")
    content = b""
    for part in _answer(server, uid, "(BODY.PEEK[])"):
        content = content or part
    if not content:
        raise Unreachable("The mail server does not hand a message over; it is asked for again.")
    claims = Claims(
        class_code=mailbox.class_code, level=mailbox.level, site=mailbox.site, department=mailbox.department
    )
    intake.hand_in(
        archive,
        actor,
        BytesIO(content),
        f"{_subject(content)}.eml",
        claims,
        door="mail",
        once=_key(mailbox, validity, uid),
    )


def _subject(content: bytes) -> str:
    """What the message is about, for the name of its file; never trusted as more."""
    stated = email.parser.BytesHeaderParser().parsebytes(content[:65536]).get("Subject", "")
    try:
        subject = str(email.header.make_header(email.header.decode_header(str(stated))))
    except (LookupError, UnicodeError, ValueError, email.errors.MessageError):
        subject = str(stated)
    return naming.clean(subject.replace("/", " "))[:120] or "mail"


def _size(server: imaplib.IMAP4, uid: int) -> int:
    found = _SIZE.search(b" ".join(_answer(server, uid, "(RFC822.SIZE)", heads=True)))
    return int(found[1]) if found else 0


def _answer(server: imaplib.IMAP4, uid: int, what: str, *, heads: bool = False) -> list[bytes]:
    """What the server says of one message: the literals it sends, or with `heads` the lines around them."""
    status, answer = server.uid("FETCH", str(uid), what)
    parts = cast("list[bytes | tuple[bytes, bytes] | None]", answer) if status == "OK" else []
    if heads:
        return [part[0] if isinstance(part, tuple) else part for part in parts if part]
    return [part[1] for part in parts if isinstance(part, tuple)]


def _numbers(server: imaplib.IMAP4, after: int) -> list[int]:
    status, answer = server.uid("SEARCH", "UID", f"{after + 1}:*")
    if status != "OK":
        raise Unreachable("The mail server does not list its messages.")
    # With nothing new, * stands for the last one there is.
    return sorted(uid for uid in map(int, (answer[0] or b"").split()) if uid > after)


def _validity(server: imaplib.IMAP4) -> str:
    _, answer = server.response("UIDVALIDITY")
    value = answer[0] if answer else None
    return value.decode("ascii", "replace") if isinstance(value, bytes) else "0"


def _key(mailbox: Mailbox, validity: str, uid: int) -> str:
    return f"mail:{mailbox.name}:{validity}:{uid}"


@contextmanager
def _opened(mailbox: Mailbox) -> Generator[imaplib.IMAP4]:
    """Signed in, in the folder, able to mark; signed out at the end. The password never goes over an open line,
    unless `security` says so."""
    try:
        context = ssl.create_default_context(cafile=mailbox.ca_file or None)
        if mailbox.security == "tls":
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT_S
            )
        else:
            server = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT_S)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(f"The mail server of {mailbox.name} cannot be reached ({type(error).__name__}).") from None
    try:
        if mailbox.security == "starttls":
            server.starttls(ssl_context=context)
        server.login(mailbox.user, mailbox.password)
        status, _ = server.select(f'"{mailbox.folder}"')
        if status != "OK":
            raise Unreachable(f"The mailbox {mailbox.name} has no folder of that name.")
        yield server
    except (OSError, imaplib.IMAP4.error) as error:
        # What the server says may quote the name or a password.
        raise Unreachable(f"The mail server of {mailbox.name} broke off or refused ({type(error).__name__}).") from None
    finally:
        try:
            server.logout()
        except (OSError, imaplib.IMAP4.error):
            # It broke off; the line is put down on our side as well.
            server.shutdown()
