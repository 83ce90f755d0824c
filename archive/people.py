"""Who is who: accounts, signing in, tokens."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_address

from access import credentials, grants, rules
from access.actors import PEOPLE_ROLES, Actor, Role, conflict
from access.rules import Action
from archive import config, custody, granting, loan_steps, sealing, second_factor
from archive.acting import as_actor, at_the_door
from archive.app import Archive
from archive.errors import Conflict, Invalid, NotFound, NotSignedIn
from archive.model import Department, Person, Session, Site, Token, checked_level, new_id
from archive.tables import Transaction
from archive.telling import tell

__all__ = ["as_actor", "at_the_door"]

LOCKED_FOR = timedelta(minutes=15)
WRONG_CODE = "The code is wrong: look again, and check the clock of the telephone."
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
    """Make an account with rights, at the shell of the server. Raises Invalid for a weak password or roles one person
    may not hold together."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    _roles(new.roles)
    weak = credentials.weakness(password, new.login.strip())
    if weak:
        raise Invalid(weak, "weak-password")
    with archive.write() as tx:
        person = _person(tx, new, must_change=must_change)
        tx.people.add(person, credentials.hash_password(password), archive.now())
        log_rights(archive, tx, actor.id, "person.added", person)
    return person


def _person(tx: Transaction, new: NewPerson, *, must_change: bool) -> Person:
    login = new.login.strip()
    if not login or len(login) > 60 or any(letter.isspace() for letter in login):
        raise Invalid("A login name has 1 to 60 characters and no spaces.", "bad-login")
    if tx.people.by_login(login) is not None:
        raise Conflict(f"There is somebody with the login name {login!r} already.", "login-taken")
    return Person(
        id=new_id(),
        login=login,
        name=new.name.strip()[:200] or login,
        employee_no=new.employee_no.strip()[:40],
        department=_department(tx, new.department.strip()),
        clearance=checked_level(new.clearance),
        roles=frozenset(_roles(new.roles)) if new.roles else frozenset(),
        sites=_sites(tx, new.sites),
        must_change_password=must_change,
        email=new.email.strip()[:200],
    )


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
            _count_failure(archive, tx, person.login)
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
        _count_failure(archive, tx, login)
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


def _count_failure(archive: Archive, tx: Transaction, login: str) -> None:
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
    return replace(person, clearance=_lowest(person.clearance, session.clearance, _of_network(archive, address)))


def _lowest(*clearances: int | None) -> int:
    return min(clearance for clearance in clearances if clearance is not None)


def _of_network(archive: Archive, address: str) -> int | None:
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
        tx.people.lower_session(found[1].mark, _lowest(checked_level(ceiling), found[1].clearance))


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
            _count_failure(archive, tx, person.login)
    if not right:
        raise Invalid(WRONG_CODE, "wrong-code")


# ---- Tokens for programs ----


def create_token(
    archive: Archive, actor: Actor, login: str, *, name: str = "", days: int = 90, scope: str = "everything"
) -> str:
    """A secret with which a program acts as this person, until it expires. It is shown once and not kept.

    `scope` is one of `rules.TOKEN_SCOPES`. People make their own, with no more than they may; the shell makes any.
    """
    own = actor.id == _id_of(archive, login) and actor.only is None
    if not own:
        rules.require(actor, Action.MANAGE_PEOPLE)
    if not 1 <= days <= TOKEN_DAYS_MAX:
        raise Invalid(f"A token lasts 1 to {TOKEN_DAYS_MAX} days.", "token-days")
    if scope not in rules.TOKEN_SCOPES:
        raise Invalid(f"A token is for one of: {', '.join(rules.TOKEN_SCOPES)}.", "token-scope")
    at, token, token_id = archive.now(), credentials.new_token(), new_id()
    with archive.write() as tx:
        person = _account(tx, login)
        until = at + timedelta(days=days)
        # A token made in a session that reaches less high than its person reaches no higher either.
        ceiling = actor.clearance if own else None
        digest = credentials.token_digest(token)
        tx.people.add_token(Token(token_id, person.id, name.strip()[:100], at, until, None, scope, ceiling), digest)
        tx.ledger.add(at, actor.id, "token.created", "person", person.id, token=token_id, days=days, scope=scope)
    return token


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whom a program acts as, and what its token was made for (None: everything they may)."""

    person: Person
    only: frozenset[Action] | None
    scope: str


def bearer(archive: Archive, token: str, address: str = "") -> Bearer:
    """Who stands behind a token, with the clearance that counts: the lowest of the person's, of what the token was
    made for, and of the network it comes from. Raises NotSignedIn when it is unknown, expired or revoked."""
    with archive.read() as tx:
        found = tx.people.token_holder(credentials.token_digest(token), archive.now())
    if found is None:
        raise NotSignedIn("The token is unknown, expired or revoked.")
    person, kept = found
    only = rules.TOKEN_SCOPES.get(kept.scope, frozenset())
    clearance = _lowest(person.clearance, kept.clearance, _of_network(archive, address))
    return Bearer(replace(person, clearance=clearance), only, kept.scope)


def of_token(archive: Archive, token: str) -> Person:
    return bearer(archive, token).person


def tokens(archive: Archive, actor: Actor, login: str) -> Sequence[Token]:
    """The tokens of somebody, the newest first: one's own, or anybody's at the shell."""
    with archive.read() as tx:
        person = _account(tx, login)
        if person.id != actor.id:
            rules.require(actor, Action.SEE_PEOPLE)
        return tx.people.tokens_of(person.id)


def revoke_token(archive: Archive, actor: Actor, token_id: str) -> None:
    """End a token at once: one's own, or anybody's for those who give rights."""
    with archive.write() as tx:
        token = tx.people.token(token_id)
        if token is None or (token.person_id != actor.id and not rules.may(actor, Action.GIVE_RIGHTS)):
            rules.require(actor, Action.GIVE_RIGHTS)
            raise NotFound("There is no such token.")
        tx.people.revoke_token(token_id, archive.now())
        tx.ledger.add(archive.now(), actor.id, "token.revoked", "person", token.person_id, token=token_id)


def one_time_password() -> str:
    """A password for the first sign-in, to be changed there; without letters that are taken for others."""
    return "-".join("".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(4))


def deactivate(archive: Archive, actor: Actor, login: str) -> Person:
    """Close an account: its sessions end, its tokens and grants are of no use any more, what it reads on loan is closed
    and what it holds is called back, all at once (INV-10).

    Raises Conflict while it keeps records: a custodian hands over first."""
    if not rules.may(actor, Action.GIVE_RIGHTS):
        rules.require(actor, Action.MANAGE_PEOPLE)
    with archive.write() as tx:
        person = _account(tx, login)
        _refuse_own(actor, person, frozenset())
        custody.refuse_to_let_go(tx, person.id)
        loan_steps.end_all_of(archive, tx, actor.id, person.id, reason="left")
        granting.end_all_of(archive, tx, actor.id, person.id)
        tx.people.set_active(person.id, False)
        tx.people.end_sessions_of(person.id)
        tx.ledger.add(archive.now(), actor.id, "person.deactivated", "person", person.id)
    return replace(person, active=False)


# ---- Accounts are opened by one, rights are given by another ----


def may_open(actor: Actor) -> None:
    """Raises Denied for everybody who opens no accounts."""
    rules.require(actor, Action.OPEN_ACCOUNTS)


def open_account(archive: Archive, actor: Actor, new: NewPerson) -> tuple[Person, str]:
    """Make an account that may nothing yet, and its one-time password: the system administrator's part (T6).

    What it may is given by the security officer (`change_rights`).
    """
    rules.require(actor, Action.OPEN_ACCOUNTS)
    password = one_time_password()
    with archive.write() as tx:
        person = _person(tx, replace(new, roles=frozenset(), clearance=0), must_change=True)
        tx.people.add(person, credentials.hash_password(password), archive.now())
        log_rights(archive, tx, actor.id, "person.opened", person)
    return person, password


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody is trusted with."""

    roles: frozenset[str]
    clearance: int
    department: str
    sites: frozenset[str]


def rights_of(archive: Archive, actor: Actor, login: str) -> Rights:
    """What somebody is trusted with now."""
    rules.require(actor, Action.SEE_PEOPLE)
    with archive.read() as tx:
        person = _account(tx, login)
    return Rights(person.roles, person.clearance, person.department, person.sites)


def change_rights(archive: Archive, actor: Actor, login: str, rights: Rights) -> Person:
    """Say what somebody may from now on. Who loses clearance, a site or their department loses their loans with it
    (INV-10), and every grant above the new clearance.

    Raises Conflict: nobody changes their own rights, and the three administrators are made at the server only (T6).
    """
    rules.require(actor, Action.GIVE_RIGHTS)
    with archive.write() as tx:
        person = _account(tx, login)
        roles = _roles(rights.roles) if rights.roles else frozenset[Role]()
        _refuse_own(actor, person, roles)
        sites = _sites(tx, rights.sites)
        department = _department(tx, rights.department)
        now = replace(
            person,
            roles=frozenset(role.value for role in roles),
            clearance=checked_level(rights.clearance),
            department=department,
            sites=sites,
        )
        if now == person:
            return person
        tx.people.set_rights(now)
        log_rights(archive, tx, actor.id, "person.changed", now)
        narrowed = now.clearance < person.clearance or person.sites - now.sites or now.department != person.department
        if narrowed or not now.roles:
            loan_steps.end_all_of(archive, tx, actor.id, person.id, reason="rights-changed")
        granting.end_all_of(archive, tx, actor.id, person.id, above=now.clearance if now.roles else -1)
        tell(archive, tx, [person.id], "rights.changed", ("person", person.id))
    return now


def _refuse_own(actor: Actor, person: Person, roles: frozenset[Role]) -> None:
    before = frozenset(Role(role) for role in person.roles)
    loan_steps.refuse(grants.why_not_change_rights(actor, person.id, before, roles))


def log_rights(archive: Archive, tx: Transaction, by: str, action: str, person: Person) -> None:
    """The whole of what somebody may, so that any day can be told from the ledger."""
    tx.ledger.add(
        archive.now(),
        by,
        action,
        "person",
        person.id,
        roles=sorted(person.roles),
        clearance=person.clearance,
        sites=sorted(person.sites),
        department=person.department,
    )


# ---- A forgotten password: given out by two, or at the server ----

RESET_LASTS = timedelta(days=1)


def reset_password(archive: Archive, actor: Actor, login: str, password: str = "") -> str:
    """A new one-time password, at the shell of the server; or the one that is given. Its sessions end."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    chosen = password or one_time_password()
    with archive.write() as tx:
        person = _account(tx, login)
        _set_password(archive, tx, actor, person, chosen)
    return chosen


def ask_reset(archive: Archive, actor: Actor, login: str) -> str:
    """The system administrator's half of a new password. It is worth nothing without the security officer's."""
    rules.require(actor, Action.OPEN_ACCOUNTS)
    half = _half()
    with archive.write() as tx:
        person = _account(tx, login)
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
    with archive.write() as tx:
        person = _account(tx, login)
        reset = tx.credentials.reset_of(person.id)
        if reset is None or reset.asked_at + RESET_LASTS < archive.now():
            raise Conflict("Nobody has asked for a new password for them.", "no-reset")
        if actor.id in (reset.asked_by, person.id):
            raise Conflict("It takes somebody else: neither the holder nor whoever asked for it.", "second-person")
        first = sealing.unwrap(archive.keys.credentials, reset.sealed_half, f"reset/{person.id}").decode()
        tx.credentials.end_reset(person.id)
        _set_password(archive, tx, actor, person, f"{first}-{half}")
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
        second_factor.forget(archive, tx, actor.id, _account(tx, login).id)


def _set_password(archive: Archive, tx: Transaction, actor: Actor, person: Person, password: str) -> None:
    weak = credentials.weakness(password, person.login)
    if weak:
        raise Invalid(weak, "weak-password")
    tx.people.set_password(person.id, credentials.hash_password(password), must_change=True)
    tx.people.end_sessions_of(person.id)
    tx.ledger.add(archive.now(), actor.id, "password.reset", "person", person.id)
    tell(archive, tx, [person.id], "password.reset", ("person", person.id))


def _half() -> str:
    return "-".join(one_time_password().split("-")[:2])


# ---- Sites and departments ----


def add_site(archive: Archive, actor: Actor, site: Site) -> None:
    """A site begins. Raises Conflict when its code or its fonds is taken."""
    rules.require(actor, Action.MANAGE_PEOPLE)
    _checked_code(site.code, site.name)
    if not re.fullmatch(r"[0-9A-Za-z]{1,4}", site.fonds_code):
        raise Invalid("The code of a fonds has one to four letters or digits.", "bad-code")
    with archive.write() as tx:
        if any(site.code == one.code or site.fonds_code == one.fonds_code for one in tx.organisation.sites()):
            raise Conflict(f"The code {site.code!r} or the fonds {site.fonds_code!r} is taken.", "code-taken")
        tx.organisation.add_site(site)
        tx.ledger.add(archive.now(), actor.id, "site.added", "site", site.code)


def add_department(archive: Archive, actor: Actor, department: Department) -> None:
    rules.require(actor, Action.MANAGE_PEOPLE)
    _checked_code(department.code, department.name)
    with archive.write() as tx:
        if any(department.code == one.code for one in tx.organisation.departments()):
            raise Conflict(f"The code {department.code!r} is taken.", "code-taken")
        tx.organisation.add_department(department)
        tx.ledger.add(archive.now(), actor.id, "department.added", "department", department.code)


def _checked_code(code: str, name: str) -> None:
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,20}", code) or not name.strip():
        raise Invalid("A code has one to twenty letters and digits, and there is a name to it.", "bad-code")


def _sites(tx: Transaction, wanted: frozenset[str]) -> frozenset[str]:
    """Codes of sites, each given by its code or name; every site if none is named."""
    known = tx.organisation.sites()
    codes = {word: one.code for one in known for word in (one.code, one.name, one.name_en) if word}
    unknown = wanted - codes.keys()
    if unknown:
        there = ", ".join(sorted(one.code for one in known)) or "none"
        raise Invalid(f"There is no site {min(unknown)!r}; there are: {there}.", "no-such-site")
    return frozenset(codes[one] for one in wanted) or frozenset(one.code for one in known)


def _department(tx: Transaction, wanted: str) -> str:
    """The code of a department, given by its code or name; empty for none."""
    if not wanted:
        return ""
    known = tx.organisation.departments()
    codes = {word: one.code for one in known for word in (one.code, one.name, one.name_en) if word}
    if wanted not in codes:
        there = ", ".join(sorted(one.code for one in known)) or "none"
        raise Invalid(f"There is no department {wanted!r}; there are: {there}.", "no-such-department")
    return codes[wanted]


def _id_of(archive: Archive, login: str) -> str:
    with archive.read() as tx:
        account = tx.people.by_login(login)
    return account.person.id if account else ""


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
            _count_failure(archive, tx, person.login)
    if wrong_code:
        raise Invalid("The code is wrong: look again, and check the clock of the telephone.", "wrong-code")
    if not right:
        raise Invalid("The present password is wrong.", "wrong-present-password")
