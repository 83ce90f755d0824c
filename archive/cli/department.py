"""`muniment department`: the departments people and records belong to."""

import click

from access.actors import OPERATOR
from archive import organisation
from archive.cli import Call, archive_command
from archive.model import Department


@click.group(no_args_is_help=True)
def command() -> None:
    """Departments."""


@archive_command()
@click.argument("code")
@click.argument("name")
@click.option("--name-en", default="", help="Its English name.")
def add(call: Call, code: str, name: str, name_en: str) -> None:
    """Begin a department."""
    department = Department(code, name.strip(), name_en.strip())
    with call.archive() as archive:
        organisation.add_department(archive, OPERATOR, department)
    call.say(department, f"{department.code} {department.name}")


@archive_command(name="list")
def list_(call: Call) -> None:
    """Show the departments."""
    with call.archive() as archive, archive.read() as tx:
        departments = tx.organisation.departments()
    call.say(departments, *(f"{one.code:10} {one.name} {one.name_en}".rstrip() for one in departments))


for one in (add, list_):
    command.add_command(one)
