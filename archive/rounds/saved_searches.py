"""What came in is held against the searches people saved, and those who want to be told are told."""

from datetime import timedelta

from archive import saved_searches
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(seconds=20)


def run(archive: Archive) -> None:
    saved_searches.watch(archive)
