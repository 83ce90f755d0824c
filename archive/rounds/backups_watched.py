"""Whoever has to know is told when no backup is young enough, one is damaged, or a vital record is in none."""

from datetime import timedelta

from archive.app import Archive
from archive.backups import places, state
from archive.config import Settings


def schedule(settings: Settings) -> timedelta | None:
    # Where nothing is scheduled, somebody else sees to backups; then nobody is told that there are none.
    return timedelta(minutes=10) if settings.backup_at else None


def run(archive: Archive) -> None:
    places.abandoned(archive)
    state.watch(archive)
