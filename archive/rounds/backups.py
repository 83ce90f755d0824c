"""Every place is backed up to, checked and thinned out, every night."""

from access.actors import SERVICE
from archive.app import Archive
from archive.backups import places
from archive.config import Settings


def schedule(settings: Settings) -> str | None:
    return settings.backup_at or None


def run(archive: Archive) -> None:
    places.night(archive, SERVICE)
