"""Codes that a telephone shows: six digits, new every half minute (RFC 6238), each taken once; and codes for the day
the telephone is gone."""

import hashlib
import hmac
import secrets
from datetime import datetime

from pyotp import random_base32
from pyotp.totp import TOTP

STEP_S = 30
DRIFT_STEPS = 1
"""How many steps a telephone's clock may be off, either way."""
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    return random_base32()


def address(secret: str, login: str, issuer: str) -> str:
    """What the square says that a telephone is held over."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=issuer or "Muniment")


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The step whose code this is, near this instant; None if it is none."""
    digits = "".join(letter for letter in code if letter.isdecimal())
    if len(digits) != 6:
        return None
    now = int(at.timestamp()) // STEP_S
    totp = TOTP(secret)
    found = None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        # Every step is compared, so that how long it takes says nothing.
        if hmac.compare_digest(totp.generate_otp(step), digits):
            found = step
    return found


def code_at(secret: str, at: datetime) -> str:
    """The code a telephone shows at this instant."""
    return TOTP(secret).generate_otp(int(at.timestamp()) // STEP_S)


def new_recovery_codes() -> tuple[str, ...]:
    """Shown once, to be written down; without letters that are taken for others."""
    return tuple(
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    )


def recovery_digest(person_id: str, code: str) -> str:
    """What is kept of a recovery code: 49 random bits, which nobody guesses through the door, bound to the person."""
    said = "".join(letter for letter in code.lower() if letter in _ALPHABET)
    return hashlib.sha256(f"{person_id}/{said}".encode()).hexdigest()
