"""Accounts: who may sign in, for how long, and what is remembered of it."""

import pytest

from access.actors import OPERATOR
from access.rules import Denied
from archive import people
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound, NotSignedIn
from archive.people import NewPerson
from tests.builders import PASSWORD, a_person
from tests.conftest import Clock


def actions(archive: Archive) -> list[str]:
    with archive.read() as tx:
        return [event.action for event in tx.ledger.lines(limit=20)]


def test_signing_in_opens_a_session_that_ends_when_nobody_uses_it(archive: Archive, clock: Clock) -> None:
    a_person(archive, "li")
    signed_in = people.sign_in(archive, "li", PASSWORD)
    assert people.of_session(archive, signed_in.secret).login == "li"

    clock.advance(hours=11)
    assert people.of_session(archive, signed_in.secret).login == "li"
    clock.advance(hours=11)
    assert people.of_session(archive, signed_in.secret).login == "li"
    clock.advance(hours=13)

    with pytest.raises(NotSignedIn):
        people.of_session(archive, signed_in.secret)


def test_a_wrong_login_and_a_wrong_password_are_told_in_the_same_words(archive: Archive) -> None:
    a_person(archive, "li")

    with pytest.raises(NotSignedIn) as wrong_password:
        people.sign_in(archive, "li", "Wrong-Password-1")
    with pytest.raises(NotSignedIn) as wrong_login:
        people.sign_in(archive, "nobody", "Wrong-Password-1")

    assert str(wrong_password.value) == str(wrong_login.value)
    assert wrong_password.value.code == wrong_login.value.code


def test_too_many_wrong_passwords_lock_an_account_for_a_while(archive: Archive, clock: Clock) -> None:
    a_person(archive, "li")
    for _ in range(archive.settings.sign_in_attempts):
        with pytest.raises(NotSignedIn):
            people.sign_in(archive, "li", "Wrong-Password-1")

    with pytest.raises(NotSignedIn) as locked:
        people.sign_in(archive, "li", PASSWORD)
    with pytest.raises(NotSignedIn) as unknown:
        people.sign_in(archive, "nobody", PASSWORD)
    assert str(locked.value) == str(unknown.value)
    assert locked.value.code == unknown.value.code

    clock.advance(minutes=16)
    assert people.sign_in(archive, "li", PASSWORD).person.login == "li"


def test_signing_in_and_out_and_being_refused_stand_in_the_ledger(archive: Archive) -> None:
    a_person(archive, "li")
    with pytest.raises(NotSignedIn):
        people.sign_in(archive, "li", "Wrong-Password-1")
    secret = people.sign_in(archive, "li", PASSWORD).secret

    people.sign_out(archive, secret)

    with pytest.raises(NotSignedIn):
        people.of_session(archive, secret)
    assert actions(archive)[:2] == ["sign-in", "sign-in.refused"]


def test_a_new_password_ends_every_session(archive: Archive) -> None:
    a_person(archive, "li")
    signed_in = people.sign_in(archive, "li", PASSWORD)

    people.change_password(archive, signed_in.person, PASSWORD, "Another-Password-9")

    with pytest.raises(NotSignedIn):
        people.of_session(archive, signed_in.secret)
    assert people.sign_in(archive, "li", "Another-Password-9")
    with pytest.raises(NotSignedIn):
        people.sign_in(archive, "li", PASSWORD)


@pytest.mark.parametrize(
    ("old", "new"), [("Wrong-Old-One", "Another-Password-9"), (PASSWORD, "short"), (PASSWORD, PASSWORD)]
)
def test_a_password_is_not_changed_without_reason_to_trust_it(archive: Archive, old: str, new: str) -> None:
    a_person(archive, "li")
    person = people.sign_in(archive, "li", PASSWORD).person

    with pytest.raises(Invalid):
        people.change_password(archive, person, old, new)


def test_a_closed_account_is_closed_at_once(archive: Archive) -> None:
    a_person(archive, "li")
    secret = people.sign_in(archive, "li", PASSWORD).secret
    token = people.create_token(archive, OPERATOR, "li")

    people.deactivate(archive, OPERATOR, "li")

    for attempt in (
        lambda: people.of_session(archive, secret),
        lambda: people.of_token(archive, token),
        lambda: people.sign_in(archive, "li", PASSWORD),
    ):
        with pytest.raises(NotSignedIn):
            attempt()
    with pytest.raises(NotFound):
        people.named(archive, "li")


def test_a_token_acts_for_its_person_until_it_expires(archive: Archive, clock: Clock) -> None:
    a_person(archive, "li")
    token = people.create_token(archive, OPERATOR, "li", days=7)
    assert people.of_token(archive, token).login == "li"

    clock.advance(days=8)

    with pytest.raises(NotSignedIn):
        people.of_token(archive, token)
    with pytest.raises(Invalid):
        people.create_token(archive, OPERATOR, "li", days=4000)


def test_accounts_that_must_not_be_are_refused(archive: Archive) -> None:
    a_person(archive, "li")
    for new, password, error in (
        (NewPerson("li", "", frozenset({"borrower"})), PASSWORD, Conflict),
        (NewPerson("a b", "", frozenset({"borrower"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset()), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"king"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"operator"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"auditor", "sysadmin"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"borrower"}), clearance=9), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"borrower"}), sites=frozenset({"MARS"})), PASSWORD, Invalid),
        (NewPerson("wang", "", frozenset({"borrower"})), "short", Invalid),
    ):
        with pytest.raises(error):
            people.add(archive, OPERATOR, new, password)
    with archive.read() as tx:
        assert [person.login for person in tx.people.every()] == ["admin", "audit", "li", "security"]


def test_nobody_makes_accounts_for_themselves(archive: Archive) -> None:
    """Not even the system administrator: whoever can make accounts can make one that reads (T6)."""
    for role in ("sysadmin", "security_officer", "document_controller"):
        somebody = a_person(archive, role, role, clearance=3)
        with pytest.raises(Denied):
            people.add(archive, somebody, NewPerson("x", "", frozenset({"document_controller"}), 3), PASSWORD)
        with pytest.raises(Denied):
            people.create_token(archive, somebody, "admin")


def test_passwords_and_tokens_are_nowhere_in_the_tables(archive: Archive) -> None:
    a_person(archive, "li")
    secret = people.sign_in(archive, "li", PASSWORD).secret
    token = people.create_token(archive, OPERATOR, "li")
    archive.close()

    raw = b"".join(path.read_bytes() for path in archive.settings.home.glob("catalogue.db*"))

    for hidden in (PASSWORD, secret, token):
        assert hidden.encode() not in raw
