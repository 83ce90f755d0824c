"""What could not be laid out on this machine is laid out when it can be."""

from datetime import timedelta

from archive import layouts
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(hours=1)


def run(archive: Archive) -> None:
    layouts.catch_up(archive)
