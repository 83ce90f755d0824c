"""What came in is tested for the four properties soon afterwards, without reading its bytes once more."""

from datetime import timedelta

from archive import properties
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=30)


def run(archive: Archive) -> None:
    while properties.look_at_captured(archive):
        pass
