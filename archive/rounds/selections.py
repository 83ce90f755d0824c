"""What was chosen to be worked on together is not kept for ever: the ledger tells what became of each record."""

from datetime import timedelta

from archive import selections
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(days=1)


def run(archive: Archive) -> None:
    selections.forget_old(archive)
