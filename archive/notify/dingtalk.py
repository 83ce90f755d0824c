"""钉钉: a robot of a group chat says it in the group, and to whom.

The form of what is posted, and of its signature, is that of
https://open.dingtalk.com/document/robots/custom-robot-access.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode

from archive.notify import GROUP, Channel, Message, in_a_room, post_to_robot, web_address

REACH = GROUP
SETTINGS: Mapping[str, str] = {
    "url": "Address of the robot, as the group shows it: https://oapi.dingtalk.com/robot/send?access_token=…",
    "secret": "The secret (SEC…) of a robot that asks for signed messages.",
    "mention": "true when login names here are those of DingTalk: people are then called by @.",
}


@dataclass(frozen=True, slots=True)
class Dingtalk:
    url: SplitResult
    secret: str
    mention: bool

    def send(self, message: Message) -> None:
        at = {"atUserIds": [message.login] if self.mention and message.login else [], "isAtAll": False}
        said = {"msgtype": "text", "text": {"content": in_a_room(message)}, "at": at}
        post_to_robot(self._signed() if self.secret else self.url, said)

    def _signed(self) -> SplitResult:
        """The address with a moment and its signature: it is good for an hour by the clock of the other side."""
        moment = str(time.time_ns() // 1_000_000)
        digest = hmac.new(self.secret.encode(), f"{moment}\n{self.secret}".encode(), hashlib.sha256).digest()
        signed = urlencode({"timestamp": moment, "sign": base64.b64encode(digest).decode()})
        return self.url._replace(query=f"{self.url.query}&{signed}" if self.url.query else signed)


def open_channel(settings: Mapping[str, str]) -> Channel:
    mention = settings.get("mention", "").lower() == "true"
    return Dingtalk(web_address("dingtalk", settings), settings.get("secret", ""), mention)
