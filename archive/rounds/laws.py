"""Controlled documents are looked through for the laws they name, once each, as soon as they have been read; who is
late in reading a law is reminded."""

from datetime import timedelta

from archive import law_reading, laws
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=10)


def run(archive: Archive) -> None:
    laws.sweep(archive)
    law_reading.sweep(archive)
