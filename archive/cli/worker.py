"""`muniment worker`: read files and write the index."""

from archive import supervisor, worker
from archive.cli import Call, archive_command


@archive_command()
def command(call: Call) -> int:
    """Read captured files and keep the index up to date, until stopped."""
    supervisor.end_with_parent()
    stop = supervisor.stop_on_signals()
    with call.archive() as archive:
        # An init system starts again what failed, and not what ended well.
        return 0 if worker.run(archive, stop) else 1
