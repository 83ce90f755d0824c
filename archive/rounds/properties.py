"""Every night a share of all records is tested for the four properties, bytes and all (四性检测)."""

from archive import properties
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> str | None:
    return settings.fixity_at or None


def run(archive: Archive) -> None:
    properties.look_at_share(archive)
