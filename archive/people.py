"""Who is who: accounts are opened by one and given rights by another; who loses rights loses what hung on them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from access import credentials, grants, rules
from access.actors import PEOPLE_ROLES, Actor, Role, conflict
from access.rules import Action
from archive import custody, granting, loan_steps, organisation
from archive.acting import as_actor, at_the_door
from archive.app import Archive
from archive.errors import Checking, Conflict, Invalid, NotFound
from archive.model import Person, checked_level, new_id
from archive.tables import Transaction
from archive.telling import tell

__all__ = ["as_actor", "at_the_door"]


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
    roles_named(new.roles)
    weak = credentials.weakness(password, new.login.strip())
    if weak:
        raise Invalid(weak, "weak-password")
    # Before the transaction: it takes a tenth of a second, and nobody else could write meanwhile.
    hashed = credentials.hash_password(password)
    with archive.write() as tx:
        person = _person(tx, new, must_change=must_change)
        tx.people.add(person, hashed, archive.now())
        log_rights(archive, tx, actor.id, "person.added", person)
    return person


def _person(tx: Transaction, new: NewPerson, *, must_change: bool, name_needed: bool = False) -> Person:
    check = Checking()
    login = check.read("login", _free_login, tx, new.login) or ""
    if name_needed and not new.name.strip():
        check.wrong(Invalid("Say what they are called: others know them by their name.", "no-own-name", field="name"))
    department = check.read("department", organisation.department_named, tx, new.department.strip()) or ""
    sites = check.read("site", organisation.sites_named, tx, new.sites) or frozenset[str]()
    clearance = check.read("clearance", checked_level, new.clearance) or 0
    roles = check.read("role", roles_named, new.roles) or frozenset[Role]() if new.roles else frozenset[Role]()
    email = check.read("email", _email, new.email) or ""
    check.end()
    return Person(
        id=new_id(),
        login=login,
        name=new.name.strip()[:200] or login,
        employee_no=new.employee_no.strip()[:40],
        department=department,
        clearance=clearance,
        roles=roles,
        sites=sites,
        must_change_password=must_change,
        email=email,
    )


def _free_login(tx: Transaction, login: str) -> str:
    login = checked_login(login)
    if tx.people.by_login(login) is not None:
        raise Conflict(f"There is somebody with the login name {login!r} already.", "login-taken")
    return login


def _email(text: str) -> str:
    """An address as it is kept; empty for none. Whether anybody reads it, only a message tells."""
    text = text.strip()
    name, at, place = text.partition("@")
    if text and (not name or not at or not place or "@" in place or any(map(str.isspace, text)) or len(text) > 200):
        raise Invalid("This is no e-mail address; write name@example.com, or leave it empty.", "bad-email")
    return text


def everybody(archive: Archive, actor: Actor) -> Sequence[Person]:
    rules.require(actor, Action.SEE_PEOPLE)
    with archive.read() as tx:
        return tx.people.every()


def colleagues(archive: Archive, actor: Actor) -> Sequence[Person]:
    """Who works here now, by name: for forms in which everybody who takes part in something names somebody."""
    rules.require(actor, Action.TAKE_PART)
    with archive.read() as tx:
        return sorted((one for one in tx.people.every() if one.active), key=lambda one: one.name)


def named(archive: Archive, login: str) -> Actor:
    """The actor behind a login name, for the shell's `--as`. Raises NotFound."""
    with archive.read() as tx:
        account = tx.people.by_login(login)
    if account is None or not account.person.active:
        raise NotFound(f"There is nobody with the login name {login!r}.")
    return at_the_door(archive, account.person)


def deactivate(archive: Archive, actor: Actor, login: str) -> Person:
    """Close an account: its sessions end, its tokens and grants are of no use any more, what it reads on loan is closed
    and what it holds is called back, all at once (INV-10).

    Raises Conflict while it keeps records: a custodian hands over first."""
    if not rules.may(actor, Action.GIVE_RIGHTS):
        rules.require(actor, Action.MANAGE_PEOPLE)
    with archive.write() as tx:
        person = account_of(tx, login)
        _refuse_own(actor, person, frozenset())
        custody.refuse_to_let_go(tx, person.id)
        loan_steps.end_all_of(archive, tx, actor.id, person.id, reason="left")
        granting.end_all_of(archive, tx, actor.id, person.id)
        tx.people.set_active(person.id, False)
        tx.people.end_sessions_of(person.id)
        tx.ledger.add(archive.now(), actor.id, "person.deactivated", "person", person.id)
    return replace(person, active=False)


def may_open(actor: Actor) -> None:
    """Raises Denied for everybody who opens no accounts."""
    rules.require(actor, Action.OPEN_ACCOUNTS)


def open_account(archive: Archive, actor: Actor, new: NewPerson) -> tuple[Person, str]:
    """Make an account that may nothing yet, and its one-time password: the system administrator's part (T6).

    What it may is given by the security officer (`change_rights`).
    """
    rules.require(actor, Action.OPEN_ACCOUNTS)
    password = credentials.one_time_password()
    hashed = credentials.hash_password(password)
    with archive.write() as tx:
        person = _person(tx, replace(new, roles=frozenset(), clearance=0), must_change=True, name_needed=True)
        tx.people.add(person, hashed, archive.now())
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
        person = account_of(tx, login)
    return Rights(person.roles, person.clearance, person.department, person.sites)


def change_rights(archive: Archive, actor: Actor, login: str, rights: Rights) -> Person:
    """Say what somebody may from now on. Who loses clearance, a site or their department loses their loans with it
    (INV-10), and every grant above the new clearance.

    Raises Conflict: nobody changes their own rights, the three administrators are made at the server only (T6), and a
    custodian hands over before they lose the post or a site (T10).
    """
    rules.require(actor, Action.GIVE_RIGHTS)
    with archive.write() as tx:
        person = account_of(tx, login)
        roles = roles_named(rights.roles) if rights.roles else frozenset[Role]()
        _refuse_own(actor, person, roles)
        sites = organisation.sites_named(tx, rights.sites)
        department = organisation.department_named(tx, rights.department)
        now = replace(
            person,
            roles=frozenset(role.value for role in roles),
            clearance=checked_level(rights.clearance),
            department=department,
            sites=sites,
        )
        if now == person:
            return person
        custody.refuse_to_take_the_post(tx, person, now)
        set_rights(archive, tx, actor.id, person, now)
        tell(archive, tx, [person.id], "rights.changed", ("person", person.id))
    return now


def set_rights(archive: Archive, tx: Transaction, by: str, before: Person, now: Person) -> None:
    """Somebody has other rights from this instant, and what hung on those they lose ends with them (INV-10)."""
    tx.people.set_rights(now)
    log_rights(archive, tx, by, "person.changed", now)
    narrowed = now.clearance < before.clearance or before.sites - now.sites or now.department != before.department
    if narrowed or not now.roles:
        loan_steps.end_all_of(archive, tx, by, now.id, reason="rights-changed")
    granting.end_all_of(archive, tx, by, now.id, above=now.clearance if now.roles else -1)


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


def account_of(tx: Transaction, login: str) -> Person:
    account = tx.people.by_login(login)
    if account is None:
        raise NotFound(f"There is nobody with the login name {login!r}.")
    return account.person


def checked_login(login: str) -> str:
    """A login name as it is kept. Raises Invalid."""
    login = login.strip()
    if not login or len(login) > 60 or any(letter.isspace() for letter in login):
        raise Invalid("A login name has 1 to 60 characters and no spaces.", "bad-login")
    return login


def roles_named(names: frozenset[str]) -> frozenset[Role]:
    """Roles by their codes. Raises Invalid for none, for an unknown one, and for two that exclude each other."""
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
