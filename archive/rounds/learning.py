"""What controllers filed is learned from, so that the next paper suggests its class."""

from datetime import timedelta

from archive import teaching
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(minutes=10)


def run(archive: Archive) -> None:
    teaching.learn(archive)
