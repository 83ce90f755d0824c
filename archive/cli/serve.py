"""`muniment serve`: everything in one process tree."""

import click

from archive import config, supervisor
from archive.cli import Call, archive_command


@archive_command()
def command(call: Call) -> None:
    """Run web server, worker and watcher until stopped; print one line when they answer."""
    with call.archive() as archive:
        inbox = archive.settings.inboxes[0].path
    serve(call, f"inbox={inbox}")


def serve(call: Call, rest: str) -> None:
    """Serve a home; `rest` is what follows the address in the ready line."""
    home = config.load(call.home).home
    supervisor.run(
        home,
        supervisor.stop_on_signals(),
        ready=lambda address: click.echo(f"ready {address} {rest}"),
    )
