"""Controlled documents are looked through for the laws they name, once each, as soon as they have been read."""

from datetime import timedelta

from archive import laws
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=10)


def run(archive: Archive) -> None:
    laws.sweep(archive)
