"""`muniment people`: accounts."""

import sys

import click

from access.actors import OPERATOR, PEOPLE_ROLES
from archive import passwords, people
from archive.cli import Call, archive_command
from archive.errors import Invalid
from archive.people import NewPerson, Rights

REPEATED = "May be repeated."


@click.group(no_args_is_help=True)
def command() -> None:
    """Accounts."""


@archive_command()
@click.argument("login", metavar="NAME")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([r.value for r in PEOPLE_ROLES]),
    help=REPEATED,
)
@click.option("--clearance", default=0, show_default=True, type=click.IntRange(0, 3))
@click.option("--full-name", default="", help="Name shown on pages; the login name if not given.")
@click.option("--department", default="")
@click.option("--site", "sites", multiple=True, help="May be repeated; every site if not given.")
@click.option("--employee-no", default="")
@click.option("--email", default="", help="Where messages about loans are sent, if e-mail is set up.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def add(
    call: Call,
    login: str,
    roles: tuple[str, ...],
    clearance: int,
    full_name: str,
    department: str,
    sites: tuple[str, ...],
    employee_no: str,
    email: str,
    password_stdin: bool,
) -> None:
    """Make an account."""
    with call.archive() as archive:
        password = _password(password_stdin)
        new = NewPerson(login, full_name, frozenset(roles), clearance, department, frozenset(sites), employee_no, email)
        person = people.add(archive, OPERATOR, new, password)
    call.say(
        person, f"{person.login} may sign in now ({', '.join(sorted(person.roles))}, clearance {person.clearance})."
    )


@archive_command()
@click.argument("login", metavar="NAME")
def deactivate(call: Call, login: str) -> None:
    """Close an account; its sessions end at once."""
    with call.archive() as archive:
        person = people.deactivate(archive, OPERATOR, login)
    call.say(person, f"{person.login} can no longer sign in.")


@archive_command()
@click.argument("login", metavar="NAME")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@click.option("--telephone-lost", is_flag=True, help="Take the second factor away as well.")
def password(call: Call, login: str, password_stdin: bool, telephone_lost: bool) -> None:
    """Give somebody a new one-time password; their sessions end, and they choose their own when they sign in."""
    with call.archive() as archive:
        given = passwords.reset_password(archive, OPERATOR, login, _password(True) if password_stdin else "")
        if telephone_lost:
            passwords.forget_second_factor(archive, OPERATOR, login)
    call.say({"login": login} | ({} if password_stdin else {"password": given}), *([] if password_stdin else [given]))


@archive_command()
@click.argument("login", metavar="NAME")
@click.option("--role", "roles", multiple=True, type=click.Choice([r.value for r in PEOPLE_ROLES]), help=REPEATED)
@click.option("--clearance", type=click.IntRange(0, 3))
@click.option("--department")
@click.option("--site", "sites", multiple=True, help=REPEATED)
def rights(
    call: Call,
    login: str,
    roles: tuple[str, ...],
    clearance: int | None,
    department: str | None,
    sites: tuple[str, ...],
) -> None:
    """Change what somebody may; what is not named stays. Loans and grants above it end at once."""
    with call.archive() as archive:
        now = people.rights_of(archive, OPERATOR, login)
        wanted = Rights(
            frozenset(roles) or now.roles,
            now.clearance if clearance is None else clearance,
            now.department if department is None else department,
            frozenset(sites) or now.sites,
        )
        person = people.change_rights(archive, OPERATOR, login, wanted)
    call.say(person, f"{person.login}: {', '.join(sorted(person.roles))}, clearance {person.clearance}.")


@archive_command(name="list")
def list_(call: Call) -> None:
    """Show everybody."""
    with call.archive() as archive:
        everybody = people.everybody(archive, OPERATOR)
    call.say(
        everybody,
        *(
            f"{p.login:20} clearance {p.clearance}  {', '.join(sorted(p.roles))}  {p.department or '-'}  "
            f"{', '.join(sorted(p.sites))}{'' if p.active else '  (closed)'}"
            for p in everybody
        ),
    )


def _password(from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Invalid("There was no password on standard input.")
        return password
    return click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)


for one in (add, deactivate, list_, password, rights):
    command.add_command(one)
