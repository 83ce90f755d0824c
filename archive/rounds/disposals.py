"""What is destroyed is swept from the disk, and a disposal is complete when no backup can bring it back."""

from datetime import timedelta

from archive import disposal
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=5)


def run(archive: Archive) -> None:
    disposal.sweep(archive)
