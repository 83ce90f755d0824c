"""Signing in takes a code besides the password: enrolled by its owner, taken once, lost with codes on paper.

The secret behind the codes is sealed under the master key. What makes a code needed is that somebody has enrolled,
or that one of their roles stands in `second_factor_roles`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from access import factors
from archive import config, sealing
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound
from archive.model import Person
from archive.tables import Transaction


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is shown to somebody who sets up their telephone: to scan, or to type."""

    secret: str
    address: str


def begin(archive: Archive, person: Person) -> Enrolment:
    """Make a secret for a telephone. It is of no use until a code made with it was shown.

    Raises Conflict for somebody who has one: it is removed first, with a code of it.
    """
    secret = factors.new_secret()
    with archive.write() as tx:
        if _in_use(tx, person.id):
            raise Conflict("You have a second factor already: remove it first.", "second-factor-there")
        tx.credentials.begin_second_factor(person.id, _sealed(archive, person.id, secret), archive.now())
    return Enrolment(secret, factors.address(secret, person.login, archive.settings.company))


def waiting(archive: Archive, person: Person) -> Enrolment | None:
    """The enrolment that was begun and not finished."""
    with archive.read() as tx:
        factor = tx.credentials.second_factor(person.id)
    if factor is None or factor.confirmed_at is not None:
        return None
    secret = _opened(archive, person.id, factor.sealed_secret)
    return Enrolment(secret, factors.address(secret, person.login, archive.settings.company))


def finish(archive: Archive, person: Person, code: str) -> Sequence[str]:
    """Show that the telephone makes the right codes; the recovery codes, which are shown once. Raises Invalid."""
    at = archive.now()
    with archive.write() as tx:
        factor = tx.credentials.second_factor(person.id)
        if factor is None or factor.confirmed_at is not None:
            raise NotFound("Nothing was begun that could be finished.")
        step = factors.step_of(_opened(archive, person.id, factor.sealed_secret), code, at)
        if step is None or not tx.credentials.take_step(person.id, step):
            raise Invalid("The code is wrong: look again, and check the clock of the telephone.", "wrong-code")
        codes = factors.new_recovery_codes()
        tx.credentials.confirm_second_factor(person.id, at)
        tx.credentials.add_recovery_codes(person.id, (factors.recovery_digest(person.id, one) for one in codes))
        tx.ledger.add(at, person.id, "second-factor.enrolled", "person", person.id)
    return codes


def forget(archive: Archive, tx: Transaction, by: str, person_id: str) -> None:
    """The telephone is gone: signing in takes the password alone, until another is enrolled."""
    tx.credentials.forget_second_factor(person_id)
    tx.ledger.add(archive.now(), by, "second-factor.removed", "person", person_id)


def right(archive: Archive, tx: Transaction, person_id: str, code: str) -> str:
    """How this code is right, as telephone or recovery; empty if it is wrong. A code is taken once."""
    factor = tx.credentials.second_factor(person_id)
    if factor is None:
        return ""
    step = factors.step_of(_opened(archive, person_id, factor.sealed_secret), code, archive.now())
    if step is not None:
        return "telephone" if tx.credentials.take_step(person_id, step) else ""
    digest = factors.recovery_digest(person_id, code)
    return "recovery" if tx.credentials.use_recovery_code(person_id, digest, archive.now()) else ""


def needed(tx: Transaction, person: Person) -> bool:
    """Does signing in take a code?"""
    return _in_use(tx, person.id)


def lacking(archive: Archive, person: Person) -> bool:
    """Does one of their roles need a second factor which they have not enrolled?"""
    if not person.roles & config.roles(archive.settings.second_factor_roles):
        return False
    with archive.read() as tx:
        return not _in_use(tx, person.id)


@dataclass(frozen=True, slots=True)
class State:
    enrolled: bool
    required: bool
    recovery_codes_left: int


def state(archive: Archive, person: Person) -> State:
    with archive.read() as tx:
        enrolled = _in_use(tx, person.id)
        left = tx.credentials.recovery_codes_left(person.id)
    return State(enrolled, bool(person.roles & config.roles(archive.settings.second_factor_roles)), left)


def _in_use(tx: Transaction, person_id: str) -> bool:
    factor = tx.credentials.second_factor(person_id)
    return factor is not None and factor.confirmed_at is not None


def _sealed(archive: Archive, person_id: str, secret: str) -> bytes:
    return sealing.wrap(archive.keys.credentials, secret.encode(), f"second-factor/{person_id}")


def _opened(archive: Archive, person_id: str, sealed: bytes) -> str:
    return sealing.unwrap(archive.keys.credentials, sealed, f"second-factor/{person_id}").decode()
