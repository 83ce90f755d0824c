"""What looks unusual in the ledger is noticed."""

from datetime import timedelta

from archive import alerting
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=10)


def run(archive: Archive) -> None:
    alerting.sweep(archive)
