"""Guesses are counted, at every door and however many come at once."""

import threading

import pytest

from archive import passwords, signing_in
from archive.app import Archive
from archive.errors import Invalid, NotSignedIn
from tests.builders import a_person


def failures(archive: Archive) -> int:
    with archive.read() as tx:
        account = tx.people.by_login("victim")
    assert account is not None
    return account.failures


def test_wrong_passwords_that_come_at_once_are_all_counted(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    a_person(archive, "victim")
    together = threading.Barrier(4)

    def wrong(*_: str) -> bool:
        together.wait(10)
        return False

    def guess() -> None:
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(archive, "victim", "guess")

    monkeypatch.setattr(signing_in.credentials, "password_is", wrong)
    guesses = [threading.Thread(target=guess) for _ in range(4)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join()

    assert failures(archive) == 4


def test_guessing_the_present_password_is_counted_like_signing_in(archive: Archive) -> None:
    a_person(archive, "victim")
    with archive.read() as tx:
        account = tx.people.by_login("victim")
    assert account is not None

    with pytest.raises(Invalid):
        passwords.change_password(archive, account.person, "guess", "Another-Good-One-7")

    assert failures(archive) == 1
