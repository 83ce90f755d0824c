"""What is left lying in an inbox is noticed, and somebody is told."""

from datetime import timedelta

from archive import reconciling
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=1)


def run(archive: Archive) -> None:
    reconciling.look(archive)
