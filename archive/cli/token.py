"""`muniment token`: secrets with which programs act as a person."""

import click

from access.actors import OPERATOR
from archive import people
from archive.cli import Call, archive_command


@click.group(no_args_is_help=True)
def command() -> None:
    """API tokens."""


@archive_command()
@click.argument("login", metavar="PERSON")
@click.option("--name", default="", help="What it is for.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, people.TOKEN_DAYS_MAX))
def create(call: Call, login: str, name: str, days: int) -> None:
    """Make a token. It is shown once and not kept."""
    with call.archive() as archive:
        token = people.create_token(archive, OPERATOR, login, name=name, days=days)
    call.say({"token": token}, token)


command.add_command(create)
