"""Mail is taken in once, marked only when it is safe, and found with what is attached to it.

Against a small IMAP server of our own, over real sockets and real TLS.
"""

import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from access.actors import OPERATOR, SERVICE
from access.rules import Denied
from archive import intake, mailbox, records, search
from archive.app import Archive
from archive.config import Mailbox, load
from archive.errors import Misconfigured
from archive.search import Question
from indexer.reading import Reader
from tests.builders import a_person, settle


@dataclass
class Post:
    """What lies in the mailbox, and what was asked of it."""

    messages: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    validity: int = 7
    asked: list[str] = field(default_factory=list)
    break_off_at: str = ""


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.post.asked.append(rest)
            if self.post.break_off_at and self.post.break_off_at in rest:
                return
            self.answer(tag, rest)
            if rest == "LOGOUT":
                return

    @property
    def post(self) -> Post:
        return self.server.post  # type: ignore[attr-defined]

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def answer(self, tag: str, rest: str) -> None:
        post, good = self.post, "OK done"
        if rest == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif rest.startswith("LOGIN") and "secret" not in rest:
            good = "NO wrong"
        elif rest.startswith("SELECT"):
            if "INBOX" not in rest:
                good = "NO no such folder"
            self.say(f"* {len(post.messages)} EXISTS")
            self.say(f"* OK [UIDVALIDITY {post.validity}] valid")
        elif found := re.match(r"UID SEARCH UID (\d+):\*", rest):
            uids = [uid for uid in post.messages if uid >= int(found[1])] or [max(post.messages, default=0)]
            self.say("* SEARCH " + " ".join(map(str, filter(None, uids))))
        elif found := re.match(r"UID FETCH (\d+) \(RFC822.SIZE\)", rest):
            self.say(f"* 1 FETCH (UID {found[1]} RFC822.SIZE {len(post.messages[int(found[1])])})")
        elif found := re.match(r"UID FETCH (\d+) \(BODY.PEEK\[\]\)", rest):
            content = post.messages[int(found[1])]
            self.wfile.write(f"* 1 FETCH (UID {found[1]} BODY[] {{{len(content)}}}\r\n".encode() + content + b")\r\n")
        elif found := re.match(r"UID STORE (\d+) \+FLAGS.SILENT \(\\Seen\)", rest):
            post.seen.add(int(found[1]))
        elif rest == "LOGOUT":
            self.say("* BYE")
        self.say(f"{tag} {good}")


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """One for this machine, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "mail.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, post: Post, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Session)
        self.post = post
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that breaks off is what some of these tests are about."""


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def box(post: Post, certificate: Path) -> Iterator[Mailbox]:
    with _Server(post, certificate) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield Mailbox("档案室", "127.0.0.1", "da", "secret", port=server.server_address[1], ca_file=str(certificate))
        server.shutdown()
        thread.join()


def a_letter(subject: str, body: str, attachment: str = "") -> bytes:
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = subject, "a@example.com", "da@example.com"
    letter.set_content(body)
    if attachment:
        letter.add_attachment(attachment.encode(), maintype="text", subtype="plain", filename="附件.txt")
    return letter.as_bytes()


def found(archive: Archive, words: str) -> int:
    return search.find(archive, OPERATOR, Question(words)).total


def test_each_message_is_taken_in_once_with_its_attachments(
    archive: Archive, post: Post, box: Mailbox, reader: Reader
) -> None:
    post.messages = {3: a_letter("移交清单", "请查收", "附件写着凌霄花"), 5: a_letter("停水通知", "周三停水")}

    assert mailbox.fetch(archive, SERVICE, box) == mailbox.Fetched(2, 0)
    assert mailbox.fetch(archive, SERVICE, box) == mailbox.Fetched(0, 0)
    settle(archive, reader)

    assert found(archive, "凌霄花") == 1
    assert post.seen == {3, 5}
    (first, *_) = intake.overview(archive, OPERATOR).recent
    assert (first.source, intake.overview(archive, OPERATOR).counts["captured"]) == ("mail", 2)
    ids = [one.record_id for one in intake.overview(archive, OPERATOR).recent]
    assert {records.view(archive, OPERATOR, one).record.title for one in ids} == {"移交清单", "停水通知"}


def test_a_message_is_marked_only_after_it_is_safe_and_never_doubled(
    archive: Archive, post: Post, box: Mailbox
) -> None:
    post.messages = {1: a_letter("甲", "甲"), 2: a_letter("乙", "乙")}
    post.break_off_at = "STORE"
    with pytest.raises(mailbox.Unreachable):
        mailbox.fetch(archive, SERVICE, box)
    assert post.seen == set()
    assert intake.overview(archive, OPERATOR).counts["captured"] == 1

    post.break_off_at = ""
    mailbox.fetch(archive, SERVICE, box)

    assert post.seen == {1, 2}
    assert intake.overview(archive, OPERATOR).counts == {"captured": 2, "duplicate": 0, "quarantined": 0, "waiting": 0}


def test_nothing_is_marked_by_looking(archive: Archive, post: Post, box: Mailbox) -> None:
    post.messages = {1: a_letter("甲", "甲")}
    post.break_off_at = "PEEK"
    with pytest.raises(mailbox.Unreachable):
        mailbox.fetch(archive, SERVICE, box)

    assert post.seen == set()
    assert not any("BODY[]" in asked or "RFC822)" in asked for asked in post.asked)


def test_a_folder_that_was_made_anew_is_read_from_its_beginning(archive: Archive, post: Post, box: Mailbox) -> None:
    post.messages = {9: a_letter("甲", "甲")}
    mailbox.fetch(archive, SERVICE, box)
    post.validity, post.messages = 8, {1: a_letter("乙", "乙")}

    assert mailbox.fetch(archive, SERVICE, box).taken == 1


def test_a_message_that_is_too_large_is_counted_and_keeps_no_other_waiting(
    archive: Archive, post: Post, box: Mailbox
) -> None:
    archive.settings = archive.settings.__class__(archive.settings.home, file_size_max_mb=1)
    post.messages = {1: a_letter("大", "大" * (1 << 19)), 2: a_letter("小", "小")}

    assert mailbox.fetch(archive, SERVICE, box) == mailbox.Fetched(1, 1)
    assert mailbox.fetch(archive, SERVICE, box) == mailbox.Fetched(0, 0)
    counts = intake.overview(archive, OPERATOR).counts
    assert (counts["captured"], counts["quarantined"]) == (1, 1)


def test_a_wrong_setting_leaves_the_mail_where_it_is_until_it_is_mended(
    archive: Archive, post: Post, box: Mailbox
) -> None:
    post.messages = {1: a_letter("甲", "甲")}

    with pytest.raises(Misconfigured):
        mailbox.fetch(archive, SERVICE, replace(box, class_code="XX99"))
    assert post.seen == set()
    assert intake.overview(archive, OPERATOR).counts["quarantined"] == 0

    assert mailbox.fetch(archive, SERVICE, box) == mailbox.Fetched(1, 0)
    assert post.seen == {1}


def test_a_subject_that_cannot_be_decoded_keeps_no_other_waiting(archive: Archive, post: Post, box: Mailbox) -> None:
    hostile = b"Subject: =?utf-8?b?abcde?=\r\nFrom: a@example.com\r\n\r\nwords\r\n"
    post.messages = {1: hostile, 2: a_letter("小", "小")}

    assert mailbox.fetch(archive, SERVICE, box) == mailbox.Fetched(2, 0)


def test_no_password_is_given_to_a_server_that_cannot_prove_who_it_is(
    archive: Archive, post: Post, box: Mailbox
) -> None:
    stranger = Mailbox(box.name, box.host, box.user, box.password, port=box.port)

    with pytest.raises(mailbox.Unreachable) as refused:
        mailbox.fetch(archive, SERVICE, stranger)

    assert post.asked == []
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("wrong", [{"password": "falsch"}, {"folder": "Weg"}, {"port": 1}])
def test_what_is_set_up_wrongly_is_one_sentence_without_the_password(
    archive: Archive, box: Mailbox, wrong: dict[str, object]
) -> None:
    values = {name: getattr(box, name) for name in Mailbox.__slots__}

    with pytest.raises(mailbox.Unreachable) as refused:
        mailbox.fetch(archive, SERVICE, Mailbox(**{**values, **wrong}))

    assert "falsch" not in str(refused.value)


def test_only_those_whose_duty_it_is_fetch_mail(archive: Archive, box: Mailbox) -> None:
    with pytest.raises(Denied):
        mailbox.fetch(archive, a_person(archive, "borrower"), box)


def test_a_mailbox_is_a_table_in_the_settings(home: Path) -> None:
    file = home / "muniment.toml"
    kept = file.read_text("utf-8")
    table = '\n[[mailbox]]\nname = "收文"\nhost = "mail.example.com"\nuser = "da"\npassword = "x"\nsite = "JF01"\n'
    file.write_text(kept + table, "utf-8")
    (box,) = load(home).mailboxes
    assert (box.name, box.port, box.security, box.folder, box.site) == ("收文", 993, "tls", "INBOX", "JF01")

    for wrong in (table.replace("host", "hots"), table.replace('"x"', "1"), table + 'security = "plain"\n'):
        file.write_text(kept + wrong, "utf-8")
        with pytest.raises(Misconfigured):
            load(home)
