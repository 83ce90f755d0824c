"""Ways out of the house for a message. One file per channel in this folder; the file name is its name.

A channel module has `SETTINGS` (key → help), `REACH` (who reads what is said there) and
`open_channel(settings) -> Channel`; it is used when `[channels.<name>]` stands in muniment.toml.
`tests/contracts/test_channels.py` holds every module to these words.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol, cast
from urllib.parse import SplitResult, urlsplit

from archive.errors import ArchiveError, Misconfigured

PERSON, GROUP, NOBODY = "person", "group", "nobody"
"""What a channel's REACH may be: the person alone; everybody in a room, in which the person is named; nobody, it is
kept for those who run the machine, and nobody chooses what comes there."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is said to one person. It names numbers and days, never titles: mail is read by many."""

    id: str
    kind: str
    person_id: str
    name: str
    address: str
    """Their e-mail address; empty if none is known."""
    subject: str
    text: str
    login: str = ""
    """What the house, and where it is set up so the company's chat, knows them as."""


class Undelivered(ArchiveError):
    """It is certain that nothing was sent: trying again says nothing twice."""

    code = "undelivered"


POST_TIMEOUT_S = 10.0
ANSWER_BYTES = 65536
GATEWAY = (502, 504)
"""Whoever stands in between did not hear what the other side said: it may have taken it."""


class Channel(Protocol):
    def send(self, message: Message) -> None:
        """Send it, or raise Undelivered if nothing was sent. Somebody the channel cannot reach is no error.

        Any other error leaves open whether it arrived, and the message is not sent again.
        """
        ...


def names() -> tuple[str, ...]:
    return tuple(sorted(module.name for module in iter_modules(__path__)))


def open_channel(name: str, settings: Mapping[str, str]) -> Channel:
    """Raises Misconfigured for a channel that does not exist, and for settings it does not know or lacks."""
    _known(name)
    known = settings_of(name)
    unknown = settings.keys() - known.keys()
    if unknown:
        raise Misconfigured(
            f"[channels.{name}] has no setting {min(unknown)!r}; there are: {', '.join(known) or 'none'}."
        )
    return import_module(f"{__name__}.{name}").open_channel(settings)


def reach(name: str) -> str:
    """Who reads what is said by a channel. Raises Misconfigured for one that does not exist."""
    _known(name)
    return import_module(f"{__name__}.{name}").REACH


def is_room(name: str) -> bool:
    """Is what is said by a channel read by others too?"""
    return reach(name) == GROUP


def settings_of(name: str) -> Mapping[str, str]:
    """What can be set for a channel, each with its meaning."""
    return import_module(f"{__name__}.{name}").SETTINGS


def needed(name: str, settings: Mapping[str, str], key: str) -> str:
    """The value of a setting that has to be given."""
    value = settings.get(key, "").strip()
    if not value:
        raise Misconfigured(f"[channels.{name}] needs {key}.")
    return value


def web_address(name: str, settings: Mapping[str, str]) -> SplitResult:
    """The setting url of a channel that posts to one."""
    url = urlsplit(needed(name, settings, "url"))
    if url.scheme not in ("https", "http") or not url.hostname:
        raise Misconfigured(f"[channels.{name}] url begins with https:// or http://.")
    return url


def post(url: SplitResult, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Post JSON to this address and no other: redirects are not followed. What was answered.

    Raises Undelivered where nobody is reached or it is not taken; OSError where that stays open.
    """
    kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
    connection = kind(url.hostname or "", url.port, timeout=POST_TIMEOUT_S)
    try:
        try:
            connection.connect()
        except OSError as error:
            raise Undelivered(f"The address cannot be reached ({type(error).__name__}).") from None
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8", **headers})
        response = connection.getresponse()
        answer = response.read(ANSWER_BYTES)
    except HTTPException as error:
        raise OSError(f"There was no proper answer ({type(error).__name__}).") from None
    finally:
        connection.close()
    if response.status in GATEWAY:
        raise OSError(f"It was answered with status {response.status}.")
    if response.status >= 300:
        raise Undelivered(f"It was answered with status {response.status}.")
    return answer


def post_to_robot(url: SplitResult, said: Mapping[str, Any]) -> None:
    """Post to a robot of a group chat that says with an `errcode` whether it took it, whatever the status.

    Raises as `post` does.
    """
    answer = post(url, json.dumps(said, ensure_ascii=False).encode(), {})
    try:
        code = cast("dict[str, Any]", json.loads(answer))["errcode"]
    except (ValueError, KeyError, TypeError):
        raise OSError("There was no proper answer.") from None
    if code != 0:
        raise Undelivered(f"The robot does not take it (errcode {code}).")


def in_a_room(message: Message) -> str:
    """The text for a room in which several read: it says for whom it is."""
    return f"{message.name}：{message.text}"


def _known(name: str) -> None:
    if name not in names():
        raise Misconfigured(f"There is no channel {name!r}; there are: {', '.join(names())}.")
