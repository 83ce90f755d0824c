"""Passwords: everybody changes their own; a forgotten one is given out by two, or at the server."""

from datetime import timedelta

from access import credentials, rules
from access.actors import Actor, Role
from access.rules import Action
from archive import sealing, second_factor
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotSignedIn
from archive.model import Person
from archive.people import account_of
from archive.signing_in import WRONG_CODE, count_failure
from archive.tables import Transaction
from archive.tables.credentials import Reset
from archive.telling import tell

RESET_LASTS = timedelta(days=1)


def change_password(archive: Archive, person: Person, old: str, new: str) -> None:
    """Everybody changes their own. Every session of theirs ends. Raises Invalid."""
    with archive.read() as tx:
        account = tx.people.by_login(person.login)
    if account is None:
        raise NotSignedIn("Please sign in.")
    locked = account.locked_until is not None and account.locked_until > archive.now()
    if locked or not credentials.password_is(old, account.password_hash):
        with archive.write() as tx:
            count_failure(archive, tx, person.login)
        raise Invalid("The present password is wrong.", "wrong-present-password")
    weak = credentials.weakness(new, person.login)
    if weak or old == new:
        raise Invalid(weak or "The new password is the old one.", "weak-password")
    hashed = credentials.hash_password(new)
    with archive.write() as tx:
        tx.people.set_password(person.id, hashed, must_change=False)
        tx.people.end_sessions_of(person.id)
        tx.ledger.add(archive.now(), person.id, "password.changed", "person", person.id)


def remove_second_factor(archive: Archive, person: Person, code: str) -> None:
    """Everybody takes away their own, with a code of it; guesses count. Raises Invalid for a wrong one."""
    with archive.write() as tx:
        account = tx.people.by_login(person.login)
        if account is None or not second_factor.needed(tx, person):
            return
        locked = account.locked_until is not None and account.locked_until > archive.now()
        right = not locked and bool(second_factor.right(archive, tx, person.id, code))
        if right:
            second_factor.forget(archive, tx, person.id, person.id)
        else:
            count_failure(archive, tx, person.login)
    if not right:
        raise Invalid(WRONG_CODE, "wrong-code")


def reset_password(archive: Archive, actor: Actor, login: str, password: str = "") -> str:
    """A new one-time password, at the shell of the server; or the one that is given. Its sessions end."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    chosen = password or credentials.one_time_password()
    hashed = _hashed(chosen, login)
    with archive.write() as tx:
        _set_password(archive, tx, actor, account_of(tx, login), hashed)
    return chosen


def ask_reset(archive: Archive, actor: Actor, login: str) -> str:
    """The system administrator's half of a new password. It is worth nothing without the security officer's."""
    rules.require(actor, Action.OPEN_ACCOUNTS)
    half = _half()
    with archive.write() as tx:
        person = account_of(tx, login)
        if person.id == actor.id:
            raise Conflict("Change your own password with the one you have.", "own-rights")
        sealed = sealing.wrap(archive.keys.credentials, half.encode(), f"reset/{person.id}")
        tx.credentials.ask_reset(person.id, sealed, actor.id, archive.now())
        tx.ledger.add(archive.now(), actor.id, "password.reset-asked", "person", person.id)
        officers = [one.id for one in tx.people.holding([Role.SECURITY_OFFICER.value])]
        tell(archive, tx, officers, "reset.asked", ("person", person.id))
    return half


def confirm_reset(archive: Archive, actor: Actor, login: str, *, telephone_lost: bool = False) -> str:
    """The security officer's half: the new password is the first half, a hyphen and this one.

    Neither of the two can sign in as somebody else alone (T6).
    """
    rules.require(actor, Action.GIVE_RIGHTS)
    half = _half()
    with archive.read() as tx:
        person = account_of(tx, login)
        reset = _asked(archive, tx, person.id)
    if actor.id in (reset.asked_by, person.id):
        raise Conflict("It takes somebody else: neither the holder nor whoever asked for it.", "second-person")
    first = sealing.unwrap(archive.keys.credentials, reset.sealed_half, f"reset/{person.id}").decode()
    hashed = _hashed(f"{first}-{half}", person.login)
    with archive.write() as tx:
        if _asked(archive, tx, person.id) != reset:
            raise Conflict("Somebody else was first; reload the page.", "changed")
        tx.credentials.end_reset(person.id)
        _set_password(archive, tx, actor, person, hashed)
        if telephone_lost:
            second_factor.forget(archive, tx, actor.id, person.id)
    return half


def resets(archive: Archive, actor: Actor) -> frozenset[str]:
    """For whom a new password was asked and not given out yet."""
    rules.require(actor, Action.SEE_PEOPLE)
    with archive.read() as tx:
        return frozenset(
            reset.person_id for reset in tx.credentials.resets() if reset.asked_at + RESET_LASTS >= archive.now()
        )


def forget_second_factor(archive: Archive, actor: Actor, login: str) -> None:
    """The telephone is gone, and so are the recovery codes: at the shell of the server."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    with archive.write() as tx:
        second_factor.forget(archive, tx, actor.id, account_of(tx, login).id)


def _asked(archive: Archive, tx: Transaction, person_id: str) -> Reset:
    reset = tx.credentials.reset_of(person_id)
    if reset is None or reset.asked_at + RESET_LASTS < archive.now():
        raise Conflict("Nobody has asked for a new password for them.", "no-reset")
    return reset


def _hashed(password: str, login: str) -> str:
    """Before the transaction: it takes a tenth of a second, and nobody else could write meanwhile."""
    weak = credentials.weakness(password, login)
    if weak:
        raise Invalid(weak, "weak-password")
    return credentials.hash_password(password)


def _set_password(archive: Archive, tx: Transaction, actor: Actor, person: Person, hashed: str) -> None:
    tx.people.set_password(person.id, hashed, must_change=True)
    tx.people.end_sessions_of(person.id)
    tx.ledger.add(archive.now(), actor.id, "password.reset", "person", person.id)
    tell(archive, tx, [person.id], "password.reset", ("person", person.id))


def _half() -> str:
    return "-".join(credentials.one_time_password().split("-")[:2])
