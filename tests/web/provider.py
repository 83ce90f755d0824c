"""A small OpenID Connect provider on this machine, for trying out how people are vouched for."""

import hashlib
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


@dataclass
class Provider:
    """Vouches for `login` to whoever comes with the right code and verifier; `twist` changes what it says."""

    issuer: str
    login: str = "li"
    now: int = 0
    twist: dict[str, Any] = field(default_factory=dict[str, Any])
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "1"}))
    signs_with: RSAKey | None = None
    asked: dict[str, str] = field(default_factory=dict[str, str])

    def authorize(self, address: str) -> str:
        """What the browser brings back from there: the query of the answer."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return f"code=one&state={self.asked['state']}"

    def token(self, form: dict[str, str]) -> dict[str, str] | None:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).rstrip(b"=").decode()
        if form.get("code") != "one" or challenge != self.asked["code_challenge"]:
            return None
        claims = {
            "iss": self.issuer,
            "aud": self.asked["client_id"],
            "sub": "1",
            "iat": self.now,
            "exp": self.now + 300,
            "nonce": self.asked["nonce"],
            "preferred_username": self.login,
        } | self.twist
        header = {"alg": "RS256", "kid": "1"}
        return {"id_token": jwt.encode(header, claims, self.signs_with or self.key), "token_type": "Bearer"}


@contextmanager
def running() -> Iterator[Provider]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Door)
    provider = Provider(f"http://127.0.0.1:{server.server_port}")
    server.provider = provider  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


class _Door(BaseHTTPRequestHandler):
    @property
    def provider(self) -> Provider:
        return self.server.provider  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        issuer = self.provider.issuer
        answers: dict[str, Any] = {
            "/.well-known/openid-configuration": {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys",
            },
            "/keys": {"keys": [self.provider.key.as_dict(private=False)]},
        }
        self._say(answers.get(self.path))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._say(self.provider.token({name: values[0] for name, values in parse_qs(body).items()}))

    def _say(self, answer: dict[str, Any] | None) -> None:
        body = json.dumps(answer or {"error": "invalid"}).encode()
        self.send_response(200 if answer else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: tests read what the house says."""
