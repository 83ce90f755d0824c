"""Every channel keeps the words of archive/notify: sends once, says when it surely did not, follows nobody."""

import json
import logging
import socketserver
import threading
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from archive.errors import Misconfigured
from archive.notify import GROUP, NOBODY, PERSON, Message, Undelivered, names, open_channel, reach, settings_of

MESSAGE = Message("n1", "loan.asked", "p1", "张三", "zhang@example.com", "借阅单 JY-2026-000001", "等待您审批。")


class Post(socketserver.ThreadingTCPServer):
    """A mail server that takes one message at a time and keeps it; or says no to a word, or to the text after DATA."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, **refuses: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.refuses = refuses
        self.kept: list[Mail] = []


class Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, Post)
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA" and "data" not in self.server.refuses:
                self.wfile.write(b"354 go on\r\n")
                lines: list[bytes] = []
                while (one := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(one)
                if refused := self.server.refuses.get("text"):
                    self.wfile.write(refused + b"\r\n")
                    continue
                self.server.kept.append(message_from_bytes(b"".join(lines), policy=default))
                self.wfile.write(b"250 kept\r\n")
            elif refused := self.server.refuses.get(word.decode().lower()):
                self.wfile.write(refused + b"\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 well\r\n")


class Web(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, status: int = 204, answer: bytes = b"") -> None:
        super().__init__(("127.0.0.1", 0), Hook)
        self.status = status
        self.answer = answer
        self.kept: list[tuple[str, Mapping[str, str], bytes]] = []


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Web)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.kept.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: the test speaks."""


@pytest.fixture
def serving() -> Iterator[list[socketserver.BaseServer]]:
    """Servers put here are served until the test ends."""
    servers: list[socketserver.BaseServer] = []
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


def serve(serving: list[socketserver.BaseServer], server: socketserver.BaseServer) -> int:
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    serving.append(server)
    return server.server_address[1]  # type: ignore[index, return-value]


def reachable(name: str, port: int) -> dict[str, str]:
    """Settings that lead to a port of this machine."""
    return {
        "log": {},
        "email": {"host": "127.0.0.1", "port": str(port), "security": "none", "sender": "archive@example.com"},
        "webhook": {"url": f"http://127.0.0.1:{port}/hook?room=1", "secret": "s"},
        "wecom": {"url": f"http://127.0.0.1:{port}/send?key=k", "mention": "true"},
        "dingtalk": {"url": f"http://127.0.0.1:{port}/send?access_token=t", "secret": "SEC1", "mention": "true"},
    }[name]


@pytest.mark.parametrize("name", names())
def test_every_channel_is_known_here_and_explains_its_settings(name: str) -> None:
    assert set(reachable(name, 1)) <= set(settings_of(name))
    assert all(settings_of(name).values())


@pytest.mark.parametrize("name", names())
def test_a_setting_it_does_not_know_is_named(name: str) -> None:
    with pytest.raises(Misconfigured, match="nonsense"):
        open_channel(name, {**reachable(name, 1), "nonsense": "1"})


@pytest.mark.parametrize("name", [name for name in names() if name != "log"])
def test_a_setting_it_lacks_is_named(name: str) -> None:
    with pytest.raises(Misconfigured, match=f"channels.{name}"):
        open_channel(name, {})


@pytest.mark.parametrize("name", [name for name in names() if name != "log"])
def test_where_nobody_answers_it_is_certain_that_nothing_was_sent(
    name: str, serving: list[socketserver.BaseServer]
) -> None:
    closed = Web()
    port = closed.server_address[1]
    closed.server_close()

    with pytest.raises(Undelivered):
        open_channel(name, reachable(name, port)).send(MESSAGE)


def test_there_is_no_channel_of_another_name() -> None:
    with pytest.raises(Misconfigured, match="there are"):
        open_channel("pigeon", {})


def test_the_log_names_ids_and_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "muniment.notify"):
        open_channel("log", {}).send(MESSAGE)

    assert caplog.messages == ["notice n1: loan.asked for p1"]


def test_a_mail_arrives_in_chinese(serving: list[socketserver.BaseServer]) -> None:
    post = Post()

    open_channel("email", reachable("email", serve(serving, post))).send(MESSAGE)

    [mail] = post.kept
    assert (mail["To"], mail["Subject"], mail["Message-ID"]) == (
        MESSAGE.address,
        MESSAGE.subject,
        "<n1@muniment.invalid>",
    )
    assert mail.get_content().strip() == MESSAGE.text  # type: ignore[attr-defined]


def test_nobody_without_an_address_is_written_to(serving: list[socketserver.BaseServer]) -> None:
    post = Post()
    nameless = Message("n1", "loan.asked", "p1", "张三", "", "s", "t")

    open_channel("email", reachable("email", serve(serving, post))).send(nameless)

    assert post.kept == []


@pytest.mark.parametrize(
    ("word", "answer"),
    [
        ("rcpt", b"550 nobody"),
        ("mail", b"550 not from you"),
        ("data", b"451 not now"),
        ("text", b"452 no room"),
        ("text", b"554 spam"),
    ],
)
def test_a_refused_mail_was_not_sent(serving: list[socketserver.BaseServer], word: str, answer: bytes) -> None:
    post = Post(**{word: answer})

    with pytest.raises(Undelivered, match="refuses"):
        open_channel("email", reachable("email", serve(serving, post))).send(MESSAGE)

    assert post.kept == []


def test_a_subject_cannot_smuggle_a_header(serving: list[socketserver.BaseServer]) -> None:
    post = Post()
    sly = Message("n1", "loan.asked", "p1", "x", "zhang@example.com", "a\r\nBcc: other@example.com", "t")

    with pytest.raises(ValueError, match="Header"):
        open_channel("email", reachable("email", serve(serving, post))).send(sly)

    assert post.kept == []


def test_a_webhook_is_posted_to_once_and_signed(serving: list[socketserver.BaseServer]) -> None:
    import hashlib
    import hmac

    web = Web()

    open_channel("webhook", reachable("webhook", serve(serving, web))).send(MESSAGE)

    [(path, headers, body)] = web.kept
    assert path == "/hook?room=1"
    assert headers["X-Muniment-Signature"] == hmac.new(b"s", body, hashlib.sha256).hexdigest()
    assert json.loads(body)["subject"] == MESSAGE.subject


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_does_not_take_it_is_not_followed_elsewhere(
    serving: list[socketserver.BaseServer], status: int
) -> None:
    web = Web(status)

    with pytest.raises(Undelivered, match=str(status)):
        open_channel("webhook", reachable("webhook", serve(serving, web))).send(MESSAGE)

    assert [path for path, _, _ in web.kept] == ["/hook?room=1"]


@pytest.mark.parametrize("status", [502, 504])
def test_a_gateway_that_lost_the_answer_leaves_open_whether_it_was_taken(
    serving: list[socketserver.BaseServer], status: int
) -> None:
    with pytest.raises(OSError, match=str(status)):
        open_channel("webhook", reachable("webhook", serve(serving, Web(status)))).send(MESSAGE)


@pytest.mark.parametrize("url", ["ftp://x/", "file:///etc/passwd", "//x", "https://"])
def test_only_web_addresses_are_posted_to(url: str) -> None:
    with pytest.raises(Misconfigured, match="https"):
        open_channel("webhook", {"url": url})


@pytest.mark.parametrize("name", names())
def test_it_is_said_who_reads_what_is_said_there(name: str) -> None:
    assert reach(name) in (PERSON, GROUP, NOBODY)


ROBOTS = ("dingtalk", "wecom")
TAKEN = b'{"errcode": 0, "errmsg": "ok"}'
CALLED = Message("n1", "loan.asked", "p1", "张三", "", "借阅单 JY-2026-000001", "等待您审批。", "zhangsan")


def test_the_robot_of_wecom_says_in_the_group_for_whom_it_is(serving: list[socketserver.BaseServer]) -> None:
    web = Web(200, TAKEN)

    open_channel("wecom", reachable("wecom", serve(serving, web))).send(CALLED)

    [(path, _, body)] = web.kept
    assert path == "/send?key=k"
    assert json.loads(body) == {
        "msgtype": "text",
        "text": {"content": "张三：等待您审批。", "mentioned_list": ["zhangsan"]},
    }


def test_the_robot_of_wecom_is_given_no_longer_text_than_it_takes(serving: list[socketserver.BaseServer]) -> None:
    web = Web(200, TAKEN)
    long = Message("n1", "digest", "p1", "张三", "", "s", "\n".join(["借阅单等待您审批"] * 200))

    open_channel("wecom", reachable("wecom", serve(serving, web))).send(long)

    content = json.loads(web.kept[0][2])["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith("借阅单等待您审批\n…")


def test_the_robot_of_dingtalk_is_asked_with_a_signature(serving: list[socketserver.BaseServer]) -> None:
    import base64
    import hashlib
    import hmac
    from urllib.parse import parse_qs, urlsplit

    web = Web(200, TAKEN)

    open_channel("dingtalk", reachable("dingtalk", serve(serving, web))).send(CALLED)

    [(path, _, body)] = web.kept
    asked = {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}
    digest = hmac.new(b"SEC1", f"{asked['timestamp']}\nSEC1".encode(), hashlib.sha256).digest()
    assert (asked["access_token"], asked["sign"]) == ("t", base64.b64encode(digest).decode())
    assert json.loads(body) == {
        "msgtype": "text",
        "text": {"content": "张三：等待您审批。"},
        "at": {"atUserIds": ["zhangsan"], "isAtAll": False},
    }


@pytest.mark.parametrize("name", ROBOTS)
def test_a_robot_that_says_no_with_status_200_was_not_heard(name: str, serving: list[socketserver.BaseServer]) -> None:
    web = Web(200, b'{"errcode": 45009, "errmsg": "api freq out of limit"}')

    with pytest.raises(Undelivered, match="45009"):
        open_channel(name, reachable(name, serve(serving, web))).send(CALLED)


@pytest.mark.parametrize("name", ROBOTS)
@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b"{}"])
def test_a_robot_that_answers_nothing_it_should_leaves_open_whether_it_was_heard(
    name: str, answer: bytes, serving: list[socketserver.BaseServer]
) -> None:
    web = Web(200, answer)

    with pytest.raises(OSError, match="answer"):
        open_channel(name, reachable(name, serve(serving, web))).send(CALLED)
