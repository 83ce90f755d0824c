"""Mailboxes are looked into for what has come."""

from datetime import timedelta

from access.actors import SERVICE
from archive import mailbox
from archive.app import Archive
from archive.config import Settings
from archive.errors import ArchiveError


def schedule(settings: Settings) -> timedelta | None:
    return timedelta(minutes=1) if settings.mailboxes else None


def run(archive: Archive) -> None:
    """Each of them; one that cannot be reached keeps no other waiting, and is said at the end."""
    failed: list[ArchiveError] = []
    for one in archive.settings.mailboxes:
        try:
            mailbox.fetch(archive, SERVICE, one)
        except ArchiveError as error:
            failed.append(error)
    if failed:
        raise failed[0]
