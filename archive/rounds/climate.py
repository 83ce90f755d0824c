"""Readings that nobody took are noticed within the hour after they were due, and open a corrective action."""

from datetime import timedelta

from access.actors import SERVICE
from archive import climate
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(hours=1)


def run(archive: Archive) -> None:
    climate.sweep(archive, SERVICE.id)
