"""Loans end, lapse and are reminded of when their time comes. Rights end at their instant without it."""

from datetime import timedelta

from archive import chasing
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> timedelta:  # noqa: ARG001 — every round is handed the settings
    return timedelta(seconds=20)


def run(archive: Archive) -> None:
    chasing.sweep(archive)
