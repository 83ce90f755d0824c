"""A table of people is held against the accounts and taken over: opened by one administrator, given rights by another.

The same table is handed in twice. The system administrator's hands open accounts that may nothing; the security
officer's give them the roles, clearance and sites that the table states (T6). Nothing of it is kept in between.
An empty cell, or a column that is not there, leaves what an account has; nobody gets or loses a right by silence.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from access import rules
from access.actors import ADMINISTRATORS, Actor
from access.rules import Action, Denied
from archive import organisation, people, sheets
from archive.access_sheets import ROLES
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Invalid
from archive.loan_sheets import LEVELS
from archive.model import Person, checked_level
from archive.people import NewPerson, Rights
from archive.tables import Transaction

HEADS: Mapping[str, tuple[str, ...]] = {
    "login": ("用户名", "登录名"),
    "name": ("姓名",),
    "employee_no": ("工号",),
    "department": ("部门",),
    "sites": ("项目",),
    "email": ("邮箱",),
    "roles": ("角色",),
    "clearance": ("涉密权限", "密级", "权限级别"),
}
"""Column → what its head may be besides."""

GIVEN = {code: names for code, names in ROLES.items() if code not in {role.value for role in ADMINISTRATORS}}
"""Roles that a table may give, in words that it may use besides. Administrators are made at the server only."""

LINES_MAX = 300
"""Making a password takes a tenth of a second each: so many are made while somebody waits."""
EVERYWHERE = frozenset({"全部", "全部项目", "all"})
"""In place of sites: every one there is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the table, understood."""

    new: NewPerson
    rights: Rights


@dataclass(frozen=True, slots=True)
class Line:
    """What taking a line over does: `deed` is open, rights, both, or empty where nothing is left to do.

    `before` is what an account that is there may until then. `problem` says why nothing can be done with it;
    `password` is there once, after an account was opened.
    """

    number: int
    login: str
    name: str
    deed: str = ""
    wanted: Wanted | None = None
    before: Rights | None = None
    problem: ArchiveError | Denied | None = None
    password: str = ""


def compare(archive: Archive, actor: Actor, table: bytes) -> Sequence[Line]:
    """What `load` would do with this table, line by line; changes nothing. Raises Invalid when it is none."""
    _may(actor)
    with archive.read() as tx:
        return _compared(tx, actor, table)


def load(archive: Archive, actor: Actor, table: bytes) -> Sequence[Line]:
    """Take over what this person may of every line, each for itself; what became of it, with new passwords.

    Done again, it does what is left.
    """
    return [_taken(archive, actor, line) for line in compare(archive, actor, table)]


def template(archive: Archive, actor: Actor) -> bytes:
    """An empty table as a workbook, with a second sheet that says what may be written into each column."""
    rules.require(actor, Action.SEE_PEOPLE)
    with archive.read() as tx:
        departments, sites = tx.organisation.departments(), tx.organisation.sites()
    allowed = {
        "department": [one.name for one in departments],
        "sites": [*(one.name for one in sites), "全部"],
        "roles": [names[0] for names in GIVEN.values()],
        "clearance": [f"{level} {names[0]}" for level, names in enumerate(LEVELS)],
    }
    lines = [(HEADS[column][0], cell) for column, cells in allowed.items() for cell in cells]
    heads = [names[0] for names in HEADS.values()]
    return sheets.as_xlsx(heads, (), title="人员", beside=sheets.Beside("可填内容", ("栏目", "可填"), lines))


def as_table(table: bytes) -> str:
    """The same rows as CSV, to be carried by a form from the look to the deed."""
    return sheets.as_csv(list(HEADS), [list(row.values()) for row in _rows(table)]).decode("utf-8-sig")


def _may(actor: Actor) -> None:
    if not rules.may(actor, Action.OPEN_ACCOUNTS):
        rules.require(actor, Action.GIVE_RIGHTS)


def _taken(archive: Archive, actor: Actor, line: Line) -> Line:
    if line.problem is not None or line.wanted is None or not line.deed:
        return line
    password = ""
    try:
        if line.deed in ("open", "both"):
            _, password = people.open_account(archive, actor, line.wanted.new)
        if line.deed in ("rights", "both"):
            people.change_rights(archive, actor, line.login, line.wanted.rights)
    except (ArchiveError, Denied) as error:
        return replace(line, problem=error, password=password)
    return replace(line, password=password)


def _compared(tx: Transaction, actor: Actor, table: bytes) -> Sequence[Line]:
    there = {one.login: one for one in tx.people.every()}
    found: list[Line] = []
    seen: set[str] = set()
    for number, row in enumerate(_rows(table), 2):
        login, name = row["login"].strip(), row["name"].strip()
        try:
            if login in seen:
                raise Conflict(f"The login name {login!r} stands in the table twice.", "login-twice")
            seen.add(login)
            person = there.get(login)
            wanted = _understood(tx, row, person)
            found.append(Line(number, login, name, _deed(actor, person, wanted), wanted, person and _rights(person)))
        except (Conflict, Invalid) as error:
            found.append(Line(number, login, name, problem=error))
    return found


def _rights(person: Person) -> Rights:
    return Rights(person.roles, person.clearance, person.department, person.sites)


def _deed(actor: Actor, person: Person | None, wanted: Wanted) -> str:
    opens, gives = (rules.may(actor, one) for one in (Action.OPEN_ACCOUNTS, Action.GIVE_RIGHTS))
    if person is None:
        if not opens:
            raise Conflict("The system administrator has not opened this account yet.", "not-opened")
        return "both" if gives else "open"
    return "rights" if gives and _rights(person) != wanted.rights else ""


def _understood(tx: Transaction, row: Mapping[str, str], person: Person | None) -> Wanted:
    """What a line states; where it says nothing, what the account has."""
    people.checked_login(row["login"])
    has = _rights(person) if person is not None else Rights(frozenset(), 0, "", frozenset())
    roles = _roles(row["roles"]) or has.roles
    people.roles_named(roles)
    try:
        clearance = checked_level(int(row["clearance"].strip().partition(" ")[0] or has.clearance))
    except ValueError:
        raise Invalid("A level is 0, 1, 2 or 3.", "bad-level") from None
    department = organisation.department_named(tx, row["department"].strip() or has.department)
    sites = _sites(tx, _several(row["sites"]), has.sites)
    new = NewPerson(
        row["login"], row["name"], frozenset(), 0, department, sites, row["employee_no"], row["email"].strip()
    )
    return Wanted(new, Rights(roles, clearance, department, sites))


def _roles(cell: str) -> frozenset[str]:
    codes = {name.lower(): code for code, names in ROLES.items() for name in (code, *names)}
    said = _several(cell)
    unknown = sorted(name for name in said if name.lower() not in codes)
    if unknown:
        there = ", ".join(english for _, english in GIVEN.values())
        raise Invalid(f"There is no role {unknown[0]!r}; there are: {there}.", "no-such-role")
    roles = frozenset(codes[name.lower()] for name in said)
    if roles - GIVEN.keys():
        raise Invalid("Administrators are made at the server only.", "administrators-at-server")
    return roles


def _sites(tx: Transaction, said: frozenset[str], has: frozenset[str]) -> frozenset[str]:
    if said and said <= EVERYWHERE:
        return organisation.sites_named(tx, frozenset())
    if not (said or has):
        raise Invalid("Say at which sites, or write 全部 (all) for every site.", "no-sites-said")
    return organisation.sites_named(tx, said or has)


def _several(text: str) -> frozenset[str]:
    for mark in "、，,；":
        text = text.replace(mark, ";")
    return frozenset(filter(None, (part.strip() for part in text.split(";"))))


def _rows(table: bytes) -> Sequence[Mapping[str, str]]:
    rows = sheets.rows(table)
    known = {head: column for column, names in HEADS.items() for head in (column, *names)}
    heads = [head for head in rows[0] if head] if rows else []
    if "login" not in {known.get(head) for head in heads}:
        raise Invalid("The table has no column for login names (用户名).", "no-login-column")
    for at, head in enumerate(heads):
        if head not in known:
            there = ", ".join(names[0] for names in HEADS.values())
            raise Invalid(f"Nothing is known of the column {head!r}; there are: {there}.", "unknown-column")
        if known[head] in {known[other] for other in heads[:at]}:
            raise Invalid(f"The column {head!r} says the same as another one; leave one of them.", "column-twice")
    if len(rows) > LINES_MAX:
        raise Invalid(f"At most {LINES_MAX} people at once; divide the table.", "roster-too-long")
    return [
        {**dict.fromkeys(HEADS, ""), **{known[head]: cell for head, cell in row.items() if head in known}}
        for row in rows
    ]
