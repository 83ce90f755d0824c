"""`muniment unlock`: open a locked file with its password."""

import sys

import click

from archive import unlocking
from archive.cli import Call, archive_command


@archive_command()
@click.argument("record_id", metavar="ID")
@click.option("--as", "login", help="Unlock as this person, with their rights.")
@click.option("--component", "component_id", default="", help="This file of the record, by its id.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def command(call: Call, record_id: str, login: str | None, component_id: str, password_stdin: bool) -> None:
    """Open a file that is locked by a password, so that it is read. The password is kept nowhere."""
    with call.archive() as archive:
        actor = call.actor(archive, login)
        password = (
            sys.stdin.readline().rstrip("\n")
            if password_stdin
            else click.prompt("Password of the file", hide_input=True)
        )
        component = unlocking.unlock(archive, actor, record_id, password, component_id)
    call.say({"component": component.id, "file_name": component.file_name}, "Unlocked; it is read in a moment.")
