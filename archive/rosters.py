"""A table of people is held against the accounts and taken over: opened by one administrator, given rights by another.

The same table is handed in twice. The system administrator's hands open accounts that may nothing; the security
officer's give them the roles, clearance and sites that the table states (T6). Nothing of it is kept in between.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from access import rules
from access.actors import ADMINISTRATORS, Actor
from access.rules import Action, Denied
from archive import organisation, people, sheets
from archive.access_sheets import ROLES
from archive.app import Archive
from archive.errors import ArchiveError, Conflict, Invalid
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
    "clearance": ("密级", "权限级别"),
}
"""Column → what its head may be besides."""

GIVEN = {code: names for code, names in ROLES.items() if code not in {role.value for role in ADMINISTRATORS}}
"""Roles that a table may give, in words that it may use besides. Administrators are made at the server only."""

LINES_MAX = 300
"""Making a password takes a tenth of a second each: so many are made while somebody waits."""
SAMPLE = ("wangwu", "王五", "0101", "KF", "", "", "借阅人", "1")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line of the table, understood."""

    new: NewPerson
    rights: Rights


@dataclass(frozen=True, slots=True)
class Line:
    """What taking a line over does: `deed` is open, rights, both, or empty where nothing is left to do.

    `problem` says why nothing can be done with it; `password` is there once, after an account was opened.
    """

    number: int
    login: str
    name: str
    deed: str = ""
    wanted: Wanted | None = None
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


def template(*, workbook: bool = True) -> bytes:
    """An empty table with one line that shows how it is meant."""
    heads = [names[0] for names in HEADS.values()]
    return sheets.as_xlsx(heads, [SAMPLE], title="人员") if workbook else sheets.as_csv(heads, [SAMPLE])


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
        return Line(line.number, line.login, line.name, line.deed, line.wanted, error, password)
    return Line(line.number, line.login, line.name, line.deed, line.wanted, None, password)


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
            wanted = _understood(tx, row)
            found.append(Line(number, login, name, _deed(actor, there.get(login), wanted), wanted))
        except (Conflict, Invalid) as error:
            found.append(Line(number, login, name, problem=error))
    return found


def _deed(actor: Actor, person: Person | None, wanted: Wanted) -> str:
    opens, gives = (rules.may(actor, one) for one in (Action.OPEN_ACCOUNTS, Action.GIVE_RIGHTS))
    if person is None:
        if not opens:
            raise Conflict("The system administrator has not opened this account yet.", "not-opened")
        return "both" if gives else "open"
    now = Rights(person.roles, person.clearance, person.department, person.sites)
    return "rights" if gives and now != wanted.rights else ""


def _understood(tx: Transaction, row: Mapping[str, str]) -> Wanted:
    codes = {name.lower(): code for code, names in GIVEN.items() for name in names}
    roles = frozenset(codes.get(name.lower(), name) for name in _several(row["roles"]))
    if roles & {role.value for role in ADMINISTRATORS}:
        raise Invalid("Administrators are made at the server only.", "administrators-at-server")
    people.checked_login(row["login"])
    people.roles_named(roles)
    try:
        clearance = checked_level(int(row["clearance"].strip() or "0"))
    except ValueError:
        raise Invalid("A level is 0, 1, 2 or 3.", "bad-level") from None
    department = organisation.department_named(tx, row["department"].strip())
    sites = organisation.sites_named(tx, _several(row["sites"]))
    new = NewPerson(
        row["login"], row["name"], frozenset(), 0, department, sites, row["employee_no"], row["email"].strip()
    )
    return Wanted(new, Rights(roles, clearance, department, sites))


def _several(text: str) -> frozenset[str]:
    for mark in "、，,；":
        text = text.replace(mark, ";")
    return frozenset(filter(None, (part.strip() for part in text.split(";"))))


def _rows(table: bytes) -> Sequence[Mapping[str, str]]:
    rows = sheets.rows(table)
    heads = {head: column for column, names in HEADS.items() for head in (column, *names)}
    found = [
        {**dict.fromkeys(HEADS, ""), **{heads[head]: cell for head, cell in row.items() if head in heads}}
        for row in rows
    ]
    if not found or not any(heads.get(head) == "login" for head in rows[0]):
        raise Invalid("The table has no column for login names (用户名).", "no-login-column")
    if len(found) > LINES_MAX:
        raise Invalid(f"At most {LINES_MAX} people at once; divide the table.", "roster-too-long")
    return found
