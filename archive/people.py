"""Who is who: accounts, signing in, tokens."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from access import credentials, rules
from access.actors import PEOPLE_ROLES, Actor, Role, conflict
from access.rules import Action
from archive import loan_steps
from archive.acting import as_actor, at_the_door
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound, NotSignedIn
from archive.model import Person, checked_level, new_id
from archive.tables import Transaction

__all__ = ["as_actor", "at_the_door"]

LOCKED_FOR = timedelta(minutes=15)
WRONG = "Login name or password is wrong; after too many wrong tries an account is locked for a quarter of an hour."
TOUCH_EVERY = timedelta(minutes=1)
TOKEN_DAYS_MAX = 366


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is entered for a new account. Without sites, they work at every site there is."""

    login: str
    name: str
    roles: frozenset[str]
    clearance: int = 0
    department: str = ""
    sites: frozenset[str] = frozenset()
    employee_no: str = ""
    email: str = ""


def add(archive: Archive, actor: Actor, new: NewPerson, password: str, *, must_change: bool = False) -> Person:
    """Make an account. Raises Invalid for a weak password or roles one person may not hold together."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    login = new.login.strip()
    if not login or len(login) > 60 or any(letter.isspace() for letter in login):
        raise Invalid("A login name has 1 to 60 characters and no spaces.")
    roles = _roles(new.roles)
    weak = credentials.weakness(password, login)
    if weak:
        raise Invalid(weak, "weak-password")
    with archive.write() as tx:
        if tx.people.by_login(login) is not None:
            raise Conflict(f"There is somebody with the login name {login!r} already.")
        known = {site.code for site in tx.organisation.sites()}
        unknown = new.sites - known
        if unknown:
            raise Invalid(f"There is no site {min(unknown)!r}; there are: {', '.join(sorted(known)) or 'none'}.")
        person = Person(
            id=new_id(),
            login=login,
            name=new.name.strip() or login,
            employee_no=new.employee_no,
            department=new.department,
            clearance=checked_level(new.clearance),
            roles=frozenset(roles),
            sites=new.sites or frozenset(known),
            must_change_password=must_change,
            email=new.email.strip(),
        )
        tx.people.add(person, credentials.hash_password(password), archive.now())
        tx.ledger.add(
            archive.now(),
            actor.id,
            "person.added",
            "person",
            person.id,
            roles=sorted(roles),
            clearance=person.clearance,
            sites=sorted(person.sites),
            department=person.department,
        )
    return person


def everybody(archive: Archive, actor: Actor) -> Sequence[Person]:
    rules.require(actor, Action.SEE_PEOPLE)
    with archive.read() as tx:
        return tx.people.every()


def named(archive: Archive, login: str) -> Actor:
    """The actor behind a login name, for the shell's `--as`. Raises NotFound."""
    with archive.read() as tx:
        account = tx.people.by_login(login)
    if account is None or not account.person.active:
        raise NotFound(f"There is nobody with the login name {login!r}.")
    return at_the_door(archive, account.person)


# ---- Signing in ----


@dataclass(frozen=True, slots=True)
class SignedIn:
    person: Person
    secret: str
    """Goes into the browser's cookie; only its digest is kept here."""


def sign_in(archive: Archive, login: str, password: str) -> SignedIn:
    """Open a session. Raises NotSignedIn, in the same words whether login or password is wrong or locked."""
    at = archive.now()
    with archive.read() as tx:
        account = tx.people.by_login(login.strip())
    # The hash is checked outside any transaction, also for a login that does not exist: it takes as long.
    right = credentials.password_is(password, account.password_hash if account else credentials.DUMMY_HASH)
    if account is None or not account.person.active:
        raise NotSignedIn(WRONG, "wrong-password")
    person = account.person
    if account.locked_until is not None and account.locked_until > at:
        # In the same words: who guesses must not learn which login names there are.
        raise NotSignedIn(WRONG, "wrong-password")
    with archive.write() as tx:
        if not right:
            _count_failure(archive, tx, person.login)
        else:
            tx.people.set_failures(person.id, 0, None)
            tx.people.forget_ended_sessions(at)
            secret = credentials.new_token()
            tx.people.add_session(credentials.token_digest(secret), person.id, at, at + _session(archive))
            tx.ledger.add(at, person.id, "sign-in", "person", person.id)
            return SignedIn(person, secret)
    raise NotSignedIn(WRONG, "wrong-password")


def _count_failure(archive: Archive, tx: Transaction, login: str) -> None:
    """Counted as the account stands now: many guesses at once are as many, not one."""
    at, account = archive.now(), tx.people.by_login(login)
    if account is None or (account.locked_until is not None and account.locked_until > at):
        return
    failures = account.failures + 1
    locked = failures >= archive.settings.sign_in_attempts
    tx.people.set_failures(account.person.id, 0 if locked else failures, at + LOCKED_FOR if locked else None)
    tx.ledger.add(at, account.person.id, "sign-in.refused", "person", account.person.id, locked=locked)


def of_session(archive: Archive, secret: str) -> Person:
    """Whose session this is. Raises NotSignedIn when it has ended."""
    at, digest = archive.now(), credentials.token_digest(secret)
    with archive.read() as tx:
        found = tx.people.session(digest, at)
    if found is None:
        raise NotSignedIn("Please sign in.")
    person, seen_at = found
    if at - seen_at > TOUCH_EVERY:
        with archive.write() as tx:
            tx.people.touch_session(digest, at, at + _session(archive))
    return person


def mark_of(secret: str) -> str:
    """What tells one session from another without opening it: goes into an Actor."""
    return credentials.token_digest(secret)


def sign_out(archive: Archive, secret: str) -> None:
    with archive.write() as tx:
        tx.people.end_session(credentials.token_digest(secret))


def change_password(archive: Archive, person: Person, old: str, new: str) -> None:
    """Everybody changes their own. Every session of theirs ends. Raises Invalid."""
    with archive.read() as tx:
        account = tx.people.by_login(person.login)
    if account is None:
        raise NotSignedIn("Please sign in.")
    locked = account.locked_until is not None and account.locked_until > archive.now()
    if locked or not credentials.password_is(old, account.password_hash):
        with archive.write() as tx:
            _count_failure(archive, tx, person.login)
        raise Invalid("The present password is wrong.", "wrong-present-password")
    weak = credentials.weakness(new, person.login)
    if weak or old == new:
        raise Invalid(weak or "The new password is the old one.", "weak-password")
    hashed = credentials.hash_password(new)
    with archive.write() as tx:
        tx.people.set_password(person.id, hashed, must_change=False)
        tx.people.end_sessions_of(person.id)
        tx.ledger.add(archive.now(), person.id, "password.changed", "person", person.id)


# ---- Tokens for programs ----


def create_token(archive: Archive, actor: Actor, login: str, *, name: str = "", days: int = 90) -> str:
    """A secret with which a program acts as this person, until it expires. It is shown once and not kept."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    if not 1 <= days <= TOKEN_DAYS_MAX:
        raise Invalid(f"A token lasts 1 to {TOKEN_DAYS_MAX} days.")
    at, token, token_id = archive.now(), credentials.new_token(), new_id()
    with archive.write() as tx:
        person = _account(tx, login)
        digest = credentials.token_digest(token)
        tx.people.add_token(token_id, digest, person.id, name, at, at + timedelta(days=days))
        tx.ledger.add(at, actor.id, "token.created", "person", person.id, token=token_id, days=days)
    return token


def of_token(archive: Archive, token: str) -> Person:
    with archive.read() as tx:
        person = tx.people.token_holder(credentials.token_digest(token), archive.now())
    if person is None:
        raise NotSignedIn("The token is unknown, expired or revoked.")
    return person


def one_time_password() -> str:
    """A password for the first sign-in, to be changed there; without letters that are taken for others."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(4))


def deactivate(archive: Archive, actor: Actor, login: str) -> Person:
    """Close an account: its sessions end, its tokens are of no use any more, what it reads on loan is closed and
    what it holds is called back, all at once (INV-10)."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    with archive.write() as tx:
        person = _account(tx, login)
        loan_steps.end_all_of(archive, tx, actor.id, person.id, reason="left")
        tx.people.set_active(person.id, False)
        tx.people.end_sessions_of(person.id)
        tx.ledger.add(archive.now(), actor.id, "person.deactivated", "person", person.id)
    return replace(person, active=False)


def _account(tx: Transaction, login: str) -> Person:
    account = tx.people.by_login(login)
    if account is None:
        raise NotFound(f"There is nobody with the login name {login!r}.")
    return account.person


def _roles(names: frozenset[str]) -> frozenset[Role]:
    known = {role.value for role in PEOPLE_ROLES}
    unknown = names - known
    if unknown or not names:
        wrong = f"There is no role {min(unknown)!r}" if unknown else "A person needs a role"
        raise Invalid(f"{wrong}; there are: {', '.join(sorted(known))}.")
    roles = frozenset(Role(name) for name in names)
    why_not = conflict(roles)
    if why_not:
        raise Invalid(why_not)
    return roles


def _session(archive: Archive) -> timedelta:
    return timedelta(hours=archive.settings.session_hours)
