"""`muniment watch`: take in what comes to rest in the inboxes."""

from archive import supervisor
from archive.cli import Call, archive_command
from archive.watcher import Watcher


@archive_command()
def command(call: Call) -> None:
    """Watch the inboxes, until stopped."""
    supervisor.end_with_parent()
    stop = supervisor.stop_on_signals()
    with call.archive() as archive:
        Watcher(archive).run(stop)
