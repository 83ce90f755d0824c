"""Signing in: passwords are checked, guesses counted, sessions opened, lowered and ended."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address

from access import credentials, rules
from access.actors import Actor
from access.rules import Action
from archive import config, second_factor
from archive.app import Archive
from archive.errors import Invalid, NotSignedIn
from archive.model import Person, Session, checked_level
from archive.tables import Transaction

LOCKED_FOR = timedelta(minutes=15)
WRONG_CODE = "The code is wrong: look again, and check the clock of the telephone."
WRONG = "Login name or password is wrong; after too many wrong tries an account is locked for a quarter of an hour."
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    person: Person
    secret: str
    """Goes into the browser's cookie; only its digest is kept here."""


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: the address they come from, what their browser calls itself, and how high they want
    this session to reach at most."""

    address: str = ""
    device: str = ""
    ceiling: int | None = None


class SecondFactorNeeded(NotSignedIn):
    """The password is right; a code of their telephone is needed besides.

    `proof` shows afterwards that this very password was right; it is worth nothing without the code.
    """

    code = "second-factor-needed"

    def __init__(self, proof: str) -> None:
        super().__init__("Enter the code that your telephone shows.")
        self.proof = proof


def sign_in(archive: Archive, login: str, password: str, code: str = "", *, browser: Browser = Browser()) -> SignedIn:
    """Open a session. Raises NotSignedIn, in the same words whether login or password is wrong or locked, and
    SecondFactorNeeded when the password is right and a code is needed besides."""
    at = archive.now()
    with archive.read() as tx:
        account = tx.people.by_login(login.strip())
    # The hash is checked outside any transaction, also for a login that does not exist: it takes as long.
    right = credentials.password_is(password, account.password_hash if account else credentials.DUMMY_HASH)
    if account is None or not account.person.active:
        raise NotSignedIn(WRONG, "wrong-password")
    if account.locked_until is not None and account.locked_until > at:
        # In the same words: who guesses must not learn which login names there are.
        raise NotSignedIn(WRONG, "wrong-password")
    person = account.person
    with archive.write() as tx:
        now = tx.people.by_login(person.login)
        locked = now is not None and now.locked_until is not None and now.locked_until > at
        if now is None or not now.person.active or now.password_hash != account.password_hash or locked:
            # Closed, locked or changed while the hash was checked.
            raise NotSignedIn(WRONG, "wrong-password")
        if right and (code or not second_factor.needed(tx, person)):
            factor = second_factor.right(archive, tx, person.id, code) if second_factor.needed(tx, person) else "none"
            if factor:
                return _session_opened(archive, tx, person, browser, factor)
            right = False
        if not right:
            count_failure(archive, tx, person.login)
    if right:
        raise SecondFactorNeeded(_proof(account.password_hash))
    raise NotSignedIn(WRONG_CODE if code else WRONG, "wrong-code" if code else "wrong-password")


def sign_in_with_code(archive: Archive, login: str, proof: str, code: str, *, browser: Browser = Browser()) -> SignedIn:
    """The second step of signing in. Raises NotSignedIn for a wrong code, or when the password has changed since."""
    with archive.write() as tx:
        account = tx.people.by_login(login)
        if account is None or not account.person.active or proof != _proof(account.password_hash):
            raise NotSignedIn(WRONG, "wrong-password")
        if account.locked_until is None or account.locked_until <= archive.now():
            factor = second_factor.right(archive, tx, account.person.id, code)
            if factor:
                return _session_opened(archive, tx, account.person, browser, factor)
        count_failure(archive, tx, login)
    raise NotSignedIn(WRONG_CODE, "wrong-code")


def _proof(password_hash: str) -> str:
    return credentials.token_digest(f"second step/{password_hash}")


def sign_in_vouched(archive: Archive, login: str, voucher: str, *, browser: Browser = Browser()) -> SignedIn:
    """Open a session for somebody whom the company's own sign-in service vouches for. Raises NotSignedIn.

    Accounts and rights are this archive's; whom nobody has given an account here stays outside.
    """
    with archive.write() as tx:
        account = tx.people.by_login(login.strip())
        if account is None or not account.person.active:
            raise NotSignedIn("The sign-in service knows you, this archive does not: ask for an account.", "no-account")
        return _session_opened(archive, tx, account.person, browser, "vouched", voucher)


def _session_opened(
    archive: Archive, tx: Transaction, person: Person, browser: Browser, factor: str, voucher: str = ""
) -> SignedIn:
    at, secret = archive.now(), credentials.new_token()
    tx.people.set_failures(person.id, 0, None)
    tx.people.forget_ended_sessions(at)
    tx.people.add_session(
        credentials.token_digest(secret),
        person.id,
        at,
        at + _session(archive),
        clearance=None if browser.ceiling is None else checked_level(browser.ceiling),
        device=browser.device[:200],
        address=browser.address[:64],
    )
    said = {"factor": factor} | ({"voucher": voucher} if voucher else {})
    tx.ledger.add(at, person.id, "sign-in", "person", person.id, **said)  # pyright: ignore[reportArgumentType] — none of them is the site
    return SignedIn(person, secret)


def count_failure(archive: Archive, tx: Transaction, login: str) -> None:
    """Counted as the account stands now: many guesses at once are as many, not one."""
    at, account = archive.now(), tx.people.by_login(login)
    if account is None or (account.locked_until is not None and account.locked_until > at):
        return
    failures = account.failures + 1
    locked = failures >= archive.settings.sign_in_attempts
    tx.people.set_failures(account.person.id, 0 if locked else failures, at + LOCKED_FOR if locked else None)
    tx.ledger.add(at, account.person.id, "sign-in.refused", "person", account.person.id, locked=locked)


def of_session(archive: Archive, secret: str, address: str = "") -> Person:
    """Whose session this is, with the clearance that counts in it: the lowest of the person's, of what was chosen at
    sign-in, and of the network it comes from. Raises NotSignedIn when it has ended."""
    at, digest = archive.now(), credentials.token_digest(secret)
    with archive.read() as tx:
        found = tx.people.session(digest, at)
    if found is None:
        raise NotSignedIn("Please sign in.")
    person, session = found
    if at - session.seen_at > TOUCH_EVERY:
        with archive.write() as tx:
            tx.people.touch_session(digest, at, at + _session(archive))
    return replace(person, clearance=lowest(person.clearance, session.clearance, of_network(archive, address)))


def lowest(*clearances: int | None) -> int:
    return min(clearance for clearance in clearances if clearance is not None)


def of_network(archive: Archive, address: str) -> int | None:
    """How high a session from this address reaches: what the narrowest network says; None where none is set."""
    networks = config.networks(archive.settings.clearance_by_network)
    if not networks:
        return None
    try:
        here = ip_address(address)
    except ValueError:
        return 0
    levels = [(network.prefixlen, level) for network, level in networks.items() if here in network]
    return max(levels)[1] if levels else 0


def lower_session(archive: Archive, person: Person, secret: str, ceiling: int) -> None:
    """Let this session reach less high from now on. It is never raised again: sign in anew for that."""
    with archive.write() as tx:
        found = tx.people.session(credentials.token_digest(secret), archive.now())
        if found is None or found[0].id != person.id:
            raise NotSignedIn("Please sign in.")
        tx.people.lower_session(found[1].mark, lowest(checked_level(ceiling), found[1].clearance))


def sessions(archive: Archive, person: Person) -> Sequence[Session]:
    """Where this person is signed in, the latest first. Everybody sees their own."""
    with archive.read() as tx:
        return tx.people.sessions_of(person.id, archive.now())


def end_session(archive: Archive, person: Person, mark: str) -> None:
    """Sign out somewhere else. Everybody ends their own."""
    with archive.write() as tx:
        if any(one.mark == mark for one in tx.people.sessions_of(person.id, archive.now())):
            tx.people.end_session(mark)
            tx.ledger.add(archive.now(), person.id, "session.ended", "person", person.id)


def mark_of(secret: str) -> str:
    """What tells one session from another without opening it: goes into an Actor."""
    return credentials.token_digest(secret)


def sign_out(archive: Archive, secret: str) -> None:
    with archive.write() as tx:
        tx.people.end_session(credentials.token_digest(secret))


def confirm(archive: Archive, actor: Actor, password: str, code: str = "") -> None:
    """Whoever has signed in proves once more that it is them, before a signature: with the password, and the code of
    their telephone if they have enrolled one. Raises Invalid; guesses count."""
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        person = tx.people.get(actor.id)
        account = tx.people.by_login(person.login) if person else None
    if person is None or account is None:
        raise NotSignedIn("Please sign in.")
    locked = account.locked_until is not None and account.locked_until > archive.now()
    right = not locked and credentials.password_is(password, account.password_hash)
    with archive.write() as tx:
        wrong_code = (
            right and second_factor.needed(tx, person) and not second_factor.right(archive, tx, person.id, code)
        )
        if not right or wrong_code:
            count_failure(archive, tx, person.login)
    if wrong_code:
        raise Invalid("The code is wrong: look again, and check the clock of the telephone.", "wrong-code")
    if not right:
        raise Invalid("The present password is wrong.", "wrong-present-password")


def _session(archive: Archive) -> timedelta:
    return timedelta(hours=archive.settings.session_hours)
