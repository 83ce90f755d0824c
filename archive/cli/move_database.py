"""`muniment move-database`: the catalogue moves to another database."""

from dataclasses import asdict

import click

from access.actors import OPERATOR
from archive import moving_database
from archive.cli import Call, archive_command


@archive_command()
@click.argument("to", metavar="DATABASE")
def command(call: Call, to: str) -> None:
    """Copy the catalogue into the empty DATABASE (sqlite:///PATH or postgresql+psycopg://…), and compare every row.

    Stop the service first; then write DATABASE into muniment.toml. What is in the present database stays there.
    """
    with call.archive() as archive:
        moved = moving_database.move_database(archive, OPERATOR, to)
    call.say(
        asdict(moved),
        f"{moved.rows} rows of {moved.tables} tables are in the other database, each read back and compared.",
        f"ledger up to line {moved.ledger_seq}, {moved.ledger_digest[:16]}",
        'Now write into muniment.toml: database = "…", with that address, and start the service.',
    )
