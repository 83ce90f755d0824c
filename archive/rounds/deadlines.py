"""Every morning people are told of what falls due for them, before the hour at which most digests leave."""

from archive import reminding
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> str:  # noqa: ARG001 — every round is handed the settings
    return "15 6 * * *"


def run(archive: Archive) -> None:
    reminding.sweep(archive)
