"""企业微信: a robot of a group chat says it in the group, and to whom.

The form of what is posted is that of https://developer.work.weixin.qq.com/document/path/91770.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult

from archive.notify import GROUP, Channel, Message, in_a_room, post_to_robot, web_address

REACH = GROUP
SETTINGS: Mapping[str, str] = {
    "url": "Address of the robot, as the group shows it: https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…",
    "mention": "true when login names here are those of WeCom: people are then called by @.",
}

BYTES_MAX = 2048
"""A robot takes no longer text."""


@dataclass(frozen=True, slots=True)
class Wecom:
    url: SplitResult
    mention: bool

    def send(self, message: Message) -> None:
        text: dict[str, object] = {"content": _short(in_a_room(message))}
        if self.mention and message.login:
            text["mentioned_list"] = [message.login]
        post_to_robot(self.url, {"msgtype": "text", "text": text})


def open_channel(settings: Mapping[str, str]) -> Channel:
    return Wecom(web_address("wecom", settings), settings.get("mention", "").lower() == "true")


def _short(text: str) -> str:
    """Whole lines, as many as there is room for."""
    if len(text.encode()) <= BYTES_MAX:
        return text
    kept = text.encode()[: BYTES_MAX - 4].decode(errors="ignore")
    return kept[: kept.rfind("\n")] + "\n…" if "\n" in kept else kept + "…"
