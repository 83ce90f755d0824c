"""A POST of JSON to one address of the company, for group chats and other programs."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from archive.errors import Misconfigured
from archive.notify import GROUP, Channel, Message, Undelivered, needed

REACH = GROUP
SETTINGS: Mapping[str, str] = {
    "url": "Address that is posted to, https:// or http://.",
    "secret": "If given, the body is signed with it: X-Muniment-Signature is its HMAC-SHA256.",
}

TIMEOUT_S = 10.0


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
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": message.id}
        if self.secret:
            headers["X-Muniment-Signature"] = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        kind = HTTPSConnection if self.url.scheme == "https" else HTTPConnection
        connection = kind(self.url.hostname or "", self.url.port, timeout=TIMEOUT_S)
        try:
            try:
                connection.connect()
            except OSError as error:
                raise Undelivered(f"The webhook cannot be reached ({type(error).__name__}).") from None
            # Redirects are not followed: what is said is said to this address and no other.
            path = (self.url.path or "/") + (f"?{self.url.query}" if self.url.query else "")
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        except HTTPException as error:
            raise OSError(f"The webhook did not answer properly ({type(error).__name__}).") from None
        finally:
            connection.close()
        if status >= 300:
            raise Undelivered(f"The webhook answered with status {status}.")


def open_channel(settings: Mapping[str, str]) -> Channel:
    url = urlsplit(needed("webhook", settings, "url"))
    if url.scheme not in ("https", "http") or not url.hostname:
        raise Misconfigured("[channels.webhook] url begins with https:// or http://.")
    return Webhook(url, settings.get("secret", ""))
