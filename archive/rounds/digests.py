"""What somebody wants to be told once a day leaves at the hour they chose, in one message."""

from datetime import timedelta

from archive import outbox
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=1)


def run(archive: Archive) -> None:
    outbox.plan_digests(archive)
