"""What came of long work is there for a day, and then it is gone."""

from datetime import timedelta

from archive import errands
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(hours=1)


def run(archive: Archive) -> None:
    errands.forget_old(archive)
