"""Which places and keys a command is about."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from archive import config
from archive.app import Archive
from archive.backups import keys
from archive.backups.keys import Keys
from archive.backups.targets import Target, open_target
from archive.cli import Call
from archive.config import BackupTarget


def elsewhere(function: Callable[..., object]) -> Callable[..., object]:
    repository = click.option(
        "--from", "repository", metavar="REPOSITORY", help="Another repository than the one in the settings."
    )
    folder = click.option(
        "--keys", "keys_folder", type=click.Path(path_type=Path), help="Another key folder than keys/ in the home."
    )
    return repository(folder(function))


def known_places(archive: Archive, name: str | None) -> Sequence[BackupTarget]:
    """Every place of the settings; or the one of this name; or one that the settings do not know, by its location."""
    known = archive.settings.backup_targets
    if name is None:
        return known
    return [place for place in known if name in (place.name, place.location)] or [BackupTarget(name, name)]


def opened(call: Call, repository: str | None, keys_folder: Path | None) -> tuple[Target, Keys]:
    """Repository and key as given, else those of the home. The archive itself need not be there."""
    if repository is None or keys_folder is None:
        settings = config.load(call.home)
        known = [p for p in settings.backup_targets if repository in (None, p.name, p.location)]
        keys_folder = keys_folder or settings.keys
        if known:
            credentials = settings.home / known[0].credentials if known[0].credentials else None
            return open_target(known[0].location, credentials), keys.load(keys_folder)
    assert repository is not None
    return open_target(repository), keys.load(keys_folder)
