"""`muniment move-objects`: the objects move to another store."""

import click

from access.actors import OPERATOR
from archive import moving
from archive.cli import Call, archive_command, shares


@archive_command()
@click.argument("to", metavar="STORE")
@click.option("--credentials", default="", help="File with key and secret of the other store.")
def command(call: Call, to: str, credentials: str) -> None:
    """Copy every object to STORE (local, or s3:https://HOST/BUCKET/PREFIX), compared one by one; removes nothing.

    Stop the service for the last run, then write STORE into muniment.toml: store, and store_credentials.
    """
    with call.archive() as archive:
        moved = moving.move_objects(archive, OPERATOR, to, credentials, shares("copied"))
    call.say(
        {"objects": moved.objects, "copied": moved.copied, "bytes": moved.bytes},
        f"{moved.objects} objects are in {to}, {moved.copied} of them copied now ({moved.bytes / 1e6:.1f} MB).",
        f'Now write into muniment.toml: store = "{to}"',
    )
