"""The index learns which editions of controlled documents ceased to hold as a day began. No mark waits for it."""

from datetime import timedelta

from archive import documents
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=10)


def run(archive: Archive) -> None:
    documents.sweep(archive)
