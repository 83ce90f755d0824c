"""A POST of JSON to one address of the company, for group chats and other programs."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult

from archive.notify import GROUP, Channel, Message, post, web_address

REACH = GROUP
SETTINGS: Mapping[str, str] = {
    "url": "Address that is posted to, https:// or http://.",
    "secret": "If given, the body is signed with it: X-Muniment-Signature is its HMAC-SHA256.",
}


@dataclass(frozen=True, slots=True)
class Webhook:
    url: SplitResult
    secret: str

    def send(self, message: Message) -> None:
        body = json.dumps(
            {
                "id": message.id,
                "kind": message.kind,
                "person": message.name,
                "subject": message.subject,
                "text": message.text,
            },
            ensure_ascii=False,
        ).encode()
        headers = {"Idempotency-Key": message.id}
        if self.secret:
            headers["X-Muniment-Signature"] = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        post(self.url, body, headers)


def open_channel(settings: Mapping[str, str]) -> Channel:
    return Webhook(web_address("webhook", settings), settings.get("secret", ""))
