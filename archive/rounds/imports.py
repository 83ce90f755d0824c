"""Tables of imports are not kept for ever: their names of files outlive no record by more than a season."""

from datetime import timedelta

from archive import importing
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(days=1)


def run(archive: Archive) -> None:
    importing.forget_old(archive)
