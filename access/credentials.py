"""Hash and check passwords and tokens."""

import hashlib
import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
"""argon2id with the library's defaults (RFC 9106, low-memory profile)."""


def _of_no_password() -> str:
    """A hash in the library's own form (PHC string) that no password has; drawn, because working one out takes long."""
    salt, digest = (
        b64encode(secrets.token_bytes(length)).decode().rstrip("=") for length in (_HASHER.salt_len, _HASHER.hash_len)
    )
    cost = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


DUMMY_HASH = _of_no_password()
"""Checked when a login does not exist, so that the answer takes as long as for one that does."""

PASSWORD_LENGTH_MIN = 10


def hash_password(password: str) -> str:
    return _HASHER.hash(password)


def password_is(password: str, stored: str) -> bool:
    """True if `password` is the one behind `stored`. A damaged hash matches nothing."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def weakness(password: str, login: str) -> str | None:
    """Why a password is too weak, as a sentence; None if it will do (NIST SP 800-63B §5.1.1.2: length first)."""
    if len(password) < PASSWORD_LENGTH_MIN:
        return f"A password needs at least {PASSWORD_LENGTH_MIN} characters."
    if login and login.lower() in password.lower():
        return "A password must not contain the login name."
    if len(set(password)) < 5:
        return "A password needs at least five different characters."
    return None


def new_token() -> str:
    """A secret with 256 bits; only its digest is ever stored."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def one_time_password() -> str:
    """A password for the first sign-in, to be changed there; without letters that are taken for others."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(4))
