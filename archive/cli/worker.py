"""`muniment worker`: read files and write the index."""

from archive import supervisor, worker
from archive.cli import Call, archive_command


@archive_command()
def command(call: Call) -> None:
    """Read captured files and keep the index up to date, until stopped."""
    supervisor.end_with_parent()
    stop = supervisor.stop_on_signals()
    with call.archive() as archive:
        worker.run(archive, stop)
