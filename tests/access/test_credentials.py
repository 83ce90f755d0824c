"""Passwords and tokens."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from access import credentials


def test_a_password_is_recognised_and_another_is_not() -> None:
    stored = credentials.hash_password("Orchid-Bridge-42")

    assert stored.startswith("$argon2id$")
    assert credentials.password_is("Orchid-Bridge-42", stored)
    assert not credentials.password_is("orchid-bridge-42", stored)


def test_a_damaged_hash_matches_nothing() -> None:
    assert not credentials.password_is("Orchid-Bridge-42", "not a hash")


def test_a_login_that_does_not_exist_is_checked_at_the_cost_of_one_that_does() -> None:
    stored = credentials.hash_password("Orchid-Bridge-42")

    assert extract_parameters(credentials.DUMMY_HASH) == extract_parameters(stored)
    with pytest.raises(VerifyMismatchError):  # worked out to the end, not refused for its form
        PasswordHasher().verify(credentials.DUMMY_HASH, "Orchid-Bridge-42")


def test_weak_passwords_are_refused_with_a_reason() -> None:
    assert credentials.weakness("short", "li")
    assert credentials.weakness("aaaaaaaaaaaa", "li")
    assert credentials.weakness("my-name-lihua-1", "lihua")
    assert credentials.weakness("Orchid-Bridge-42", "li") is None


def test_tokens_are_kept_as_digests() -> None:
    token = credentials.new_token()

    assert len(token) >= 43
    assert credentials.token_digest(token) != token
    assert credentials.token_digest(token) == credentials.token_digest(token)
