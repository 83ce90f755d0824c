"""The log: that somebody was told something, for houses without mail. Ids and kinds only."""

import logging
from collections.abc import Mapping

from archive.notify import NOBODY, Channel, Message

REACH = NOBODY
SETTINGS: Mapping[str, str] = {}

log = logging.getLogger("muniment.notify")


class Log:
    def send(self, message: Message) -> None:
        log.info("notice %s: %s for %s", message.id, message.kind, message.person_id)


def open_channel(settings: Mapping[str, str]) -> Channel:  # noqa: ARG001 — the contract of channels
    return Log()
