"""Contracts end by the day: from the day after, searches show them behind what is in force."""

from datetime import timedelta

from archive import contracts
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(hours=1)


def run(archive: Archive) -> None:
    contracts.lapse(archive)
