"""Levels go down on the day that two people agreed on; emergencies that nobody has reviewed are called to mind."""

from datetime import timedelta

from archive import declassifying, granting
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(hours=1)


def run(archive: Archive) -> None:
    declassifying.sweep(archive)
    granting.overdue_reviews(archive)
