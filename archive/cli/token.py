"""`muniment token`: secrets with which programs act as a person."""

import click

from access.actors import OPERATOR
from access.rules import TOKEN_SCOPES
from archive import tokens
from archive.cli import Call, archive_command


@click.group(no_args_is_help=True)
def command() -> None:
    """API tokens."""


@archive_command()
@click.argument("login", metavar="PERSON")
@click.option("--name", default="", help="What it is for.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, tokens.TOKEN_DAYS_MAX))
@click.option(
    "--scope", default="everything", show_default=True, type=click.Choice(list(TOKEN_SCOPES)), help="What it may do."
)
def create(call: Call, login: str, name: str, days: int, scope: str) -> None:
    """Make a token. It is shown once and not kept."""
    with call.archive() as archive:
        token = tokens.create_token(archive, OPERATOR, login, name=name, days=days, scope=scope)
    call.say({"token": token}, token)


@archive_command(name="list")
@click.argument("login", metavar="PERSON")
def list_(call: Call, login: str) -> None:
    """Show somebody's tokens; never the secrets, which are not kept."""
    with call.archive() as archive:
        found = tokens.tokens(archive, OPERATOR, login)
    call.say(
        found,
        *(
            f"{one.id}  {one.scope:10}  until {one.expires_at:%Y-%m-%d}{'  revoked' if one.revoked_at else ''}  "
            f"{one.name}".rstrip()
            for one in found
        ),
    )


@archive_command()
@click.argument("token_id", metavar="ID")
def revoke(call: Call, token_id: str) -> None:
    """End a token at once; `token list` shows the ids."""
    with call.archive() as archive:
        tokens.revoke_token(archive, OPERATOR, token_id)
    call.say({"revoked": token_id}, f"{token_id} opens nothing any more.")


for one in (create, list_, revoke):
    command.add_command(one)
