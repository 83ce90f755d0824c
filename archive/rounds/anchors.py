"""The head of the ledger is written down outside, every evening, wherever the settings say."""

from access.actors import SERVICE
from archive import anchoring
from archive.app import Archive
from archive.config import Settings


def schedule(settings: Settings) -> str | None:
    return "30 20 * * *" if settings.anchor_folder or settings.anchor_email else None


def run(archive: Archive) -> None:
    anchoring.anchor_daily(archive, SERVICE)
