"""The company's own sign-in service vouches for somebody: OpenID Connect, authorization code with PKCE.

The service says who it is; what they may is said here, by the account of that login name. Nobody gets one by signing
in there. State, nonce and verifier of an attempt lie signed in the browser's own cookie and are good for one answer.
"""
# Authlib and joserfc leave some of their types partly unknown:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

import json
import secrets
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from archive.config import Settings
from archive.errors import Misconfigured, NotSignedIn

TIMEOUT_S = 10.0
ANSWER_MAX = 1 << 20
ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""Signatures only: an unsigned or symmetrically signed token is nobody's word."""
LEEWAY_S = 60


class NotVouchedFor(NotSignedIn):
    """The service did not answer as it ought to, or somebody else's answer was brought here."""

    code = "not-vouched-for"

    def __init__(self) -> None:
        super().__init__("The sign-in service did not vouch for you; try again, or sign in with a password.")


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was asked for, to hold the answer against."""

    state: str
    nonce: str
    verifier: str
    address: str
    """Where the answer is to come to."""
    wanted: str
    """Where somebody wanted to go."""


def configured(settings: Settings) -> bool:
    return bool(settings.oidc_issuer and settings.oidc_client_id)


def begin(settings: Settings, address: str, wanted: str) -> tuple[Attempt, str]:
    """An attempt, and the address of the service to send the browser to."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    attempt = Attempt(state, nonce, verifier, address, wanted)
    asked = {
        "response_type": "code",
        "client_id": settings.oidc_client_id,
        "redirect_uri": address,
        "scope": "openid profile",
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": create_s256_code_challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    entrance = str(_about(settings)["authorization_endpoint"])
    return attempt, f"{entrance}{'&' if '?' in entrance else '?'}{urllib.parse.urlencode(asked)}"


def finish(settings: Settings, remembered: Mapping[str, Any] | None, answer: Mapping[str, str]) -> tuple[str, str]:
    """The login name the service vouches for, and where they wanted to go. Raises NotVouchedFor."""
    try:
        attempt = Attempt(**(remembered or {}))
    except TypeError:
        raise NotVouchedFor from None
    code = answer.get("code", "")
    if not code or not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
        raise NotVouchedFor
    about = _about(settings)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": attempt.address,
        "client_id": settings.oidc_client_id,
        "code_verifier": attempt.verifier,
    }
    if settings.oidc_secret_file:
        form["client_secret"] = _secret(settings)
    tokens = _fetched(str(about["token_endpoint"]), urllib.parse.urlencode(form).encode())
    keys = KeySet.import_key_set(cast("Any", _fetched(str(about["jwks_uri"]))))
    options: dict[str, Any] = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    params = {"nonce": attempt.nonce, "client_id": settings.oidc_client_id}
    try:
        token = jwt.decode(str(tokens["id_token"]), keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(token.claims, cast("Any", token.header), options, params)
        claims.validate(leeway=LEEWAY_S)
        nonce, login = claims["nonce"], str(claims[settings.oidc_login_claim])
    except Exception as wrong:
        raise NotVouchedFor from wrong
    if nonce != attempt.nonce or not login:
        raise NotVouchedFor
    return login, attempt.wanted


def remember(attempt: Attempt) -> dict[str, str]:
    return asdict(attempt)


def _about(settings: Settings) -> Mapping[str, Any]:
    about = _fetched(settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration")
    if about.get("issuer") != settings.oidc_issuer:
        raise Misconfigured("The sign-in service calls itself otherwise than oidc_issuer; correct the setting.")
    return about


def _secret(settings: Settings) -> str:
    try:
        return Path(settings.oidc_secret_file).read_text("utf-8").strip()
    except OSError as error:
        raise Misconfigured(f"The file of oidc_secret_file cannot be read ({error.strerror}).") from None


def _fetched(address: str, form: bytes | None = None) -> Mapping[str, Any]:
    if not address.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise Misconfigured("The sign-in service is spoken to over https:// only.")
    request = urllib.request.Request(address, form, {"Accept": "application/json"})  # noqa: S310 — https, checked above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 — https, checked above
            found = json.loads(answer.read(ANSWER_MAX))
    except (OSError, ValueError, urllib.error.URLError):
        raise NotVouchedFor from None
    if not isinstance(found, dict):
        raise NotVouchedFor
    return cast("Mapping[str, Any]", found)
