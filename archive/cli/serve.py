"""`muniment serve`: everything in one process tree."""

from archive.cli import Call, archive_command


@archive_command()
def command(call: Call) -> int:
    """Run web server, worker and watcher until stopped; print one line when they answer."""
    with call.archive() as archive:
        inbox = archive.settings.inboxes[0].path
    return call.serve(f"inbox={inbox}")
