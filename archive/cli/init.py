"""`muniment init`: make an archive, or bring one up to this version."""

import click

from archive import founding
from archive.cli import Call, archive_command


@archive_command()
@click.option("--company", default="", help="Name of the company, shown at the top of every page.")
def command(call: Call, company: str) -> None:
    """Make an archive at the home, or bring the one there up to this version. Asks nothing."""
    founded = founding.found(call.home, company=company)
    if not founded.new:
        call.say(founded, f"The archive at {founded.home} is up to date.")
        return
    call.say(
        {
            "home": str(founded.home),
            "new": True,
            "login": founding.FIRST_LOGIN,
            "password_file": str(founded.password_file),
        },
        f"An archive was made at {founded.home}.",
        f"Sign in as {founding.FIRST_LOGIN}; the one-time password is in {founded.password_file}",
        "Beside it lie those of the two other administrators, security and audit: give each to another person.",
        f"Keep a copy of {founded.home / 'keys'} somewhere else, safely: without it nothing can be opened.",
        "Next: muniment people add NAME --role document_controller --clearance 2, then muniment serve.",
    )
